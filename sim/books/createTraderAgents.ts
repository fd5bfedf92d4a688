import { parseUnits } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import {
  BPS,
  describeInstrument,
  isOption,
  max,
  toPerpetual,
  WAD,
  type AccountId,
  type LiquidationTerms,
} from '../../sdk/math';
import { neededRepayment } from '../agents/topUpMath';
import { clearIfCured } from '../agents/createOwners';
import { createRandom } from '../random';
import type { Moment } from '../record/createAssessor';
import type { AccountBook, Books } from '../record/createBooks';
import { wadToNumber } from '../record/numbers';
import type { TopUpRecord } from '../result';
import { act } from '../world/act';
import { fund } from '../world/openWorld';
import type { World } from '../world/world';
import type { Publisher } from './createPublisher';
import { toSize } from './createTraders';
import type { Trader } from './market';
import { netDelta } from './netDelta';
import type { OpenedBook } from './openBooks';
import type { Exchange, Trade } from './trade';

/** The part of a hedge's worth that is paid in for it: one in so many. */
const HEDGE_MARGIN = 10n;

export interface TraderAgentsParameters {
  readonly world: World;
  readonly opened: readonly OpenedBook[];
  readonly exchange: Exchange;
  readonly publisher: Publisher;
  readonly books: Books;
  readonly terms: LiquidationTerms;
  readonly seed: number;
}

/** A trade that somebody made, or wanted to make and was refused. */
export interface HedgeRecord {
  readonly second: number;
  readonly account: AccountId;
  /** Units of the underlying. */
  readonly size: number;
  readonly refused: boolean;
}

export interface TraderAgents {
  /** Margin was called on an account: its owner may answer later. */
  readonly hear: (account: AccountId, second: number) => void;
  /** Calls are answered with cash. */
  readonly answer: (second: number, moment: Moment) => Promise<TopUpRecord[]>;
  /** Those who hedge look at their delta, and trade the perpetual where it is too far off. */
  readonly hedge: (second: number, look: () => Promise<Moment>) => Promise<HedgeRecord[]>;
}

/** The people behind the books: both accounts of one are kept by the same rules, at the same times. */
export function createTraderAgents(parameters: TraderAgentsParameters): TraderAgents {
  const { world, opened, exchange, publisher, books, terms, seed } = parameters;
  const random = createRandom(seed).fork('traders that answer');
  const people = new Map(
    opened.map((each) => {
      const purse = wadToNumber(each.equity) * world.scenario.owners.purse;
      return [each.account, { ...each, purse, calls: 0, lookedAt: 0 }];
    }),
  );
  const waiting = new Map<AccountId, number>();

  /** Whoever answers calls also pays in what a hedge is refused for, if he has it. @returns whether it was made then */
  const payFor = async (person: { trader: Trader; purse: number }, trade: Trade, moment: Moment): Promise<boolean> => {
    const book = books.accounts.get(trade.account);
    if (book === undefined || !person.trader.answers) return false;
    const { equity, initial } = moment.measure(book).assessment.worse;
    const worth = ((trade.size < 0n ? -trade.size : trade.size) * trade.price) / WAD;
    const value = max(initial - equity, 0n) + worth / HEDGE_MARGIN;
    if (wadToNumber(value) > person.purse) return false;
    await payIn(world, person.trader.key.address, trade.account, value);
    person.purse -= wadToNumber(value);
    return isTaken(exchange, trade);
  };

  return {
    hear: (account, second) => {
      const person = people.get(account);
      if (person?.trader.answers !== true) return;
      const { median, sigma } = world.scenario.owners.delay;
      person.calls += 1;
      waiting.set(account, second + random.fork(`${person.trader.name} call ${person.calls}`).logNormal(median, sigma));
    },
    answer: async (second, moment) => {
      const records: TopUpRecord[] = [];
      for (const [account, at] of [...waiting].sort((a, b) => a[1] - b[1])) {
        if (at > second) continue;
        waiting.delete(account);
        const person = people.get(account);
        const book = books.accounts.get(account);
        if (person === undefined || book === undefined || book.call.calledAt === 0) continue;
        const { mark, better } = moment.measure(book).assessment;
        if (better.equity >= better.maintenance) continue;
        const purse = parseUnits(person.purse.toFixed(6), 18);
        const cured = WAD + (BigInt(terms.cureBufferBps) * WAD) / BPS;
        // who cannot cure the call keeps the money
        if (neededRepayment(mark, cured) > purse) continue;
        const wanted = neededRepayment(mark, parseUnits(world.scenario.owners.restores.toFixed(6), 18));
        const value = wanted > purse ? purse : wanted;
        await payIn(world, person.trader.key.address, account, value);
        person.purse -= wadToNumber(value);
        records.push({ second, account, kind: 'repayment', value: wadToNumber(value) });
      }
      return records;
    },
    hedge: async (second, look) => {
      const records: HedgeRecord[] = [];
      for (const person of people.values()) {
        const { hedge } = person.trader.group;
        if (hedge === undefined || second - person.lookedAt < hedge.everySeconds) continue;
        person.lookedAt = second;
        const book = books.accounts.get(person.account);
        const size = book && hedgeNeeded(person, book, await look(), world.chain.now());
        if (size === undefined) continue;
        const { number, terms: market } = person.trader.market;
        const spread = (market.spreadBps.perpetual / 10_000) * (size > 0n ? 1 : -1);
        const { perpetual, index } = publisher.now(number);
        const price = parseUnits((perpetual + index * spread).toFixed(6), 18);
        const trade = { account: person.account, key: person.trader.key, instrument: toPerpetual(number), size, price };
        const refused = !(await isTaken(exchange, trade)) && !(await payFor(person, trade, await look()));
        records.push({ second, account: person.account, size: wadToNumber(size), refused });
      }
      return records;
    },
  };
}

/** What to trade of the perpetual, WAD; nothing where the book has no options left, or is near enough to neutral. */
function hedgeNeeded({ trader }: OpenedBook, book: AccountBook, moment: Moment, now: number): bigint | undefined {
  const { market, group, size } = trader;
  const underlying = moment.underlyings.get(market.number);
  const hasOptions = book.positions.some(({ instrument }) => isOption(describeInstrument(instrument)));
  if (underlying === undefined || group.hedge === undefined || !hasOptions) return undefined;
  const held = book.collateral.find(({ asset }) => asset.toLowerCase() === market.index.toLowerCase())?.amount ?? 0n;
  const { options, perpetual } = netDelta(book, underlying, BigInt(now));
  const delta = options + perpetual + Number(held) / 10 ** market.indexDecimals;
  if (Math.abs(delta) <= group.hedge.band * size) return undefined;
  const wanted = -toSize(delta);
  return wanted === 0n ? undefined : wanted;
}

/** Whether the vault takes a trade. */
function isTaken(exchange: Exchange, trade: Trade): Promise<boolean> {
  return exchange.trade(trade).then(
    () => true,
    () => false,
  );
}

async function payIn(world: World, owner: `0x${string}`, account: AccountId, value: bigint): Promise<void> {
  const { chain, manifest, quoteScale } = world;
  const to = manifest.contracts.MarginVault.address;
  const amount = value / quoteScale + 1n;
  await fund(world, { owner, token: manifest.quote.address, amount, spender: to });
  const args = [account, manifest.quote.address, amount] as const;
  await act(chain, { from: owner, to, abi: marginVaultAbi, functionName: 'deposit', args });
  await clearIfCured(world, owner, account);
}
