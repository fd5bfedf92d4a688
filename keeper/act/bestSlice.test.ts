import { parseEther } from 'viem';
import { describe, expect, it } from 'vitest';

import { MarginState, WAD, type LiquidationPlan, type LiquidationTerms } from '../../sdk/math';
import { bestSlice, type BestSliceParameters } from './bestSlice';

const TERMS: LiquidationTerms = {
  bonusMinBps: 1_000,
  bonusMaxBps: 4_000,
  feeBps: 200,
  kappaBps: 9_000,
  targetHealthBps: 12_500,
  criticalHealthBps: 6_000,
  cureBufferBps: 200,
  bonusRamp: 1_200,
  maxGrace: 600,
  callFeeCents: 100,
  floorBonusCents: 500,
  socialisationCapBps: 500,
};

/** Owes 14,000 against 16,500 of collateral. */
const ROW = {
  cash: parseEther('-14000'),
  markEquity: parseEther('2500'),
  initial: parseEther('3630'),
  maintenance: parseEther('2805'),
  betterEquity: parseEther('2500'),
  betterMaintenance: parseEther('2805'),
  deadline: 10,
  state: MarginState.Liquidatable,
  downLegs: 0,
  positions: 0,
  downPositions: 0,
};

/** All of it, for a bonus of a tenth of the requirement. */
const CLOSE: LiquidationPlan = {
  fraction: WAD,
  bonusRate: WAD / 10n,
  bonus: parseEther('280.5'),
  fee: parseEther('56.1'),
  pay: parseEther('2219.5'),
  shortfall: 0n,
};

/** 10 WETH at 1,650 in a pool of so much quote on its side, at the same price. */
function wethIn(depth: bigint, decimals = 18) {
  const unit = 10n ** BigInt(decimals);
  return { amount: 10n * unit, reserves: { asset: (depth * unit) / 1_650n, quote: depth * 10n ** 6n } };
}

const inPool = (depth: bigint, overrides: Partial<BestSliceParameters> = {}): BestSliceParameters => ({
  row: ROW,
  largest: CLOSE,
  legs: [wethIn(depth)],
  terms: TERMS,
  minDebt: parseEther('200'),
  scale: 10n ** 12n,
  ...overrides,
});

describe('bestSlice', () => {
  it('earns nothing where the pool pays less than the slice costs at any size', () => {
    const { legs } = inPool(1_000_000n);
    const [leg = wethIn(1n)] = legs;
    const cheap = { ...leg, reserves: { ...leg.reserves, quote: (leg.reserves.quote * 98n) / 100n } };
    expect(bestSlice(inPool(1_000_000n, { legs: [cheap] })).profit).toBeLessThan(0n);
    expect(bestSlice(inPool(1_000_000n, { legs: [] })).profit).toBe(-16_219_500_000n);
  });

  it('takes everything where the pool is deep', () => {
    const { fraction, profit } = bestSlice(inPool(10n ** 12n));
    expect(fraction).toBe(WAD);
    // the bonus less the fee of the pool, 0.3 % of 16,500
    expect(Number(profit) / 1e6).toBeCloseTo(231, 1);
  });

  it.each([600_000n, 1_000_000n, 1_500_000n])(
    'finds no better fraction in a pool of %s by trying a thousand',
    (depth) => {
      const parameters = inPool(depth);
      const { fraction, profit } = bestSlice(parameters);
      expect(fraction).toBeLessThan(WAD);
      for (let i = 1n; i < 1_000n; i++) {
        // a largest fraction too small to choose within is what it is tried at
        const largest = { ...CLOSE, fraction: (i * WAD) / 1_000n, pay: (CLOSE.pay * i) / 1_000n };
        expect(bestSlice({ ...parameters, largest }).profit).toBeLessThanOrEqual(profit + 2n);
      }
    },
  );

  it('gives the same slice of two legs of other decimals in pools of the same shape', () => {
    const half = (decimals: number) => {
      const { amount, reserves } = wethIn(500_000n, decimals);
      return { amount: amount / 2n, reserves };
    };
    const one = bestSlice(inPool(1_000_000n));
    const two = bestSlice(inPool(0n, { legs: [half(18), half(8)] }));
    expect(Number(two.fraction) / 1e18).toBeCloseTo(Number(one.fraction) / 1e18, 6);
    expect(Number(two.profit) / 1e6).toBeCloseTo(Number(one.profit) / 1e6, 3);
  });

  it('leaves a debt and a collateral that may stay, or closes', () => {
    const row = { ...ROW, cash: parseEther('-2500'), markEquity: parseEther('400') };
    const largest = { ...CLOSE, pay: parseEther('119.5') };
    const legs = [{ amount: parseEther('1.7'), reserves: { asset: parseEther('30'), quote: 51_200_000_000n } }];
    const small = inPool(0n, { row, largest, legs });
    const { fraction } = bestSlice(small);
    expect(fraction).toBeLessThan(parseEther('0.92'));
    expect(bestSlice({ ...small, minDebt: parseEther('2500') }).fraction).toBe(WAD);
    expect(bestSlice({ ...small, largest: { ...largest, bonusRate: WAD / 20n } }).fraction).toBe(WAD);
  });
});
