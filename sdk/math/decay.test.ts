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

  it('stays within 1.2e-5 above the true power and never rises with time', () => {
    const seconds = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 1, max: 86_400 }), (elapsed, halfLife) => {
        const factor = decayFactor(BigInt(elapsed), BigInt(halfLife));
        const exact = 2 ** -(elapsed / halfLife);
        // the last term: where the result nears its own last digit
        expect(Number(factor) / 1e27).toBeGreaterThanOrEqual(exact * (1 - 1e-12) - 1e-26);
        expect(Number(factor) / 1e27).toBeLessThanOrEqual(exact * (1 + 1.2e-5));
        expect(decayFactor(BigInt(elapsed) + 1n, BigInt(halfLife)) <= factor).toBe(true);
      }),
      { seed: SEED },
    );
  });
});
