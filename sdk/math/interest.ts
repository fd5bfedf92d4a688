import { max, min, mulDivDown, mulDivFloor, mulDivUp } from './rounding';
import type { CashPool, CashTerms } from './types';
import { BPS, RAY, WAD, YEAR } from './units';

/** Indices stop here. */
const MAX_INDEX = 2n ** 112n - 1n;
const MAX_RESERVES = 2n ** 128n - 1n;

/** The pool at `timestamp`, which is not before its last accrual. */
export function accrued(pool: CashPool, terms: CashTerms, timestamp: bigint): CashPool {
  const elapsed = timestamp - BigInt(pool.accruedAt);
  if (elapsed === 0n) return pool;
  const accruedAt = Number(timestamp);
  if (pool.borrowPrincipal === 0n) return { ...pool, accruedAt };

  const supplied = totalSupply(pool);
  const borrowed = totalBorrow(pool);
  const growthRay = (borrowRate(pool, terms) * elapsed) / YEAR;
  const borrowIndex = min(pool.borrowIndex + (pool.borrowIndex * growthRay) / RAY, MAX_INDEX);
  const interest = (pool.borrowPrincipal * (borrowIndex - pool.borrowIndex)) / RAY;
  let { supplyIndex } = pool;
  let credited = 0n;
  if (pool.supplyPrincipal !== 0n) {
    const lent = (interest * (BPS - BigInt(terms.reserveFactorBps))) / BPS;
    // what the reserve has lent earns for the reserve
    const toLenders = supplied < borrowed ? mulDivDown(lent, supplied, borrowed) : lent;
    supplyIndex = min(pool.supplyIndex + (toLenders * RAY) / pool.supplyPrincipal, MAX_INDEX);
    credited = mulDivUp(pool.supplyPrincipal, supplyIndex - pool.supplyIndex, RAY);
  }
  const reserves = min(pool.reserves + max(interest - credited, 0n), MAX_RESERVES);
  return { ...pool, supplyIndex, borrowIndex, accruedAt, reserves };
}

/** Part of the lent cash that is borrowed, WAD, at most one. */
export function utilisation(pool: CashPool): bigint {
  const borrowed = totalBorrow(pool);
  if (borrowed === 0n) return 0n;
  const supplied = totalSupply(pool);
  return supplied <= borrowed ? WAD : (borrowed * WAD) / supplied;
}

/** Borrow rate, RAY a year. */
export function borrowRate(pool: CashPool, terms: CashTerms): bigint {
  const used = utilisation(pool);
  const kink = (BigInt(terms.kinkBps) * WAD) / BPS;
  const low = BigInt(terms.slopeLowBps);
  const rateBpsWad =
    used <= kink
      ? BigInt(terms.baseRateBps) * WAD + (low * used * WAD) / kink
      : (BigInt(terms.baseRateBps) + low) * WAD + (BigInt(terms.slopeHighBps) * (used - kink) * WAD) / (WAD - kink);
  return (rateBpsWad * RAY) / (BPS * WAD);
}

/** All positive cash, quote WAD, rounded down. */
export function totalSupply(pool: CashPool): bigint {
  return mulDivDown(pool.supplyPrincipal, pool.supplyIndex, RAY);
}

/** All debt, quote WAD, rounded up. */
export function totalBorrow(pool: CashPool): bigint {
  return mulDivUp(pool.borrowPrincipal, pool.borrowIndex, RAY);
}

/** Cash of one account, quote WAD: credit rounds down, debt rounds up. */
export function toCashFloor(pool: CashPool, principal: bigint): bigint {
  return mulDivFloor(principal, principal < 0n ? pool.borrowIndex : pool.supplyIndex, RAY);
}

/** Principal of one account: credit rounds down, debt rounds up. */
export function toPrincipalFloor(pool: CashPool, cash: bigint): bigint {
  return mulDivFloor(cash, RAY, cash < 0n ? pool.borrowIndex : pool.supplyIndex);
}
