import { describe, expect, it } from 'vitest';

import { MarginState, marginState, type MarginCall } from './marginState';
import type { Assessment, LiquidationTerms, Margin } from './types';
import { WAD } from './units';

const TERMS: LiquidationTerms = {
  bonusMinBps: 1_000,
  bonusMaxBps: 4_000,
  feeBps: 200,
  kappaBps: 9_000,
  targetHealthBps: 12_000,
  criticalHealthBps: 6_000,
  cureBufferBps: 100,
  bonusRamp: 600,
  maxGrace: 1_200,
  callFeeCents: 100,
  floorBonusCents: 500,
  socialisationCapBps: 100,
};
const NO_CALL: MarginCall = { calledAt: 0, deadline: 0 };
const CALL: MarginCall = { calledAt: 1_000, deadline: 1_600 };

function at(equity: bigint, initial = 120n, change: Partial<Assessment> = {}): Assessment {
  const mark: Margin = { equity: equity * WAD, initial: initial * WAD, maintenance: 100n * WAD };
  return {
    worse: mark,
    mark,
    better: mark,
    markCollateral: 0n,
    markNotional: 0n,
    legValues: [],
    downLegs: 0n,
    ...change,
  };
}

describe('marginState', () => {
  it('is Insolvent when what is left cannot pay the least bonus, unless a leg without a price stays', () => {
    expect(marginState(at(4n), NO_CALL, TERMS, 0n).state).toBe(MarginState.Insolvent);
    expect(marginState(at(4n, 120n, { downLegs: 1n }), NO_CALL, TERMS, 0n).state).toBe(MarginState.Liquidatable);
  });

  it('is Liquidatable below the critical health without a call, and from the deadline with one', () => {
    expect(marginState(at(59n), NO_CALL, TERMS, 0n)).toEqual({ state: MarginState.Liquidatable, elapsed: 0n });
    expect(marginState(at(90n), CALL, TERMS, 1_599n)).toEqual({ state: MarginState.Called, elapsed: 0n });
    expect(marginState(at(90n), CALL, TERMS, 1_700n)).toEqual({ state: MarginState.Liquidatable, elapsed: 100n });
  });

  it('is Callable below health one and Restricted short of the initial requirement', () => {
    expect(marginState(at(99n), NO_CALL, TERMS, 0n).state).toBe(MarginState.Callable);
    expect(marginState(at(100n), CALL, TERMS, 9_999n)).toEqual({ state: MarginState.Restricted, elapsed: 0n });
    expect(marginState(at(120n), NO_CALL, TERMS, 0n).state).toBe(MarginState.Healthy);
  });
});
