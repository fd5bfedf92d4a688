import { parseEventLogs, type Address, type Client } from 'viem';
import { getBlockNumber } from 'viem/actions';

import { readEvents } from '../../sdk/client';
import type { Deployed } from '../createExecutor';

/** What the access manager's events leave. */
export interface RoleBook {
  /** By role: AccessManager does not list its members. */
  readonly members: ReadonlyMap<bigint, ReadonlySet<Address>>;
  /**
   * Delays as they were set last, seconds: of grants by role number, of contracts by address. AccessManager tells one
   * only once it is in force, days after it was set.
   */
  readonly delays: ReadonlyMap<string, number>;
}

/**
 * What `getAccess` says of a holder: since when (timestamp), the delay now, the one that is to come and from when
 * (seconds, and a timestamp that is zero where none is).
 */
export type Access = readonly [since: number, delay: number, pending: number, effect: number];

interface RoleEvent {
  readonly eventName: string;
  readonly args: {
    readonly roleId?: bigint;
    readonly account?: Address;
    readonly target?: Address;
    readonly delay?: number;
  };
}

const EVENTS = ['RoleGranted', 'RoleRevoked', 'RoleGrantDelayChanged', 'TargetAdminDelayUpdated'];

/** Who holds what, and how long changes of it wait. */
export async function readRoles(client: Client, manager: Deployed, startBlock: number): Promise<RoleBook> {
  const { address, artifact } = manager;
  const toBlock = await getBlockNumber(client, { cacheTime: 0 });
  const logs = await readEvents(client, { addresses: [address], fromBlock: BigInt(startBlock), toBlock });
  const members = new Map<bigint, Set<Address>>();
  const delays = new Map<string, number>();
  const events = parseEventLogs({ abi: artifact.abi, logs, eventName: EVENTS }) as unknown as readonly RoleEvent[];
  for (const { eventName, args } of events) {
    const { roleId, account, target, delay } = args;
    if (eventName === 'RoleGrantDelayChanged' || eventName === 'TargetAdminDelayUpdated') {
      delays.set(String(roleId ?? target), delay ?? 0);
    } else if (roleId !== undefined && account !== undefined) {
      const holders = members.get(roleId) ?? new Set();
      if (eventName === 'RoleGranted') holders.add(account);
      else holders.delete(account);
      members.set(roleId, holders);
    }
  }
  return { members, delays };
}
