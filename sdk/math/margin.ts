import type { Margin } from './types';
import { INT256_MAX, INT256_MIN, WAD } from './units';

/**
 * Health `E / Rm`, WAD, rounded down; the largest int256 where nothing is required and nothing owed, the least where
 * nothing is required and something owed.
 */
export function health({ equity, maintenance }: Margin): bigint {
  if (maintenance === 0n) return equity < 0n ? INT256_MIN : INT256_MAX;
  const scaled = equity * WAD;
  const quotient = scaled / maintenance;
  return scaled < 0n && scaled % maintenance !== 0n ? quotient - 1n : quotient;
}

/** What may be withdrawn or risked: `E - Ri`, quote WAD. */
export function excess({ equity, initial }: Margin): bigint {
  return equity - initial;
}
