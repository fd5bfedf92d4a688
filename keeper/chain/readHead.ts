import type { Client, Hash } from 'viem';
import { getBlock } from 'viem/actions';

/** A block as far as the keeper needs it. */
export interface Head {
  readonly number: bigint;
  readonly hash: Hash;
  readonly parentHash: Hash;
  /** Seconds. */
  readonly timestamp: bigint;
  /** Wei for a unit of gas; none on a chain without EIP-1559. */
  readonly baseFee: bigint | undefined;
}

/** The newest block, or the one at `number` of the chain as it now stands. */
export async function readHead(client: Client, number?: bigint): Promise<Head> {
  const block = await getBlock(client, number === undefined ? { blockTag: 'latest' } : { blockNumber: number });
  return {
    number: block.number,
    hash: block.hash,
    parentHash: block.parentHash,
    timestamp: block.timestamp,
    baseFee: block.baseFeePerGas ?? undefined,
  };
}
