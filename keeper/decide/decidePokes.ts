import type { Address } from 'viem';

import { PriceStatus, type Price } from '../../sdk/math';

export interface RecordedPrice {
  /** Quote WAD. */
  readonly spot: bigint;
  /** Seconds, block time. */
  readonly recordedAt: bigint;
}

export interface DecidePokesParameters {
  readonly prices: ReadonlyMap<Address, Price>;
  /** Last recorded, by asset. */
  readonly records: ReadonlyMap<Address, RecordedPrice>;
  /** Seconds, block time. */
  readonly now: bigint;
  /** Seconds. */
  readonly pokeInterval: number;
  readonly pokeThresholdBps: number;
}

export interface Poke {
  readonly asset: Address;
  readonly reason: 'price_moved' | 'interval_passed';
  /** Bps of the recorded price, cut towards zero. */
  readonly movedBps: bigint;
}

const BPS = 10_000n;

/**
 * Assets whose price the oracle should record now. The smoothed price moves by itself towards what was recorded last, so
 * only a price that differs from that is worth a record. The oracle skips what is not Live.
 */
export function decidePokes(parameters: DecidePokesParameters): Poke[] {
  const { prices, records, now, pokeInterval, pokeThresholdBps } = parameters;
  const pokes: Poke[] = [];
  for (const [asset, { spot, status }] of prices) {
    const record = records.get(asset);
    if (status !== PriceStatus.Live || record === undefined || spot === record.spot) continue;
    const difference = spot > record.spot ? spot - record.spot : record.spot - spot;
    const movedBps = record.spot === 0n ? BPS : (difference * BPS) / record.spot;
    if (movedBps >= BigInt(pokeThresholdBps)) pokes.push({ asset, reason: 'price_moved', movedBps });
    else if (now - record.recordedAt >= BigInt(pokeInterval))
      pokes.push({ asset, reason: 'interval_passed', movedBps });
  }
  return pokes;
}
