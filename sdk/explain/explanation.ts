import type { Address } from 'viem';

import type { AccountReport } from '../client';
import type {
  AccountId,
  CashTerms,
  CollateralRisk,
  DeltaRequirement,
  Holding,
  LegHaircuts,
  LegSide,
  LiquidationPlan,
  LiquidationTerms,
  Margin,
  PaceLimit,
  PositionAssessment,
  Price,
  WorstScenario,
} from '../math';
import type { ExposureExplained } from './explainExposures';
import type { PositionExplained, SetExplained } from './explainPositions';

/** What is read beside the report for each collateral of the account, by leg. */
export interface LegMarket {
  readonly pace: PaceLimit;
  /** quote WAD that may be sold now above `hCritical` */
  readonly paceAvailable: bigint;
  /** token units that the vault still takes in */
  readonly capRoom: bigint;
}

/** What the chain answers to `preview` of a whole liquidation. */
export type ChainPreview = { readonly plan: LiquidationPlan } | { readonly refusal: string };

/** The last `MarginCalled` of a call that stands. */
export interface CallRecord {
  readonly health: bigint;
  /** quote WAD */
  readonly fee: bigint;
  readonly block: bigint;
  /** timestamp */
  readonly at: bigint;
  readonly caller: Address;
}

/** A report and what else decides the account's standing, all of one block. */
export interface ExplainInputs {
  readonly report: AccountReport;
  readonly markets: readonly LegMarket[];
  /** Of the indices of positions: quote WAD that may be sold now above `hCritical`. */
  readonly indexPaces: ReadonlyMap<Address, bigint>;
  readonly liquidationTerms: LiquidationTerms;
  readonly cashTerms: CashTerms;
  /** seconds, of the margin calls */
  readonly liveTime: bigint;
  /** whether no pause and no window after one holds liquidations up */
  readonly isOpen: boolean;
  readonly isSequencerUp: boolean;
  /** quote that can be borrowed now, WAD */
  readonly poolLiquidity: bigint;
  /** quote WAD of one quote token unit */
  readonly quoteScale: bigint;
  /** live seconds after which the fund takes what liquidators left */
  readonly patience: bigint;
  readonly chain: {
    readonly preview: ChainPreview;
    readonly liquidatable: boolean;
    readonly elapsed: bigint;
    readonly closable: boolean;
    /** by the margin model, each position alone, and each set of `setsOf` */
    readonly positions: readonly PositionAssessment[];
    readonly sets: readonly PositionAssessment[];
    /** of a portfolio account, by underlying */
    readonly worst: readonly WorstScenario[];
    /** by the same, of all positions by underlying */
    readonly exposures: readonly DeltaRequirement[];
  };
  readonly callRecord?: CallRecord;
  readonly symbolOf: (asset: Address) => string;
}

/** A number that the chain gave and that is computed here too. */
export interface Figure {
  readonly name: string;
  readonly here: bigint;
  readonly chain: bigint;
}

export const SIDES = ['worse', 'mark', 'better'] as const;
export type Side = (typeof SIDES)[number];

export interface SideExplained extends Margin {
  /** WAD */
  readonly health: bigint;
  /** quote WAD */
  readonly excess: bigint;
}

export interface LegExplained extends Holding {
  readonly symbol: string;
  readonly risk: CollateralRisk;
  /** of the account's margin model: in an isolated account those of the pair */
  readonly haircuts: LegHaircuts;
  readonly price: Price;
  readonly sides: Readonly<Record<Side, LegSide>>;
  readonly market: LegMarket;
}

export interface CallExplained {
  /** live time, seconds */
  readonly calledAt: bigint;
  readonly deadline: bigint;
  /** live seconds until the deadline, negative after it */
  readonly left: bigint;
  /** health at which it is cured, WAD */
  readonly curedAt: bigint;
  readonly record?: CallRecord;
}

/** What a call would set now, where one could be made. */
export interface CallPossible {
  /** seconds */
  readonly grace: bigint;
  /** quote WAD */
  readonly fee: bigint;
}

