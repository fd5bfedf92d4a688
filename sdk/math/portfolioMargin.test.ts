import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SEED } from '../testing/arbitraries';
import { NO_DELTA_TERMS } from './deltaMargin';
import { InstrumentKind, toOption, toPerpetual } from './instrumentId';
import { assessBooks, assessByPortfolio, type BookInputs } from './portfolioMargin';
import { ScenarioVolatility, type ScenarioTerms } from './scenarios';
import { PriceStatus, type Margin, type Position, type Price } from './types';
import { WAD } from './units';

// What portfolio margin promises of any book (docs/risk.md, "Portfolio margin"). Seed: SEED of sdk/testing.

const NOW = 1_700_000_000n;
const HOUR = 3_600n;
const DAY = 24n * HOUR;
const INDEX = 100_000n * WAD;
const LIVE: Price = { spot: INDEX, low: INDEX, high: INDEX, updatedAt: 1, status: PriceStatus.Live };
const INDEX_KEY = '0x0000000000000000000000000000000000000002';

const TERMS: ScenarioTerms = {
  rangeBps: 1_600,
  stepBps: 400,
  initialBps: 12_500,
  volatilityUpBps: 4_500,
  volatilityDownBps: 3_000,
  nakedPpm: 10_000,
  basisPpm: 2_000,
  tailShocksBps: [-6_600, -3_300, 5_000, 40_000],
  tailWeightsBps: [3_000, 5_000, 4_000, 300],
};

const RATES = {
  perpetualInitialPpm: 20_000,
  perpetualMaintenancePpm: 10_000,
  perpetualSlope: 0n,
  optionInitialPpm: 150_000,
  optionFloorPpm: 100_000,
  optionMaintenancePpm: 75_000,
  profitInitialBps: 0,
  profitMaintenanceBps: 0,
  longInitialBps: 10_000,
  longMaintenanceBps: 5_000,
};

interface Market {
  readonly terms?: Partial<ScenarioTerms>;
  readonly scale?: bigint;
  readonly expiries: readonly bigint[];
}

/** 50 % at every strike. */
function inputsOf({ terms = {}, scale = WAD, expiries }: Market): Map<number, BookInputs> {
  const slice = { a: 25n * 10n ** 8n, b: 0n, rho: 0n, m: 0n, sigma: 10n ** 8n, publishedAt: 1, confidenceBps: 0 };
  const known = {
    slice,
    volatilityStatus: PriceStatus.Live,
    window: { fixedWeight: 0n, fixedAverage: 0n },
    settlementPrice: 0n,
    settlementStatus: 1 as const,
  };
  const rates = { terms: RATES, initialScale: scale, maintenanceScale: scale };
  const of = new Map(expiries.map((expiry) => [expiry, known]));
  const scenarios = { ...TERMS, ...terms };
  return new Map([
    [1, { index: LIVE, perpetual: LIVE, rates, delta: NO_DELTA_TERMS, expiries: of, indexKey: INDEX_KEY, scenarios }],
  ]);
}

const expiryIn = (days: number): bigint => ((NOW + BigInt(days) * DAY) / 60n) * 60n;

function option(isCall: boolean, strike: number, units: bigint, expiry: bigint): Position {
  const kind = isCall ? InstrumentKind.Call : InstrumentKind.Put;
  return {
    instrument: toOption({ kind, underlying: 1, expiry, strike: BigInt(strike) * WAD }),
    size: units * WAD,
    costBasis: 0n,
  };
}

function perpetual(units: bigint): Position {
  return { instrument: toPerpetual(1), size: units * WAD, costBasis: units * INDEX };
}

/** In the order of their ids, and one of each instrument. */
function bookOf(positions: readonly Position[]): Position[] {
  const held = new Map(positions.map((position) => [position.instrument, position]));
  return [...held.values()].sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
}

function measure(positions: readonly Position[], market: Market, now = NOW): Margin {
  return assessBooks(bookOf(positions), inputsOf(market), now).mark;
}

