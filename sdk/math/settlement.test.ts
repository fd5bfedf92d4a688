import { describe, expect, it } from 'vitest';

import { averageSoFar, settlementAt, SettlementStatus, type SettlementRecord } from './settlement';
import { WAD } from './units';

const EXPIRY = 1_800_000_000n;
const FROM = EXPIRY - 1_800n;
const NOTHING: SettlementRecord = {
  weightedSum: 0n,
  lastPrice: 0n,
  covered: 0n,
  lastSecond: 0n,
  isDisputed: false,
  isResolved: false,
};
/** The first example of docs/risk.md: 2,000 up to second 1,751, and 2,500 from then on. */
const SEEN = { ...NOTHING, weightedSum: 1_751n * 2_000n * WAD, covered: 1_751n, lastSecond: 1_751n };
const COMPLETE: SettlementRecord = { ...SEEN, lastPrice: 2_500n * WAD };

describe('settlementAt', () => {
  it('has no price before the window and for what is no whole minute [SET-06]', () => {
    const none = { price: 0n, status: SettlementStatus.None };
    expect(settlementAt(NOTHING, EXPIRY, FROM - 1n)).toEqual(none);
    expect(settlementAt(NOTHING, EXPIRY + 1n, EXPIRY)).toEqual(none);
    expect(settlementAt(NOTHING, EXPIRY, FROM)).toEqual({ price: 0n, status: SettlementStatus.Averaging });
    expect(settlementAt(NOTHING, EXPIRY, EXPIRY)).toEqual({ price: 0n, status: SettlementStatus.Unresolved });
  });

  it('is the average from the expiry on, and final two hours later [SET-06]', () => {
    const price = ((1_751n * 2_000n + 49n * 2_500n) * WAD) / 1_800n;
    expect((Number(price) / 1e18).toFixed(2)).toBe('2013.61');
    expect(settlementAt(COMPLETE, EXPIRY, EXPIRY)).toEqual({ price, status: SettlementStatus.Pending });
    expect(settlementAt(COMPLETE, EXPIRY, EXPIRY + 7_199n).status).toBe(SettlementStatus.Pending);
    expect(settlementAt(COMPLETE, EXPIRY, EXPIRY + 7_200n)).toEqual({ price, status: SettlementStatus.Final });
  });

  it('is open where it was disputed, until it is resolved [SET-07]', () => {
    const disputed = { ...COMPLETE, isDisputed: true };
    expect(settlementAt(disputed, EXPIRY, EXPIRY + 9_999n).status).toBe(SettlementStatus.Unresolved);
    const resolved = { ...disputed, isResolved: true, lastPrice: 2_010n * WAD };
    const price = 2_010n * WAD;
    expect(settlementAt(resolved, EXPIRY, EXPIRY + 1n)).toEqual({ price, status: SettlementStatus.Final });
    expect(averageSoFar(resolved, EXPIRY, EXPIRY + 1n)).toEqual({ fixedWeight: WAD, fixedAverage: price });
  });
});

describe('averageSoFar', () => {
  it('is nothing where nothing was seen [SET-05]', () => {
    expect(averageSoFar(NOTHING, EXPIRY, EXPIRY)).toEqual({ fixedWeight: 0n, fixedAverage: 0n });
  });

  it('is the example of docs/risk.md [SET-05]', () => {
    const record = {
      ...NOTHING,
      weightedSum: 240_000n * WAD,
      covered: 120n,
      lastSecond: 120n,
      lastPrice: 2_300n * WAD,
    };
    const early = averageSoFar(record, EXPIRY, FROM + 180n);
    expect(early).toEqual({ fixedWeight: WAD / 10n, fixedAverage: 2_100n * WAD });
    const late = averageSoFar(record, EXPIRY, FROM + 800n);
    expect((Number(late.fixedWeight) / 1e18).toFixed(4)).toBe('0.2308');
    expect(late.fixedAverage).toBe(2_180n * WAD);
  });
});
