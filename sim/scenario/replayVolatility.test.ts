import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { VolatilityTerms } from '../../sdk/math';
import { createRandom } from '../random';
import { durationOf, loadScenario, pricePaths } from './loadScenario';
import { replayVolatility, type VolatilitySample } from './replayVolatility';

// The tables of docs/risk.md, "Dynamic margin", measured anew: every figure there must be what a replay gives.

const TERMS: VolatilityTerms = {
  referenceBps: 8_000,
  floorBps: 4_000,
  capBps: 32_000,
  rampBpsPerHour: 500,
  minInterval: 300,
  fastHalfLife: 14_400,
  slowHalfLife: 86_400,
};
const SEEDS = [1, 2, 3];
const BLOCK = 12;
const DAY = 86_400;
const YEAR = 365 * DAY;

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'risk.md'), 'utf8');

/** A price that moves at random, each block, at a constant volatility a year; the same for one seed. */
function randomWalk(seed: number, volatility: number, days: number): number[] {
  const random = createRandom(seed);
  const prices: number[] = [];
  let price = 2_000;
  for (let i = 0; i <= (days * DAY) / BLOCK; ++i) {
    prices.push(price);
    price *= random.logNormal(1, volatility * Math.sqrt(BLOCK / YEAR));
  }
  return prices;
}

/** What a feed that reports moves of `deviation` alone says of it. */
function reported(prices: readonly number[], deviation: number): number[] {
  let [said = 0] = prices;
  return prices.map((price) => {
    if (Math.abs(price / said - 1) >= deviation) said = price;
    return said;
  });
}

function atBlock(prices: readonly number[]): (second: number) => number {
  return (second) => prices[Math.floor(second / BLOCK)] ?? 0;
}

/** Estimates after the first five days, lowest first. */
function settled(samples: readonly VolatilitySample[]): number[] {
  return samples
    .filter(({ second }) => second >= 5 * DAY)
    .map(({ volatility }) => volatility)
    .sort((a, b) => a - b);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (part: number): string => `${Math.round(100 * part)} %`;
const clock = (second: number): string =>
  `${Math.floor(second / 3_600)}:${String(Math.floor((second % 3_600) / 60)).padStart(2, '0')}`;

describe('dynamic margin of docs/risk.md', () => {
  it.each(['october-2025', 'black-thursday', 'may-2021', 'wick'])(
    'says what %s does to the scales [DYN-11]',
    (name) => {
      const scenario = loadScenario(name);
      const path = pricePaths(scenario).get('WETH')!;
      const until = durationOf(scenario);
      const samples = replayVolatility({ at: path.at, until, terms: TERMS });
      const [deepest = 0, low = 0] = [...path.points].sort((a, b) => a[1] - b[1])[0] ?? [];
      const then = samples.filter(({ second }) => second <= deepest).at(-1)!;
      const highest = [...samples].sort((a, b) => b.initial - a.initial)[0]!;
      const last = samples.at(-1)!;
      const scales = ({ initial, maintenance }: VolatilitySample): string =>
        `${initial.toFixed(2)} / ${maintenance.toFixed(2)}`;
      const fall = percent(1 - low / path.at(0));
      const row = [
        name,
        `${fall} at ${clock(deepest)}`,
        scales(then),
        highest.initial.toFixed(2),
        clock(highest.second),
      ];
      expect(page).toContain(
        `| \`${row.join(' | ').replace(name, `${name}\``)} | ${scales(last)} at ${clock(last.second)} |`,
      );
    },
  );

  it.each([
    ['every move', 0.8, 0],
    ['moves of 0.5 %', 0.8, 0.005],
    ['moves of 0.5 %', 0.5, 0.005],
    ['every move', 1.5, 0],
  ] as const)(
    'recovers a constant volatility from a feed that reports %s at %f [DYN-04]',
    (feed, volatility, deviation) => {
      const estimates = SEEDS.flatMap((seed) => {
        const prices = reported(randomWalk(seed, volatility, 30), deviation);
        return settled(replayVolatility({ at: atBlock(prices), until: 30 * DAY, terms: TERMS }));
      }).sort((a, b) => a - b);
      const middle = mean(estimates) / volatility - 1;
      expect(middle).toBeGreaterThan(0);
      expect(middle).toBeLessThan(0.16);
      const part = (share: number): string =>
        percent((estimates[Math.floor(estimates.length * share)] ?? 0) / volatility - 1);
      expect(page).toContain(
        `| ${percent(volatility)} | ${feed} | ${percent(middle)} | ${part(0.05)} to ${part(0.95)} |`,
      );
    },
  );

  // Whoever samples alone, and sees each block before he does, takes the price that is furthest from, or nearest to, the
  // last one. Whoever else samples as soon as it is allowed leaves him one block to choose.
  it.each([
    ['as soon as allowed', 0, 1],
    ['the block that moves most, alone, within 5 minutes', 25, 1],
    ['the block that moves least, alone, within 5 minutes', 25, -1],
    ['the block that moves most, before somebody else does a block later', 1, 1],
    ['the block that moves least, before somebody else does a block later', 1, -1],
  ] as const)('says what choosing the moment is worth: %s [DYN-06]', (title, window, sign) => {
    const estimates = SEEDS.flatMap((seed) => {
      const at = atBlock(randomWalk(seed, 0.8, 20));
      const next = (last: number, price: number): number => {
        const choices = Array.from({ length: window + 1 }, (_, i) => last + TERMS.minInterval + i * BLOCK);
        const gain = (second: number): number => (sign * Math.abs(at(second) - price)) / Math.sqrt(second - last);
        return choices.reduce((best, second) => (gain(second) > gain(best) ? second : best));
      };
      return settled(replayVolatility({ at, until: 20 * DAY - window * BLOCK - 600, terms: TERMS, next }));
    });
    expect(page).toContain(`| ${title} | ${percent(mean(estimates))} |`);
  });

  it('says what a price printed once and taken back is worth [DYN-05]', () => {
    for (const [silence, words] of [
      [300, '5 minutes'],
      [DAY, 'a day'],
    ] as const) {
      const samples = replayVolatility({
        at: (second) => (second === silence ? 1_000 : 2_000),
        until: 3 * DAY,
        terms: TERMS,
        next: (last) => (last === 0 ? silence : last + TERMS.minInterval),
      });
      const initial = Math.max(...samples.map((sample) => sample.initial));
      const [highest] = [...samples].sort((a, b) => b.maintenance - a.maintenance);
      const after = clock((highest?.second ?? 0) - silence);
      expect(page).toContain(
        `| ${words} | ${initial.toFixed(2)} | ${highest?.maintenance.toFixed(2)} after ${after} |`,
      );
    }
  });
});
