import { WAD } from '../math';
import type { SourceAnswer } from './readFeeds';

/** Of Pyth's exponents the oracle takes these (`PythFeed`). */
const LEAST_EXPONENT = -18;
const MOST_EXPONENT = 0;

/** `PythStructs.Price` */
export interface PythPrice {
  readonly price: bigint;
  readonly conf: bigint;
  readonly expo: number;
  readonly publishTime: bigint;
}

/** What Pyth says; undefined for an exponent that the oracle does not take, which may be too large to reckon with. */
export function pythAnswer({ price, conf, expo, publishTime }: PythPrice): SourceAnswer | undefined {
  if (expo < LEAST_EXPONENT || expo > MOST_EXPONENT) return undefined;
  // exact: WAD has at least as many digits
  const unit = WAD / 10n ** BigInt(-expo);
  return { price: price * unit, confidence: conf * unit, updatedAt: publishTime };
}
