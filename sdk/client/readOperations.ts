import { parseEventLogs, type Address, type Client, type Hex } from 'viem';
import { getBlock, readContract } from 'viem/actions';

import { accessManagerAbi } from '../abi';
import { readEvents } from './readEvents';

/** A call that a role has scheduled and that is neither executed nor cancelled. */
export interface Operation {
  readonly id: Hex;
  readonly caller: Address;
  readonly target: Address;
  readonly data: Hex;
  /** Timestamps: from when it may be executed, and from when no more. */
  readonly readyAt: number;
  readonly expiresAt: number;
  readonly state: 'waiting' | 'ready' | 'expired';
}

export interface ReadOperationsParameters {
  readonly manager: Address;
  /** No event of the manager is older. */
  readonly startBlock: bigint;
  /** The newest unless given. */
  readonly blockNumber?: bigint;
}

/** What is scheduled with the access manager, in the order in which it was. */
export async function readOperations(client: Client, parameters: ReadOperationsParameters): Promise<Operation[]> {
  const { manager, startBlock } = parameters;
  const { number, timestamp } = await getBlock(
    client,
    parameters.blockNumber === undefined ? {} : { blockNumber: parameters.blockNumber },
  );
  const at = { address: manager, abi: accessManagerAbi, blockNumber: number } as const;
  const expiration = await readContract(client, { ...at, functionName: 'expiration' });
  const logs = await readEvents(client, { addresses: [manager], fromBlock: startBlock, toBlock: number });
  const open = new Map<Hex, Operation>();
  const names = ['OperationScheduled', 'OperationExecuted', 'OperationCanceled'] as const;
  for (const { eventName, args } of parseEventLogs({ abi: accessManagerAbi, logs, eventName: [...names] })) {
    open.delete(args.operationId);
    if (eventName !== 'OperationScheduled') continue;
    const { operationId: id, caller, target, data, schedule: readyAt } = args;
    const expiresAt = readyAt + expiration;
    const state = timestamp < readyAt ? 'waiting' : timestamp < expiresAt ? 'ready' : 'expired';
    open.set(id, { id, caller, target, data, readyAt, expiresAt, state });
  }
  return [...open.values()];
}
