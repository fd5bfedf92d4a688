import type { Client, Hash } from 'viem';
import { getBlockNumber } from 'viem/actions';

import type { AtBlock } from './atBlock';

/** The block asked for, else the newest by its number: for reads that take several calls. */
export async function pinBlock(
  client: Client,
  { blockNumber, blockHash }: AtBlock,
): Promise<{ blockHash: Hash } | { blockNumber: bigint }> {
  if (blockHash !== undefined) return { blockHash };
  return { blockNumber: blockNumber ?? (await getBlockNumber(client, { cacheTime: 0 })) };
}
