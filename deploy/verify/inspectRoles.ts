import { getAddress, type Address, type Client } from 'viem';
import { getCode } from 'viem/actions';

import { reporter, type Check } from '../../sdk/doctor';
import type { Manifest } from '../../sdk/deployment/schema';
import { formatSpan, formatTime } from '../../sdk/format';
import { DEVELOPMENT_CHAIN } from '../developmentChain';
import type { SystemContracts } from '../plan/deployCore';
import { functionRoles, LEAST_DELAY, restrictedTargets, ROLE_ID } from '../plan/roles';
import { readDeployed } from '../readDeployed';
import { readRoles, type Access, type RoleBook } from './readRoles';
import { verifyFunctionRoles, verifyRoleKeepers } from './verifyRoles';

const { ok, warn, fail } = reporter('roles');

/** Roles that act at once, and why. */
const URGENT: Readonly<Record<string, string>> = {
  [String(ROLE_ID.guardian)]: 'pausing must not wait',
  [String(ROLE_ID.publisher)]: 'a signed volatility cannot wait',
};

export interface InspectRolesParameters {
  readonly manifest: Manifest;
  readonly core: SystemContracts;
}

/** Who may do what, after which delay, and whether that is as the manifest has it. */
export async function inspectRoles(client: Client, { manifest, core }: InspectRolesParameters): Promise<Check[]> {
  const { manager } = core;
  const isDevelopment = manifest.chainId === DEVELOPMENT_CHAIN;
  const book = await readRoles(client, manager, manifest.startBlock);
  const checks: Check[] = [await inspectFunctions(client, core), await inspectKeepers(client, core)];
  for (const role of manifest.roles) {
    checks.push(await inspectRole(client, manager, { role, book, isDevelopment }));
  }
  const known = manifest.roles.map(({ id }) => BigInt(id));
  for (const [id, holders] of book.members) {
    if (known.includes(id) || holders.size === 0) continue;
    checks.push(warn(`role ${id}`, `no role of the manifest, held by ${[...holders].join(', ')}`, 'what may it do?'));
  }
  return [...checks, inspectDelays(core, manifest, book, isDevelopment), await inspectClosed(client, core)];
}

async function inspectFunctions(client: Client, core: SystemContracts): Promise<Check> {
  const found = await verifyFunctionRoles(client, core);
  const count = functionRoles(core).reduce((sum, { functions }) => sum + functions.length, 0);
  return found.length === 0
    ? ok('functions', `${count} restricted functions are with their roles`)
    : fail('functions', found.join('; '), 'AccessManager.setTargetFunctionRole, by the admin');
}

async function inspectKeepers(client: Client, core: SystemContracts): Promise<Check> {
  const name = 'grants and cancelling';
  const found = await verifyRoleKeepers(client, core);
  return found.length === 0
    ? ok(name, 'the admin alone grants and revokes each role, and the guardian may cancel')
    : fail(name, found.join('; '), 'AccessManager.setRoleAdmin and setRoleGuardian, by the admin');
}

interface RoleParameters {
  readonly role: Manifest['roles'][number];
  readonly book: RoleBook;
  readonly isDevelopment: boolean;
}

