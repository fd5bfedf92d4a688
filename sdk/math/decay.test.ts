import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SEED } from '../testing/arbitraries';
import { decayFactor } from './decay';
import { RAY } from './units';

describe('decayFactor', () => {
  it('is nothing after ninety half-lives and refuses a half-life of zero', () => {
    expect(decayFactor(90n * 60n, 60n)).toBe(0n);
    expect(() => decayFactor(1n, 0n)).toThrow(RangeError);
  });

  it('is one at once and halves with each half-life', () => {
    expect(decayFactor(0n, 600n)).toBe(RAY);
    expect(decayFactor(600n, 600n)).toBe(RAY / 2n);
    expect(decayFactor(1_800n, 600n)).toBe(RAY / 8n);
  });

  it('is the true power or a hair less, and never rises with time', () => {
    const seconds = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 1, max: 86_400 }), (elapsed, halfLife) => {
        const factor = Number(decayFactor(BigInt(elapsed), BigInt(halfLife))) / 1e27;
        const exact = 2 ** -(elapsed / halfLife);
        // 1e-13: the power itself is a float
        expect(factor).toBeLessThanOrEqual(exact * (1 + 1e-13));
        expect(factor).toBeGreaterThanOrEqual(exact * (1 - 1e-10) - 1e-26);
        expect(Number(decayFactor(BigInt(elapsed) + 1n, BigInt(halfLife))) / 1e27).toBeLessThanOrEqual(factor);
      }),
      { seed: SEED },
    );
  });

  it('decays even in a second of a long half-life', () => {
    expect(decayFactor(1n, 86_400n) < RAY).toBe(true);
  });
});