/** One way to reach `goal`, each by itself enough. */
export interface Cure {
  readonly goal: 'cured' | 'health one' | 'initial margin';
  readonly by: 'cash' | 'collateral';
  readonly symbol: string | null;
  readonly decimals: number | null;
  /** token units; null where no amount is enough */
  readonly amount: bigint | null;
  /** Paying so much leaves no debt, because less than the least debt would be left. */
  readonly clearsDebt: boolean;
  /** The supply cap lets less in. */
  readonly aboveCap: boolean;
}

/**
 * Prices of the better side, quote WAD, all else as it is: the highest at which health is below one, and below critical
 * health. Zero where it never is, null where no price of this alone is high enough.
 */
export interface PriceTrigger {
  /** null for all that have a price, together: then the numbers are parts of today's prices, WAD */
  readonly symbol: string | null;
  readonly now: bigint;
  readonly call: bigint | null;
  readonly critical: bigint | null;
}

/** The scenario that decides what one underlying requires. */
export interface WorstExplained extends WorstScenario {
  readonly symbol: string;
  /** quote WAD, the index there */
  readonly price: bigint;
}

/** Health at the better prices after moves of one underlying. */
export interface PriceMove {
  readonly symbol: string;
  /** quote WAD */
  readonly now: bigint;
  readonly outcomes: readonly { readonly moveBps: bigint; readonly health: bigint }[];
}

/** Why nobody may liquidate now. */
export interface Refusal {
  readonly rule:
    'healthy' | 'unpriced leg' | 'doubtful price' | 'not called' | 'grace' | 'sequencer' | 'pace' | 'paused';
  /** the contract's */
  readonly error: string;
  readonly text: string;
}

export interface LiquidationExplained {
  readonly refusal: Refusal | null;
  /** what would be taken now, or could be at these prices once nothing refuses it; null at health one and above */
  readonly plan: LiquidationPlan | null;
  /** `phi`, WAD of the maintenance requirement */
  readonly feeRate: bigint | null;
  /** whether the pace makes it less than it would be */
  readonly paced: boolean;
  /** whether it is more than restores the account, because that would earn less than the floor bonus */
  readonly floored: boolean;
  /** live seconds since the deadline passed */
  readonly elapsed: bigint;
}

export interface CloseOutExplained {
  readonly closable: boolean;
  readonly why: string;
}

/** All that there is to say of an account at one block. */
export interface Explanation {
  readonly account: AccountId;
  readonly mode: string;
  /** Nobody has used the account, or everything has left it. */
  readonly isEmpty: boolean;
  readonly state: string;
  /** quote WAD, negative is debt */
  readonly cash: bigint;
  readonly legs: readonly LegExplained[];
  readonly positions: readonly PositionExplained[];
  /** Positions that are netted. */
  readonly sets: readonly SetExplained[];
  /** What decides a portfolio account, underlying by underlying. */
  readonly worst: readonly WorstExplained[];
  /** What the positions of each underlying come to. */
  readonly exposures: readonly ExposureExplained[];
  /** What all positions add. */
  readonly positionSides: Readonly<Record<Side, Margin>>;
  readonly sides: Readonly<Record<Side, SideExplained>>;
  readonly terms: LiquidationTerms;
  readonly call: CallExplained | null;
  readonly callPossible: CallPossible | null;
  readonly cures: readonly Cure[];
  /** None where there are positions: `moves` then. */
  readonly triggers: readonly PriceTrigger[];
  readonly moves: readonly PriceMove[];
  readonly liquidation: LiquidationExplained;
  readonly closeOut: CloseOutExplained;
  /** quote WAD, margin and pool allowing */
  readonly largestBorrow: bigint;
  /** token units, by leg */
  readonly largestWithdrawals: readonly bigint[];
  /** How many numbers of the chain were computed here too, and those that differ. */
  readonly compared: number;
  readonly differences: readonly Figure[];
}