const days = fc.constantFrom(1, 2, 7, 30, 180);
const strike = fc.integer({ min: 60, max: 160 }).map((thousands) => thousands * 1_000);
const units = fc.integer({ min: -5, max: 5 }).map((size) => BigInt(size === 0 ? 1 : size));
const legs = fc.array(fc.record({ isCall: fc.boolean(), strike, units, days }), { minLength: 1, maxLength: 8 });
const book = fc.record({ legs, perpetuals: fc.integer({ min: -5, max: 5 }).map(BigInt) });

function positionsOf({ legs: options, perpetuals }: { legs: readonly Leg[]; perpetuals: bigint }): Position[] {
  const held = options.map((leg) => option(leg.isCall, leg.strike, leg.units, expiryIn(leg.days)));
  return bookOf(perpetuals === 0n ? held : [perpetual(perpetuals), ...held]);
}

interface Leg {
  readonly isCall: boolean;
  readonly strike: number;
  readonly units: bigint;
  readonly days: number;
}

const EXPIRIES = [1, 2, 7, 30, 180].map(expiryIn);
const holds = <T>(cases: fc.Arbitrary<T>, property: (one: T) => void): void => {
  fc.assert(fc.property(cases, property), { seed: SEED, numRuns: 150 });
};

describe('portfolio margin', () => {
  it('asks of a book and its mirror for no more than the contingency of the perpetual [PFM-01]', () => {
    holds(fc.record({ strike, days, short: fc.boolean() }), ({ strike: at, days: left, short }) => {
      const expiry = expiryIn(left);
      const sign = short ? -1n : 1n;
      const mirrored = [perpetual(-sign), option(true, at, sign, expiry), option(false, at, -sign, expiry)];
      const { initial, maintenance } = measure(mirrored, { expiries: EXPIRIES });
      const contingency = (INDEX * 2_000n) / 1_000_000n;
      expect(maintenance - contingency).toBeLessThan(WAD);
      expect(initial - (contingency * 5n) / 4n).toBeLessThan(WAD);
    });
  });

  it('never asks of a vertical spread for more than it can lose [PFM-02]', () => {
    const spread = fc.record({
      isCall: fc.boolean(),
      low: strike,
      width: fc.integer({ min: 1, max: 40 }),
      days,
      short: fc.boolean(),
    });
    holds(spread, ({ isCall, low, width, days: left, short }) => {
      const expiry = expiryIn(left);
      const sign = short ? -1n : 1n;
      const high = low + width * 1_000;
      const pair = [option(isCall, low, sign, expiry), option(isCall, high, -sign, expiry)];
      const { equity, initial, maintenance } = measure(pair, { expiries: EXPIRIES });
      // what a spread pays is between nothing and its width
      const least = short === isCall ? -BigInt(high - low) * WAD : 0n;
      expect(initial).toBeLessThanOrEqual(equity - least + 1n);
      expect(maintenance).toBeLessThanOrEqual(initial);
    });
  });

  it('never asks of long options for more than they are worth [PFM-03]', () => {
    holds(legs, (some) => {
      const long = some.map((leg) => ({ ...leg, units: leg.units < 0n ? -leg.units : leg.units }));
      const { equity, initial } = measure(positionsOf({ legs: long, perpetuals: 0n }), { expiries: EXPIRIES });
      expect(initial).toBeLessThanOrEqual(equity + 1n);
    });
  });

  it('never asks for less as the range, or its scale, grows [PFM-04]', () => {
    const ranges = fc.tuple(fc.integer({ min: 400, max: 1_600 }), fc.integer({ min: 0, max: 1_200 }));
    const scales = fc.tuple(fc.bigInt({ min: WAD, max: 4n * WAD }), fc.bigInt({ min: 0n, max: WAD }));
    holds(fc.tuple(book, ranges, scales), ([one, [range, wider], [scale, more]]) => {
      const at = (rangeBps: number, by: bigint): Margin =>
        measure(positionsOf(one), { terms: { rangeBps }, scale: by, expiries: EXPIRIES });
      const [narrow, wide, scaled] = [
        at(range, scale),
        at(Math.min(range + wider, 1_600), scale),
        at(range, scale + more),
      ];
      for (const other of [wide, scaled]) {
        expect(other.maintenance).toBeGreaterThanOrEqual(narrow.maintenance);
        expect(other.initial).toBeGreaterThanOrEqual(narrow.initial);
      }
    });
  });

  it('asks for little more from one minute to the next [PFM-05]', () => {
    holds(fc.tuple(legs, fc.bigInt({ min: 0n, max: 23n * 60n })), ([some, minutes]) => {
      const held = positionsOf({ legs: some, perpetuals: 0n });
      const at = NOW + minutes * 60n;
      const [before, after] = [at, at + 1n].map((now) => measure(held, { expiries: EXPIRIES }, now).maintenance) as [
        bigint,
        bigint,
      ];
      const size = held.reduce((sum, position) => sum + (position.size < 0n ? -position.size : position.size), 0n);
      const step = after > before ? after - before : before - after;
      // a second of the last half hour moves an option by less than 1e-4 of the index
      expect(step).toBeLessThan((size * INDEX) / WAD / 10_000n);
    });
  });

  it('always charges the tail of calls that are short on balance [PFM-06]', () => {
    holds(fc.record({ legs, naked: fc.integer({ min: 1, max: 5 }) }), ({ legs: some, naked }) => {
      const net = some.filter(({ isCall }) => isCall).reduce((sum, leg) => sum + leg.units, 0n);
      const short = (net > 0n ? net : 0n) + BigInt(naked);
      const expiry = expiryIn(90);
      const held = [...positionsOf({ legs: some, perpetuals: 0n }), option(true, 200_000, -short, expiry)];
      const market = { expiries: [...EXPIRIES, expiry] };
      const { maintenance } = measure(held, market);
      // of the units that nothing of their expiry covers
      expect(maintenance).toBeGreaterThanOrEqual((short * INDEX * 10_000n) / 1_000_000n);
    });
  });

  it('takes collateral that is the underlying into the scenarios where that asks for less [PFM-07]', () => {
    const risk = {
      listed: true,
      decimals: 8,
      maintenanceHaircutBps: 1_700,
      initialHaircutBps: 2_200,
      depth: 10n ** 13n,
      supplyCap: 0n,
    };
    const held = [option(true, 110_000, -1n, expiryIn(30))];
    const inputs = inputsOf({ expiries: EXPIRIES });
    const collateral = { holding: { asset: INDEX_KEY, amount: 10n ** 8n } as const, price: LIVE, risk };
    const alone = assessByPortfolio({ cash: 0n, positions: held }, [], inputs, NOW).assessment.mark;
    const apart = alone.maintenance + (INDEX * 1_700n) / 10_000n;
    const { assessment, worst } = assessByPortfolio({ cash: 0n, positions: held }, [collateral], inputs, NOW);
    expect(assessment.mark.equity).toBe(alone.equity + INDEX);
    expect(assessment.mark.maintenance).toBeLessThan(apart);
    expect(worst[0]?.hasCollateral).toBe(true);
    const other = {
      ...collateral,
      holding: { ...collateral.holding, asset: '0x00000000000000000000000000000000000000ff' } as const,
    };
    const beside = assessByPortfolio({ cash: 0n, positions: held }, [other], inputs, NOW).assessment.mark;
    expect(beside.maintenance).toBeGreaterThanOrEqual(apart);
  });

  it('asks for what docs/risk.md says in its example [PFM-11]', () => {
    const expiry = NOW + 30n * DAY + 60n - (NOW % 60n);
    const spread = [option(true, 100_000, -1n, expiry), option(true, 110_000, 1n, expiry)];
    const inputs = inputsOf({ expiries: [expiry] });
    const { assessment, worst } = assessByPortfolio({ cash: 0n, positions: spread }, [], inputs, NOW);
    const cents = (x: bigint): number => Number(x / 10n ** 16n) / 100;
    const { equity, maintenance, initial } = assessment.mark;
    expect([cents(equity), cents(maintenance), cents(initial)]).toEqual([-3_438.13, 4_518.88, 5_648.6]);
    expect(worst.map(({ factor, volatility }) => [Number(factor) / 1e18, volatility])).toEqual([
      [1.16, ScenarioVolatility.Lower],
    ]);
  });
});
