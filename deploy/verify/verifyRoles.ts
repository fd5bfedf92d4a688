import { getAddress, parseEventLogs, type Address, type Client } from 'viem';
import { getLogs } from 'viem/actions';

import type { Core } from '../plan/deployCore';
import { functionRoles, GUARDED, restrictedTargets, ROLE_ID, type AdminDelays, type Grant } from '../plan/roles';
import { readDeployed } from '../readDeployed';
import { differences } from './differences';

export interface RoleExpectations {
  readonly core: Core;
  readonly config: AdminDelays;
  readonly grants: readonly Grant[];
  readonly deployer: Address;
  /** No event of this deployment is older. */
  readonly startBlock: number;
}

/** Whether each role is held by its holder, after its delay, and by nobody else; the deployer by name. */
export async function verifyRoles(client: Client, expected: RoleExpectations): Promise<string[]> {
  const { core, grants, deployer, startBlock } = expected;
  const { manager } = core;
  const found: string[] = [];
  for (const { target, role, functions, selectors } of functionRoles(core)) {
    for (const [index, selector] of selectors.entries()) {
      const where = `role of ${target.artifact.name}.${functions[index] ?? selector}`;
      const id = await readDeployed(client, manager, 'getTargetFunctionRole', [target.address, selector]);
      found.push(...differences(where, id, ROLE_ID[role]));
    }
  }
  for (const role of GUARDED) {
    const guardian = await readDeployed(client, manager, 'getRoleGuardian', [ROLE_ID[role]]);
    found.push(...differences(`guardian of role ${role}`, guardian, ROLE_ID.guardian));
  }
  found.push(...(await verifyDelays(client, expected)));
  const members = await readMembers(client, core, startBlock);
  for (const { role, id, holder, delay } of grants) {
    const held = await readDeployed(client, manager, 'hasRole', [id, holder]);
    found.push(...differences(`${role} ${holder}`, held, [true, delay]));
    const others = [...(members.get(id) ?? [])].filter((member) => member !== getAddress(holder));
    found.push(...others.map((other) => `role ${role} is also held by ${other}`));
    const [deployerHas] = (await readDeployed(client, manager, 'hasRole', [id, deployer])) as [boolean, number];
    if (deployerHas) found.push(`the deployer ${deployer} still holds the role ${role}`);
  }
  const known = new Set(grants.map(({ id }) => id));
  for (const [id, holders] of members) {
    if (!known.has(id) && holders.size > 0) found.push(`role ${id} is held by ${[...holders].join(', ')}`);
  }
  return found;
}

/** AccessManager tells a delay only once it is in force, days after it was set: what was set last are its events. */
async function verifyDelays(client: Client, { core, config, grants, startBlock }: RoleExpectations): Promise<string[]> {
  const { manager } = core;
  const logs = await getLogs(client, { address: manager.address, fromBlock: BigInt(startBlock), toBlock: 'latest' });
  const eventName = ['RoleGrantDelayChanged', 'TargetAdminDelayUpdated'];
  const events = parseEventLogs({ abi: manager.artifact.abi, logs, eventName }) as unknown as DelayEvent[];
  const set = new Map(events.map(({ args }) => [String(args.roleId ?? args.target), args.delay]));
  return [
    ...grants.flatMap(({ role, id }) =>
      differences(`grant delay of role ${role}`, set.get(String(id)) ?? 0, config.grantDelaySeconds),
    ),
    ...restrictedTargets(core).flatMap(({ artifact, address }) =>
      differences(`admin delay of ${artifact.name}`, set.get(getAddress(address)) ?? 0, config.targetAdminDelaySeconds),
    ),
  ];
}

interface DelayEvent {
  readonly args: { readonly roleId?: bigint; readonly target?: Address; readonly delay: number };
}

/** AccessManager does not list its members: they are what its events leave. */
async function readMembers(client: Client, { manager }: Core, startBlock: number): Promise<Map<bigint, Set<Address>>> {
  const logs = await getLogs(client, { address: manager.address, fromBlock: BigInt(startBlock), toBlock: 'latest' });
  const events = parseEventLogs({ abi: manager.artifact.abi, logs, eventName: ['RoleGranted', 'RoleRevoked'] });
  const members = new Map<bigint, Set<Address>>();
  for (const { eventName, args } of events as unknown as RoleEvent[]) {
    const holders = members.get(args.roleId) ?? new Set();
    if (eventName === 'RoleGranted') holders.add(args.account);
    else holders.delete(args.account);
    members.set(args.roleId, holders);
  }
  return members;
}

interface RoleEvent {
  readonly eventName: 'RoleGranted' | 'RoleRevoked';
  readonly args: { readonly roleId: bigint; readonly account: Address };
}
