import { getAddress, toEventSelector, type Address } from 'viem';

import type { LogReducer } from '../chain/logFollower';
import { wordAt } from '../chain/readLogs';

export const PRICE_RECORDED = toEventSelector('PriceRecorded(address,uint256,uint256)');

export interface PriceRecord {
  /** Quote WAD. */
  readonly spot: bigint;
  /** Quote WAD, at the time of the record. */
  readonly smoothed: bigint;
  readonly block: bigint;
}

/** The last price of each asset that the oracle recorded for smoothing. */
export interface PriceIndex extends LogReducer {
  readonly get: (asset: Address) => PriceRecord | undefined;
}

/** Learns the recorded prices from the oracle's events. */
export function createPriceIndex(oracle: Address): PriceIndex {
  const records = new Map<Address, PriceRecord>();
  const key = oracle.toLowerCase();

  function put(asset: Address, record: PriceRecord | undefined): void {
    if (record === undefined) records.delete(asset);
    else records.set(asset, record);
  }

  return {
    apply({ address, topics, data, blockNumber }) {
      const [selector, word] = topics;
      if (address.toLowerCase() !== key || selector !== PRICE_RECORDED || word === undefined) return undefined;
      const asset = getAddress(`0x${word.slice(26)}`);
      const before = records.get(asset);
      put(asset, { spot: wordAt(data, 0), smoothed: wordAt(data, 1), block: BigInt(blockNumber) });
      return () => put(asset, before);
    },
    reset: () => records.clear(),
    get: (asset) => records.get(asset),
  };
}
