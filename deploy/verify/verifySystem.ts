import type { Address, Client } from 'viem';

import { AppError } from '../../sdk/errors';
import type { NetworkConfig } from '../config/networkConfig';
import type { Deployed, DeployedHere } from '../createExecutor';
import type { Assets } from '../plan/deployAssets';
import type { Core } from '../plan/deployCore';
import type { Setting } from '../plan/intended';
import type { Grant } from '../plan/roles';
import { readDeployed } from '../readDeployed';
import { differences } from './differences';
import { verifyCode } from './verifyCode';
import { verifyRoles } from './verifyRoles';
import { verifyWiring, type WiringExpectations } from './verifyWiring';

const SHOWN = 5;

export interface Expectations {
  readonly config: NetworkConfig;
  readonly core: Core;
  readonly assets: Assets;
  readonly made: readonly DeployedHere[];
  readonly flashLiquidator: Deployed;
  readonly factory: Address;
  readonly settings: readonly Setting[];
  readonly grants: readonly Grant[];
  readonly deployer: Address;
  readonly startBlock: number;
}

/**
 * Reads back from the chain all that a deployment was to put there.
 * @throws AppError `deployment_mismatch`, which names what differs
 */
export async function verifySystem(client: Client, expected: Expectations): Promise<void> {
  const found = await verifyCode(client, expected.made);
  // other code need not even answer
  if (found.length === 0) {
    found.push(
      ...(await verifyWiring(client, wiringOf(expected))),
      ...(await verifySettings(client, expected.settings)),
      ...(await verifyNothingElse(client, expected)),
      ...(await verifyRoles(client, expected)),
    );
  }
  if (found.length === 0) return;
  const more = found.length > SHOWN ? ` (and ${found.length - SHOWN} more)` : '';
  throw new AppError(
    `what is on the chain is not what was to be deployed: ${found.slice(0, SHOWN).join('; ')}${more}`,
    {
      code: 'deployment_mismatch',
      cause: found,
    },
  );
}

function wiringOf({ core, config, assets, flashLiquidator, factory }: Expectations): WiringExpectations {
  const { entryDelaySeconds, cooldownSeconds, redeemWindowSeconds } = config.defaultFund;
  return {
    core,
    quote: assets.quote,
    hasSequencer: config.sequencer !== null,
    tranches: { entryDelay: entryDelaySeconds, cooldown: cooldownSeconds, window: redeemWindowSeconds },
    flash: { liquidator: flashLiquidator, factory },
  };
}

async function verifySettings(client: Client, settings: readonly Setting[]): Promise<string[]> {
  const found: string[] = [];
  for (const { target, label, alsoSeen = [], ...first } of settings) {
    for (const { view, viewArgs, value } of [first, ...alsoSeen]) {
      const actual = await readDeployed(client, target, view, viewArgs);
      const where = `${target.artifact.name}.${view}`;
      found.push(...differences(label === undefined ? where : `${where}(${label})`, actual, value));
    }
  }
  return found;
}

/** No collateral and no underlying but those intended. */
async function verifyNothingElse(client: Client, { core, assets }: Expectations): Promise<string[]> {
  const listed = await readDeployed(client, core.policy, 'collaterals');
  const intended = assets.collaterals.map(({ address }) => address);
  const underlyings = await readDeployed(client, core.instruments, 'underlyingCount');
  return [
    ...differences('MarginPolicy.collaterals', listed, intended),
    ...differences('InstrumentPolicy.underlyingCount', underlyings, assets.underlyings.length),
  ];
}
