import { describe, expect, it } from 'vitest';

import { PriceStatus, SettlementStatus, WAD, type Price } from '../math';
import { judgeInstruments } from './judgeInstruments';
import type { ExpiryFacts, UnderlyingFacts } from './readInstruments';

const NOW = 1_800_000_000n;

const price = (status: number): Price => ({ spot: WAD, low: WAD, high: WAD, updatedAt: Number(NOW) - 60, status });

const expiryFacts = (change: Partial<ExpiryFacts>): ExpiryFacts => ({
  expiry: NOW + 86_400n,
  short: 2n * WAD,
  volatilityStatus: PriceStatus.Live,
  publishedAt: NOW - 120n,
  settlementStatus: SettlementStatus.None,
  covered: 0,
  ...change,
});

function judge(change: Partial<UnderlyingFacts>, isSealed = true) {
  const facts: UnderlyingFacts = {
    underlying: 1,
    symbol: 'WBTC',
    index: price(PriceStatus.Live),
    perpetual: price(PriceStatus.Live),
    closedAt: 0n,
    perpetuals: WAD,
    perpetualCap: 10n * WAD,
    options: 0n,
    optionCap: 10n * WAD,
    unsettled: 0n,
    unsettledCap: 1_000n * WAD,
    fundingAt: NOW - 600n,
    expiries: [],
    ...change,
  };
  return judgeInstruments({ isSealed, underlyings: [facts] }, NOW);
}

const amiss = (checks: ReturnType<typeof judge>) =>
  checks.filter(({ outcome }) => outcome !== 'ok').map(({ name, outcome }) => [name, outcome]);

describe('judgeInstruments', () => {
  it('finds nothing amiss where nothing is listed, or all is well [DOC-04]', () => {
    expect(judgeInstruments({ isSealed: false, underlyings: [] }, NOW)).toMatchObject([{ outcome: 'ok' }]);
    expect(amiss(judge({ expiries: [expiryFacts({})] }))).toEqual([]);
  });

  it('finds what is not sealed, closed, doubtful, stopped, or at its cap [DOC-04]', () => {
    const change = {
      index: price(PriceStatus.Degraded),
      perpetual: price(PriceStatus.Down),
      closedAt: 7n,
      perpetuals: 11n * WAD,
      options: 9n * WAD,
      unsettled: 950n * WAD,
      fundingAt: NOW - 30_000n,
      expiries: undefined,
    };
    expect(amiss(judge(change, false))).toEqual([
      ['underlyings', 'warning'],
      ['trading WBTC', 'warning'],
      ['index of WBTC', 'failure'],
      ['perpetual of WBTC', 'failure'],
      ['funding of WBTC', 'warning'],
      ['perpetuals of WBTC', 'warning'],
      ['options of WBTC', 'warning'],
      ['unsettled of WBTC', 'warning'],
      ['expiries of WBTC', 'skipped'],
    ]);
  });

  it('judges volatility before an expiry, and the settlement after it [DOC-04]', () => {
    const past = NOW - 7_300n;
    const outcome = (change: Partial<ExpiryFacts>): string | undefined =>
      judge({ expiries: [expiryFacts(change)] }).at(-1)?.outcome;
    expect(outcome({ volatilityStatus: PriceStatus.Degraded })).toBe('warning');
    expect(outcome({ volatilityStatus: PriceStatus.Down, publishedAt: 0n })).toBe('failure');
    expect(outcome({ expiry: past, settlementStatus: SettlementStatus.Pending })).toBe('ok');
    expect(outcome({ expiry: past, settlementStatus: SettlementStatus.Final })).toBe('warning');
    expect(outcome({ expiry: past, settlementStatus: SettlementStatus.Unresolved })).toBe('failure');
  });
});
