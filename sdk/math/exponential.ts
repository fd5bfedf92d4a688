import { WAD } from './units';

/** ln 2, WAD */
const LN_2 = 693_147_180_559_945_309n;
/** One, with 60 binary places. */
const ONE = 1n << 60n;
const FACTORS = [8n, 7n, 6n, 5n, 4n, 3n, 2n, 1n] as const;

/**
 * `exp(-x)`, WAD, rounded down; at most 1e-16 too small or too large.
 * @param x WAD, >= 0
 */
export function expOfMinus(x: bigint): bigint {
  if (x > 42n * WAD) return 0n;
  const rest = x % LN_2;
  const root = FACTORS.reduce((p, k) => ONE + (p * rest) / (16n * k * WAD), ONE);
  const fourth = (root ** 4n) >> 180n;
  return ((WAD << 180n) / ((fourth ** 4n) >> 60n)) >> (x / LN_2);
}
