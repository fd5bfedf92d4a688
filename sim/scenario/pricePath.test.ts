import { describe, expect, it } from 'vitest';

import { createPricePath, followPath, stepSeconds } from './pricePath';

const path = createPricePath([
  [0, 100],
  [100, 400],
  [200, 100],
]);

describe('createPricePath', () => {
  it('refuses a path without a point', () => {
    expect(() => createPricePath([])).toThrow(RangeError);
  });

  it('passes through its points and stays at the ends [SIM-03]', () => {
    expect([-5, 0, 100, 200, 900].map((second) => path.at(second))).toEqual([100, 100, 400, 100, 100]);
  });

  it('moves by the same percentage every second in between', () => {
    expect(path.at(50)).toBeCloseTo(200, 9);
    expect(path.at(175)).toBeCloseTo(100 * Math.SQRT2, 9);
    expect(path.at(11) / path.at(10)).toBeCloseTo(path.at(91) / path.at(90), 9);
  });

  it('is constant before a first point that is not at zero', () => {
    expect(
      createPricePath([
        [60, 7],
        [61, 8],
      ]).at(3),
    ).toBe(7);
  });
});

describe('followPath', () => {
  it('multiplies each logarithmic move of the leader by beta', () => {
    const follower = followPath(path, 0.5, 30_000);
    expect(follower.at(0)).toBe(30_000);
    expect(follower.at(100)).toBeCloseTo(60_000, 6);
    expect(follower.at(200)).toBeCloseTo(30_000, 6);
  });
});

describe('stepSeconds', () => {
  const rule = { maxMoveBps: 500, minSeconds: 5, maxSeconds: 60 };

  it('takes no step longer than allowed and none at all twice', () => {
    const seconds = stepSeconds([createPricePath([[0, 100]])], 1_000, rule);
    expect(seconds[0]).toBe(0);
    expect(seconds.at(-1)).toBe(1_000);
    for (const [i, second] of seconds.slice(1).entries()) {
      expect(second).toBeGreaterThan(seconds[i]!);
      expect(second - seconds[i]!).toBeLessThanOrEqual(60);
    }
  });

  it('steps on every known point, so that no low is passed over [SIM-03]', () => {
    const seconds = stepSeconds(
      [
        path,
        createPricePath([
          [0, 1],
          [33, 2],
        ]),
      ],
      200,
      rule,
    );
    expect(seconds).toEqual(expect.arrayContaining([0, 33, 100, 200]));
  });

  it('keeps the move of a step within the limit where steps may be that short', () => {
    const seconds = stepSeconds([path], 200, { ...rule, minSeconds: 1 });
    for (const [i, second] of seconds.slice(1).entries()) {
      // rounding to whole seconds may add half a second of the move
      expect(Math.abs(Math.log(path.at(second) / path.at(seconds[i]!)))).toBeLessThan(0.05 * 1.5);
    }
  });

  it('does not step more often than allowed, however fast the price', () => {
    const seconds = stepSeconds([path], 200, rule);
    for (const [i, second] of seconds.slice(1).entries()) expect(second - seconds[i]!).toBeGreaterThanOrEqual(5);
  });
});
