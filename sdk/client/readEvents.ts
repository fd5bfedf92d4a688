import { formatLog, numberToHex, type Address, type Client, type Hex, type Log } from 'viem';

import { AppError } from '../errors';

export interface ReadEventsParameters {
  readonly addresses: readonly Address[];
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
  /** Only events whose first indexed argument is this. */
  readonly about?: Hex;
  /** How often the node is asked at most: without a bound unless given. */
  readonly mostRequests?: number;
}

/** A node's limit may be one of results: after so many answers in a row longer ranges are tried again. */
const ANSWERS_TO_GROW = 16;

/**
 * All logs of `addresses` in a range, in their order. A range that the node finds too long is asked for in halves, and
 * what follows in pieces as short.
 * @throws AppError `logs_refused` after `mostRequests`; what the node throws for a single block
 */
export async function readEvents(client: Client, parameters: ReadEventsParameters): Promise<Log[]> {
  const { addresses, fromBlock, toBlock, about, mostRequests = Infinity } = parameters;
  const topics = about === undefined ? [] : [null, about];
  const found: Log[] = [];
  let piece = toBlock - fromBlock + 1n;
  let answers = 0;
  let requests = 0;
  for (let start = fromBlock; start <= toBlock;) {
    if (requests === mostRequests) {
      throw new AppError(`the node gives so few blocks of logs at once that ${requests} requests are not enough`, {
        code: 'logs_refused',
      });
    }
    requests += 1;
    const left = toBlock - start + 1n;
    const length = piece < left ? piece : left;
    const range = { fromBlock: numberToHex(start), toBlock: numberToHex(start + length - 1n) };
    try {
      const filter = { address: [...addresses], topics, ...range };
      const logs = await client.request({ method: 'eth_getLogs', params: [filter] });
      for (const log of logs) found.push(formatLog(log));
      start += length;
      answers += 1;
      if (answers % ANSWERS_TO_GROW === 0) piece *= 2n;
    } catch (error) {
      // nodes limit blocks, results, bytes or time, each with an error of its own
      if (length === 1n) throw error;
      piece = length / 2n;
      answers = 0;
    }
  }
  return found;
}
