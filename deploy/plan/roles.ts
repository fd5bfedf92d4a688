import { toFunctionSelector, type AbiFunction, type Address, type Hex } from 'viem';

import { AppError } from '../../sdk/errors';
import type { NetworkConfig } from '../config/networkConfig';
import type { Deployed, Executor } from '../createExecutor';
import type { Core, SystemContracts } from './deployCore';

/** Who is to hold what in the end; the deployer holds nothing. */
export interface RoleHolders {
  readonly admin: Address;
  readonly guardian: Address;
  readonly risk: Address;
  readonly governor: Address;
  /** Signs volatilities; a signature cannot wait. */
  readonly publisher: Address;
}

export type RoleName = keyof RoleHolders;

/** Numbers of roles; AccessManager fixes that of the admin. */
export const ROLE_ID: Readonly<Record<RoleName, bigint>> = {
  admin: 0n,
  guardian: 1n,
  risk: 2n,
  governor: 3n,
  publisher: 4n,
};

export interface Grant {
  readonly role: RoleName;
  readonly id: bigint;
  readonly holder: Address;
  /** seconds */
  readonly delay: number;
}

export interface FunctionRole {
  readonly target: Deployed;
  readonly role: RoleName;
  readonly functions: readonly string[];
  readonly selectors: readonly Hex[];
}

/** Which role each restricted function takes. A restricted function that is not here is left to the admin. */
export function functionRoles(core: SystemContracts): FunctionRole[] {
  const { policy, oracle, instruments, engine, vault, waterfall, closeOut } = core;
  const { volatilityFeed, settlementFeed, realisedVolatility } = core;
  const takes = (role: RoleName, target: Deployed, functions: readonly string[]): FunctionRole => ({
    role,
    target,
    functions,
    selectors: functions.map((name) => selectorOf(target, name)),
  });
  return [
    takes('risk', policy, [
      'listCollateral',
      'setCollateral',
      'setPace',
      'setPair',
      'setCashTerms',
      'setLiquidationTerms',
      'setRampSpeeds',
      'release',
      'seal',
    ]),
    takes('guardian', policy, [
      'raiseInitialHaircut',
      'raisePairInitialHaircut',
      'lowerSupplyCap',
      'lowerBorrowCap',
      'closeToNewRisk',
    ]),
    takes('risk', oracle, ['configure', 'configureSequencer']),
    takes('risk', instruments, [
      'listUnderlying',
      'setRisk',
      'setScenarios',
      'setDeltaTerms',
      'setTradeTerms',
      'setRampDuration',
      'seal',
      'open',
    ]),
    takes('guardian', instruments, ['close']),
    takes('risk', volatilityFeed, ['configure']),
    takes('governor', volatilityFeed, ['forget']),
    takes('publisher', volatilityFeed, ['publish']),
    takes('guardian', settlementFeed, ['dispute']),
    takes('governor', settlementFeed, ['resolve']),
    takes('risk', realisedVolatility, ['configure']),
    takes('risk', engine, ['addModel']),
    takes('risk', waterfall, ['setTerms']),
    takes('governor', waterfall, ['setCloseOut']),
    takes('risk', closeOut, ['setTerms']),
    takes('guardian', vault, ['pause']),
    takes('governor', vault, ['unpause', 'setWaterfall']),
  ];
}

/** The final grants; the admin's is last because it can undo all others. */
export function finalGrants(holders: RoleHolders, delays: NetworkConfig['executionDelaySeconds']): Grant[] {
  const grant = (role: RoleName, delay: number): Grant => ({ role, id: ROLE_ID[role], holder: holders[role], delay });
  return [
    grant('guardian', 0), // pausing cannot wait
    grant('publisher', 0), // nor can a signature
    grant('risk', delays.risk),
    grant('governor', delays.governor),
    grant('admin', delays.admin),
  ];
}

/** Roles whose scheduled calls the guardian may cancel. */
export const GUARDED: readonly RoleName[] = ['risk', 'governor'];

/** Delays that are not of a role's own calls: until a grant is in force, and until a contract is given to others. */
export type AdminDelays = Pick<NetworkConfig, 'grantDelaySeconds' | 'targetAdminDelaySeconds'>;

/** Contracts with restricted functions. */
export function restrictedTargets(core: SystemContracts): readonly Deployed[] {
  return [...new Set(functionRoles(core).map(({ target }) => target))];
}

/** Seconds that a role's calls, and grants of it, wait at least where money is at stake. */
export const LEAST_DELAY = 3_600;

/**
 * Refuses roles that could act at once on a chain where that matters.
 * @throws AppError `delay_too_short`
 */
export function checkDelays(config: NetworkConfig): void {
  const { executionDelaySeconds, grantDelaySeconds, targetAdminDelaySeconds } = config;
  const delays = {
    ...Object.fromEntries(
      Object.entries(executionDelaySeconds).map(([role, delay]) => [`executionDelaySeconds.${role}`, delay]),
    ),
    grantDelaySeconds,
    targetAdminDelaySeconds,
  };
  for (const [name, delay] of Object.entries(delays)) {
    if (delay >= LEAST_DELAY) continue;
    throw new AppError(`${name} is ${delay}: outside development chains it must be at least ${LEAST_DELAY}`, {
      code: 'delay_too_short',
    });
  }
}

/** Gives every role to its holder, then gives up the deployer's own. */
export async function handOver(
  executor: Executor,
  core: Core,
  grants: readonly Grant[],
  { grantDelaySeconds, targetAdminDelaySeconds }: AdminDelays,
): Promise<void> {
  const { manager } = core;
  for (const { target, role, selectors } of functionRoles(core)) {
    const args = [target.address, selectors, ROLE_ID[role]];
    await executor.call(manager, 'setTargetFunctionRole', args, `${target.artifact.name} ${role}`);
  }
  for (const { role, id } of grants) {
    if (role !== 'admin') await executor.call(manager, 'labelRole', [id, role.toUpperCase()], role);
  }
  for (const role of GUARDED) {
    await executor.call(manager, 'setRoleGuardian', [ROLE_ID[role], ROLE_ID.guardian], role);
  }
  for (const { role, id, holder, delay } of grants) {
    await executor.call(manager, 'grantRole', [id, holder, delay], role);
  }
  // after the grants above, which are not to wait
  for (const { role, id } of grantDelaySeconds === 0 ? [] : grants) {
    await executor.call(manager, 'setGrantDelay', [id, grantDelaySeconds], role);
  }
  for (const { address, artifact } of targetAdminDelaySeconds === 0 ? [] : restrictedTargets(core)) {
    await executor.call(manager, 'setTargetAdminDelay', [address, targetAdminDelaySeconds], artifact.name);
  }
  await executor.call(manager, 'renounceRole', [ROLE_ID.admin, executor.deployer], 'admin');
}

/** @throws AppError `holder_is_deployer` */
export function checkHolders(holders: RoleHolders, deployer: Address): void {
  for (const [role, holder] of Object.entries(holders) as [RoleName, Address][]) {
    if (holder === deployer) {
      throw new AppError(`the deployer ${deployer} cannot be the ${role}: it keeps no role`, {
        code: 'holder_is_deployer',
      });
    }
  }
}

function selectorOf({ artifact }: Deployed, name: string): Hex {
  const found = artifact.abi.find((item): item is AbiFunction => item.type === 'function' && item.name === name);
  if (found === undefined) throw new Error(`${artifact.name} has no function ${name}`);
  return toFunctionSelector(found);
}
