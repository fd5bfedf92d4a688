import type { CallRecord, LiquidationRecord, LossRecord, StateName, TopUpRecord } from '../result';
import type { BookMode } from './market';

// What a replay measured of perpetuals and options, as plain JSON; units as in the rest of the result.

export interface BooksResult {
  readonly markets: readonly MarketSeries[];
  /** Each runs along the time axis of the run. */
  readonly modes: Readonly<Record<BookMode, ModeSeries>>;
  readonly groups: readonly GroupFacts[];
  readonly accounts: readonly BookAccount[];
  readonly calls: readonly CallRecord[];
  readonly topUps: readonly TopUpRecord[];
  readonly liquidations: readonly LiquidationRecord[];
  readonly losses: readonly LossRecord[];
}

export interface MarketSeries {
  readonly symbol: string;
  /** Quote for one whole unit: what the world paid, for the perpetual beside the index, and what the oracle said. */
  readonly index: readonly number[];
  readonly perpetual: readonly number[];
  readonly spot: readonly number[];
  readonly expiries: readonly {
    /** Unix seconds. */
    readonly expiry: number;
    /** At the money, a year, of one: what the world traded at, and what the feed said. */
    readonly market: readonly number[];
    readonly feed: readonly number[];
  }[];
}

/** All accounts of one mode together, quote. */
export interface ModeSeries {
  readonly states: Readonly<Record<StateName, readonly number[]>>;
  readonly equity: readonly number[];
  readonly initial: readonly number[];
  readonly maintenance: readonly number[];
}

export interface BookAccount {
  readonly account: string;
  readonly group: string;
  readonly mode: BookMode;
}

export interface GroupFacts {
  readonly name: string;
  readonly about: string;
  /** Each of them is held twice. */
  readonly books: number;
  /** Of all legs of one of the two sets of books, at the index of the start; quote. */
  readonly notional: number;
  readonly modes: Readonly<Record<BookMode, ModeFigures>>;
}

/** What one mode asked for, and what came of it. */
export interface ModeFigures {
  /** At the start; quote. */
  readonly initial: number;
  readonly maintenance: number;
  /** What owners had in their accounts at the start, above their cushion of which there was nothing; quote. */
  readonly equity: number;
  readonly accountsCalled: number;
  readonly calls: number;
  readonly topUps: number;
  readonly topUpValue: number;
  readonly accountsLiquidated: number;
  readonly liquidations: number;
  /** Of positions that were taken over, at the index; quote. */
  readonly notionalSold: number;
  /** Bonuses, fees and the fees of calls. */
  readonly cost: number;
  /** What liquidated accounts could not pay, and what of it neither reserves nor fund paid. */
  readonly shortfall: number;
  readonly beyondFund: number;
  /** Trades to hedge that were made, and that were refused. */
  readonly hedges: number;
  readonly refused: number;
  /** Liquidatable when the scenario ends, and what they are short by. */
  readonly missed: number;
  readonly underwater: number;
  /** Equity at the end; quote. */
  readonly equityAtEnd: number;
}
