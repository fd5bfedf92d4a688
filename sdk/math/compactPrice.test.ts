import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SEED } from '../testing/arbitraries';
import { compactDown, compactUp } from './compactPrice';

const prices = fc.bigInt({ min: 0n, max: 2n ** 96n });

describe('a compact price', () => {
  it('is exact for three digits and for four that begin with a one', () => {
    for (const price of [
      0n,
      1n,
      199n,
      1_999n,
      2_000n,
      50_000_000_000_000_000n,
      1_234n * 10n ** 18n,
      999n * 10n ** 25n,
    ]) {
      expect([compactDown(price), compactUp(price)]).toEqual([price, price]);
    }
  });

  it('rounds outward, by less than a 200th, and what is rounded stays', () => {
    expect([compactDown(2_001n), compactUp(2_001n)]).toEqual([2_000n, 2_010n]);
    expect([compactDown(19_991n), compactUp(19_991n)]).toEqual([19_990n, 20_000n]);
    fc.assert(
      fc.property(prices, (price) => {
        const [down, up] = [compactDown(price), compactUp(price)];
        expect(down <= price && up >= price).toBe(true);
        expect(down === price || (price - down) * 200n < price).toBe(true);
        expect(up === price || (up - price) * 200n < price).toBe(true);
        expect([compactDown(down), compactUp(up)]).toEqual([down, up]);
      }),
      { seed: SEED },
    );
  });
});
