import { divFloor, divUp, min } from './rounding';
import type { CashPool, CashTerms } from './types';
import { BPS, INDEX_ONE, NANO, PPM, WAD, YEAR } from './units';

/** Indices stop here. */
const MAX_INDEX = 2n ** 96n - 1n;
const MAX_RESERVES_NANO = 2n ** 64n - 1n;

/** The pool at `timestamp`, which is not before its last accrual, at the rate stored in it. */
export function accrued(pool: CashPool, reserveFactorBps: number, timestamp: bigint): CashPool {
  const elapsed = timestamp - BigInt(pool.accruedAt);
  const borrowIndex = borrowIndexAt(pool.borrowIndex, pool.borrowRatePpm, elapsed);
  const interest = (pool.borrowPrincipal * (borrowIndex - pool.borrowIndex)) / INDEX_ONE;
  const later = { ...pool, borrowIndex, accruedAt: Number(timestamp) };
  if (interest === 0n) return later;

  const supplied = totalSupply(pool);
  const borrowed = totalBorrow(pool);
  let { supplyIndex } = pool;
  let credited = 0n;
  if (pool.supplyPrincipal !== 0n) {
    const lent = (interest * (BPS - BigInt(reserveFactorBps))) / BPS;
    // what the reserve has lent earns for the reserve
    const toLenders = supplied < borrowed ? (lent * supplied) / borrowed : lent;
    supplyIndex = min(pool.supplyIndex + (toLenders * INDEX_ONE) / pool.supplyPrincipal, MAX_INDEX);
    credited = divUp(pool.supplyPrincipal * (supplyIndex - pool.supplyIndex), INDEX_ONE);
  }
  const reservesNano = min(pool.reservesNano + (interest - credited) / NANO, MAX_RESERVES_NANO);
  return { ...later, supplyIndex, reservesNano };
}

/** The borrow index `elapsed` seconds on. */
export function borrowIndexAt(index: bigint, borrowRatePpm: number, elapsed: bigint): bigint {
  return min(index + (index * BigInt(borrowRatePpm) * elapsed) / (PPM * YEAR), MAX_INDEX);
}

/** Part of the lent cash that is borrowed, WAD, at most one. */
export function utilisation(pool: CashPool): bigint {
  const borrowed = totalBorrow(pool);
  if (borrowed === 0n) return 0n;
  const supplied = totalSupply(pool);
  return supplied <= borrowed ? WAD : (borrowed * WAD) / supplied;
}

/** What the curve asks of debtors now, millionths a year, rounded down; nothing where nobody owes. */
export function borrowRate(pool: CashPool, terms: CashTerms): bigint {
  const used = utilisation(pool);
  if (used === 0n) return 0n;
  const kink = (BigInt(terms.kinkBps) * WAD) / BPS;
  const low = BigInt(terms.slopeLowBps);
  const rateBpsWad =
    used <= kink
      ? BigInt(terms.baseRateBps) * WAD + (low * used * WAD) / kink
      : (BigInt(terms.baseRateBps) + low) * WAD + (BigInt(terms.slopeHighBps) * (used - kink) * WAD) / (WAD - kink);
  return (rateBpsWad * (PPM / BPS)) / WAD;
}

/** Kept from interest and fees, quote WAD. */
export function reserves(pool: CashPool): bigint {
  return pool.reservesNano * NANO;
}

/** All positive cash, quote WAD, rounded down. */
export function totalSupply(pool: CashPool): bigint {
  return (pool.supplyPrincipal * pool.supplyIndex) / INDEX_ONE;
}

/** All debt, quote WAD, rounded up. */
export function totalBorrow(pool: CashPool): bigint {
  return divUp(pool.borrowPrincipal * pool.borrowIndex, INDEX_ONE);
}

/** Cash of one account, quote WAD: credit rounds down, debt rounds up. */
export function toCashFloor(pool: CashPool, principal: bigint): bigint {
  return divFloor(principal * (principal < 0n ? pool.borrowIndex : pool.supplyIndex), INDEX_ONE);
}

/** Principal of one account: credit rounds down, debt rounds up. */
export function toPrincipalFloor(pool: CashPool, cash: bigint): bigint {
  return divFloor(cash * INDEX_ONE, cash < 0n ? pool.borrowIndex : pool.supplyIndex);
}
