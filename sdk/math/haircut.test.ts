import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { magnitude, SEED } from '../testing/arbitraries';
import { countedDown, valueDown } from './haircut';
import { WAD } from './units';

const haircut = fc.integer({ min: 0, max: 10_000 });
const amounts = magnitude(2n ** 96n - 1n);
const depths = magnitude(2n ** 96n - 2n).map((depth) => depth + 1n);

describe('valueDown', () => {
  it('gives tokens of 6, 8 and 18 decimals the same value', () => {
    for (const decimals of [6, 8, 18]) {
      expect(valueDown(25n * 10n ** BigInt(decimals - 1), 1_200n * WAD, decimals)).toBe(3_000n * WAD);
    }
  });

  it('rounds down', () => {
    expect(valueDown(1n, 1_999_999n, 6)).toBe(1n);
  });
});

describe('countedDown', () => {
  it('counts nothing of a collateral whose haircut is all of it', () => {
    expect(countedDown(5n * WAD, 10_000, 1n, 1n)).toBe(0n);
  });

  it('halves what the haircut leaves when the amount equals the depth', () => {
    expect(countedDown(100n * WAD, 1_700, 40n, 40n)).toBe((83n * WAD) / 2n);
  });

  it('never counts more than the haircut leaves, nor more than it leaves of the depth', () => {
    fc.assert(
      fc.property(amounts, haircut, depths, magnitude(10n ** 30n), (amount, bps, depth, price) => {
        const value = valueDown(amount, price, 18);
        const counted = countedDown(value, bps, amount, depth);
        expect(counted <= (value * BigInt(10_000 - bps)) / 10_000n).toBe(true);
        expect(counted <= valueDown(depth, price, 18) + 1n).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it('does not fall by more than a wei when collateral is added', () => {
    fc.assert(
      fc.property(amounts, amounts, haircut, depths, magnitude(10n ** 30n), (amount, more, bps, depth, price) => {
        const before = countedDown(valueDown(amount, price, 18), bps, amount, depth);
        const after = countedDown(valueDown(amount + more, price, 18), bps, amount + more, depth);
        expect(after >= before - 1n).toBe(true);
      }),
      { seed: SEED },
    );
  });
});
