import { describe, expect, it } from 'vitest';

import { setTradeAt, tradeCapsAt, tradeGrowthEndsAt, type GrowingTrade, type TradeTerms } from './tradeCaps';

const WAD = 10n ** 18n;
const DAY = 86_400n;
const NONE = { from: 0n, perDay: 0n, startedAt: 0 };
const TERMS: TradeTerms = {
  depth: 1_000n * WAD,
  perpetualCapBps: 10_000,
  optionCapBps: 20_000,
  bandBps: 300,
  takerFeePpm: 500,
  makerFeePpm: 200,
  fundingPpmPerDay: 30_000,
  expiryMinute: 480,
  maxTenorDays: 365,
  strikeDigits: 4,
  unsettledCap: 200_000,
};
const STILL: GrowingTrade = { target: TERMS, growth: { perpetuals: NONE, options: NONE, unsettled: NONE } };

describe('caps of instruments', () => {
  it('stand where nothing grows', () => {
    expect(tradeCapsAt(STILL, 5n)).toEqual({ perpetuals: 1_000n * WAD, options: 2_000n * WAD, unsettled: 200_000n });
    expect(tradeGrowthEndsAt(STILL)).toBe(0);
    expect(setTradeAt(STILL, { ...TERMS, depth: WAD }, 5n).growth).toEqual(STILL.growth);
  });

  it('grow by half of what they were a day', () => {
    const raised = setTradeAt(STILL, { ...TERMS, depth: 2_000n * WAD, unsettledCap: 500_000 }, 1_000n);
    expect(tradeCapsAt(raised, 1_000n + DAY)).toEqual({
      perpetuals: 1_500n * WAD,
      options: 3_000n * WAD,
      unsettled: 300_000n,
    });
    expect(tradeGrowthEndsAt(raised)).toBe(Number(1_000n + 3n * DAY));
  });

  it('wait for three days where they were zero', () => {
    const closed = { ...STILL, target: { ...TERMS, depth: 0n, unsettledCap: 0 } };
    const raised = setTradeAt(closed, TERMS, 1_000n);
    expect(tradeCapsAt(raised, 1_000n + 3n * DAY)).toEqual({ perpetuals: 0n, options: 0n, unsettled: 0n });
    expect(tradeCapsAt(raised, 1_000n + 4n * DAY)).toEqual({
      perpetuals: 500n * WAD,
      options: 1_000n * WAD,
      unsettled: 50_000n,
    });
    expect(tradeGrowthEndsAt(raised)).toBe(Number(1_000n + 7n * DAY));
  });
});
