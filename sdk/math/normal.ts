import { expOfMinus } from './exponential';
import { END, INNER, JOINT, OUTER } from './generated/normalCoefficients';
import { WAD } from './units';

/** `1 / sqrt(2 * pi)`, WAD */
const PEAK = 398_942_280_401_432_678n;
/** Below this coefficient of the polynomial the sum is shifted, by so much. */
const SHIFTS: ReadonlyMap<number, bigint> = new Map([
  [6, 180n],
  [3, 184n],
  [0, 192n],
]);

/**
 * Probability of more than `x` under the standard normal distribution, WAD; error below 3e-12, and never rises with x.
 * @param x WAD, >= 0; from 8 on the answer is zero
 */
export function normalTail(x: bigint): bigint {
  if (x >= END) return 0n;
  const root = x < JOINT ? polynomial(INNER, x) : polynomial(OUTER, x - JOINT);
  return ((WAD / 2n) << 192n) / ((root ** 4n) >> 192n) ** 4n;
}

/**
 * Probability of less than `x` under the standard normal distribution, WAD; error below 3e-12.
 * @param x WAD
 */
export function normalCdf(x: bigint): bigint {
  return x < 0n ? normalTail(-x) : WAD - normalTail(x);
}

/**
 * Density of the standard normal distribution at `x` and at `-x`, WAD; error below 1e-16.
 * @param x WAD, >= 0
 */
export function normalDensity(x: bigint): bigint {
  if (x >= 10n * WAD) return 0n;
  return (PEAK * expOfMinus((x * x) / (2n * WAD))) / WAD;
}

/** Horner's rule, with 60 binary places in the end. */
function polynomial(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((sum, coefficient, k) => (sum * x + coefficient) >> (SHIFTS.get(k) ?? 0n), 0n);
}
