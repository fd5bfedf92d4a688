import { isAddressEqual } from 'viem';

import { describeInstrument, toAccountId, type AccountId, type Price } from '../../sdk/math';
import type { ChainEvent } from '../chain/createEventReader';
import {
  STATES,
  type CallRecord,
  type CureRecord,
  type LiquidationRecord,
  type LossRecord,
  type StateName,
  type TopUpRecord,
} from '../result';
import type { World } from '../world/world';
import { createBooks, type Books } from './createBooks';
import type { Moment, Standing } from './createAssessor';
import { createDigest } from './createDigest';
import { toNumber, wadToNumber } from './numbers';

/** What a run leaves behind, raw: `measure` makes a result of it. */
export interface Records {
  readonly seconds: readonly number[];
  readonly states: Readonly<Record<StateName, number[]>>;
  readonly assets: readonly Series[];
  readonly gasGwei: readonly number[];
  readonly calls: readonly CallRecord[];
  readonly cures: readonly CureRecord[];
  readonly topUps: readonly TopUpRecord[];
  readonly liquidations: readonly LiquidationRecord[];
  readonly losses: readonly LossRecord[];
  /** Of each keeper, by name: what it called and sold. */
  readonly callers: readonly string[];
  readonly end: { readonly missed: number; readonly underwater: number };
}

interface Series {
  readonly symbol: string;
  readonly market: number[];
  readonly spot: number[];
  readonly low: number[];
  readonly high: number[];
  readonly pool: number[];
}

/** Who may have caused events. */
export type Actor = { readonly keeper: string } | 'others';

export interface Recorder {
  readonly books: Books;
  /** Takes events in order. @returns accounts on which margin was called, for their owners to hear of */
  readonly take: (events: readonly ChainEvent[], second: number, actor: Actor) => AccountId[];
  readonly topUp: (records: readonly TopUpRecord[]) => void;
  /** Accounts beside those of the population whose waits count. */
  readonly watch: (accounts: readonly AccountId[]) => void;
  /** Looks at every account before keepers act: who can be called or sold, and since when. */
  readonly look: (second: number, moment: Moment) => void;
  /** Closes a step. */
  readonly sample: (second: number, moment: Moment, pools: ReadonlyMap<string, number>, gasGwei: number) => void;
  readonly records: () => Records;
  /** sha256 over every event so far and `balances`, hex. */
  readonly digest: (balances: readonly string[]) => string;
}

