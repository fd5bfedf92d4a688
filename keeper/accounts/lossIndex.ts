import { toEventSelector, type Address } from 'viem';

import type { AccountId } from '../../sdk/math';
import type { LogReducer } from '../chain/logFollower';
import { wordAt } from '../chain/readLogs';

export const LOSS_REPORTED = toEventSelector('LossReported(bytes32,address,uint256,uint256)');

/** The losses that somebody has reported and nobody has reported to be over. */
export interface LossIndex extends LogReducer {
  /** Quote WAD; zero where none is known. */
  readonly lossOf: (account: AccountId) => bigint;
  readonly accounts: () => readonly AccountId[];
}

/** Learns the reported losses from the events of `OpenLosses`. */
export function createLossIndex(openLosses: Address): LossIndex {
  const losses = new Map<AccountId, bigint>();
  const key = openLosses.toLowerCase();
  const lossOf = (account: AccountId): bigint => losses.get(account) ?? 0n;

  function put(account: AccountId, loss: bigint): void {
    if (loss === 0n) losses.delete(account);
    else losses.set(account, loss);
  }

  return {
    apply({ address, topics, data }) {
      const [selector, word] = topics;
      if (address.toLowerCase() !== key || selector !== LOSS_REPORTED || word === undefined) return undefined;
      const account: AccountId = word;
      const before = lossOf(account);
      put(account, wordAt(data, 0));
      return () => put(account, before);
    },
    reset: () => losses.clear(),
    lossOf,
    accounts: () => [...losses.keys()],
  };
}
