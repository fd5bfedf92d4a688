import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SEED } from '../testing/arbitraries';
import { decayFactor } from './decay';
import {
  configureVolatility,
  sampleVolatility,
  scalesAt,
  volatilityOf,
  type VolatilityState,
  type VolatilityTerms,
} from './realisedVolatility';
import { RAY, WAD, YEAR } from './units';

const TERMS: VolatilityTerms = {
  referenceBps: 8_000,
  floorBps: 4_000,
  capBps: 32_000,
  rampBpsPerHour: 500,
  minInterval: 300,
  fastHalfLife: 14_400,
  slowHalfLife: 86_400,
};
const START = 1_700_000_000n;

function begin(): VolatilityState {
  return sampleVolatility(configureVolatility(undefined, TERMS, START), TERMS, 2_000n * WAD, START);
}

/** WAD to so many digits, cut. */
function digits(value: bigint, places: number): string {
  const text = (value / 10n ** BigInt(18 - places)).toString().padStart(places + 1, '0');
  return `${text.slice(0, -places)}.${text.slice(-places)}`;
}

describe('realised volatility', () => {
  it('leaves the state alone where it is too early', () => {
    const state = begin();
    expect(sampleVolatility(state, TERMS, 1_000n * WAD, START + 299n)).toBe(state);
  });

  it('is in the worked example of docs/risk.md what it is here [DYN-11]', () => {
    const page = readFileSync(join(__dirname, '..', '..', 'docs', 'risk.md'), 'utf8');
    let state = begin();
    const clamps: bigint[] = [];
    for (const [second, price] of [
      [300n, 2_005n],
      [600n, 1_990n],
      [1_500n, 1_900n],
      [5_100n, 1_900n],
      [40_000n, 1_900n],
    ] as const) {
      clamps.push(16n * state.variance);
      state = sampleVolatility(state, TERMS, price * WAD, START + second);
      const { initial, maintenance } = scalesAt(state, TERMS, START + second);
      const figures = [state.recent, volatilityOf(state.variance), initial, maintenance].map((wad) => digits(wad, 4));
      const row = [second, price].map((figure) => figure.toLocaleString('en-US')).join(' | ');
      expect(page).toContain(`| ${row} | ${figures.join(' | ')} |`);
    }
    const move = (90n * WAD) / 1_990n;
    const rate = (move * move * YEAR) / (900n * WAD);
    expect(page).toContain(`a rate of ${digits(rate, 4)} to\n${digits(clamps[2] ?? 0n, 4)}, 16 times`);
  });

  it('never rises by more than the clamp, nor falls faster than the slow half-life [DYN-05] [DYN-06]', () => {
    const step = fc.record({
      price: fc.bigInt({ min: 1n, max: 2n ** 96n - 1n }),
      wait: fc.bigInt({ min: 300n, max: 10n ** 7n }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let state = begin();
        let now = START;
        for (const { price, wait } of steps) {
          now += wait;
          const next = sampleVolatility(state, TERMS, price, now);
          const weighed = wait < 900n ? wait : 900n;
          const weight = RAY - decayFactor(weighed, 14_400n);
          expect(next.variance <= state.variance + (15n * state.variance * weight) / RAY + 1n).toBe(true);
          expect(next.variance >= (state.variance * decayFactor(weighed, 86_400n)) / RAY).toBe(true);
          const { initial, maintenance } = scalesAt(next, TERMS, now);
          expect(maintenance <= scalesAt(state, TERMS, now).maintenance).toBe(true);
          expect(WAD <= maintenance && maintenance <= initial && initial <= 4n * WAD).toBe(true);
          state = next;
        }
      }),
      { seed: SEED },
    );
  });
});
