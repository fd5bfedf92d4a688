import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { magnitude, SEED } from '../testing/arbitraries';
import { precise, preciseDensity, preciseExp, preciseNormal } from '../testing/highPrecision';
import { expOfMinus } from './exponential';
import { END, INNER, JOINT, OUTER } from './generated/normalCoefficients';
import { normalCdf, normalDensity, normalTail } from './normal';
import { WAD } from './units';

const points = fc.bigInt({ min: 0n, max: END + WAD });

/** How far a WAD is off a precise number, at thirty places. */
function off(value: bigint, exact: bigint): bigint {
  const error = value * 10n ** 12n - exact / 10n ** 50n;
  return error < 0n ? -error : error;
}

function tailError(x: bigint): bigint {
  return off(normalTail(x), preciseNormal(-precise(x, WAD)));
}

describe(`normalTail (seed ${SEED})`, () => {
  it('is exactly a half at zero, and nothing from eight on', () => {
    expect(normalTail(0n)).toBe(WAD / 2n);
    expect(normalTail(END)).toBe(0n);
    expect(normalTail(2n ** 200n)).toBe(0n);
  });

  it('is off by less than 3e-12 [OPT-06]', () => {
    fc.assert(
      fc.property(points, (x) => tailError(x) < 3n * 10n ** 18n),
      { seed: SEED, numRuns: 2_000 },
    );
    for (let x = 0n; x <= END; x += WAD / 64n) expect(tailError(x) < 3n * 10n ** 18n).toBe(true);
  });

  it('never rises, whatever the step, over the joint of its pieces too [OPT-06]', () => {
    fc.assert(
      fc.property(points, magnitude(WAD), (x, step) => normalTail(x + step) <= normalTail(x)),
      { seed: SEED, numRuns: 5_000 },
    );
    for (const start of [0n, JOINT - 2_000n, END - 2_000n]) {
      for (let x = start; x < start + 4_000n; ++x) expect(normalTail(x + 1n) <= normalTail(x)).toBe(true);
    }
  });

  it('is continuous at the joint', () => {
    expect(normalTail(JOINT - 1n) - normalTail(JOINT) <= 10n).toBe(true);
  });

  it('has no coefficient that could make it rise, nor a sum below zero', () => {
    const [, ...outer] = OUTER;
    expect(outer.every((coefficient) => coefficient > 0n)).toBe(true);
    expect(INNER.map((coefficient) => coefficient > 0n)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
    expect(INNER[6]! + INNER[7]! * JOINT + INNER[9]! * JOINT ** 3n > 0n).toBe(true);
  });

  it('fits into 256 bits at every step', () => {
    for (const [coefficients, x] of [
      [INNER, JOINT],
      [OUTER, END - JOINT],
    ] as const) {
      const sizes = coefficients.map((coefficient) => (coefficient < 0n ? -coefficient : coefficient));
      let sum = 0n;
      sizes.reverse().forEach((size, i) => {
        sum = sum * x + size;
        expect(sum < 2n ** 256n).toBe(true);
        sum >>= { 3: 180n, 6: 184n, 9: 192n }[i] ?? 0n;
      });
      expect(sum ** 4n < 2n ** 256n).toBe(true);
    }
  });
});

describe(`normalCdf (seed ${SEED})`, () => {
  it('of a number and its negative sum to exactly one', () => {
    fc.assert(
      fc.property(points, (x) => normalCdf(x) + normalCdf(-x) === WAD),
      { seed: SEED },
    );
  });

  it('never falls, over zero too', () => {
    for (let x = -2_000n; x < 2_000n; ++x) expect(normalCdf(x + 1n) >= normalCdf(x)).toBe(true);
  });
});

describe(`normalDensity and expOfMinus (seed ${SEED})`, () => {
  it('are off by less than 1e-16', () => {
    fc.assert(
      fc.property(points, (x) => {
        expect(off(normalDensity(x), preciseDensity(precise(x, WAD))) < 10n ** 14n).toBe(true);
        expect(off(expOfMinus(5n * x), preciseExp(-precise(5n * x, WAD))) < 10n ** 14n).toBe(true);
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it('are what is known at zero and far out', () => {
    expect(expOfMinus(0n)).toBe(WAD);
    expect(expOfMinus(42n * WAD + 1n)).toBe(0n);
    expect(expOfMinus(2n ** 255n)).toBe(0n);
    expect(normalDensity(0n)).toBe(398_942_280_401_432_678n);
    expect(normalDensity(10n * WAD)).toBe(0n);
  });
});
