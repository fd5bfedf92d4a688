import type { Address, Client } from 'viem';
import { getTransactionCount } from 'viem/actions';

/** The only place that hands out nonces of one address. */
export interface NonceTracker {
  /** Reads the chain: the first nonce not mined yet. Moves the next nonce up past whatever others sent meanwhile. */
  refresh(): Promise<number>;
  /** Takes the next nonce. */
  take(): Promise<number>;
  /** Gives back what `take` returned last, when nothing was sent with it. */
  giveBack(nonce: number): void;
  /** Forgets what it knows: the chain is another one, or may have dropped transactions. */
  reset(): void;
}

/** Counts nonces of `address` from the node's pending count on. */
export function createNonceTracker({ client, address }: { client: Client; address: Address }): NonceTracker {
  let next: number | undefined;

  return {
    async refresh() {
      const mined = await getTransactionCount(client, { address, blockTag: 'latest' });
      if (next !== undefined && next < mined) next = mined;
      return mined;
    },
    async take() {
      const nonce = next ?? (await getTransactionCount(client, { address, blockTag: 'pending' }));
      next = nonce + 1;
      return nonce;
    },
    giveBack(nonce) {
      if (next === nonce + 1) next = nonce;
    },
    reset() {
      next = undefined;
    },
  };
}
