import { capAt, capEndsAt, growthFrom, GROWTH_WAIT, LEAST_BORROW_BASIS } from './growth';
import { max } from './rounding';
import type { CapGrowth } from './types';
import { BPS } from './units';

// Caps of instruments and how they grow, as in contracts/policy/TradeCapRules.sol.

/** How the instruments of one underlying may be traded. */
export interface TradeTerms {
  /** whole units, WAD */
  readonly depth: bigint;
  /** of the depth */
  readonly perpetualCapBps: number;
  readonly optionCapBps: number;
  readonly bandBps: number;
  readonly takerFeePpm: number;
  readonly makerFeePpm: number;
  readonly fundingPpmPerDay: number;
  /** minute of the day */
  readonly expiryMinute: number;
  readonly maxTenorDays: number;
  readonly strikeDigits: number;
  /** whole quote units */
  readonly unsettledCap: number;
}

/** What the terms bound: whole units as WAD, and whole quote units. */
export interface TradeCaps {
  readonly perpetuals: bigint;
  readonly options: bigint;
  readonly unsettled: bigint;
}

export type TradeCapGrowth = Readonly<Record<keyof TradeCaps, CapGrowth>>;

/** Terms as they are set, and how their caps get there; zero where none grows. */
export interface GrowingTrade {
  readonly target: TradeTerms;
  readonly growth: TradeCapGrowth;
}

/** Of a cap as it was. */
const SPEED = { capGrowthBpsPerDay: 5_000 };
const NO_GROWTH: CapGrowth = { from: 0n, perDay: 0n, startedAt: 0 };

/** The caps that terms come to. */
export function tradeCapsOf({ depth, perpetualCapBps, optionCapBps, unsettledCap }: TradeTerms): TradeCaps {
  const part = (bps: number): bigint => (depth * BigInt(bps)) / BPS;
  return { perpetuals: part(perpetualCapBps), options: part(optionCapBps), unsettled: BigInt(unsettledCap) };
}

/** The caps at `timestamp`. */
export function tradeCapsAt({ target, growth }: GrowingTrade, timestamp: bigint): TradeCaps {
  const caps = tradeCapsOf(target);
  return {
    perpetuals: capAt(growth.perpetuals, caps.perpetuals, timestamp),
    options: capAt(growth.options, caps.options, timestamp),
    unsettled: capAt(growth.unsettled, caps.unsettled, timestamp),
  };
}

/** When the last of them will have grown, in seconds since 1970; zero where none grows. */
export function tradeGrowthEndsAt({ target, growth }: GrowingTrade): number {
  const caps = tradeCapsOf(target);
  return Math.max(
    ...(Object.keys(caps) as (keyof TradeCaps)[]).map((cap) =>
      // one that does not grow is there from the start
      growth[cap].perDay === 0n ? 0 : capEndsAt(growth[cap], caps[cap]),
    ),
  );
}

/** What `InstrumentPolicy.setTradeTerms` would leave, called at `timestamp` once sealed. */
export function setTradeAt(known: GrowingTrade, target: TradeTerms, timestamp: bigint): GrowingTrade {
  const was = tradeCapsAt(known, timestamp);
  const to = tradeCapsOf(target);
  const grow = (cap: keyof TradeCaps, basis: bigint): CapGrowth => {
    if (to[cap] <= was[cap]) return { from: to[cap], perDay: 0n, startedAt: Number(timestamp) };
    return growthFrom(was[cap], basis, SPEED, was[cap] === 0n ? timestamp + GROWTH_WAIT : timestamp);
  };
  const isGrowing = (Object.keys(to) as (keyof TradeCaps)[]).some((cap) => to[cap] > was[cap]);
  const growth = {
    perpetuals: grow('perpetuals', was.perpetuals === 0n ? to.perpetuals : was.perpetuals),
    options: grow('options', was.options === 0n ? to.options : was.options),
    unsettled: grow('unsettled', max(was.unsettled, LEAST_BORROW_BASIS)),
  };
  return { target, growth: isGrowing ? growth : { perpetuals: NO_GROWTH, options: NO_GROWTH, unsettled: NO_GROWTH } };
}
