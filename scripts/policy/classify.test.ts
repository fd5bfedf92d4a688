import { describe, expect, it } from 'vitest';

import { classify } from './classify';
import type { FieldChange, PlannedCall, Setter } from './planCall';

const NOWHERE = '0x0000000000000000000000000000000000000001';

function callOf(functionName: Setter, value: object, changes: readonly FieldChange[]): PlannedCall {
  return { subject: 'ETH', contract: 'InstrumentPolicy', functionName, target: NOWHERE, data: '0x', value, changes };
}

function speedOf(functionName: Setter, field: string, from: unknown, to: unknown, value: object = {}): string {
  const change = { field, from, to, decimals: 0 };
  return classify(callOf(functionName, { ...value, [field]: to }, [change]), change);
}

describe('classify, of instruments', () => {
  it('ramps what asks existing positions for more', () => {
    expect(speedOf('setRisk', 'perpetualMaintenancePpm', 1, 2)).toBe('ramped');
    expect(speedOf('setRisk', 'perpetualMaintenancePpm', 2, 1)).toBe('delayed');
    expect(speedOf('setRisk', 'perpetualInitialPpm', 1, 2)).toBe('delayed');
    expect(speedOf('setRisk', 'perpetualSlope', 1n, 2n)).toBe('ramped');
  });

  it('ramps scenarios that move either way, and those that tighten where they do', () => {
    expect(speedOf('setScenarios', 'stepBps', 2, 1)).toBe('ramped');
    expect(speedOf('setScenarios', 'rangeBps', 2, 1)).toBe('delayed');
    expect(speedOf('setScenarios', 'tailShocksBps', [1, 2, 3, 4], [1, 2, 3, 5])).toBe('ramped');
    expect(speedOf('setScenarios', 'tailWeightsBps', [1, 2, 3, 4], [1, 2, 3, 3])).toBe('delayed');
    expect(speedOf('setScenarios', 'tailWeightsBps', [1, 2, 3, 4], [0, 3, 3, 4])).toBe('ramped');
  });

  it('ramps net exposure where it is a floor, and a new floor', () => {
    expect(speedOf('setDeltaTerms', 'moveMaintenancePpm', 1, 2, { isFloor: false })).toBe('delayed');
    expect(speedOf('setDeltaTerms', 'moveMaintenancePpm', 1, 2, { isFloor: true })).toBe('ramped');
    expect(speedOf('setDeltaTerms', 'isFloor', false, true)).toBe('ramped');
    expect(speedOf('setDeltaTerms', 'isFloor', true, false)).toBe('delayed');
  });

  it('has caps grow that rise, by the depth times its part', () => {
    const terms = { depth: 100n, perpetualCapBps: 10_000, optionCapBps: 0, unsettledCap: 5 };
    expect(speedOf('setTradeTerms', 'depth', 90n, 100n, terms)).toBe('grows');
    expect(speedOf('setTradeTerms', 'depth', 110n, 100n, terms)).toBe('delayed');
    expect(speedOf('setTradeTerms', 'optionCapBps', 1, 0, terms)).toBe('delayed');
    expect(speedOf('setTradeTerms', 'unsettledCap', 4, 5, terms)).toBe('grows');
    expect(speedOf('setTradeTerms', 'bandBps', 4, 5, terms)).toBe('delayed');
    // a deeper market of which a smaller part may be open
    const changes = [
      { field: 'depth', from: 50n, to: 100n, decimals: 18 },
      { field: 'perpetualCapBps', from: 20_000, to: 10_000, decimals: 0 },
    ] as const;
    expect(classify(callOf('setTradeTerms', terms, changes), changes[0])).toBe('delayed');
  });
});
