import type { Address } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';

import type { AccountId, InstrumentId, ScenarioTerms } from '../../sdk/math';
import type { GroupScenario, MarketScenario } from '../scenario/booksSchema';
import type { PricePath } from '../scenario/pricePath';

/** An underlying as it is deployed, with what its markets do. */
export interface SimMarket {
  readonly symbol: string;
  /** In the instrument policy. */
  readonly number: number;
  /** The collateral whose price is the index. */
  readonly index: Address;
  readonly indexSymbol: string;
  readonly indexDecimals: number;
  /** The oracle's key of the perpetual's price. */
  readonly perpetual: Address;
  readonly perpetualFeed: Address;
  readonly path: PricePath;
  readonly terms: MarketScenario;
  readonly scenarios: ScenarioTerms;
  /** Unix seconds. */
  readonly expiries: readonly bigint[];
}

/** The two ways in which every book is held. */
export const BOOK_MODES = ['cross', 'portfolio'] as const;
export type BookMode = (typeof BOOK_MODES)[number];

export interface BookLeg {
  readonly instrument: InstrumentId;
  /** WAD, negative sells */
  readonly size: bigint;
}

/** Somebody with a book, which he holds in two accounts. */
export interface Trader {
  readonly name: string;
  readonly group: GroupScenario;
  readonly market: SimMarket;
  readonly key: PrivateKeyAccount;
  readonly accounts: Readonly<Record<BookMode, AccountId>>;
  /** Units of the underlying. */
  readonly size: number;
  readonly legs: readonly BookLeg[];
  /** Collateral, token units. */
  readonly holds: bigint;
  /** Equity at the start, of the initial requirement. */
  readonly cushion: number;
  readonly answers: boolean;
}

/** All that trade: the traders, and whoever is on the other side of them. */
export interface Traders {
  readonly markets: readonly SimMarket[];
  readonly traders: readonly Trader[];
  readonly desk: { readonly key: PrivateKeyAccount; readonly account: AccountId };
  /** Every instrument that anybody may hold, sorted. */
  readonly instruments: readonly InstrumentId[];
}
