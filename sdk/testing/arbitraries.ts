import fc from 'fast-check';
import { getAddress, numberToHex, type Address } from 'viem';

import type { MarginCall } from '../math/marginState';
import { MarginMode, PriceStatus } from '../math/types';
import type { CashPool, CashTerms, CollateralRisk, LiquidationTerms, PairRisk, Price } from '../math/types';
import type { MarginInputs } from '../math/assess';
import { leastVariance, SVI_ONE, unboundedVarianceAt, type SviSlice } from '../math/svi';
import { INDEX_ONE, WAD } from '../math/units';

// Random but sensible values for property and differential tests. Bounds are those of contracts/policy or wider.

export const SEED = 20_200_312;

/** Many magnitudes alike: a uniform draw would hardly ever be small. */
export function magnitude(largest: bigint): fc.Arbitrary<bigint> {
  const bits = largest.toString(2).length;
  return fc
    .integer({ min: 0, max: bits })
    .chain((n) => fc.bigInt({ min: 0n, max: 2n ** BigInt(n) }))
    .map((value) => (value > largest ? largest : value));
}

export function signed(largest: bigint): fc.Arbitrary<bigint> {
  return fc.tuple(magnitude(largest), fc.boolean()).map(([value, negative]) => (negative ? -value : value));
}

export const cashTerms: fc.Arbitrary<CashTerms> = fc.record({
  baseRateBps: fc.integer({ min: 0, max: 5_000 }),
  slopeLowBps: fc.integer({ min: 0, max: 20_000 }),
  slopeHighBps: fc.integer({ min: 0, max: 100_000 }),
  kinkBps: fc.integer({ min: 1, max: 9_999 }),
  reserveFactorBps: fc.integer({ min: 0, max: 10_000 }),
  minDebt: fc.integer({ min: 0, max: 10_000 }),
  borrowCap: fc.integer({ min: 0, max: 1_000_000_000 }),
});

export const cashPool: fc.Arbitrary<CashPool> = fc.record({
  supplyIndex: fc.bigInt({ min: INDEX_ONE / 2n, max: INDEX_ONE * 100n }),
  borrowIndex: fc.bigInt({ min: INDEX_ONE, max: INDEX_ONE * 1_000n }),
  accruedAt: fc.integer({ min: 1_500_000_000, max: 1_900_000_000 }),
  borrowRatePpm: fc.integer({ min: 0, max: 4_000_000 }),
  supplyPrincipal: magnitude(2n ** 96n - 1n),
  borrowPrincipal: magnitude(2n ** 96n - 1n),
  reservesNano: magnitude(2n ** 64n - 1n),
});

export const liquidationTerms: fc.Arbitrary<LiquidationTerms> = fc
  .record({
    bonusMinBps: fc.integer({ min: 1, max: 2_000 }),
    bonusRiseBps: fc.integer({ min: 0, max: 3_000 }),
    feeBps: fc.integer({ min: 0, max: 1_000 }),
    kappaBps: fc.integer({ min: 1, max: 9_500 }),
    targetHealthBps: fc.integer({ min: 10_050, max: 15_000 }),
    criticalHealthBps: fc.integer({ min: 1, max: 9_999 }),
    cureBufferBps: fc.integer({ min: 0, max: 1_000 }),
    bonusRamp: fc.integer({ min: 1, max: 86_400 }),
    maxGrace: fc.integer({ min: 0, max: 86_400 }),
    callFeeCents: fc.integer({ min: 0, max: 10_000 }),
    floorBonusCents: fc.integer({ min: 0, max: 100_000 }),
    socialisationCapBps: fc.integer({ min: 0, max: 10_000 }),
  })
  .map(({ bonusRiseBps, ...terms }) => ({ ...terms, bonusMaxBps: terms.bonusMinBps + bonusRiseBps }));

/** No call, or one with its deadline before, at or after the live time. */
export const marginCall: fc.Arbitrary<{ readonly call: MarginCall; readonly liveTime: bigint }> = fc
  .record({
    isCalled: fc.boolean(),
    calledAt: fc.integer({ min: 1, max: 1_900_000_000 }),
    grace: fc.integer({ min: 0, max: 86_400 }),
    passed: fc.integer({ min: 0, max: 172_800 }),
  })
  .map(({ isCalled, calledAt, grace, passed }) => ({
    call: isCalled ? { calledAt, deadline: calledAt + grace } : { calledAt: 0, deadline: 0 },
    liveTime: BigInt(calledAt + passed),
  }));

