import { isAddressEqual, type Address, type Hex } from 'viem';

import { MarginMode, type Holding, type InstrumentId, type MarginCall, type AccountId } from '../../sdk/math';
import type { ChainEvent } from '../chain/createEventReader';

/** A position as the vault stores it. */
export interface BookPosition {
  readonly instrument: InstrumentId;
  /** WAD, long > 0 */
  readonly size: bigint;
  /** Quote WAD, funding not inside. */
  readonly basis: bigint;
}

/** What the events say of one account. */
export interface AccountBook {
  readonly account: AccountId;
  mode: number;
  /** signed, times an index it is cash */
  principal: bigint;
  /** In the vault's order. */
  collateral: Holding[];
  /** In the order of their instruments. */
  positions: readonly BookPosition[];
  call: MarginCall;
  /** How often any of it has changed. */
  version: number;
}

/** All accounts, rebuilt from events alone. */
export interface Books {
  readonly accounts: ReadonlyMap<AccountId, AccountBook>;
  /** By underlying, what winners were paid before losers have paid it, quote WAD. */
  readonly unsettled: ReadonlyMap<number, bigint>;
  readonly apply: (event: ChainEvent) => void;
}

const NO_CALL: MarginCall = { calledAt: 0, deadline: 0 };

/** @param vault whose events count; pools have an event of the same name as one of others */
export function createBooks(vault: Address): Books {
  const accounts = new Map<AccountId, AccountBook>();
  const unsettled = new Map<number, bigint>();
  const bookOf = (id: Hex): AccountBook => {
    const account = id.toLowerCase() as AccountId;
    let book = accounts.get(account);
    if (book === undefined) {
      book = {
        account,
        mode: MarginMode.Cross,
        principal: 0n,
        collateral: [],
        positions: [],
        call: NO_CALL,
        version: 0,
      };
      accounts.set(account, book);
    }
    book.version += 1;
    return book;
  };

  return {
    accounts,
    unsettled,
    apply: (event) => {
      if (!isAddressEqual(event.address, vault)) return;
      applyVault(event, bookOf);
      applyCalls(event, bookOf);
      if (event.eventName === 'MarketChanged') unsettled.set(event.args.underlying, event.args.unsettled);
    },
  };
}

function applyVault(event: ChainEvent, bookOf: (id: Hex) => AccountBook): void {
  switch (event.eventName) {
    case 'CashChanged':
      bookOf(event.args.account).principal = event.args.principal;
      break;
    case 'ModeChanged':
      bookOf(event.args.account).mode = event.args.mode;
      break;
    case 'CollateralChanged': {
      if (!('account' in event.args)) break; // the policy's event of that name
      const { account, asset, amount } = event.args;
      const book = bookOf(account);
      book.collateral = withHolding(book.collateral, { asset, amount });
      break;
    }
    case 'PositionChanged': {
      const { account, ...position } = event.args;
      const book = bookOf(account);
      const others = book.positions.filter(({ instrument }) => instrument !== position.instrument);
      const left = position.size === 0n && position.basis === 0n ? others : [...others, position];
      book.positions = left.sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
      break;
    }
    default:
  }
}

function applyCalls(event: ChainEvent, bookOf: (id: Hex) => AccountBook): void {
  if (event.eventName === 'MarginCalled') {
    const { account, calledAt, deadline } = event.args;
    bookOf(account).call = { calledAt: Number(calledAt), deadline: Number(deadline) };
  } else if (event.eventName === 'CallCleared') {
    bookOf(event.args.account).call = NO_CALL;
  }
}

/** The vault keeps holdings in order of arrival and puts the last in the place of one that goes. */
function withHolding(holdings: readonly Holding[], next: Holding): Holding[] {
  const place = holdings.findIndex(({ asset }) => isAddressEqual(asset, next.asset));
  if (place < 0) return next.amount === 0n ? [...holdings] : [...holdings, next];
  if (next.amount > 0n) return holdings.with(place, next);
  const last = holdings.at(-1);
  const rest = holdings.slice(0, -1);
  return last === undefined || place === holdings.length - 1 ? rest : rest.with(place, last);
}
