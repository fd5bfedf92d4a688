import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { formatWad } from '../format';
import { NO_DELTA_TERMS } from './deltaMargin';
import { greeksOf } from './greeks';
import { InstrumentKind, toOption, toPerpetual } from './instrumentId';
import { SettlementStatus } from './settlement';
import { assessPositions, type UnderlyingInputs } from './standardMargin';
import { PriceStatus, type Position } from './types';
import { WAD } from './units';

const NOW = 1_700_000_040n;
const RATES = {
  perpetualInitialPpm: 20_000,
  perpetualMaintenancePpm: 10_000,
  perpetualSlope: 0n,
  optionInitialPpm: 150_000,
  optionFloorPpm: 100_000,
  optionMaintenancePpm: 75_000,
  profitInitialBps: 0,
  profitMaintenanceBps: 0,
  longInitialBps: 0,
  longMaintenanceBps: 0,
};
const SVI_ONE = 10n ** 10n;

interface Market {
  readonly spot: bigint;
  /** hundredths of a percent */
  readonly volatilityBps: bigint;
  readonly expiry: bigint;
  readonly fixedWeight?: bigint;
  readonly volatilityStatus?: number;
}

function marketOf({ spot, volatilityBps, expiry, fixedWeight = 0n, volatilityStatus }: Market) {
  const price = { spot, low: spot, high: spot, updatedAt: 1, status: PriceStatus.Live };
  const a = (volatilityBps * volatilityBps * SVI_ONE) / 10n ** 8n;
  const known = {
    slice: { a, b: 0n, rho: 0n, m: 0n, sigma: SVI_ONE / 100n, publishedAt: 1, confidenceBps: 0 },
    volatilityStatus: volatilityStatus ?? PriceStatus.Live,
    window: { fixedWeight, fixedAverage: spot },
    settlementPrice: 0n,
    settlementStatus: SettlementStatus.None,
  };
  const rates = { terms: RATES, initialScale: WAD, maintenanceScale: WAD };
  const expiries = new Map([[expiry, known]]);
  const inputs: UnderlyingInputs = { index: price, perpetual: price, rates, delta: NO_DELTA_TERMS, expiries };
  return new Map([[1, inputs]]);
}

const SPOT = 100_000n * WAD;
const MONTH = NOW + 30n * 86_400n;
const option = (kind: number, strike: number, units: bigint, expiry = MONTH): Position => ({
  instrument: toOption({ kind, underlying: 1, expiry, strike: BigInt(strike) * WAD }),
  size: units * WAD,
  costBasis: 0n,
});
const perpetual = (units: bigint): Position => ({ instrument: toPerpetual(1), size: units * WAD, costBasis: 0n });

describe('greeksOf', () => {
  it('leaves out what nobody can price, and says so [GRK-02]', () => {
    const market = marketOf({ spot: SPOT, volatilityBps: 5_000n, expiry: MONTH, volatilityStatus: PriceStatus.Down });
    const [greeks] = greeksOf([perpetual(-2n), option(InstrumentKind.Call, 100_000, 1n)], market, NOW);
    expect(greeks).toEqual({ underlying: 1, status: PriceStatus.Down, delta: -2n * WAD, vega: 0n, gamma: 0n });
  });

  it('moves no more by what has expired [GRK-02]', () => {
    const market = marketOf({ spot: SPOT, volatilityBps: 5_000n, expiry: MONTH });
    const [greeks] = greeksOf([option(InstrumentKind.Put, 120_000, 3n)], market, MONTH);
    expect(greeks).toMatchObject({ delta: 0n, vega: 0n, gamma: 0n });
  });

  it('is nothing of a book and its mirror [GRK-01]', () => {
    const market = marketOf({ spot: SPOT, volatilityBps: 5_000n, expiry: MONTH });
    const book = [perpetual(-1n), option(InstrumentKind.Call, 110_000, 1n), option(InstrumentKind.Put, 110_000, -1n)];
    const [greeks] = greeksOf(book, market, NOW);
    for (const net of [greeks!.delta, greeks!.vega, greeks!.gamma]) {
      expect(net).toBeGreaterThanOrEqual(-3n);
      expect(net).toBeLessThanOrEqual(3n);
    }
  });

  it.each([
    ['a month ahead', MONTH, 0n],
    ['in the settlement window', NOW + 1_200n, WAD / 3n],
  ])('is what the value moves by, %s [GRK-01]', (_, expiry, fixedWeight) => {
    const at = (spot: bigint, volatilityBps: bigint) => marketOf({ spot, volatilityBps, expiry, fixedWeight });
    const book = [option(InstrumentKind.Call, 100_000, 2n, expiry), option(InstrumentKind.Put, 100_000, -5n, expiry)];
    const value = (spot: bigint, bps: bigint): number => {
      // the part that is over was seen at the spot of today
      const market = at(spot, bps);
      const known = market.get(1)!;
      const [[, terms] = [0n, undefined]] = [...known.expiries];
      const fixed = { ...terms!, window: { fixedWeight, fixedAverage: SPOT } };
      const inputs = new Map([[1, { ...known, expiries: new Map([[expiry, fixed]]) }]]);
      return Number(assessPositions(book, inputs, NOW).mark.equity) / 1e18;
    };
    const [greeks] = greeksOf(book, at(SPOT, 5_000n), NOW);
    const step = 20n;
    const [down, here, up] = [SPOT - step * WAD, SPOT, SPOT + step * WAD].map((spot) => value(spot, 5_000n)) as [
      number,
      number,
      number,
    ];
    const h = Number(step);
    expect(Number(greeks!.delta) / 1e18).toBeCloseTo((up - down) / (2 * h), 3);
    const gamma = (up - 2 * here + down) / (h * h);
    expect(Number(greeks!.gamma) / 1e18 / gamma).toBeCloseTo(1, 1);
    const vega = (value(SPOT, 5_010n) - value(SPOT, 4_990n)) / 0.002;
    expect(Number(greeks!.vega) / 1e18 / vega).toBeCloseTo(1, 3);
  });

  it('is what the example of docs/risk.md says [GRK-01]', () => {
    const market = marketOf({ spot: SPOT, volatilityBps: 5_000n, expiry: MONTH });
    const held = [perpetual(2n), option(InstrumentKind.Call, 100_000, -5n), option(InstrumentKind.Put, 90_000, 3n)];
    const rows = [[held[0]!], [held[1]!], [held[2]!], held].map((positions) => {
      const [{ delta, vega, gamma }] = greeksOf(positions, market, NOW) as [ReturnType<typeof greeksOf>[number]];
      const shown = [formatWad(delta, 4), formatWad(vega / 100n, 2), formatWad(gamma * 1_000n, 4)];
      return `| ${shown.join(' | ')} |`;
    });
    const text = readFileSync(join(__dirname, '..', '..', 'docs', 'risk.md'), 'utf8');
    for (const row of rows) expect(text).toContain(row);
  });
});