/** A slice within the bounds of the volatility feed, wings aside: least variance over all magnitudes from that of 1 %. */
export const sviSlice: fc.Arbitrary<SviSlice> = fc
  .record({
    least: magnitude(25n * SVI_ONE).map((least) => least + SVI_ONE / 10_000n),
    b: magnitude(100n * SVI_ONE),
    rho: signed(SVI_ONE - 1n),
    m: signed(4n * SVI_ONE),
    sigma: magnitude(8n * SVI_ONE).map((sigma) => (sigma < SVI_ONE / 1_000n ? SVI_ONE / 1_000n : sigma)),
    publishedAt: fc.integer({ min: 1, max: 2 ** 40 - 1 }),
    confidenceBps: fc.integer({ min: 0, max: 10_000 }),
  })
  .map(({ least, ...rest }) => ({ ...rest, a: least - leastVariance({ ...rest, a: 0n }) }))
  .filter((slice) => slice.a >= -50n * SVI_ONE && unboundedVarianceAt(slice, 0n) <= 25n * WAD);

/** `ln(strike / forward)` of strikes from a tenth to ten times the forward, WAD. */
export const logMoneyness: fc.Arbitrary<bigint> = signed((23n * WAD) / 10n);

/** Spot over ten magnitudes, the smoothed price within a factor of two of it. */
export const price: fc.Arbitrary<Price> = fc
  .record({
    spot: magnitude(10n ** 24n).map((spot) => spot + 1n),
    smoothedBps: fc.bigInt({ min: 5_000n, max: 20_000n }),
    status: fc.constantFrom(PriceStatus.Live, PriceStatus.Live, PriceStatus.Degraded, PriceStatus.Down),
  })
  .map(({ spot, smoothedBps, status }) => {
    const smoothed = (spot * smoothedBps) / 10_000n;
    const [low, high] = smoothed < spot ? [smoothed, spot] : [spot, smoothed];
    return { spot, low, high, status, updatedAt: 1_584_000_000 };
  });

/** Decimals, haircuts and depth; about one asset in ten is not listed. */
export const collateralRisk: fc.Arbitrary<CollateralRisk> = fc
  .record({
    decimals: fc.constantFrom(6, 8, 18),
    maintenanceHaircutBps: fc.integer({ min: 0, max: 9_000 }),
    extraBps: fc.integer({ min: 0, max: 1_000 }),
    depthUnits: fc.bigInt({ min: 1n, max: 10_000_000n }),
  })
  .map(({ decimals, maintenanceHaircutBps, extraBps, depthUnits }) => ({
    listed: true,
    decimals,
    maintenanceHaircutBps,
    initialHaircutBps: maintenanceHaircutBps + extraBps,
    depth: depthUnits * 10n ** BigInt(decimals),
    supplyCap: 2n ** 96n - 1n,
  }));

export const pairRisk: fc.Arbitrary<PairRisk> = fc
  .record({
    listed: fc.integer({ min: 0, max: 4 }).map((n) => n !== 0),
    maintenanceHaircutBps: fc.integer({ min: 0, max: 9_000 }),
    extraBps: fc.integer({ min: 0, max: 1_000 }),
  })
  .map(({ listed, maintenanceHaircutBps, extraBps }) =>
    listed
      ? { listed, maintenanceHaircutBps, initialHaircutBps: maintenanceHaircutBps + extraBps }
      : { listed, maintenanceHaircutBps: 0, initialHaircutBps: 0 },
  );

export function testAddress(n: number): Address {
  return getAddress(numberToHex(n, { size: 20 }));
}

const leg = fc.record({
  price,
  risk: collateralRisk,
  pair: pairRisk,
  share: fc.double({ min: 0, max: 2, noNaN: true }),
});

/** An account of either mode with legs up to twice their depth, owing or holding about what they are worth. */
export const marginInputs: fc.Arbitrary<MarginInputs> = fc
  .record({
    mode: fc.constantFrom(MarginMode.Cross, MarginMode.Isolated),
    legs: fc.array(leg, { maxLength: 8 }),
    cashBps: fc.bigInt({ min: -12_000n, max: 3_000n }),
    index: magnitude(2n ** 96n - 1n),
  })
  .map(({ mode, legs: all, cashBps, index }) => {
    const legs = mode === MarginMode.Isolated ? all.slice(0, 1) : all;
    const amounts = legs.map(({ risk, share }) => (risk.depth * BigInt(Math.floor(share * 1e9))) / 1_000_000_000n + 1n);
    const worth = legs.reduce((sum, { price: { spot }, risk }, i) => {
      return sum + ((amounts[i] ?? 0n) * spot) / 10n ** BigInt(risk.decimals);
    }, 1_000n * WAD);
    return {
      portfolio: {
        account: numberToHex((0xabcdn << 96n) | index, { size: 32 }),
        mode,
        cash: (worth * cashBps) / 10_000n,
        collateral: legs.map((_, i) => ({ asset: testAddress(0x1000 + i), amount: amounts[i] ?? 0n })),
        positions: [],
      },
      prices: legs.map((each) => each.price),
      risks: legs.map((each) => each.risk),
      pairs: legs.map((each) => each.pair),
    };
  });
