import { criticalHealth } from './liquidation';
import { health } from './margin';
import { min } from './rounding';
import type { Assessment, LiquidationTerms } from './types';
import { CENT, WAD } from './units';

/**
 * What a margin call takes from the account now, quote WAD: never more than its equity at mark, nor than half of what it
 * has above critical health, which is what its grace hangs on.
 */
export function callFee({ mark, better }: Assessment, terms: LiquidationTerms): bigint {
  const critical = criticalHealth(terms);
  const above = better.equity - (better.maintenance * critical) / WAD;
  const most = health(better) >= critical ? min(mark.equity, above / 2n) : mark.equity;
  return most <= 0n ? 0n : min(BigInt(terms.callFeeCents) * CENT, most);
}
