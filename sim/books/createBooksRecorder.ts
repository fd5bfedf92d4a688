import { WAD } from '../../sdk/math';
import type { Moment } from '../record/createAssessor';
import type { Records } from '../record/createRecorder';
import type { Books } from '../record/createBooks';
import { wadToNumber } from '../record/numbers';
import { STATES, type StateName } from '../result';
import type { MarketNow, Publisher } from './createPublisher';
import type { HedgeRecord } from './createTraderAgents';
import { BOOK_MODES, type BookMode, type SimMarket, type Traders } from './market';
import type { OpenedBook } from './openBooks';
import type { BooksResult, GroupFacts, ModeFigures, ModeSeries } from './result';

export interface BooksRecorder {
  readonly hedged: (records: readonly HedgeRecord[]) => void;
  /** Closes a step. */
  readonly sample: (moment: Moment) => void;
  /** @param records of the whole run, those of loans among them */
  readonly result: (records: Omit<Records, 'seconds'>) => BooksResult;
}

export interface BooksRecorderParameters {
  readonly traders: Traders;
  readonly opened: readonly OpenedBook[];
  readonly books: Books;
  readonly publisher: Publisher;
}

interface Series {
  readonly states: Record<StateName, number[]>;
  readonly equity: number[];
  readonly initial: number[];
  readonly maintenance: number[];
}

/** Keeps what books required and what became of them, by mode and group. */
export function createBooksRecorder({ traders, opened, books, publisher }: BooksRecorderParameters): BooksRecorder {
  const series: Record<BookMode, Series> = { cross: emptySeries(), portfolio: emptySeries() };
  const hedges: HedgeRecord[] = [];
  const markets = traders.markets.map((market) => ({ market, states: [] as MarketNow[], spot: [] as number[] }));
  let last = new Map<string, { equity: number; isMissed: boolean }>();

  return {
    hedged: (records) => hedges.push(...records),
    sample: (moment) => {
      for (const { market, states, spot } of markets) {
        states.push(publisher.now(market.number));
        spot.push(wadToNumber(moment.underlyings.get(market.number)?.perpetual.spot ?? 0n));
      }
      last = new Map();
      for (const mode of BOOK_MODES) {
        const to = series[mode];
        const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<StateName, number>;
        const sums = { equity: 0, initial: 0, maintenance: 0 };
        for (const { account } of opened.filter((each) => each.mode === mode)) {
          const book = books.accounts.get(account);
          if (book === undefined) continue;
          const { state, assessment } = moment.measure(book);
          const equity = wadToNumber(assessment.mark.equity);
          counts[state] += 1;
          sums.equity += equity;
          sums.initial += wadToNumber(assessment.mark.initial);
          sums.maintenance += wadToNumber(assessment.mark.maintenance);
          last.set(account, { equity, isMissed: state === 'Liquidatable' || state === 'Insolvent' });
        }
        for (const state of STATES) to.states[state].push(counts[state]);
        to.equity.push(sums.equity);
        to.initial.push(sums.initial);
        to.maintenance.push(sums.maintenance);
      }
    },
    result: (records) => {
      const ours = new Set<string>(opened.map(({ account }) => account));
      const own = <T extends { readonly account: string }>(list: readonly T[]): T[] =>
        list.filter(({ account }) => ours.has(account));
      const kept = {
        calls: own(records.calls),
        topUps: own(records.topUps),
        liquidations: own(records.liquidations),
        losses: own(records.losses),
      };
      return {
        ...kept,
        markets: markets.map(toMarketSeries),
        modes: series satisfies Record<BookMode, ModeSeries>,
        accounts: opened.map(({ account, mode, trader }) => ({ account, mode, group: trader.group.name })),
        groups: groupsOf(opened, { ...kept, hedges, last }),
      };
    },
  };
}

type Kept = Pick<BooksResult, 'calls' | 'topUps' | 'liquidations' | 'losses'> & {
  readonly hedges: readonly HedgeRecord[];
  readonly last: ReadonlyMap<string, { readonly equity: number; readonly isMissed: boolean }>;
};

function groupsOf(opened: readonly OpenedBook[], kept: Kept): GroupFacts[] {
  const names = [...new Set(opened.map(({ trader }) => trader.group.name))];
  return names.map((name) => {
    const own = opened.filter(({ trader }) => trader.group.name === name);
    const of = (mode: BookMode): OpenedBook[] => own.filter((each) => each.mode === mode);
    const legs = of('cross').flatMap(({ trader }) =>
      trader.legs.map(({ size }) => (Math.abs(Number(size)) / Number(WAD)) * trader.market.path.at(0)),
    );
    return {
      name,
      about: own[0]?.trader.group.about ?? '',
      books: of('cross').length,
      notional: sum(legs, (each) => each),
      modes: { cross: figuresOf(of('cross'), kept), portfolio: figuresOf(of('portfolio'), kept) },
    };
  });
}

function figuresOf(
  opened: readonly OpenedBook[],
  { calls, topUps, liquidations, losses, hedges, last }: Kept,
): ModeFigures {
  const accounts = new Set<string>(opened.map(({ account }) => account));
  const own = <T extends { readonly account: string }>(list: readonly T[]): T[] =>
    list.filter(({ account }) => accounts.has(account));
  const [called, sold, lost, trades] = [own(calls), own(liquidations), own(losses), own(hedges)];
  const ends = [...accounts].flatMap((account) => last.get(account) ?? []);
  return {
    initial: sum(opened, ({ initial }) => wadToNumber(initial)),
    maintenance: sum(opened, ({ maintenance }) => wadToNumber(maintenance)),
    equity: sum(opened, ({ equity }) => wadToNumber(equity)),
    accountsCalled: new Set(called.map(({ account }) => account)).size,
    calls: called.length,
    topUps: own(topUps).length,
    topUpValue: sum(own(topUps), ({ value }) => value),
    accountsLiquidated: new Set(sold.map(({ account }) => account)).size,
    liquidations: sold.length,
    notionalSold: sum(sold, ({ notional }) => notional),
    cost: sum(sold, ({ bonus, fee }) => bonus + fee) + sum(called, ({ fee }) => fee),
    shortfall: sum(lost, ({ shortfall }) => shortfall),
    beyondFund: sum(lost, ({ socialised, unpaid }) => socialised + unpaid),
    hedges: trades.filter(({ refused }) => !refused).length,
    refused: trades.filter(({ refused }) => refused).length,
    missed: ends.filter(({ isMissed }) => isMissed).length,
    underwater: sum(ends, ({ equity }) => Math.max(0, -equity)),
    equityAtEnd: sum(ends, ({ equity }) => equity),
  };
}

function toMarketSeries(each: { market: SimMarket; states: readonly MarketNow[]; spot: readonly number[] }) {
  const { market, states, spot } = each;
  return {
    symbol: market.symbol,
    index: states.map(({ index }) => index),
    perpetual: states.map(({ perpetual }) => perpetual),
    spot,
    expiries: market.expiries.map((expiry, i) => ({
      expiry: Number(expiry),
      market: states.map(({ volatility }) => volatility[i] ?? 0),
      feed: states.map(({ published }) => published[i] ?? 0),
    })),
  };
}

function emptySeries(): Series {
  const states = Object.fromEntries(STATES.map((state) => [state, [] as number[]])) as Series['states'];
  return { states, equity: [], initial: [], maintenance: [] };
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}