/** Writes down what happens, in order. */
export function createRecorder(world: World): Recorder {
  const { manifest, assets, population } = world;
  const { MarginVault } = manifest.contracts;
  const books = createBooks(MarginVault.address);
  const digest = createDigest();
  const borrowers = population.borrowers.map(({ owner }) => toAccountId(owner, 0n));
  const since = { called: new Map<AccountId, number>(), sold: new Map<AccountId, number>() };
  const answered = new Set<AccountId>();
  const seconds: number[] = [];
  const gasGwei: number[] = [];
  const states = Object.fromEntries(STATES.map((state) => [state, [] as number[]])) as Record<StateName, number[]>;
  const series: Series[] = assets.map(({ symbol }) => ({ symbol, market: [], spot: [], low: [], high: [], pool: [] }));
  const calls: CallRecord[] = [];
  const callers: string[] = [];
  const cures: CureRecord[] = [];
  const topUps: TopUpRecord[] = [];
  const liquidations: LiquidationRecord[] = [];
  const losses: LossRecord[] = [];
  let prices: ReadonlyMap<string, Price> = new Map();
  let end = { missed: 0, underwater: 0 };

  let watched: readonly AccountId[] = [];
  const stand = (moment: Moment, accounts: readonly AccountId[]): [AccountId, Standing][] =>
    accounts.flatMap((account) => {
      const book = books.accounts.get(account);
      return book === undefined ? [] : [[account, moment.measure(book)]];
    });

  /** What the legs that left `account` in `transaction` were worth, and what they would gain. */
  const soldIn = (events: readonly ChainEvent[], account: AccountId, transaction: string, second: number) => {
    let value = 0;
    let gain = 0;
    for (const event of events) {
      if (event.transaction !== transaction || event.eventName !== 'CollateralChanged') continue;
      if (!('account' in event.args) || event.args.delta >= 0n || event.args.account.toLowerCase() !== account)
        continue;
      const { asset: address, delta } = event.args;
      const asset = assets.find((known) => isAddressEqual(known.address, address));
      const spot = prices.get(address.toLowerCase())?.spot;
      if (asset === undefined || spot === undefined) continue;
      const amount = toNumber(-delta, asset.decimals);
      value += amount * wadToNumber(spot);
      gain += amount * (asset.path.at(second + 3_600) - wadToNumber(spot));
    }
    return { value, gain };
  };

  /** Of what `account` holds of perpetuals and options, at the oracle's prices. */
  const notionalOf = (account: AccountId): number => {
    const { markets = [] } = world.traders ?? {};
    return (books.accounts.get(account)?.positions ?? []).reduce((sum, { instrument, size }) => {
      const { underlying } = describeInstrument(instrument);
      const index = markets.find(({ number }) => number === underlying)?.index.toLowerCase() ?? '';
      return sum + Math.abs(wadToNumber(size)) * wadToNumber(prices.get(index)?.spot ?? 0n);
    }, 0);
  };

  const note = (
    event: ChainEvent,
    events: readonly ChainEvent[],
    second: number,
    actor: Actor,
  ): AccountId | undefined => {
    const keeper = actor === 'others' ? '' : actor.keeper;
    switch (event.eventName) {
      case 'MarginCalled': {
        const account = event.args.account.toLowerCase() as AccountId;
        const { health, calledAt, deadline, fee } = event.args;
        calls.push({
          second,
          account,
          health: wadToNumber(health),
          graceSeconds: Number(deadline - calledAt),
          fee: wadToNumber(fee),
          waited: second - (since.called.get(account) ?? second),
        });
        callers.push(keeper);
        since.called.delete(account);
        answered.delete(account);
        return account;
      }
      case 'CallCleared': {
        const account = event.args.account.toLowerCase() as AccountId;
        const by = isAddressEqual(event.args.by, MarginVault.address)
          ? 'liquidation'
          : answered.has(account)
            ? 'owner'
            : 'price';
        cures.push({ second, account, health: wadToNumber(event.args.health), by });
        return undefined;
      }
      case 'Liquidated': {
        const account = event.args.account.toLowerCase() as AccountId;
        const { health, plan } = event.args;
        const { value, gain } = soldIn(events, account, event.transaction, second);
        liquidations.push({
          second,
          account,
          keeper,
          health: wadToNumber(health),
          fraction: wadToNumber(plan.fraction),
          collateral: value,
          notional: notionalOf(account) * wadToNumber(plan.fraction),
          bonus: wadToNumber(plan.bonus),
          fee: wadToNumber(plan.fee),
          shortfall: wadToNumber(plan.shortfall),
          gainNextHour: gain,
          waited: second - (since.sold.get(account) ?? second),
        });
        since.sold.delete(account);
        return undefined;
      }
      case 'ShortfallCovered': {
        const { account, shortfall, fromReserves, fromJunior, fromSenior, socialised, unpaid } = event.args;
        losses.push({
          second,
          account: account.toLowerCase(),
          shortfall: wadToNumber(shortfall),
          fromReserves: wadToNumber(fromReserves),
          fromJunior: wadToNumber(fromJunior),
          fromSenior: wadToNumber(fromSenior),
          socialised: wadToNumber(socialised),
          unpaid: wadToNumber(unpaid),
        });
        return undefined;
      }
      default:
        return undefined;
    }
  };

  return {
    books,
    take: (events, second, actor) => {
      const called: AccountId[] = [];
      for (const event of events) {
        digest.add(event);
        books.apply(event);
        const account = note(event, events, second, actor);
        if (account !== undefined) called.push(account);
      }
      return called;
    },
    topUp: (records) => {
      topUps.push(...records);
      for (const { account } of records) answered.add(account as AccountId);
    },
    watch: (accounts) => {
      watched = accounts;
    },
    look: (second, moment) => {
      prices = moment.prices;
      for (const [account, { state }] of stand(moment, [...borrowers, ...watched])) {
        mark(since.called, account, state === 'Callable', second);
        mark(since.sold, account, state === 'Liquidatable' || state === 'Insolvent', second);
      }
    },
    sample: (second, moment, pools, gas) => {
      prices = moment.prices;
      seconds.push(second);
      gasGwei.push(gas);
      const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<StateName, number>;
      let underwater = 0;
      for (const [, { state, assessment }] of stand(moment, borrowers)) {
        counts[state] += 1;
        if (state !== 'Closed' && assessment.mark.equity < 0n) underwater -= wadToNumber(assessment.mark.equity);
      }
      for (const state of STATES) states[state].push(counts[state]);
      end = { missed: counts.Liquidatable + counts.Insolvent, underwater };
      for (const [i, { symbol, address, path }] of assets.entries()) {
        const price = moment.prices.get(address.toLowerCase());
        const to = series[i];
        if (price === undefined || to === undefined) continue;
        to.market.push(path.at(second));
        to.spot.push(wadToNumber(price.spot));
        to.low.push(wadToNumber(price.low));
        to.high.push(wadToNumber(price.high));
        to.pool.push(pools.get(symbol) ?? NaN);
      }
    },
    records: () => ({
      seconds,
      states,
      assets: series,
      gasGwei,
      calls,
      callers,
      cures,
      topUps,
      liquidations,
      losses,
      end,
    }),
    digest: digest.close,
  };
}

/** Keeps the second at which `account` was first seen so, and forgets it when it is not so any more. */
function mark(since: Map<AccountId, number>, account: AccountId, so: boolean, second: number): void {
  if (!so) since.delete(account);
  else if (!since.has(account)) since.set(account, second);
}
