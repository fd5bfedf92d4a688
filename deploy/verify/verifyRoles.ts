import { getAddress, type Address, type Client } from 'viem';

import type { Core, SystemContracts } from '../plan/deployCore';
import {
  functionRoles,
  GUARDED,
  restrictedTargets,
  ROLE_ID,
  type AdminDelays,
  type Grant,
  type RoleName,
} from '../plan/roles';
import { readDeployed } from '../readDeployed';
import { differences } from './differences';
import { readRoles, type Access, type RoleBook } from './readRoles';

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
  const found = [...(await verifyFunctionRoles(client, core)), ...(await verifyRoleKeepers(client, core))];
  const { members, delays } = await readRoles(client, manager, startBlock);
  found.push(...verifyDelays(delays, expected));
  for (const { role, id, holder, delay } of grants) {
    const held = await readDeployed(client, manager, 'hasRole', [id, holder]);
    found.push(...differences(`${role} ${holder}`, held, [true, delay]));
    const [, , pending, since] = (await readDeployed(client, manager, 'getAccess', [id, holder])) as Access;
    if (since !== 0) found.push(...differences(`delay to come of ${role} ${holder}`, pending, delay));
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

/** Whether each restricted function is with its role. */
export async function verifyFunctionRoles(client: Client, core: SystemContracts): Promise<string[]> {
  const { manager } = core;
  const found: string[] = [];
  for (const { target, role, functions, selectors } of functionRoles(core)) {
    for (const [index, selector] of selectors.entries()) {
      const where = `role of ${target.artifact.name}.${functions[index] ?? selector}`;
      const id = await readDeployed(client, manager, 'getTargetFunctionRole', [target.address, selector]);
      found.push(...differences(where, id, ROLE_ID[role]));
    }
  }
  return found;
}

/** Whether the admin alone grants each role, and the guardian alone cancels what the guarded ones have scheduled. */
export async function verifyRoleKeepers(
  client: Client,
  { manager }: Pick<SystemContracts, 'manager'>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [role, id] of Object.entries(ROLE_ID) as [RoleName, bigint][]) {
    const admin = await readDeployed(client, manager, 'getRoleAdmin', [id]);
    const guardian = await readDeployed(client, manager, 'getRoleGuardian', [id]);
    const wanted = GUARDED.includes(role) ? ROLE_ID.guardian : ROLE_ID.admin;
    found.push(
      ...differences(`admin of role ${role}`, admin, ROLE_ID.admin),
      ...differences(`guardian of role ${role}`, guardian, wanted),
    );
  }
  return found;
}

function verifyDelays(delays: RoleBook['delays'], { core, config, grants }: RoleExpectations): string[] {
  return [
    ...grants.flatMap(({ role, id }) =>
      differences(`grant delay of role ${role}`, delays.get(String(id)) ?? 0, config.grantDelaySeconds),
    ),
    ...restrictedTargets(core).flatMap(({ artifact, address }) => {
      const set = delays.get(getAddress(address)) ?? 0;
      return differences(`admin delay of ${artifact.name}`, set, config.targetAdminDelaySeconds);
    }),
  ];
}