async function inspectRole(
  client: Client,
  manager: SystemContracts['manager'],
  { role: { id, name, holders }, book, isDevelopment }: RoleParameters,
): Promise<Check> {
  const title = `role ${name}`;
  const members = [...(book.members.get(BigInt(id)) ?? [])];
  const strangers = members.filter((member) => !holders.includes(getAddress(member)));
  if (strangers.length > 0) {
    const detail = `it is also held by ${strangers.join(', ')}, and the manifest names ${holders.join(', ')}`;
    return fail(title, detail, 'AccessManager.revokeRole, by the admin, or add them to the manifest');
  }
  const held = await Promise.all(holders.map((holder) => readHolder(client, manager, BigInt(id), holder)));
  const lost = held.filter(({ isMember }) => !isMember);
  if (lost.length > 0 || held.length === 0) {
    const who = lost.map(({ holder }) => holder).join(', ') || 'anybody';
    return fail(title, `not held by ${who}, whom the manifest names`, 'AccessManager.grantRole, by the admin');
  }
  const detail = held.map(describeHolder).join('; ');
  const delays = held.flatMap(({ delay, next }) => [delay, ...(next === undefined ? [] : [next.delay])]);
  const most = Math.max(...delays);
  const urgent = URGENT[id];
  if (urgent !== undefined) {
    return most === 0 ? ok(title, detail) : fail(title, `${detail}: ${urgent}`, 'grant it without a delay');
  }
  const least = Math.min(...delays);
  if (least < LEAST_DELAY && !isDevelopment) {
    return fail(
      title,
      `${detail}: what it does is done before anybody sees it`,
      'grant it with a delay of an hour or more',
    );
  }
  if (least === 0) return warn(title, `${detail}: only on a development chain`);
  const bareAdmin = BigInt(id) === ROLE_ID.admin && held.some(({ hasCode }) => !hasCode) && !isDevelopment;
  return bareAdmin ? warn(title, `${detail}: one key may undo every role`, 'give it to a multisig') : ok(title, detail);
}

interface Holder {
  readonly holder: Address;
  readonly isMember: boolean;
  /** seconds */
  readonly delay: number;
  /** The delay that is to come, and from when (timestamp). */
  readonly next: { readonly delay: number; readonly from: number } | undefined;
  readonly hasCode: boolean;
}

function describeHolder({ holder, delay, next, hasCode }: Holder): string {
  const acts = (seconds: number): string => (seconds === 0 ? 'acts at once' : `waits ${formatSpan(seconds)}`);
  const then = next === undefined ? '' : `, and ${acts(next.delay)} from ${formatTime(next.from)} on`;
  return `${holder} (${hasCode ? 'a contract' : 'a key'}), ${acts(delay)}${then}`;
}

async function readHolder(
  client: Client,
  manager: SystemContracts['manager'],
  id: bigint,
  holder: Address,
): Promise<Holder> {
  const [membership, access, code] = await Promise.all([
    readDeployed(client, manager, 'hasRole', [id, holder]),
    readDeployed(client, manager, 'getAccess', [id, holder]),
    getCode(client, { address: holder }),
  ]);
  const [isMember, delay] = membership as [boolean, number];
  const [, , pending, from] = access as Access;
  const next = from === 0 ? undefined : { delay: pending, from };
  return { holder, isMember, delay, next, hasCode: code !== undefined };
}

/** As they were set: some days pass before one is in force. */
function inspectDelays(
  core: SystemContracts,
  { roles }: Manifest,
  { delays }: RoleBook,
  isDevelopment: boolean,
): Check {
  const grants = roles.map(({ id, name }) => ({ what: `grants of ${name}`, delay: delays.get(id) ?? 0 }));
  const targets = restrictedTargets(core).map(({ artifact, address }) => ({
    what: artifact.name,
    delay: delays.get(getAddress(address)) ?? 0,
  }));
  const all = [...grants, ...targets];
  const short = all.filter(({ delay }) => delay < (isDevelopment ? 1 : LEAST_DELAY));
  if (short.length > 0) {
    const detail = `do not wait an hour: ${short.map(({ what, delay }) => `${what} (${formatSpan(delay)})`).join(', ')}`;
    const advice = 'AccessManager.setGrantDelay and setTargetAdminDelay, by the admin';
    return isDevelopment ? warn('delays', `${detail}: only on a development chain`) : fail('delays', detail, advice);
  }
  const span = (of: readonly { delay: number }[]): string => formatSpan(Math.min(...of.map(({ delay }) => delay)));
  return ok('delays', `grants wait ${span(grants)} at least, giving a contract's functions away ${span(targets)}`);
}

async function inspectClosed(client: Client, core: SystemContracts): Promise<Check> {
  const closed: string[] = [];
  for (const { artifact, address } of restrictedTargets(core)) {
    if (await readDeployed(client, core.manager, 'isTargetClosed', [address])) closed.push(artifact.name);
  }
  return closed.length === 0
    ? ok('open targets', 'none of the contracts is closed to its roles')
    : fail('open targets', `${closed.join(', ')}: closed, no role may do anything`, 'AccessManager.setTargetClosed');
}
