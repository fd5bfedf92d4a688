import { callPrice, putPrice } from './black76';
import { naturalLog } from './naturalLog';
import { max, min } from './rounding';
import { BPS, WAD } from './units';

// What a book of options is worth in other markets, as in contracts/risk/Scenarios.sol. Values there are sizes times
// prices, quote WAD times WAD.

/** The markets that portfolio margin tries books in, and what it adds: docs/risk.md, "Portfolio margin". */
export interface ScenarioTerms {
  readonly rangeBps: number;
  readonly stepBps: number;
  readonly initialBps: number;
  readonly volatilityUpBps: number;
  readonly volatilityDownBps: number;
  readonly nakedPpm: number;
  readonly basisPpm: number;
  /** four of them, as are the next */
  readonly tailShocksBps: readonly number[];
  readonly tailWeightsBps: readonly number[];
}

/** The grid of an underlying that has none. */
export const HARSHEST_SCENARIOS: ScenarioTerms = {
  rangeBps: 9_000,
  stepBps: 2_250,
  initialBps: 20_000,
  volatilityUpBps: 20_000,
  volatilityDownBps: 20_000,
  nakedPpm: 1_000_000,
  basisPpm: 1_000_000,
  tailShocksBps: [-9_000, -9_000, 20_000, 50_000],
  tailWeightsBps: [10_000, 10_000, 10_000, 10_000],
};

export const ScenarioVolatility = { AsItIs: 0, Lower: 1, Higher: 2 } as const;
export type ScenarioVolatility = (typeof ScenarioVolatility)[keyof typeof ScenarioVolatility];

/** A price of the index, of what it is now. */
export interface Move {
  /** WAD */
  readonly factor: bigint;
  /** its logarithm, WAD */
  readonly log: bigint;
}

/** What a book is tried in. */
export interface ScenarioGrid {
  readonly terms: ScenarioTerms;
  /** of dynamic margin, WAD, as are the next */
  readonly initialScale: bigint;
  readonly maintenanceScale: bigint;
  /** how far the index is taken to move */
  readonly initialRange: bigint;
  readonly maintenanceRange: bigint;
  /** of the moves, from none on: the same either way */
  readonly distances: readonly bigint[];
  readonly up: readonly Move[];
  readonly down: readonly Move[];
  readonly tails: readonly Move[];
  /** ends of the index' band */
  readonly low: Move;
  readonly high: Move;
  /** where the options that expire next pay least */
  readonly pin: Move;
}

/** What options are worth, scenario by scenario, in the order of the grid's moves. */
export interface Outcomes {
  readonly now: bigint;
  readonly lower: { readonly up: readonly bigint[]; readonly down: readonly bigint[] };
  readonly higher: { readonly up: readonly bigint[]; readonly down: readonly bigint[] };
  readonly tails: readonly bigint[];
  readonly low: bigint;
  readonly high: bigint;
  readonly pin: bigint;
}

/** An option that is tried in each scenario. */
export interface ScenarioOption {
  readonly isCall: boolean;
  /** WAD, long > 0 */
  readonly size: bigint;
  /** quote WAD, of the index without a move */
  readonly forward: bigint;
  /** quote WAD */
  readonly strike: bigint;
  /** of forward and strike, WAD */
  readonly logMoneyness: bigint;
  /** WAD, with volatility as it is, lower and higher */
  readonly deviation: bigint;
  readonly lower: bigint;
  readonly higher: bigint;
}

/** The largest losses within the two ranges, and the scenario that the one for maintenance is in. */
export interface WorstLoss {
  readonly initial: bigint;
  readonly maintenance: bigint;
  /** none where nothing is lost */
  readonly scenario?: { readonly factor: bigint; readonly volatility: ScenarioVolatility };
}

export const NO_MOVE: Move = { factor: WAD, log: 0n };

const MOST_NODES = 8;
const LEAST_NODES = 4;
const LEAST_FACTOR = WAD / 10n;
const LEAST_END = WAD / 100n;
const MOST_END = 10n * WAD;
const PART = 10n ** 9n;

/** The grid of `terms` at two scales of dynamic margin, the first no less than the second. */
export function buildGrid(terms: ScenarioTerms, initialScale: bigint, maintenanceScale: bigint): ScenarioGrid {
  const range = (scale: bigint): bigint => (BigInt(terms.rangeBps) * scale) / BPS;
  const step = (BigInt(terms.stepBps) * WAD) / BPS;
  const distances = [0n];
  for (let node = 1; node <= MOST_NODES; ++node) {
    if (node > LEAST_NODES && (distances[node - 1] ?? 0n) >= range(initialScale)) break;
    distances.push(multipleAt(node) * step);
  }
  return {
    terms,
    initialScale,
    maintenanceScale,
    initialRange: range(initialScale),
    maintenanceRange: range(maintenanceScale),
    distances,
    up: distances.map((distance) => moveTo(WAD + distance)),
    down: distances.map((distance) => moveTo(max(WAD - distance, LEAST_FACTOR))),
    tails: terms.tailShocksBps.map((shock) => moveTo(WAD + (BigInt(shock) * WAD) / BPS)),
    low: NO_MOVE,
    high: NO_MOVE,
    pin: NO_MOVE,
  };
}

/** One more price to try. */
export function moveToPrice(price: bigint, index: bigint): Move {
  return moveTo(min(max((price * WAD) / index, LEAST_END), MOST_END));
}

