import { encodeFunctionData } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import { divUp, MarginMode, toPerpetual, WAD, type AccountId } from '../../sdk/math';
import type { Moment } from '../record/createAssessor';
import type { Books } from '../record/createBooks';
import { act } from '../world/act';
import { fund } from '../world/openWorld';
import type { World } from '../world/world';
import { toSize } from './createTraders';
import { BOOK_MODES, type BookMode, type Trader, type Traders } from './market';
import { netDelta } from './netDelta';
import type { Exchange } from './trade';

/** The desk keeps so many times what it must have, so that it is not what fails. */
const DESK_CUSHION = 3;
/** While books are being opened, cash for so much of their notional is there. */
const OPENING_CASH = 2;
const DIGITS = 1_000_000;

export interface OpenBooksParameters {
  readonly world: World;
  readonly traders: Traders;
  readonly exchange: Exchange;
  readonly books: Books;
  /** What the chain says now, with all that has happened. */
  readonly look: () => Promise<Moment>;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What one account began with, quote WAD. */
export interface OpenedBook {
  readonly trader: Trader;
  readonly mode: BookMode;
  readonly account: AccountId;
  readonly initial: bigint;
  readonly maintenance: bigint;
  readonly equity: bigint;
}

/**
 * Opens every book twice, in a cross account and in a portfolio account, by the same trades at the mark. Each account
 * then keeps the same multiple of what its own mode requires, and its owner takes the rest out.
 */
export async function openBooks(parameters: OpenBooksParameters): Promise<OpenedBook[]> {
  const { world, traders, look, books, onProgress } = parameters;
  const { desk } = traders;
  const total = traders.traders.length * BOOK_MODES.length;
  const worth = traders.traders.reduce((sum, trader) => sum + notionalOf(trader), 0);
  await deposit(world, { owner: desk.key.address, account: desk.account, cash: worth * OPENING_CASH * 2 });
  const opened: OpenedBook[] = [];
  for (const trader of traders.traders) {
    for (const mode of BOOK_MODES) {
      opened.push(await openBook(parameters, trader, mode));
      onProgress?.(opened.length, total);
    }
  }
  await takeOut(world, { owner: desk.key.address, account: desk.account, cushion: DESK_CUSHION }, await look(), books);
  return opened;
}

async function openBook(
  { world, exchange, books, look }: OpenBooksParameters,
  trader: Trader,
  mode: BookMode,
): Promise<OpenedBook> {
  const { chain, manifest } = world;
  const { key, market, group } = trader;
  const [account, owner] = [trader.accounts[mode], key.address];
  const vault = manifest.contracts.MarginVault.address;
  if (mode === 'portfolio') {
    const args = [account, MarginMode.Portfolio] as const;
    await act(chain, { from: owner, to: vault, abi: marginVaultAbi, functionName: 'setMode', args });
  }
  await deposit(world, { owner, account, cash: notionalOf(trader) * OPENING_CASH });
  if (trader.holds > 0n) {
    await fund(world, { owner, token: market.index, amount: trader.holds, spender: vault });
    const args = [account, market.index, trader.holds] as const;
    await act(chain, { from: owner, to: vault, abi: marginVaultAbi, functionName: 'deposit', args });
  }
  for (const { instrument, size } of trader.legs) {
    await exchange.trade({ account, key, instrument, size, price: await exchange.markOf(instrument) });
  }
  if (group.hedge !== undefined) {
    const instrument = toPerpetual(market.number);
    const size = -hedgeOf(trader, account, books, await look(), chain.now());
    if (size !== 0n) await exchange.trade({ account, key, instrument, size, price: await exchange.markOf(instrument) });
  }
  await takeOut(world, { owner, account, cushion: trader.cushion }, await look(), books);
  const moment = await look();
  const { initial, maintenance, equity } = moment.measure(bookOf(books, account)).assessment.mark;
  return { trader, mode, account, initial, maintenance, equity };
}

/** Delta of the book with what it holds, units as WAD. */
function hedgeOf(trader: Trader, account: AccountId, books: Books, moment: Moment, now: number): bigint {
  const underlying = moment.underlyings.get(trader.market.number);
  if (underlying === undefined) throw new Error(`${trader.market.symbol} has no prices`);
  const { options, perpetual } = netDelta(bookOf(books, account), underlying, BigInt(now));
  return toSize(options + perpetual + trader.size * trader.group.holds);
}

interface TakeOut {
  readonly owner: `0x${string}`;
  readonly account: AccountId;
  /** Equity to leave, of the initial requirement. */
  readonly cushion: number;
}

/** Takes out what there is above the cushion, as a loan where there is not so much cash. */
async function takeOut(
  { chain, manifest, policy, quoteScale }: World,
  { owner, account, cushion }: TakeOut,
  moment: Moment,
  books: Books,
): Promise<void> {
  const { assessment, cash } = moment.measure(bookOf(books, account));
  const { equity, initial } = assessment.worse;
  const kept = divUp(initial * BigInt(Math.round(cushion * DIGITS)), BigInt(DIGITS));
  const least = BigInt(policy.cash.minDebtQuote) * WAD;
  const wanted = equity - kept;
  // a debt is of some size or none
  const amount = (wanted > cash && wanted - cash < least ? cash : wanted) / quoteScale;
  if (amount <= 0n) return;
  const args = [account, amount, owner] as const;
  const to = manifest.contracts.MarginVault.address;
  const data = encodeFunctionData({ abi: marginVaultAbi, functionName: 'borrow', args });
  await chain.send({ from: owner, to, data });
}

/** @param cash quote */
async function deposit(
  world: World,
  { owner, account, cash }: { owner: `0x${string}`; account: AccountId; cash: number },
): Promise<void> {
  const { chain, manifest } = world;
  const { address: token, decimals } = manifest.quote;
  const amount = BigInt(Math.ceil(cash)) * 10n ** BigInt(decimals);
  const to = manifest.contracts.MarginVault.address;
  await fund(world, { owner, token, amount, spender: to });
  const args = [account, token, amount] as const;
  await act(chain, { from: owner, to, abi: marginVaultAbi, functionName: 'deposit', args });
}

/** All legs and what is held, at the price of the index at the start; quote. */
function notionalOf({ legs, market, size, group }: Trader): number {
  const units = legs.reduce((sum, leg) => sum + Math.abs(Number(leg.size) / Number(WAD)), 0);
  return (units + size * group.holds) * market.path.at(0);
}

function bookOf(books: Books, account: AccountId) {
  const book = books.accounts.get(account);
  if (book === undefined) throw new Error(`${account} was not opened`);
  return book;
}
