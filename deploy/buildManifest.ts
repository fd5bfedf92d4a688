import { getAddress, type Hex } from 'viem';

import { manifestSchema, type Manifest } from '../sdk/deployment/schema';
import type { DeployedHere } from './createExecutor';
import type { Assets } from './plan/deployAssets';
import type { Grant } from './plan/roles';

export interface ManifestParameters {
  readonly network: string;
  readonly chainId: number;
  readonly genesisHash: Hex;
  readonly policyName: string;
  readonly assets: Assets;
  readonly made: readonly DeployedHere[];
  readonly grants: readonly Grant[];
}

/** What a complete deployment is told to others as. */
export function buildManifest(parameters: ManifestParameters): Manifest {
  const { network, chainId, genesisHash, policyName, assets, made, grants } = parameters;
  return manifestSchema.parse({
    schemaVersion: 1,
    network,
    chainId,
    genesisHash,
    startBlock: firstBlock(made),
    policyName,
    quote: assets.quote,
    assets: assets.collaterals.map(({ symbol, address, decimals, feeds }) => ({
      symbol,
      address,
      decimals,
      feed: feeds.primary,
    })),
    underlyings: assets.underlyings.map(({ symbol, number, index, key, feeds }) => ({
      symbol,
      number,
      index: index.address,
      perpetual: key,
      perpetualFeed: feeds.primary,
    })),
    contracts: Object.fromEntries(
      made.map(({ key, address, args, txHash, block }) => [
        key,
        { address: getAddress(address), constructorArgs: args.map(toJson), txHash, block },
      ]),
    ),
    roles: grants.map(({ id, role, holder }) => ({ id: String(id), name: role, holders: [holder] })),
  });
}

/** The first block with a contract of the deployment. */
export function firstBlock(made: readonly DeployedHere[]): number {
  return Math.min(...made.map(({ block }) => block));
}

function toJson(argument: unknown): unknown {
  if (Array.isArray(argument)) return argument.map(toJson);
  return typeof argument === 'boolean' ? argument : String(argument);
}
