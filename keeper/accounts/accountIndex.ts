import { getAddress, toEventSelector, type Address, type Hex } from 'viem';

import type { AccountId, Holding } from '../../sdk/math';
import type { LogReducer } from '../chain/logFollower';
import { signedWordAt, wordAt, type RawLog } from '../chain/readLogs';

export const CASH_CHANGED = toEventSelector('CashChanged(bytes32,int256,int256)');
export const COLLATERAL_CHANGED = toEventSelector('CollateralChanged(bytes32,address,int256,uint256)');
export const MARGIN_CALLED = toEventSelector('MarginCalled(bytes32,address,int256,uint256,uint256,uint256)');
export const CALL_CLEARED = toEventSelector('CallCleared(bytes32,address,int256)');

export interface AccountRecord {
  /** Signed cash at interest index one; negative owes. */
  readonly principal: bigint;
  /** Whether a margin call is open. */
  readonly called: boolean;
  readonly collateral: readonly Holding[];
}

/** The accounts that events told of. */
export interface AccountIndex extends LogReducer {
  readonly size: () => number;
  readonly get: (account: AccountId) => AccountRecord | undefined;
  /** Those with debt or an open call, sorted. */
  readonly watched: () => AccountId[];
}

export interface CreateAccountIndexParameters {
  readonly vault: Address;
}

const UNKNOWN: AccountRecord = { principal: 0n, called: false, collateral: [] };

/** Learns accounts, what they owe and hold, and their calls from the events of the vault, which carry results. */
export function createAccountIndex({ vault }: CreateAccountIndexParameters): AccountIndex {
  const records = new Map<AccountId, AccountRecord>();
  const watched = new Set<AccountId>();
  const vaultKey = vault.toLowerCase();

  function change({ address, topics, data }: RawLog, before: AccountRecord): AccountRecord | undefined {
    if (address.toLowerCase() !== vaultKey) return undefined;
    if (topics[0] === CASH_CHANGED) return { ...before, principal: signedWordAt(data, 1) };
    if (topics[0] === COLLATERAL_CHANGED) {
      const [, , word = '0x'] = topics;
      const holding = { asset: getAddress(`0x${word.slice(26)}`), amount: wordAt(data, 1) };
      return { ...before, collateral: withHolding(before.collateral, holding) };
    }
    if (topics[0] === MARGIN_CALLED) return { ...before, called: true };
    if (topics[0] === CALL_CLEARED) return { ...before, called: false };
    return undefined;
  }

  function put(account: AccountId, record: AccountRecord | undefined): void {
    if (record === undefined) records.delete(account);
    else records.set(account, record);
    if (record !== undefined && (record.principal < 0n || record.called)) watched.add(account);
    else watched.delete(account);
  }

  return {
    apply(log) {
      const account = log.topics[1] as Hex;
      const before = records.get(account);
      const after = change(log, before ?? UNKNOWN);
      if (after === undefined || after === before) return undefined;
      put(account, after);
      return () => put(account, before);
    },
    reset() {
      records.clear();
      watched.clear();
    },
    size: () => records.size,
    get: (account) => records.get(account),
    watched: () => [...watched].sort(),
  };
}

function withHolding(holdings: readonly Holding[], changed: Holding): Holding[] {
  const others = holdings.filter(({ asset }) => asset !== changed.asset);
  return changed.amount === 0n ? others : [...others, changed];
}
