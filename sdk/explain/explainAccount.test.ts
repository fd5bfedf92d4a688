import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AccountReport } from '../client';
import {
  assess,
  clearableHealth,
  excess,
  health,
  largestBorrow,
  largestWithdrawal,
  marginState,
  MarginMode,
  MarginState,
  min,
  PriceStatus,
  WAD,
  type CashTerms,
  type LiquidationTerms,
  type MarginInputs,
} from '../math';
import { liquidationTerms, marginInputs, SEED, testAddress } from '../testing/arbitraries';
import { explainAccount } from './explainAccount';
import type { ExplainInputs } from './explanation';
import { findCures } from './findCures';
import { findTriggers } from './findTriggers';

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
const CASH_TERMS: CashTerms = {
  baseRateBps: 0,
  slopeLowBps: 0,
  slopeHighBps: 0,
  kinkBps: 8_000,
  reserveFactorBps: 0,
  minDebt: 200,
  borrowCap: 1_000_000,
};
const QUOTE_SCALE = 10n ** 12n;

/** 10 of an asset with a depth of 80, at `price`: 8/9 of what the haircuts leave counts; 80 % for maintenance. */
function loan(price = 2_000n, status: number = PriceStatus.Live): MarginInputs {
  return {
    portfolio: {
      account: `0x${'00'.repeat(32)}`,
      mode: MarginMode.Cross,
      cash: -14_000n * WAD,
      collateral: [{ asset: testAddress(1), amount: 10n * WAD }],
      positions: [],
    },
    prices: [{ spot: price * WAD, low: price * WAD, high: 2_000n * WAD, updatedAt: 1, status }],
    risks: [
      {
        listed: true,
        decimals: 18,
        maintenanceHaircutBps: 1_000,
        initialHaircutBps: 1_900,
        depth: 80n * WAD,
        supplyCap: 2n ** 96n - 1n,
      },
    ],
    pairs: [{ listed: false, maintenanceHaircutBps: 0, initialHaircutBps: 0 }],
  };
}

/** What the chain says of an account that nobody may touch. */
const HEALTHY: ExplainInputs['chain'] = {
  preview: { refusal: 'NotLiquidatable' },
  liquidatable: false,
  elapsed: 0n,
  closable: false,
  positions: [],
  sets: [],
  worst: [],
  exposures: [],
};

function inputs(
  margin = loan(),
  change: Partial<ExplainInputs> = {},
  report: Partial<AccountReport> = {},
): ExplainInputs {
  const assessment = assess(margin);
  const marginCall = report.marginCall ?? { calledAt: 0, deadline: 0 };
  return {
    report: {
      ...margin,
      assessment,
      state: marginState(assessment, marginCall, TERMS, 5_000n).state,
      marginCall,
      largestBorrow: largestBorrow(margin),
      largestWithdrawals: margin.portfolio.collateral.map((_, i) => largestWithdrawal(margin, i)),
      underlyings: new Map(),
      timestamp: 5_000n,
      ...report,
    },
    markets: [{ pace: { capacity: 10n ** 24n, refillPerSecond: 1n }, paceAvailable: 10n ** 24n, capRoom: 10n ** 24n }],
    indexPaces: new Map(),
    liquidationTerms: TERMS,
    cashTerms: CASH_TERMS,
    liveTime: 5_000n,
    isOpen: true,
    isSequencerUp: true,
    poolLiquidity: 10n ** 24n,
    quoteScale: QUOTE_SCALE,
    patience: 7_200n,
    chain: HEALTHY,
    symbolOf: () => 'WETH',
    ...change,
  };
}

const called = (deadline: number) => ({ marginCall: { calledAt: 4_000, deadline } });

describe('explainAccount', () => {
  it('names a figure that differs in its last digit, with both [SDK-06]', () => {
    const { mark, ...sides } = assess(loan());
    const assessment = { ...sides, mark: { ...mark, equity: mark.equity + 1n } };
    expect(explainAccount(inputs(loan(), {}, { assessment })).differences).toEqual([
      { name: 'mark.equity', here: 6_000n * WAD, chain: 6_000n * WAD + 1n },
    ]);
  });

  it('names a state, a refusal and a plan that are not borne out [SDK-06]', () => {
    const names = (change: Partial<ExplainInputs>, report: Partial<AccountReport> = {}): string[] =>
      explainAccount(inputs(loan(), change, report)).differences.map(({ name }) => name);
    expect(names({})).toEqual([]);
    expect(names({}, { state: MarginState.Liquidatable })).toEqual(['state']);
    expect(names({ chain: { ...HEALTHY, preview: { refusal: 'LiquidationsClosed' } } })).toEqual([
      'refused as LiquidationsClosed',
    ]);
    expect(names({ isOpen: false })).toEqual(['refused as NotLiquidatable']);
  });

  it('limits the largest borrow to what the pool can lend', () => {
    expect(explainAccount(inputs(loan(), { poolLiquidity: 5n * WAD })).largestBorrow).toBe(5n * WAD);
  });

  it('says which rule refuses a liquidation', () => {
    const rule = (...args: Parameters<typeof inputs>): string | undefined =>
      explainAccount(inputs(...args)).liquidation.refusal?.rule;
    const sold = called(4_900);
    expect(rule()).toBe('healthy');
    expect(rule(loan(1_700n))).toBe('not called');
    expect(rule(loan(1_700n), {}, called(5_060))).toBe('grace');
    expect(rule(loan(1_700n), {}, sold)).toBeUndefined();
    expect(rule(loan(1_700n), { isOpen: false }, sold)).toBe('paused');
    expect(rule(loan(1_700n), { isSequencerUp: false }, sold)).toBe('sequencer');
    // owes more than it has, so there is nothing to save
    expect(rule(loan(1_300n), { isSequencerUp: false }, sold)).toBeUndefined();
    expect(rule(loan(1_700n, PriceStatus.Degraded), {}, sold)).toBe('doubtful price');
    expect(rule(loan(1_700n, PriceStatus.Down), {}, sold)).toBe('unpriced leg');
    const market = { pace: { capacity: 1n, refillPerSecond: 1n }, paceAvailable: 0n, capRoom: 0n };
    expect(rule(loan(1_700n), { markets: [market] }, sold)).toBe('pace');
  });

  it('takes no more at once than the pace lets, where that leaves a debt that stands', () => {
    const paced = (paceAvailable: bigint) => {
      const market = { pace: { capacity: 10n ** 24n, refillPerSecond: 1n }, paceAvailable, capRoom: 0n };
      return explainAccount(inputs(loan(1_700n), { markets: [market] }, called(4_900))).liquidation;
    };
    const { plan, paced: isPaced } = paced(1_700n * WAD);
    expect([plan?.fraction, isPaced]).toEqual([WAD / 10n, true]);
    expect(paced(10n ** 24n).paced).toBe(false);
  });
});

