import type { Address, Hex } from 'viem';

import type { Head } from './chain/readHead';
import type { ActionKind } from './act/action';

export interface InFlightStatus {
  readonly kind: ActionKind | 'gap';
  readonly nonce: number;
  readonly hash: Hex | undefined;
  readonly ageMs: number;
  readonly bumps: number;
  /** Its fee may not be raised further. */
  readonly stuck: boolean;
}

/** What the keeper can say of itself at any time. */
export interface KeeperStatus {
  /** The last head processed. */
  readonly head: Head | undefined;
  /** Wall-clock milliseconds of the last pass that ended well. */
  readonly followedAt: number;
  /** Blocks the node was ahead of the last head processed, when last seen. */
  readonly lag: bigint;
  readonly accounts: {
    readonly tracked: number;
    readonly watched: number;
    readonly unhealthy: number;
    readonly unknown: number;
  };
  /** None in a dry run. */
  readonly signer: { readonly address: Address; readonly balance: bigint; readonly canPay: boolean } | undefined;
  readonly inFlight: readonly InFlightStatus[];
  /** Of the last pass, where it failed. */
  readonly lastError: { readonly code: string; readonly message: string; readonly atMs: number } | undefined;
  /** Passes that failed in a row. */
  readonly failures: number;
}
