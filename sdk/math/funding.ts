import { max, min, mulDivCeil } from './rounding';
import { PriceStatus, type Price } from './types';
import { PPM, WAD } from './units';

// What longs of a perpetual pay shorts, as in contracts/math/Funding.sol.

/** Seconds after which a rate that nobody looked at ends. */
export const FUNDING_MAX_HOLD = 28_800n;

const DAY = 86_400n;

/** Of `marketOf` of the vault, what decides funding. */
export interface FundingState {
  /** quote WAD that one unit long had paid at `fundingAt` */
  readonly fundingIndex: bigint;
  /** quote WAD a second, from `fundingAt` on */
  readonly fundingRate: bigint;
  /** timestamp */
  readonly fundingAt: number;
}

/** The index at `now` (seconds), quote WAD for one unit long. */
export function fundingIndexAt({ fundingIndex, fundingRate, fundingAt }: FundingState, now: bigint): bigint {
  return fundingIndex + fundingRate * min(now - BigInt(fundingAt), FUNDING_MAX_HOLD);
}

/**
 * Quote WAD a second for one unit long, cut towards zero: of the distances of spot and of both ends of the bands the
 * smallest, none where they point apart, and none where a price is doubtful.
 * @param mostPpm a day, of the index
 */
export function fundingRateOf(perpetual: Price, index: Price, mostPpm: number): bigint {
  if (perpetual.status !== PriceStatus.Live || index.status !== PriceStatus.Live) return 0n;
  const ends = nearer(perpetual.low - index.low, perpetual.high - index.high);
  const distance = nearer(perpetual.spot - index.spot, ends);
  const most = (index.spot * BigInt(mostPpm)) / PPM;
  return max(min(distance, most), -most) / DAY;
}

/** What a position of `size` (WAD) has paid at `index`, quote WAD, rounded up. Negative has received. */
export function fundingPaid(size: bigint, index: bigint): bigint {
  return index < 0n ? mulDivCeil(-size, -index, WAD) : mulDivCeil(size, index, WAD);
}

function nearer(a: bigint, b: bigint): bigint {
  if (a > 0n && b > 0n) return min(a, b);
  return a < 0n && b < 0n ? max(a, b) : 0n;
}
