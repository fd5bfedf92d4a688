import { max, min } from './rounding';
import { sqrtDown } from './sqrt';
import { WAD, YEAR } from './units';

/** One, for the parameters of a slice. */
export const SVI_ONE = 10n ** 10n;
/** Annualised variance of a volatility of 1 %, the least that options are priced at: WAD. */
export const LEAST_VARIANCE = 10n ** 14n;
/** Annualised variance of a volatility of 500 %, the most: WAD. */
export const MOST_VARIANCE = 25n * WAD;

/** Wei of a WAD in a unit of the parameters. */
const UNIT = WAD / SVI_ONE;
/** Lee's bound on how steep total variance may be against log-moneyness. */
const MOST_SLOPE = 2n;
const FIELD_BITS = 40n;

/**
 * One expiry of a volatility surface, raw SVI of annualised variance: `v(k) = a + b * (rho * (k - m) + sqrt((k - m) ** 2
 * + sigma ** 2))` with `k = ln(strike / forward)`. The five are in units of `SVI_ONE`.
 */
export interface SviSlice {
  readonly a: bigint;
  readonly b: bigint;
  readonly rho: bigint;
  readonly m: bigint;
  readonly sigma: bigint;
  /** Seconds. */
  readonly publishedAt: number;
  /** Half of the width in which the publisher sees the volatility at the money, of that volatility. */
  readonly confidenceBps: number;
}

/** The slice in a `SviWord`. */
export function decodeSlice(word: bigint): SviSlice {
  const field = (index: bigint): bigint => BigInt.asUintN(Number(FIELD_BITS), word >> (index * FIELD_BITS));
  const signed = (index: bigint): bigint => BigInt.asIntN(Number(FIELD_BITS), field(index));
  return {
    a: signed(0n),
    b: field(1n),
    rho: signed(2n),
    m: signed(3n),
    sigma: field(4n),
    publishedAt: Number(field(5n)),
    confidenceBps: Number(BigInt.asUintN(16, word >> (6n * FIELD_BITS))),
  };
}

/** The `SviWord` of a slice whose fields fit. */
export function encodeSlice({ a, b, rho, m, sigma, publishedAt, confidenceBps }: SviSlice): bigint {
  const fields = [a, b, rho, m, sigma, BigInt(publishedAt), BigInt(confidenceBps)];
  return fields.reduce((word, value, i) => {
    return word | (BigInt.asUintN(Number(FIELD_BITS), value) << (BigInt(i) * FIELD_BITS));
  }, 0n);
}

/**
 * Annualised variance at log-moneyness `k`, WAD, rounded down and within `LEAST_VARIANCE` and `MOST_VARIANCE`. Short of
 * the formula by at most 101 wei.
 * @param k `ln(strike / forward)`, WAD
 */
export function varianceAt(slice: SviSlice, k: bigint): bigint {
  return min(max(unboundedVarianceAt(slice, k), LEAST_VARIANCE), MOST_VARIANCE);
}

/** The same without the two bounds. */
export function unboundedVarianceAt({ a, b, rho, m, sigma }: SviSlice, k: bigint): bigint {
  const x = k - m * UNIT;
  const width = sigma * UNIT;
  const rise = rho * x + SVI_ONE * sqrtDown(x * x + width * width);
  return a * UNIT + (b * rise) / (SVI_ONE * SVI_ONE);
}

/** The least variance of the slice at any strike, in units of `SVI_ONE` and rounded down. */
export function leastVariance({ a, b, rho, sigma }: SviSlice): bigint {
  return a + (b * sigma * sqrtDown(SVI_ONE * SVI_ONE - rho * rho)) / (SVI_ONE * SVI_ONE);
}

/** Whether total variance rises no faster than by Lee's bound on both sides, `time` seconds before expiry. */
export function areWingsSound({ b, rho }: SviSlice, time: bigint): boolean {
  const slope = b * (SVI_ONE + (rho < 0n ? -rho : rho)) * time;
  return slope <= MOST_SLOPE * YEAR * SVI_ONE * SVI_ONE;
}
