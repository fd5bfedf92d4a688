import type { Address, Hash, Hex } from 'viem';

import type { AccountId } from '../../sdk/math';

export type ActionKind = 'poke' | 'call' | 'clear' | 'liquidate' | 'closeOut' | 'report' | JobKind;
/** What is done for instruments rather than for an account's margin. */
export type JobKind = 'funding' | 'settlementSample' | 'settle' | 'volatilitySample';

export const JOB_KINDS: ReadonlySet<ActionKind> = new Set<JobKind>([
  'funding',
  'settlementSample',
  'settle',
  'volatilitySample',
]);
/** With whose money an account is taken over. */
export type LiquidationMode = 'capital' | 'flash' | 'fund';

/** Facts of a decision for the log: `snake_case` keys, amounts as decimal text. */
export type Facts = Readonly<Record<string, unknown>>;

/** What is to be done, and why. */
export interface Action {
  readonly kind: ActionKind;
  /** None for a poke. */
  readonly account?: AccountId;
  /** Tells actions of one kind apart that are of no account, or several of one. */
  readonly topic?: string;
  readonly mode?: LiquidationMode;
  /** Stable, `snake_case`. */
  readonly reason: string;
  readonly to: Address;
  readonly data: Hex;
  /** What it brings before gas, quote WAD. */
  readonly gain: bigint;
  /** Cash of the bidder account that it may take, quote WAD. */
  readonly reserved: bigint;
  readonly facts: Facts;
}

/** An action with what it costs. */
export interface PricedAction extends Action {
  /** Limit of the transaction. */
  readonly gas: bigint;
  /** Quote WAD; zero where nothing tells what the native token is worth. */
  readonly gasCost: bigint;
}

/** Why nothing was done. */
export interface Skip {
  /** A contract error's name, or `snake_case`. */
  readonly skipped: string;
  readonly facts: Facts;
}

export function skip(reason: string, facts: Facts = {}): Skip {
  return { skipped: reason, facts };
}

export function isSkip(outcome: object): outcome is Skip {
  return 'skipped' in outcome;
}

/** `planned`: a dry run would have sent it. `sent`: not mined when the pass ended. */
export type ActionResult = 'planned' | 'skipped' | 'sent' | 'mined' | 'reverted' | 'replaced';

/** One decision, as reported and logged. */
export interface ActionReport {
  readonly kind: ActionKind;
  readonly account?: AccountId;
  readonly mode?: LiquidationMode;
  readonly result: ActionResult;
  readonly reason: string;
  readonly hash?: Hash;
  readonly facts: Facts;
}
