import type { Address, Hash, Hex } from 'viem';

import type { ActionKind } from '../act/action';

/** Wei for a unit of gas. */
export interface FeeValues {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** What is to be done on chain. */
export interface TransactionRequest {
  readonly kind: ActionKind | 'gap';
  readonly to: Address;
  readonly data: Hex;
  readonly gas: bigint;
  /** Most this transaction is worth, wei for a unit of gas; bounds replacements too. */
  readonly maxFee: bigint;
}

/** A transaction that has taken a nonce and has not been seen mined. */
export interface PendingTransaction<T extends TransactionRequest = TransactionRequest> {
  readonly request: T;
  readonly nonce: number;
  /** Of the first sending and of each replacement; only one of them can be mined. Empty where the node did not say. */
  readonly hashes: readonly Hash[];
  readonly fees: FeeValues;
  /** Wall-clock milliseconds of the first sending, and of the last. */
  readonly firstSentAt: number;
  readonly sentAt: number;
  readonly bumps: number;
  /** The fee may not be raised further. */
  readonly stuck: boolean;
}

/** How a transaction ended. */
export interface SettledTransaction<T extends TransactionRequest = TransactionRequest> {
  readonly transaction: PendingTransaction<T>;
  /** `replaced`: its nonce went to a transaction that is not ours. */
  readonly outcome: 'mined' | 'reverted' | 'replaced';
  readonly hash: Hash | undefined;
  readonly block: bigint | undefined;
  readonly gasUsed: bigint;
  /** Wei. */
  readonly gasCost: bigint;
  readonly logs: readonly { readonly address: Address; readonly topics: readonly Hex[]; readonly data: Hex }[];
}
