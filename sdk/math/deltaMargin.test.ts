import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { formatWad } from '../format';
import { SEED } from '../testing/arbitraries';
import { NO_DELTA_TERMS, type DeltaTerms } from './deltaMargin';
import { deltaRequirements } from './deltaRequirements';
import { InstrumentKind, toOption, toPerpetual } from './instrumentId';
import { max } from './rounding';
import { SettlementStatus } from './settlement';
import { assessPositions, type UnderlyingInputs } from './standardMargin';
import { PriceStatus, type Position } from './types';
import { WAD } from './units';

// What delta margin promises of any book (docs/risk.md, "Delta margin"). Seed: SEED of sdk/testing.

const NOW = 1_700_000_040n;
const DAY = 86_400n;
const SPOT = 100_000n * WAD;
const SVI_ONE = 10n ** 10n;
/** Standard rates so low that the net exposure decides. */
const RATES = {
  perpetualInitialPpm: 2_000,
  perpetualMaintenancePpm: 1_000,
  perpetualSlope: 0n,
  optionInitialPpm: 2_000,
  optionFloorPpm: 2_000,
  optionMaintenancePpm: 1_000,
  profitInitialBps: 0,
  profitMaintenanceBps: 0,
  longInitialBps: 0,
  longMaintenanceBps: 0,
};
/** Those of bitcoin in deployments/policies/derivatives.json. */
const TERMS: DeltaTerms = {
  moveInitialPpm: 40_000,
  moveMaintenancePpm: 20_000,
  volatilityInitialBps: 1_200,
  volatilityMaintenanceBps: 600,
  isFloor: true,
};
const TENORS = [1n, 30n] as const;

/** Index and perpetual within a band of 1 %, volatility of 50 % for tomorrow and in a month. */
function marketOf(delta: DeltaTerms, status: number = PriceStatus.Live): Map<number, UnderlyingInputs> {
  const price = { spot: SPOT, low: SPOT - SPOT / 100n, high: SPOT + SPOT / 100n, updatedAt: 1, status };
  const known = {
    slice: { a: SVI_ONE / 4n, b: 0n, rho: 0n, m: 0n, sigma: SVI_ONE / 100n, publishedAt: 1, confidenceBps: 200 },
    volatilityStatus: PriceStatus.Live,
    window: { fixedWeight: 0n, fixedAverage: 0n },
    settlementPrice: 0n,
    settlementStatus: SettlementStatus.None,
  };
  const rates = { terms: RATES, initialScale: WAD, maintenanceScale: WAD };
  const expiries = new Map(TENORS.map((days) => [NOW + days * DAY, known]));
  return new Map([[1, { index: price, perpetual: price, rates, delta, expiries }]]);
}

const option = (kind: number, strike: number, size: bigint, days = 30n): Position => ({
  instrument: toOption({ kind, underlying: 1, expiry: NOW + days * DAY, strike: BigInt(strike) * WAD }),
  size,
  costBasis: 0n,
});
const perpetual = (size: bigint): Position => ({
  instrument: toPerpetual(1),
  size,
  costBasis: (size * SPOT) / WAD,
});

const kinds = fc.constantFrom(InstrumentKind.Call, InstrumentKind.Put);
const strikes = fc.integer({ min: 60, max: 160 }).map((thousands) => thousands * 1_000);
const long = fc.bigInt({ min: 1n, max: 50n * WAD });
const priced = fc.constantFrom(PriceStatus.Live, PriceStatus.Degraded);
const statuses = fc.constantFrom(PriceStatus.Live, PriceStatus.Degraded, PriceStatus.Down);
const ppm = fc.integer({ min: 0, max: 1_000_000 });
const points = fc.integer({ min: 0, max: 20_000 });
const terms = fc.record({
  moveInitialPpm: ppm,
  moveMaintenancePpm: ppm,
  volatilityInitialBps: points,
  volatilityMaintenanceBps: points,
  isFloor: fc.constant(true),
});
const optionOf = (size: fc.Arbitrary<bigint>) =>
  fc
    .record({ kind: kinds, strike: strikes, size, days: fc.constantFrom(...TENORS) })
    .map((of) => option(of.kind, of.strike, of.size, of.days));
const signed = fc.tuple(long, fc.boolean()).map(([size, isShort]) => (isShort ? -size : size));
const books = fc
  .tuple(fc.array(optionOf(signed), { maxLength: 8 }), fc.option(signed, { nil: undefined }))
  .map(([options, size]) => sorted([...options, ...(size === undefined ? [] : [perpetual(size)])]));

/** In the order of their ids, each once. */
function sorted(positions: readonly Position[]): Position[] {
  const unique = new Map(positions.map((position) => [position.instrument, position]));
  return [...unique.values()].sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
}

const SIDES = ['worse', 'mark', 'better'] as const;
const MANY = { seed: SEED, numRuns: 300 };

