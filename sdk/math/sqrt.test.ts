import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SEED } from '../testing/arbitraries';
import { sqrtDown } from './sqrt';

describe('sqrtDown', () => {
  it('is exact on squares and their neighbours', () => {
    for (const root of [0n, 1n, 2n, 3n, 10n ** 9n, 2n ** 64n - 1n, 2n ** 128n - 1n]) {
      expect(sqrtDown(root * root)).toBe(root);
      expect(sqrtDown(root * root + 2n * root)).toBe(root);
    }
  });

  it('is the largest whole root', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (value) => {
        const root = sqrtDown(value);
        expect(root * root <= value && value < (root + 1n) ** 2n).toBe(true);
      }),
      { seed: SEED },
    );
  });
});
