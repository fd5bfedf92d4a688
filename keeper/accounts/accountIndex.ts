import { getAddress, toEventSelector, type Address, type Hex } from 'viem';

import type { AccountId, Holding, InstrumentId } from '../../sdk/math';
import type { LogReducer } from '../chain/logFollower';
import { signedWordAt, wordAt, type RawLog } from '../chain/readLogs';

export const CASH_CHANGED = toEventSelector('CashChanged(bytes32,int256,int256)');
export const COLLATERAL_CHANGED = toEventSelector('CollateralChanged(bytes32,address,int256,uint256)');
export const MARGIN_CALLED = toEventSelector('MarginCalled(bytes32,address,int256,uint256,uint256,uint256)');
export const POSITION_CHANGED = toEventSelector('PositionChanged(bytes32,uint64,int256,int256)');
export const CALL_CLEARED = toEventSelector('CallCleared(bytes32,address,int256)');

/** A position as the vault stores it. */
export interface HeldPosition {
  readonly instrument: InstrumentId;
  /** WAD, long > 0. */
  readonly size: bigint;
  /** Quote WAD, funding not inside. */
  readonly basis: bigint;
}

export interface AccountRecord {
  /** Signed cash at interest index one; negative owes. */
  readonly principal: bigint;
  /** Whether a margin call is open. */
  readonly called: boolean;
  readonly collateral: readonly Holding[];
  readonly positions: readonly HeldPosition[];
}

/** The accounts that events told of. */
export interface AccountIndex extends LogReducer {
  readonly size: () => number;
  readonly get: (account: AccountId) => AccountRecord | undefined;
  /** Those with debt, positions or an open call, sorted. */
  readonly watched: () => AccountId[];
  /** Those with positions, sorted. */
  readonly trading: () => AccountId[];
}

export interface CreateAccountIndexParameters {
  readonly vault: Address;
}

const UNKNOWN: AccountRecord = { principal: 0n, called: false, collateral: [], positions: [] };

/** Learns accounts, what they owe and hold, and their calls from the events of the vault, which carry results. */
export function createAccountIndex({ vault }: CreateAccountIndexParameters): AccountIndex {
  const records = new Map<AccountId, AccountRecord>();
  const watched = new Set<AccountId>();
  const trading = new Set<AccountId>();
  const vaultKey = vault.toLowerCase();

  function change({ address, topics, data }: RawLog, before: AccountRecord): AccountRecord | undefined {
    if (address.toLowerCase() !== vaultKey) return undefined;
    if (topics[0] === CASH_CHANGED) return { ...before, principal: signedWordAt(data, 1) };
    if (topics[0] === COLLATERAL_CHANGED) {
      const [, , word = '0x'] = topics;
      const holding = { asset: getAddress(`0x${word.slice(26)}`), amount: wordAt(data, 1) };
      return { ...before, collateral: withHolding(before.collateral, holding) };
    }
    if (topics[0] === POSITION_CHANGED) {
      const instrument = BigInt(topics[2] ?? '0x0');
      const position = { instrument, size: signedWordAt(data, 0), basis: signedWordAt(data, 1) };
      return { ...before, positions: withPosition(before.positions, position) };
    }
    if (topics[0] === MARGIN_CALLED) return { ...before, called: true };
    if (topics[0] === CALL_CLEARED) return { ...before, called: false };
    return undefined;
  }

  function put(account: AccountId, record: AccountRecord | undefined): void {
    if (record === undefined) records.delete(account);
    else records.set(account, record);
    const trades = record !== undefined && record.positions.length > 0;
    mark(trading, account, trades);
    mark(watched, account, record !== undefined && (record.principal < 0n || record.called || trades));
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
      trading.clear();
    },
    size: () => records.size,
    get: (account) => records.get(account),
    watched: () => [...watched].sort(),
    trading: () => [...trading].sort(),
  };
}

function mark(set: Set<AccountId>, account: AccountId, isIn: boolean): void {
  if (isIn) set.add(account);
  else set.delete(account);
}

/** A position without size may still have a basis: what its owner is owed. */
function withPosition(positions: readonly HeldPosition[], changed: HeldPosition): HeldPosition[] {
  const others = positions.filter(({ instrument }) => instrument !== changed.instrument);
  return changed.size === 0n && changed.basis === 0n ? others : [...others, changed];
}

function withHolding(holdings: readonly Holding[], changed: Holding): Holding[] {
  const others = holdings.filter(({ asset }) => asset !== changed.asset);
  return changed.amount === 0n ? others : [...others, changed];
}
