import type { Address, Client, Log } from 'viem';
import { getLogs } from 'viem/actions';

export interface ReadEventsParameters {
  readonly addresses: readonly Address[];
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

/** All logs of `addresses` in a range, in their order. A range that the node finds too long is asked for in halves. */
export async function readEvents(client: Client, parameters: ReadEventsParameters): Promise<Log[]> {
  const { addresses, fromBlock, toBlock } = parameters;
  if (fromBlock > toBlock) return [];
  try {
    return await getLogs(client, { address: [...addresses], fromBlock, toBlock });
  } catch (error) {
    // nodes limit blocks, results, bytes or time, each with an error of its own
    if (fromBlock === toBlock) throw error;
    const middle = (fromBlock + toBlock) / 2n;
    return [
      ...(await readEvents(client, { addresses, fromBlock, toBlock: middle })),
      ...(await readEvents(client, { addresses, fromBlock: middle + 1n, toBlock })),
    ];
  }
}