describe('delta margin', () => {
  it('never asks long options for more than they are worth, whatever the terms and prices [DLT-04]', () => {
    const property = fc.property(
      fc.array(optionOf(long), { minLength: 1, maxLength: 8 }),
      terms,
      statuses,
      (options, of, status) => {
        const sides = assessPositions(sorted(options), marketOf(of, status), NOW);
        for (const side of SIDES) {
          const { equity, initial, maintenance } = sides[side];
          expect(initial, side).toBeLessThanOrEqual(equity);
          expect(maintenance, side).toBeLessThanOrEqual(equity);
        }
      },
    );
    fc.assert(property, MANY);
  });

  it('never asks a vertical spread for more than it can lose, whatever the terms and prices [DLT-04]', () => {
    const spread = fc.record({ kind: kinds, bought: strikes, sold: strikes, size: long });
    const property = fc.property(spread, terms, priced, ({ kind, bought, sold, size }, of, status) => {
      fc.pre(bought !== sold);
      const legs = sorted([option(kind, bought, size), option(kind, sold, -size)]);
      const sides = assessPositions(legs, marketOf(of, status), NOW);
      const pays = kind === InstrumentKind.Call ? bought < sold : bought > sold;
      const leastPayoff = pays ? 0n : -size * BigInt(Math.abs(bought - sold));
      for (const side of SIDES) {
        const { equity, initial, maintenance } = sides[side];
        // at the bad ends of a band two legs may be worth less than they can ever pay
        const most = max(equity - leastPayoff, 0n);
        expect(initial, side).toBeLessThanOrEqual(most);
        expect(maintenance, side).toBeLessThanOrEqual(most);
      }
    });
    fc.assert(property, MANY);
  });

  it('never falls as terms rise, and is never below standard margin [DLT-03] [DLT-09]', () => {
    const property = fc.property(books, terms, terms, statuses, (book, a, b, status) => {
      const of = (delta: DeltaTerms) => assessPositions(book, marketOf(delta, status), NOW);
      const more: DeltaTerms = {
        moveInitialPpm: Math.max(a.moveInitialPpm, b.moveInitialPpm),
        moveMaintenancePpm: Math.max(a.moveMaintenancePpm, b.moveMaintenancePpm),
        volatilityInitialBps: Math.max(a.volatilityInitialBps, b.volatilityInitialBps),
        volatilityMaintenanceBps: Math.max(a.volatilityMaintenanceBps, b.volatilityMaintenanceBps),
        isFloor: true,
      };
      const [bare, low, high] = [of(NO_DELTA_TERMS), of(a), of(more)];
      for (const side of SIDES) {
        for (const key of ['initial', 'maintenance'] as const) {
          expect(low[side][key]).toBeGreaterThanOrEqual(bare[side][key]);
          expect(high[side][key]).toBeGreaterThanOrEqual(low[side][key]);
        }
        expect(high[side].equity).toBe(bare[side].equity);
      }
    });
    fc.assert(property, MANY);
  });

  it('is of initial margin no less than of maintenance margin, where the terms are so [DLT-03] [STD-06]', () => {
    const property = fc.property(books, terms, statuses, (book, of, status) => {
      const ordered = {
        ...of,
        moveMaintenancePpm: Math.min(of.moveMaintenancePpm, of.moveInitialPpm),
        volatilityMaintenanceBps: Math.min(of.volatilityMaintenanceBps, of.volatilityInitialBps),
      };
      const sides = assessPositions(book, marketOf(ordered, status), NOW);
      for (const side of SIDES) expect(sides[side].initial).toBeGreaterThanOrEqual(sides[side].maintenance);
    });
    fc.assert(property, MANY);
  });

  it('falls with a part of the book as the part does, so that partial liquidations make it safer [DLT-10]', () => {
    const property = fc.property(books, terms, fc.integer({ min: 2, max: 20 }), (book, of, parts) => {
      const whole = book.map((each) => ({
        ...each,
        size: each.size * BigInt(parts),
        costBasis: each.costBasis * BigInt(parts),
      }));
      const part = assessPositions(book, marketOf(of), NOW).mark;
      const all = assessPositions(whole, marketOf(of), NOW).mark;
      for (const key of ['initial', 'maintenance'] as const) {
        const gap = part[key] * BigInt(parts) - all[key];
        // a wei of gamma is 1e-8 for the largest move here
        const rounding = BigInt(parts) * 9n * (10n ** 10n / 2n + (2n * SPOT) / WAD + 10n);
        expect(gap > -rounding && gap < rounding, `${gap}`).toBe(true);
      }
    });
    fc.assert(property, MANY);
  });

  it('is what the example of docs/risk.md says [DLT-01]', () => {
    const held = [
      perpetual(2n * WAD),
      option(InstrumentKind.Call, 100_000, -5n * WAD),
      option(InstrumentKind.Put, 90_000, 3n * WAD),
    ];
    const [{ greeks, initial, maintenance }] = deltaRequirements(held, marketOf(TERMS), NOW) as [
      ReturnType<typeof deltaRequirements>[number],
    ];
    const text = readFileSync(join(__dirname, '..', '..', 'docs', 'risk.md'), 'utf8');
    const part = (change: Partial<typeof greeks>, move: number, volatility: number): string => {
      const { delta, vega, gamma } = { ...greeks, delta: 0n, vega: 0n, gamma: 0n, ...change };
      const only = move * 100_000 * Math.abs(Number(delta) / 1e18);
      const bent = ((-Number(gamma) / 1e18) * (move * 100_000) ** 2) / 2;
      return (only + bent + (Math.abs(Number(vega)) / 1e18) * volatility).toFixed(2);
    };
    const { delta, vega, gamma } = greeks;
    for (const [move, volatility, total] of [
      [0.04, 0.12, initial],
      [0.02, 0.06, maintenance],
    ] as const) {
      const parts = [{ delta }, { gamma }, { vega }].map((each) => part(each, move, volatility));
      const row = [...parts, formatWad(total, 2)].map((each) => each.replace(/\B(?=(\d{3})+\.)/, ','));
      expect(text).toContain(row.join(' | '));
    }
  });
});
