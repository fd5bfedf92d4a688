import type { Address, Hex } from 'viem';

// The contracts' structs as viem decodes them: integers of at most 48 bits are numbers, wider ones bigint. What each
// field means and in which unit stands in contracts/types.

/** Owner address (20 bytes) followed by the owner's index (12 bytes). */
export type AccountId = Hex;

export interface Holding {
  readonly asset: Address;
  /** token units */
  readonly amount: bigint;
}

export interface Position {
  /** an `InstrumentId` */
  readonly instrument: bigint;
  /** WAD, long > 0 */
  readonly size: bigint;
  /** quote WAD */
  readonly costBasis: bigint;
}

export interface Portfolio {
  readonly account: AccountId;
  /** see `MarginMode` */
  readonly mode: number;
  /** quote WAD, negative is debt */
  readonly cash: bigint;
  readonly collateral: readonly Holding[];
  readonly positions: readonly Position[];
}

/** How an account is measured; the last is a model of its own, on deployments that have it. */
export const MarginMode = { Cross: 0, Isolated: 1, Portfolio: 2 } as const;

export const PriceStatus = { Down: 0, Degraded: 1, Live: 2 } as const;

/** Quote WAD for one whole unit. */
export interface Price {
  readonly spot: bigint;
  readonly low: bigint;
  readonly high: bigint;
  readonly updatedAt: number;
  /** see `PriceStatus` */
  readonly status: number;
}

export interface CollateralRisk {
  readonly listed: boolean;
  readonly decimals: number;
  readonly maintenanceHaircutBps: number;
  readonly initialHaircutBps: number;
  /** token units */
  readonly depth: bigint;
  /** token units; where it grows, what it grows to */
  readonly supplyCap: bigint;
}

/** Timestamps; zero where nothing ramps. */
export interface Span {
  readonly startedAt: number;
  readonly endsAt: number;
}

export interface CollateralRamp extends Span {
  readonly fromHaircutBps: number;
  /** token units */
  readonly fromDepth: bigint;
}

/** Token units, and whole quote units of the borrow cap. */
export interface CapGrowth {
  readonly from: bigint;
  readonly perDay: bigint;
  /** timestamp, which may be ahead; zero where nothing grows */
  readonly startedAt: number;
}

export interface PairRisk {
  readonly listed: boolean;
  readonly maintenanceHaircutBps: number;
  readonly initialHaircutBps: number;
}

export interface PairRamp extends Span {
  readonly fromHaircutBps: number;
}

export interface RampSpeeds {
  readonly haircutBpsPerDay: number;
  readonly depthBpsPerDay: number;
  readonly capGrowthBpsPerDay: number;
  /** seconds */
  readonly termsDuration: number;
}

/** Quote WAD. */
export interface PaceLimit {
  readonly capacity: bigint;
  readonly refillPerSecond: bigint;
}

export interface CashTerms {
  readonly baseRateBps: number;
  readonly slopeLowBps: number;
  readonly slopeHighBps: number;
  readonly kinkBps: number;
  readonly reserveFactorBps: number;
  /** whole quote units */
  readonly minDebt: number;
  /** whole quote units */
  readonly borrowCap: number;
}

export interface LiquidationTerms {
  readonly bonusMinBps: number;
  readonly bonusMaxBps: number;
  readonly feeBps: number;
  readonly kappaBps: number;
  readonly targetHealthBps: number;
  readonly criticalHealthBps: number;
  readonly cureBufferBps: number;
  /** seconds */
  readonly bonusRamp: number;
  /** seconds */
  readonly maxGrace: number;
  readonly callFeeCents: number;
  readonly floorBonusCents: number;
  readonly socialisationCapBps: number;
}

export interface CashPool {
  /** scale `INDEX_ONE` */
  readonly supplyIndex: bigint;
  /** scale `INDEX_ONE` */
  readonly borrowIndex: bigint;
  /** timestamp of the last accrual */
  readonly accruedAt: number;
  /** what debtors pay from then on, millionths a year */
  readonly borrowRatePpm: number;
  /** quote WAD at index one */
  readonly supplyPrincipal: bigint;
  /** quote WAD at index one */
  readonly borrowPrincipal: bigint;
  /** billionths of a quote unit */
  readonly reservesNano: bigint;
}

/** Quote WAD. */
export interface Margin {
  /** signed, no haircuts inside */
  readonly equity: bigint;
  readonly initial: bigint;
  readonly maintenance: bigint;
}

export interface Assessment {
  readonly worse: Margin;
  readonly mark: Margin;
  readonly better: Margin;
  /** quote WAD */
  readonly markCollateral: bigint;
  /** positions at their underlyings' prices, without their signs, quote WAD */
  readonly markNotional: bigint;
  /** both leg by leg, the collateral first; zero for a leg that is Down */
  readonly legValues: readonly bigint[];
  /** bit i: leg i has no price */
  readonly downLegs: bigint;
}

/** Quote WAD but for the fraction and the rate, which are WAD. */
export interface LiquidationPlan {
  readonly fraction: bigint;
  readonly bonusRate: bigint;
  readonly bonus: bigint;
  readonly fee: bigint;
  /** from bidder to account; negative is from account to bidder */
  readonly pay: bigint;
  readonly shortfall: bigint;
}