/** What an option is worth in each scenario. */
export function optionOutcomes(grid: ScenarioGrid, option: ScenarioOption): Outcomes {
  const { isCall, size, strike, forward, logMoneyness } = option;
  const at = (move: Move, deviation: bigint): bigint => {
    const terms = {
      forward: (forward * move.factor) / WAD,
      strike,
      logMoneyness: logMoneyness + move.log,
      deviation,
    };
    return size * (isCall ? callPrice : putPrice)(terms);
  };
  const side = (moves: readonly Move[], deviation: bigint): bigint[] => moves.map((move) => at(move, deviation));
  const row = (deviation: bigint) => ({ up: side(grid.up, deviation), down: side(grid.down, deviation) });
  return {
    now: at(NO_MOVE, option.deviation),
    lower: row(option.lower),
    higher: row(option.higher),
    tails: side(grid.tails, option.higher),
    low: at(grid.low, option.deviation),
    high: at(grid.high, option.deviation),
    pin: at(grid.pin, option.deviation),
  };
}

export function noOutcomes({ distances, tails }: ScenarioGrid): Outcomes {
  const none = distances.map(() => 0n);
  const row = { up: none, down: none };
  return { now: 0n, lower: row, higher: row, tails: tails.map(() => 0n), low: 0n, high: 0n, pin: 0n };
}

export function addOutcomes(a: Outcomes, b: Outcomes): Outcomes {
  const sum = (x: readonly bigint[], y: readonly bigint[]): bigint[] => x.map((value, i) => value + (y[i] ?? 0n));
  const row = (x: Outcomes['lower'], y: Outcomes['lower']) => ({ up: sum(x.up, y.up), down: sum(x.down, y.down) });
  return {
    now: a.now + b.now,
    lower: row(a.lower, b.lower),
    higher: row(a.higher, b.higher),
    tails: sum(a.tails, b.tails),
    low: a.low + b.low,
    high: a.high + b.high,
    pin: a.pin + b.pin,
  };
}

/**
 * What is lost where options are worth `outcome`, against what they are worth now.
 * @param linear value of what moves with the index one to one
 */
export function lossAt(outcomes: Outcomes, outcome: bigint, linear: bigint, { factor }: Move): bigint {
  return outcomes.now - outcome + (linear * (WAD - factor)) / WAD;
}

/** The largest losses against what the book is worth now. */
export function worstLoss(grid: ScenarioGrid, outcomes: Outcomes, linear: bigint): WorstLoss {
  let worst: WorstLoss = { initial: 0n, maintenance: 0n };
  const keep = (initial: bigint, maintenance: bigint, move: Move, volatility: ScenarioVolatility): void => {
    worst = { ...worst, initial: max(initial, worst.initial) };
    if (maintenance > worst.maintenance) worst = { ...worst, maintenance, scenario: { ...move, volatility } };
  };
  for (const side of ['up', 'down'] as const) {
    let inner = { lower: 0n, higher: 0n, distance: 0n };
    for (const [i, move] of grid[side].entries()) {
      const distance = grid.distances[i] ?? 0n;
      const outer = {
        lower: lossAt(outcomes, outcomes.lower[side][i] ?? 0n, linear, move),
        higher: lossAt(outcomes, outcomes.higher[side][i] ?? 0n, linear, move),
        distance,
      };
      for (const row of ['lower', 'higher'] as const) {
        const counts = (range: bigint): bigint => countedLoss(range, inner[row], outer[row], inner.distance, distance);
        const volatility = row === 'lower' ? ScenarioVolatility.Lower : ScenarioVolatility.Higher;
        keep(counts(grid.initialRange), counts(grid.maintenanceRange), move, volatility);
      }
      inner = outer;
    }
  }
  for (const [i, move] of grid.tails.entries()) {
    const lost = lossAt(outcomes, outcomes.tails[i] ?? 0n, linear, move);
    const counted = (max(lost, 0n) * BigInt(grid.terms.tailWeightsBps[i] ?? 0)) / BPS;
    keep(counted, counted, move, ScenarioVolatility.Higher);
  }
  const { factor } = grid.pin;
  if (factor === WAD) return worst;
  const distance = factor > WAD ? factor - WAD : WAD - factor;
  const pinned = lossAt(outcomes, outcomes.pin, linear, grid.pin);
  const counts = (range: bigint): bigint => (distance <= range ? pinned : 0n);
  keep(counts(grid.initialRange), counts(grid.maintenanceRange), grid.pin, ScenarioVolatility.AsItIs);
  return worst;
}

/** Of a loss at two distances what counts at `range`. */
function countedLoss(range: bigint, inner: bigint, outer: bigint, distance: bigint, further: bigint): bigint {
  if (further <= range) return outer;
  if (distance >= range || outer <= inner) return 0n;
  return inner + ((outer - inner) * (((range - distance) * PART) / (further - distance))) / PART;
}

function moveTo(factor: bigint): Move {
  return factor === WAD ? NO_MOVE : { factor, log: naturalLog(factor) };
}

/** 1, 2, 3, 4, 6, 8, 12, 16. */
function multipleAt(node: number): bigint {
  if (node <= LEAST_NODES) return BigInt(node);
  return BigInt(node % 2 === 1 ? 3 : 4) << BigInt((node - 3) >> 1);
}
