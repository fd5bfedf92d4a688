import { encodeDeployData, zeroAddress, type Address, type Client } from 'viem';
import { getCode, getTransaction } from 'viem/actions';

import { AppError } from '../../sdk/errors';
import type { NetworkConfig } from '../config/networkConfig';
import type { Deployed, DeployedHere } from '../createExecutor';
import type { Assets } from '../plan/deployAssets';
import { TRANCHES, type Core } from '../plan/deployCore';
import type { Setting } from '../plan/intended';
import type { Grant } from '../plan/roles';
import { readDeployed } from '../readDeployed';
import { differences } from './differences';
import { sameCode } from './sameCode';
import { verifyRoles } from './verifyRoles';

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
      ...(await verifyWiring(client, expected)),
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

/** The code that stands, and the constructor arguments that it was made with. */
async function verifyCode(client: Client, made: readonly DeployedHere[]): Promise<string[]> {
  const found: string[] = [];
  for (const { key, address, artifact, args, txHash } of made) {
    const code = await getCode(client, { address });
    if (code === undefined) found.push(`${key} has no code at ${address}`);
    else if (!sameCode(code, artifact.deployedBytecode)) found.push(`the code of ${key} at ${address} is another`);
    const { to, input } = await getTransaction(client, { hash: txHash });
    const madeByCall = to !== null;
    if (madeByCall) continue;
    const { abi, bytecode } = artifact;
    if (input !== encodeDeployData({ abi, bytecode, args: [...args] })) {
      found.push(`${key} was made from other code or arguments`);
    }
  }
  return found;
}

/** What the contracts say of each other. */
async function verifyWiring(client: Client, expected: Expectations): Promise<string[]> {
  const { core, config, assets, flashLiquidator, factory } = expected;
  const { manager, oracle, policy, engine, liquidatorCode, settingsCode, vault } = core;
  const { openLosses, junior, senior, waterfall, closeOut, lens } = core;
  const { quote } = assets;
  const tranche = (label: keyof typeof TRANCHES, ahead: Address) => ({
    ...TRANCHES[label],
    vault: vault.address,
    asset: quote.address,
    openLosses: openLosses.address,
    ahead,
    entryDelay: config.defaultFund.entryDelaySeconds,
    cooldown: config.defaultFund.cooldownSeconds,
    window: config.defaultFund.redeemWindowSeconds,
  });
  const wiring: readonly (readonly [Deployed, Readonly<Record<string, unknown>>])[] = [
    [oracle, { authority: manager.address, hasSequencer: config.sequencer !== null }],
    [policy, { authority: manager.address }],
    [engine, { authority: manager.address, oracle: oracle.address, policy: policy.address }],
    [
      vault,
      {
        authority: manager.address,
        quote: quote.address,
        quoteScale: 10n ** BigInt(18 - quote.decimals),
        policy: policy.address,
        riskEngine: engine.address,
        oracle: oracle.address,
        liquidatorCode: liquidatorCode.address,
        settingsCode: settingsCode.address,
      },
    ],
    [openLosses, { vault: vault.address }],
    [junior, tranche('junior', zeroAddress)],
    [senior, tranche('senior', junior.address)],
    [waterfall, { authority: manager.address, vault: vault.address, junior: junior.address, senior: senior.address }],
    [
      closeOut,
      {
        authority: manager.address,
        vault: vault.address,
        policy: policy.address,
        oracle: oracle.address,
        waterfall: waterfall.address,
        quote: quote.address,
      },
    ],
    [lens, { vault: vault.address, oracle: oracle.address, policy: policy.address, riskEngine: engine.address }],
    [flashLiquidator, { vault: vault.address, factory }],
  ];
  const found: string[] = [];
  for (const [contract, views] of wiring) {
    for (const [view, intended] of Object.entries(views)) {
      const actual = await readDeployed(client, contract, view);
      found.push(...differences(`${contract.artifact.name}.${view}`, actual, intended));
    }
  }
  return found;
}

async function verifySettings(client: Client, settings: readonly Setting[]): Promise<string[]> {
  const found: string[] = [];
  for (const { target, view, viewArgs, label, value } of settings) {
    const actual = await readDeployed(client, target, view, viewArgs);
    const where = `${target.artifact.name}.${view}`;
    found.push(...differences(label === undefined ? where : `${where}(${label})`, actual, value));
  }
  return found;
}

/** No collateral but those intended. */
async function verifyNothingElse(client: Client, { core, assets }: Expectations): Promise<string[]> {
  const listed = await readDeployed(client, core.policy, 'collaterals');
  const intended = assets.collaterals.map(({ address }) => address);
  return differences('MarginPolicy.collaterals', listed, intended);
}
