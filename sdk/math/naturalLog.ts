import { WAD } from './units';

const PLACES = 96n;
const ONE = 1n << PLACES;
/** Root of two, with 95 binary places: of a half, with 96. */
const ROOT = 0xb504f333f9de6484597d89b3n;
/** ln 2, with 96 binary places. */
const LN_2 = 0xb17217f7d1cf79abc9e3b398n;
/** By what the argument is brought between the roots of a half and of two, in this order. */
const DOUBLINGS = [64n, 32n, 16n, 8n, 4n, 2n, 1n] as const;
/** `2 / k` of the series, from its end. */
const TERMS = [19n, 17n, 15n, 13n, 11n, 9n, 7n, 5n, 3n].map((k) => (2n * ONE) / k);

/**
 * Natural logarithm, WAD, rounded down; error below 1e-17 and the wei.
 * @param x WAD, > 0 and < 2 ** 96
 */
export function naturalLog(x: bigint): bigint {
  return naturalLogRatio(x, WAD);
}

/**
 * `ln(numerator / denominator)`, WAD, rounded down; the error is as of {@link naturalLog} for ratios of 1e-10 and above.
 * @param numerator > 0 and < 2 ** 96
 * @param denominator > 0 and < 2 ** 96
 */
export function naturalLogRatio(numerator: bigint, denominator: bigint): bigint {
  const { m, doublings } = reduce((numerator << PLACES) / denominator);
  const t = ((m - ONE) << PLACES) / (m + ONE);
  const square = (t * t) >> PLACES;
  const sum = TERMS.reduce((rest, term) => ((term + rest) * square) >> PLACES, 0n);
  const whole = doublings * LN_2 + ((t * (2n * ONE + sum)) >> PLACES);
  return (whole * WAD) >> PLACES;
}

/** `m` and `doublings` with `ratio = m * 2 ** doublings`, m between the roots; all with 96 binary places. */
function reduce(ratio: bigint): { readonly m: bigint; readonly doublings: bigint } {
  let m = ratio;
  let doublings = 0n;
  for (const k of DOUBLINGS) {
    if (m >= ROOT << k) {
      m >>= k;
      doublings += k;
    } else if (m < ROOT >> (k - 1n)) {
      m <<= k;
      doublings -= k;
    }
  }
  return { m, doublings };
}
