import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cashPool, cashTerms, magnitude, SEED, signed } from '../testing/arbitraries';
import {
  accrued,
  borrowRate,
  reserves,
  toCashFloor,
  toPrincipalFloor,
  totalBorrow,
  totalSupply,
  utilisation,
} from './interest';
import type { CashPool, CashTerms } from './types';
import { INDEX_ONE, PPM, WAD, YEAR } from './units';

const TERMS: CashTerms = {
  baseRateBps: 100,
  slopeLowBps: 400,
  slopeHighBps: 6_000,
  kinkBps: 8_000,
  reserveFactorBps: 1_000,
  minDebt: 100,
  borrowCap: 1_000_000,
};
const POOL: CashPool = {
  supplyIndex: INDEX_ONE,
  borrowIndex: INDEX_ONE,
  accruedAt: 1_600_000_000,
  borrowRatePpm: 50_000,
  supplyPrincipal: 1_000n * WAD,
  borrowPrincipal: 800n * WAD,
  reservesNano: 0n,
};

describe('accrued', () => {
  it('changes nothing but the time where nobody owes', () => {
    const idle = { ...POOL, borrowPrincipal: 0n, borrowRatePpm: 0 };
    const later = accrued(idle, 1_000, 1_700_000_000n);
    expect(later).toEqual({ ...idle, accruedAt: 1_700_000_000 });
  });

  it('stops the indices at their largest value instead of overflowing', () => {
    const far = accrued({ ...POOL, borrowRatePpm: 2 ** 24 - 1 }, 1_000, 2n ** 40n - 1n);
    expect(far.borrowIndex).toBe(2n ** 96n - 1n);
  });

  it('goes by the rate that was stored, whatever the terms are by now', () => {
    expect(totalBorrow(accrued({ ...POOL, borrowRatePpm: 0 }, 0, BigInt(POOL.accruedAt) + YEAR))).toBe(800n * WAD);
  });

  it('pays lenders what debtors pay less the reserve', () => {
    const after = accrued(POOL, TERMS.reserveFactorBps, BigInt(POOL.accruedAt) + YEAR);
    expect(totalBorrow(after)).toBe(840n * WAD);
    expect(totalSupply(after)).toBe(1_036n * WAD);
    expect(reserves(after)).toBe(4n * WAD);
  });

  it('lets debt grow by at least what lenders and reserve gain (P19)', () => {
    fc.assert(
      fc.property(cashPool, cashTerms, magnitude(YEAR * 5n), (pool, terms, elapsed) => {
        const after = accrued(pool, terms.reserveFactorBps, BigInt(pool.accruedAt) + elapsed);
        const debt = totalBorrow(after) - totalBorrow(pool);
        const gained = totalSupply(after) - totalSupply(pool) + reserves(after) - reserves(pool);
        // a wei: the totals themselves are rounded
        expect(debt + 1n >= gained).toBe(true);
      }),
      { seed: SEED },
    );
  });
});

describe('borrowRate', () => {
  it('follows the kinked curve, and asks nothing where nobody owes', () => {
    const at = (borrowed: bigint): bigint => borrowRate({ ...POOL, borrowPrincipal: borrowed * WAD }, TERMS);
    expect(at(0n)).toBe(0n);
    expect(at(400n)).toBe((PPM * 3n) / 100n);
    expect(at(800n)).toBe((PPM * 5n) / 100n);
    expect(at(1_000n)).toBe((PPM * 65n) / 100n);
  });

  it('counts a pool that owes more than it has as fully used', () => {
    expect(utilisation({ ...POOL, supplyPrincipal: 0n })).toBe(WAD);
  });
});

describe('principal and cash', () => {
  it('never turn into more than they were on a round trip', () => {
    fc.assert(
      fc.property(cashPool, signed(10n ** 28n), (pool, cash) => {
        expect(toCashFloor(pool, toPrincipalFloor(pool, cash)) <= cash).toBe(true);
      }),
      { seed: SEED },
    );
  });
});
