import type { BooksResult } from '../books/result';
import type { RunResult, StateName } from '../result';
import { STATES } from '../result';
import { formatDay } from './format';

/** What the charts of a page are drawn from, as small as it can be: times are milliseconds of Unix time. */
export interface PageData {
  readonly quote: string;
  readonly from: number;
  readonly until: number;
  /** The hour in which the first asset fell furthest. */
  readonly worstHour: readonly [from: number, until: number];
  readonly runs: readonly PageRun[];
}

export interface PageRun {
  readonly name: string;
  readonly times: readonly number[];
  readonly assets: readonly {
    readonly symbol: string;
    readonly market: readonly number[];
    readonly low: readonly number[];
    readonly high: readonly number[];
    /** Pool against market, percent. */
    readonly poolGap: readonly number[];
  }[];
  readonly gasGwei: readonly number[];
  readonly states: Readonly<Record<StateName, readonly number[]>>;
  /** Running counts and amounts, one point where each changes. */
  readonly calls: readonly Point[];
  readonly cures: readonly Point[];
  readonly liquidations: readonly Point[];
  /** Basis points of all collateral. */
  readonly ownerCost: readonly Point[];
  readonly shortfall: readonly Point[];
  readonly waterfall: { readonly [share in WaterfallShare]: number };
  readonly sales: readonly Sale[];
  readonly keepers: readonly Pick<RunResult['keepers'][number], 'name' | 'maxGasGwei' | 'dead'>[];
  readonly books?: PageBooks;
}

/** Perpetuals and options; every series runs along the times. */
export interface PageBooks {
  readonly modes: BooksResult['modes'];
  /** At the money, a year, of one. */
  readonly volatility: readonly {
    readonly name: string;
    readonly market: readonly number[];
    readonly feed: readonly number[];
  }[];
  /** Percent of the index. */
  readonly perpetual: readonly { readonly name: string; readonly gap: readonly number[] }[];
}

export type WaterfallShare = 'fromReserves' | 'fromJunior' | 'fromSenior' | 'socialised' | 'unpaid';
export type Point = readonly [time: number, value: number];

/** A liquidation: time, value of the collateral, health, account. */
export type Sale = readonly [time: number, value: number, health: number, account: string];

export function toPageData(runs: readonly RunResult[]): PageData {
  const [first] = runs;
  if (first === undefined) throw new RangeError('a report needs a run');
  const at = (second: number): number => (first.scenario.start + second) * 1_000;
  const [from, until] = worstHour(first);
  return {
    quote: first.quote,
    from: at(0),
    until: at(first.scenario.seconds),
    worstHour: [at(from), at(until)],
    runs: runs.map((run) => toPageRun(run, at)),
  };
}

function toPageRun(run: RunResult, at: (second: number) => number): PageRun {
  const { collateral } = run.population;
  const costs = [
    ...run.calls.map(({ second, fee }) => ({ second, cost: fee })),
    ...run.liquidations.map(({ second, bonus, fee, gainNextHour }) => ({ second, cost: bonus + fee + gainNextHour })),
  ].sort((a, b) => a.second - b.second);
  const { fromReserves, fromJunior, fromSenior, socialised, unpaid } = run.totals.waterfall;
  return {
    name: run.policy.name,
    times: run.seconds.map(at),
    assets: run.assets.map(({ symbol, market, low, high, pool }) => ({
      symbol,
      market: market.map((value) => shorten(value)),
      low: low.map((value) => shorten(value)),
      high: high.map((value) => shorten(value)),
      poolGap: pool.map((price, i) => shorten((price / (market[i] ?? price) - 1) * 100, 3)),
    })),
    gasGwei: run.gasGwei.map((gwei) => shorten(gwei, 4)),
    states: Object.fromEntries(STATES.map((state) => [state, run.states[state]])) as Record<StateName, number[]>,
    calls: running(run.calls, at, () => 1),
    cures: running(
      run.cures.filter(({ by }) => by !== 'liquidation'),
      at,
      () => 1,
    ),
    liquidations: running(run.liquidations, at, () => 1),
    ownerCost: running(costs, at, ({ cost }) => (cost / collateral) * 10_000),
    shortfall: running(run.losses, at, ({ shortfall }) => shortfall),
    waterfall: { fromReserves, fromJunior, fromSenior, socialised, unpaid },
    sales: run.liquidations.map(({ second, collateral: value, health, account }) => [
      at(second),
      shorten(value),
      shorten(health, 4),
      account,
    ]),
    keepers: run.keepers.map(({ name, maxGasGwei, dead }) => ({ name, maxGasGwei, dead })),
    ...(run.books && { books: toPageBooks(run.books) }),
  };
}

function toPageBooks({ markets, modes }: BooksResult): PageBooks {
  const short = (values: readonly number[]): number[] => values.map((value) => shorten(value));
  const toMode = ({ states, equity, initial, maintenance }: BooksResult['modes']['cross']) => ({
    states,
    equity: short(equity),
    initial: short(initial),
    maintenance: short(maintenance),
  });
  return {
    modes: { cross: toMode(modes.cross), portfolio: toMode(modes.portfolio) },
    volatility: markets.flatMap(({ symbol, expiries }) =>
      expiries.map(({ expiry, market, feed }) => ({
        name: `${symbol} ${formatDay(expiry)}`,
        market: market.map((value) => shorten(value, 4)),
        feed: feed.map((value) => shorten(value, 4)),
      })),
    ),
    perpetual: markets.map(({ symbol, perpetual, index }) => ({
      name: `${symbol} perpetual`,
      gap: perpetual.map((price, i) => shorten((price / (index[i] ?? price) - 1) * 100, 3)),
    })),
  };
}

/** The running sum of `of` over records in order of time, from zero at the start. */
function running<T extends { readonly second: number }>(
  records: readonly T[],
  at: (second: number) => number,
  of: (record: T) => number,
): Point[] {
  const points: Point[] = [[at(0), 0]];
  let sum = 0;
  for (const [i, record] of records.entries()) {
    sum += of(record);
    if (records[i + 1]?.second !== record.second) points.push([at(record.second), shorten(sum)]);
  }
  return points;
}

function worstHour({ assets, seconds, scenario }: RunResult): [number, number] {
  const market = assets[0]?.market ?? [];
  let best = { from: 0, fall: 0 };
  for (const [i, price] of market.entries()) {
    const from = seconds[i] ?? 0;
    for (let j = i + 1; j < market.length && (seconds[j] ?? 0) <= from + 3_600; j++) {
      const fall = 1 - (market[j] ?? price) / price;
      if (fall > best.fall) best = { from, fall };
    }
  }
  return [best.from, Math.min(best.from + 3_600, scenario.seconds)];
}

/** As many digits as a screen can show. */
function shorten(value: number, digits = 6): number {
  return Number(value.toPrecision(digits));
}
