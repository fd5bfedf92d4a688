import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { AppError } from '../../sdk/errors';
import { DEVELOPMENT_CHAIN } from '../developmentChain';
import { readNetworkConfig, type NetworkConfig } from './networkConfig';
import { readPolicyFile, type PolicyFile } from './policyFile';
import { showPath } from './readJsonFile';

const DEPLOYMENTS = join(__dirname, '..', '..', 'deployments');
const POLICIES = join(DEPLOYMENTS, 'policies');
const CONFIGS = join(DEPLOYMENTS, 'config');

export interface FoundPolicy {
  readonly policy: PolicyFile;
  /** As it was asked for: the file where one was named, whatever name stands in it. */
  readonly title: string;
}

/**
 * A policy of deployments/policies by its name, or of any file by its path.
 * @throws AppError `config_missing`, `config_invalid`
 */
export function findPolicy(nameOrPath: string): FoundPolicy {
  if (/[./\\]/.test(nameOrPath)) return { policy: readPolicyFile(nameOrPath), title: showPath(nameOrPath) };
  const path = join(POLICIES, `${nameOrPath}.json`);
  if (existsSync(path)) return { policy: readPolicyFile(path), title: nameOrPath };
  const known = readdirSync(POLICIES).map((file) => basename(file, '.json'));
  throw new AppError(`there is no policy ${nameOrPath}: name ${known.join(', ')} or a file`, {
    code: 'config_missing',
  });
}

/**
 * The configuration of a network: `deployments/config/<network>.json`, which all development chains share.
 * @throws AppError `config_missing`, `config_invalid`
 */
export function findNetworkConfig(network: string, chainId: number): NetworkConfig {
  const path = join(CONFIGS, `${network}.json`);
  if (existsSync(path)) return readNetworkConfig(path);
  if (chainId === DEVELOPMENT_CHAIN) return readNetworkConfig(join(CONFIGS, 'development.json'));
  throw new AppError(
    `${network} is not described: write deployments/config/${network}.json or name a file by --config`,
    {
      code: 'config_missing',
    },
  );
}
