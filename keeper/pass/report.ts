import type { AccountId } from '../../sdk/math';
import type { MarketRecord } from '../accounts/marketIndex';
import type { ActionReport } from '../act/action';
import type { Head } from '../chain/readHead';

export interface Means {
  /** Wei. */
  readonly balance: bigint;
  /** Of the bidder account, quote WAD. */
  readonly bidderCash: bigint;
  /** Value at mark of what the bidder account holds, quote WAD by symbol; nothing where an asset has no price. */
  readonly inventory: ReadonlyMap<string, bigint | undefined>;
}

/** What one look at the chain found and did. */
export interface PassReport {
  readonly head: Head;
  /** Whether the head is a new one; on the same head only transactions in flight are looked after. */
  readonly fresh: boolean;
  /** Heads that a reorganisation undid. */
  readonly undone: number;
  /** Logs read. */
  readonly logs: number;
  /** Accounts screened, by `MarginState`. */
  readonly states: readonly number[];
  /** Accounts that could not be assessed. */
  readonly unknown: readonly AccountId[];
  /** Accounts known from events, and those of them that are screened. */
  readonly tracked: number;
  readonly watched: number;
  /** What is open in each underlying. */
  readonly markets: readonly MarketRecord[];
  /** Of the signer; nothing in a dry run. */
  readonly means: Means | undefined;
  /** Actions put off because as many transactions as allowed were in flight. */
  readonly deferred: number;
  /** Decisions, and outcomes of earlier ones, in their order. */
  readonly actions: readonly ActionReport[];
  /** Wall-clock milliseconds. */
  readonly durations: {
    readonly index: number;
    readonly screen: number;
    readonly total: number;
    readonly toFirstSend: number | undefined;
  };
}