describe('findTriggers', () => {
  it('finds the price below which health is under one, to the wei', () => {
    const [weth] = findTriggers(loan(), TERMS, ['WETH']);
    // 80 % of 10 p against 14,000
    expect(weth?.call).toBe(1_750n * WAD - 1n);
    const at = (spot: bigint) => assess({ ...loan(), prices: [{ ...loan().prices[0]!, spot }] }).better;
    expect(health(at(weth!.call!))).toBeLessThan(WAD);
    expect(health(at(weth!.call! + 1n))).toBeGreaterThanOrEqual(WAD);
    expect(health(at(weth!.critical!))).toBeLessThan((WAD * 6n) / 10n);
    expect(health(at(weth!.critical! + 1n))).toBeGreaterThanOrEqual((WAD * 6n) / 10n);
  });

  it('is right of random accounts at any prices [SDK-06]', () => {
    fc.assert(
      fc.property(marginInputs, liquidationTerms, (margin, terms) => {
        const symbols = margin.portfolio.collateral.map((_, i) => String(i));
        for (const { symbol, call } of findTriggers(margin, terms, symbols)) {
          if (symbol === null || call === null || call === 0n) continue;
          const at = (value: bigint) =>
            assess({
              ...margin,
              prices: margin.prices.map((price, i) => {
                if (String(i) !== symbol) return price;
                return price.status === PriceStatus.Degraded ? { ...price, high: value } : { ...price, spot: value };
              }),
            }).better;
          expect(health(at(call)) < WAD && health(at(call + 1n)) >= WAD).toBe(true);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('findCures', () => {
  const cures = (margin: MarginInputs, marginCall = { calledAt: 0, deadline: 0 }, terms = TERMS) =>
    findCures({ ...inputs(margin), margin, marginCall, liquidationTerms: terms, symbols: ['WETH'] });

  it('finds nothing to do where nothing is amiss, nor where nothing is owed', () => {
    expect(cures(loan())).toEqual([]);
    expect(cures({ ...loan(500n), portfolio: { ...loan().portfolio, cash: 0n } })).toEqual([]);
  });

  it('asks for all of the debt where less than the least would be left', () => {
    const small = { ...loan(1n), portfolio: { ...loan().portfolio, cash: -210n * WAD } };
    expect(cures(small)[0]).toMatchObject({ by: 'cash', amount: 210_000_000n, clearsDebt: true });
  });

  it('knows that no amount may be enough, and that a cap may be in the way', () => {
    const deep = { ...loan(1_000n), portfolio: { ...loan().portfolio, cash: -140_000n * WAD } };
    // (1 - h) p D = 72,000 is all that it will ever count
    expect(cures(deep)[1]).toMatchObject({ by: 'collateral', amount: null });
    const margin = loan(1_700n);
    const markets = [{ ...inputs().markets[0]!, capRoom: 1n }];
    const [, weth] = findCures({
      ...inputs(margin, { markets }),
      margin,
      marginCall: { calledAt: 0, deadline: 0 },
      symbols: ['WETH'],
    });
    expect(weth?.aboveCap).toBe(true);
  });

  it('finds the least amount that reaches its goal, for random accounts [SDK-06]', () => {
    fc.assert(
      fc.property(marginInputs, liquidationTerms, fc.boolean(), (margin, terms, isCalled) => {
        const marginCall = { calledAt: isCalled ? 1 : 0, deadline: 2 };
        const { portfolio } = margin;
        const symbols = portfolio.collateral.map((_, i) => String(i));
        const markets = portfolio.collateral.map(() => inputs().markets[0]!);
        const found = findCures({ ...inputs(margin), markets, margin, marginCall, liquidationTerms: terms, symbols });
        for (const { goal, by, symbol, amount, clearsDebt } of found) {
          if (amount === null || amount === 0n || clearsDebt) continue;
          const reached = (units: bigint): boolean => {
            const cash = by === 'cash' ? portfolio.cash + units * QUOTE_SCALE : portfolio.cash;
            const collateral = portfolio.collateral.map((each, i) =>
              String(i) === symbol ? { ...each, amount: each.amount + units } : each,
            );
            const { worse, mark, better } = assess({ ...margin, portfolio: { ...portfolio, cash, collateral } });
            if (goal === 'initial margin') return excess(worse) >= 0n;
            return goal === 'cured'
              ? health(mark) >= clearableHealth(marginCall, inputs().liveTime, terms)
              : health(better) >= WAD;
          };
          expect(reached(amount)).toBe(true);
          // a unit of quote is kept for rounding
          expect(reached(amount - (by === 'cash' ? min(amount, 2n) : 1n))).toBe(false);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
