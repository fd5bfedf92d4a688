import { describe, expect, it } from 'vitest';

import type { AccountReport } from '../client';
import {
  assess,
  largestBorrow,
  largestWithdrawal,
  MarginMode,
  MarginState,
  PriceStatus,
  WAD,
  type LiquidationTerms,
  type MarginInputs,
} from '../math';
import { testAddress } from '../testing/arbitraries';
import { explainAccount, type ExplainInputs } from './explainAccount';

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

/** 10 of an asset with a depth of 80, at 2,000: 8/9 of what the haircuts leave counts. */
const MARGIN: MarginInputs = {
  portfolio: {
    account: `0x${'00'.repeat(32)}`,
    mode: MarginMode.Cross,
    cash: -14_000n * WAD,
    collateral: [{ asset: testAddress(1), amount: 10n * WAD }],
    positions: [],
  },
  prices: [{ spot: 2_000n * WAD, low: 2_000n * WAD, high: 2_100n * WAD, updatedAt: 1, status: PriceStatus.Live }],
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

function inputs(change: Partial<AccountReport> = {}, margin = MARGIN): ExplainInputs {
  const report: AccountReport = {
    ...margin,
    assessment: assess(margin),
    state: MarginState.Healthy,
    marginCall: { calledAt: 0, deadline: 0 },
    largestBorrow: largestBorrow(margin),
    largestWithdrawals: margin.portfolio.collateral.map((_, i) => largestWithdrawal(margin, i)),
    ...change,
  };
  const symbolOf = (): string => 'WETH';
  return { report, liquidationTerms: TERMS, liveTime: 5_000n, poolLiquidity: 10n ** 24n, symbolOf };
}

describe('explainAccount', () => {
  it('marks a figure that differs in its last digit, and shows all its digits [SDK-06]', () => {
    const { mark, ...sides } = assess(MARGIN);
    const assessment = { ...sides, mark: { ...mark, equity: mark.equity + 1n } };
    const { agrees, lines } = explainAccount(inputs({ assessment }));
    expect(agrees).toBe(false);
    expect(lines.filter((line) => line.agrees === false)).toEqual([
      {
        section: 'mark (prices a liquidation)',
        label: 'equity E',
        offChain: '6000000000000000000000',
        onChain: '6000000000000000000001',
        agrees: false,
      },
    ]);
  });

  it('marks a state that the terms do not bear out [SDK-06]', () => {
    const { lines } = explainAccount(inputs({ state: MarginState.Liquidatable }));
    expect(lines.find(({ label }) => label === 'state')).toMatchObject({ offChain: '0', onChain: '4', agrees: false });
  });

  it('prints each leg with what it counts, concentration included', () => {
    const { agrees, lines } = explainAccount(inputs());
    expect(agrees).toBe(true);
    const leg = lines.filter(({ section }) => section === 'collateral 1: WETH');
    expect(leg.map(({ label, offChain }) => [label, offChain])).toEqual([
      ['amount', '10.00000000'],
      ['price status', 'Live'],
      ['price low / spot / high', '2,000.0000 / 2,000.0000 / 2,100.0000'],
      ['haircut initial / maintenance', '19.00 % / 10.00 %'],
      ['market depth, for concentration', '80.00000000'],
      ['worse: value', '20,000.000000'],
      ['worse: counts initially', '14,400.000000 (less 28.0000 %)'],
      ['worse: counts for maintenance', '16,000.000000 (less 20.0000 %)'],
      ['mark, better: value', '20,000.000000'],
      ['mark, better: counts initially', '14,400.000000 (less 28.0000 %)'],
      ['mark, better: counts for maintenance', '16,000.000000 (less 20.0000 %)'],
    ]);
  });

  it('says until when or since when a call runs', () => {
    const callLine = (deadline: number): string | undefined => {
      const marginCall = { calledAt: 4_000, deadline, health: WAD };
      return explainAccount(inputs({ marginCall })).lines.find(({ label }) => label === 'margin call')?.offChain;
    };
    expect(callLine(5_060)).toBe('liquidatable in 60 live seconds');
    expect(callLine(4_900)).toBe('liquidatable for 100 live seconds');
  });

  it('limits the largest borrow to what the pool can lend', () => {
    const { lines } = explainAccount({ ...inputs({ largestBorrow: 5n * WAD }), poolLiquidity: 5n * WAD });
    expect(lines.find(({ label }) => label === 'largest borrow')).toMatchObject({ offChain: '5.000000', agrees: true });
  });
});
