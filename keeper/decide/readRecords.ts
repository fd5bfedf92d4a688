import type { Address, Client } from 'viem';

import type { PriceIndex } from '../accounts/priceIndex';
import { readHead } from '../chain/readHead';
import type { RecordedPrice } from './decidePokes';

export interface RecordReader {
  /** The prices that the oracle recorded last, by asset. */
  read(): Promise<Map<Address, RecordedPrice>>;
}

/**
 * Adds to recorded prices the time of their blocks, which logs do not carry; each block is read once.
 * @param priced keys of the prices that matter now
 */
export function createRecordReader(client: Client, index: PriceIndex, priced: () => readonly Address[]): RecordReader {
  let times = new Map<bigint, bigint>();
  return {
    async read() {
      const records = new Map<Address, RecordedPrice>();
      const used = new Map<bigint, bigint>();
      for (const asset of priced()) {
        const record = index.get(asset);
        if (record === undefined) continue;
        const { block, spot } = record;
        const recordedAt = used.get(block) ?? times.get(block) ?? (await readHead(client, block)).timestamp;
        used.set(block, recordedAt);
        records.set(asset, { spot, recordedAt });
      }
      times = used;
      return records;
    },
  };
}
