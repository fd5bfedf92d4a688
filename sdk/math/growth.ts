import { divUp, max, min } from './rounding';
import type { CapGrowth, CashTerms, RampSpeeds } from './types';
import type { CollateralTerms } from './ramp';
import { BPS } from './units';

const DAY = 86_400n;
/** Seconds that a supply cap of zero stays so once it is raised. */
export const GROWTH_WAIT = 3n * DAY;
/** Whole quote units: a smaller borrow cap, or cap on what is unsettled, grows as fast as this one. */
export const LEAST_BORROW_BASIS = 100_000n;

const NO_GROWTH: CapGrowth = { from: 0n, perDay: 0n, startedAt: 0 };

/** Terms of cash: where they are going, and how the borrow cap gets there; zero where it does not grow. */
export interface GrowingCash {
  readonly target: CashTerms;
  readonly growth: CapGrowth;
}

/** Most of the token that the vault may take in at `timestamp`, token units. */
export function supplyCapAt({ target, growth }: CollateralTerms, timestamp: bigint): bigint {
  return capAt(growth, target.supplyCap, timestamp);
}

/** Most that all accounts together may owe at `timestamp`, whole quote units. */
export function borrowCapAt({ target, growth }: GrowingCash, timestamp: bigint): bigint {
  return capAt(growth, BigInt(target.borrowCap), timestamp);
}

/** When a supply cap will have grown to its target, in seconds since 1970; zero where none grows. */
export function growthEndsAt({ target, growth }: CollateralTerms): number {
  return capEndsAt(growth, target.supplyCap);
}

/** The same of the borrow cap. */
export function borrowGrowthEndsAt({ target, growth }: GrowingCash): number {
  return capEndsAt(growth, BigInt(target.borrowCap));
}

/** How a supply cap grows that is set to `to` at `timestamp` and was `from`. */
export function supplyGrowthFrom(from: bigint, to: bigint, speeds: RampSpeeds, timestamp: bigint): CapGrowth {
  if (to <= from) return NO_GROWTH;
  return from === 0n ? growthFrom(0n, to, speeds, timestamp + GROWTH_WAIT) : growthFrom(from, from, speeds, timestamp);
}

/** What `MarginPolicy.setCashTerms` would leave, called at `timestamp` once sealed. */
export function setCashAt(known: GrowingCash, target: CashTerms, speeds: RampSpeeds, timestamp: bigint): GrowingCash {
  const from = borrowCapAt(known, timestamp);
  if (BigInt(target.borrowCap) <= from) return { target, growth: NO_GROWTH };
  return { target, growth: growthFrom(from, max(from, LEAST_BORROW_BASIS), speeds, timestamp) };
}

/** A cap at `timestamp` that grows to `to`. */
export function capAt(growth: CapGrowth, to: bigint, timestamp: bigint): bigint {
  if (growth.startedAt === 0) return to;
  const elapsed = max(timestamp - BigInt(growth.startedAt), 0n);
  return min(growth.from + (growth.perDay * elapsed) / DAY, to);
}

/** When a cap will have grown to `to`, in seconds since 1970; zero where it does not grow. */
export function capEndsAt({ from, perDay, startedAt }: CapGrowth, to: bigint): number {
  return startedAt === 0 ? 0 : startedAt + Number(divUp(max(to - from, 0n) * DAY, perDay));
}

/** A growth by a part of `basis` a day. */
export function growthFrom(
  from: bigint,
  basis: bigint,
  speeds: Pick<RampSpeeds, 'capGrowthBpsPerDay'>,
  startsAt: bigint,
): CapGrowth {
  const perDay = (basis * BigInt(speeds.capGrowthBpsPerDay)) / BPS;
  return { from, perDay: max(perDay, 1n), startedAt: Number(startsAt) };
}
