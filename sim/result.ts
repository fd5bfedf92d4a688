import type { BooksResult } from './books/result';

// What one replay measured, as plain JSON. Amounts are whole quote units as doubles, made for people and charts; the
// exact figures are in the event stream behind `digest`. Times are seconds from the start of the scenario.

/** Where a borrowing account stands, in order of danger; `Closed` has no debt any more. */
export const STATES = ['Closed', 'Healthy', 'Restricted', 'Callable', 'Called', 'Liquidatable', 'Insolvent'] as const;
export type StateName = (typeof STATES)[number];

export interface RunResult {
  readonly scenario: ScenarioFacts;
  readonly policy: PolicyFacts;
  /** Symbol of the settlement token. */
  readonly quote: string;
  readonly seed: number;
  /** sha256 over the ordered decoded events and the final balances, hex. */
  readonly digest: string;
  readonly population: PopulationFacts;
  /** Time axis: one entry a step; all series below run along it. */
  readonly seconds: readonly number[];
  readonly assets: readonly AssetSeries[];
  readonly gasGwei: readonly number[];
  /** Borrowing accounts in each state. */
  readonly states: Readonly<Record<StateName, readonly number[]>>;
  readonly calls: readonly CallRecord[];
  readonly cures: readonly CureRecord[];
  readonly topUps: readonly TopUpRecord[];
  readonly liquidations: readonly LiquidationRecord[];
  readonly losses: readonly LossRecord[];
  readonly keepers: readonly KeeperFacts[];
  readonly totals: Totals;
  /** Perpetuals and options, where the scenario has some; what stands above is of loans without them. */
  readonly books?: BooksResult;
}

export interface ScenarioFacts {
  readonly name: string;
  readonly title: string;
  readonly source: string;
  /** Unix time of second zero. */
  readonly start: number;
  readonly seconds: number;
  /** What the replay assumes, one plain sentence each. */
  readonly assumptions: readonly string[];
}

export interface PolicyFacts {
  readonly name: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  readonly group: string;
  readonly name: string;
  /** Formatted, with its unit. */
  readonly value: string;
}

export interface PopulationFacts {
  readonly borrowers: number;
  readonly isolated: number;
  readonly lenders: number;
  readonly lentCash: number;
  readonly fundCapital: number;
  /** Value of all collateral at the start. */
  readonly collateral: number;
  readonly debt: number;
  /** Owners who answer a call. */
  readonly answering: number;
}

export interface AssetSeries {
  readonly symbol: string;
  /** What the world paid. */
  readonly market: readonly number[];
  /** What the oracle said: spot, and the band around it. */
  readonly spot: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** What the pool paid in which seized collateral is sold. */
  readonly pool: readonly number[];
}

export interface CallRecord {
  readonly second: number;
  readonly account: string;
  readonly health: number;
  readonly graceSeconds: number;
  readonly fee: number;
  /** Seconds since the step in which the account was first seen below health one. */
  readonly waited: number;
}

export interface CureRecord {
  readonly second: number;
  readonly account: string;
  readonly health: number;
  /** What ended the call: the owner's own money, a liquidation, or the price alone. */
  readonly by: 'owner' | 'liquidation' | 'price';
}

export interface TopUpRecord {
  readonly second: number;
  readonly account: string;
  readonly kind: 'collateral' | 'repayment';
  readonly value: number;
}

export interface LiquidationRecord {
  readonly second: number;
  readonly account: string;
  readonly keeper: string;
  readonly health: number;
  /** Part of the account that was taken, 0 to 1. */
  readonly fraction: number;
  /** Value of the collateral taken, at the oracle's price. */
  readonly collateral: number;
  /** Of the positions taken, at the index. */
  readonly notional: number;
  readonly bonus: number;
  readonly fee: number;
  readonly shortfall: number;
  /** What the collateral taken gained in the hour after, against the price at which it was taken; negative if it fell. */
  readonly gainNextHour: number;
  /** Seconds since the step in which the account was first seen liquidatable. */
  readonly waited: number;
}

/** `shortfall = fromReserves + fromJunior + fromSenior + socialised + unpaid`. */
export interface LossRecord {
  readonly second: number;
  readonly account: string;
  readonly shortfall: number;
  readonly fromReserves: number;
  readonly fromJunior: number;
  readonly fromSenior: number;
  readonly socialised: number;
  readonly unpaid: number;
}

export interface KeeperFacts {
  readonly name: string;
  readonly funding: 'capital' | 'flash';
  /** It sends nothing while gas is dearer. */
  readonly maxGasGwei: number;
  /** When it did not run, seconds. */
  readonly dead: readonly { readonly from: number; readonly until: number }[];
  readonly calls: number;
  readonly liquidations: number;
  readonly callFees: number;
  readonly bonus: number;
  readonly gasCost: number;
  /** Worth of everything it has at the end, at market prices, less what it began with; gas is paid. */
  readonly profit: number;
  readonly failedTransactions: number;
}

export interface Totals {
  readonly accountsCalled: number;
  readonly calls: number;
  readonly cures: Readonly<Record<CureRecord['by'], number>>;
  readonly topUps: number;
  readonly topUpValue: number;
  readonly accountsLiquidated: number;
  readonly liquidations: number;
  readonly collateralSold: number;
  readonly bonus: number;
  readonly fees: number;
  readonly callFees: number;
  readonly waterfall: Omit<LossRecord, 'second' | 'account'>;
  readonly ownerCost: OwnerCost;
  readonly delays: Readonly<Record<'callableToCalled' | 'liquidatableToClosed', Delay>>;
  /** The furthest the pool fell below the market, 0 to 1, over all assets. */
  readonly worstPoolDiscount: number;
  /** Borrowing accounts liquidatable or insolvent when the scenario ends. */
  readonly missed: number;
  /** What accounts that are left at the end owe beyond their collateral, at the oracle's price. */
  readonly debtUnderwater: number;
}

/** What the crash cost the owners of borrowing accounts through the protocol. */
export interface OwnerCost {
  readonly bonus: number;
  readonly fees: number;
  readonly callFees: number;
  /** What the collateral sold gained in the next hour; negative if selling spared the owners a further fall. */
  readonly gainNextHour: number;
  readonly total: number;
  /** `total` in basis points of all collateral at the start. */
  readonly bps: number;
}

/** Seconds; null where it never happened. */
export interface Delay {
  readonly count: number;
  readonly median: number | null;
  readonly ninetieth: number | null;
  readonly worst: number | null;
}
