import { criticalHealth, leastBonus } from './liquidation';
import { excess, health } from './margin';
import type { Assessment, LiquidationTerms } from './types';
import { WAD } from './units';

/** Where an account stands, see contracts/interfaces/IMarginCalls.sol. */
export const MarginState = {
  Healthy: 0,
  Restricted: 1,
  Callable: 2,
  Called: 3,
  Liquidatable: 4,
  Insolvent: 5,
} as const;

export interface MarginCall {
  /** live time of the call, zero where there is none */
  readonly calledAt: number;
  /** live time from which the account may be liquidated */
  readonly deadline: number;
}

export interface Standing {
  /** see `MarginState` */
  readonly state: number;
  /** live seconds since the account became liquidatable by its call; zero where it has not */
  readonly elapsed: bigint;
}

/**
 * Where an account stands, and for how long.
 * @param liveTime seconds, of the margin calls
 */
export function marginState(
  assessment: Assessment,
  call: MarginCall,
  terms: LiquidationTerms,
  liveTime: bigint,
): Standing {
  const accountHealth = health(assessment.better);
  if (accountHealth >= WAD) {
    return { state: excess(assessment.mark) >= 0n ? MarginState.Healthy : MarginState.Restricted, elapsed: 0n };
  }
  const called = call.calledAt !== 0;
  const overdue = called && liveTime >= BigInt(call.deadline);
  const elapsed = overdue ? liveTime - BigInt(call.deadline) : 0n;
  if (!overdue && accountHealth >= criticalHealth(terms)) {
    return { state: called ? MarginState.Called : MarginState.Callable, elapsed };
  }
  const sunk = assessment.downLegs === 0n && assessment.mark.equity < leastBonus(assessment.mark, terms);
  return { state: sunk ? MarginState.Insolvent : MarginState.Liquidatable, elapsed };
}
