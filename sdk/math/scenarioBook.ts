import { divFloor, divUp, max, min, mulDivUp } from './rounding';
import { lossAt, worstLoss, type Outcomes, type ScenarioGrid, type WorstLoss } from './scenarios';
import type { OptionTiming } from './optionValue';
import type { Margin } from './types';
import { BPS, PPM, WAD } from './units';

// The requirement of a book, as in contracts/risk/ScenarioBook.sol. Products of sizes and prices are quote WAD times WAD.

/** One option of a set, as far as what it pays goes. */
export interface PayoffLeg {
  /** WAD, long > 0 */
  readonly size: bigint;
  /** quote WAD */
  readonly strike: bigint;
  readonly isCall: boolean;
}

/** Options of one expiry, in the order of their strikes. */
export interface PayoffSet {
  readonly legs: readonly PayoffLeg[];
  readonly timing: OptionTiming;
}

/** Sums of what one underlying's positions are. */
export interface BookSums {
  readonly outcomes: Outcomes;
  readonly perpetual: bigint;
  readonly certain: bigint;
  readonly still: bigint;
  readonly setValue: bigint;
  readonly leastPayoff: bigint;
  readonly isUnbounded: boolean;
  /** WAD */
  readonly naked: bigint;
  readonly volatilityDoubt: bigint;
  readonly perpetualLow: bigint;
  readonly perpetualHigh: bigint;
  /** quote WAD */
  readonly initialBasis: bigint;
  readonly maintenanceBasis: bigint;
}

/** What a book adds, quote WAD. */
export interface BookMargin {
  readonly mark: Margin;
  readonly worse: Margin;
  readonly gain: bigint;
  readonly worst: WorstLoss;
}

/** Where a set pays least. */
export interface LeastPayoff {
  readonly least: bigint;
  /** quote WAD */
  readonly found: bigint;
  /** at the end */
  readonly slope: bigint;
}

const MOST_UNITS = 1n << 120n;

/**
 * @param joined the set that is bounded together with what is linear
 * @param index quote WAD, > 0
 * @param collateral what collateral of the underlying is worth; not in the equity
 */
export function measureBook(
  grid: ScenarioGrid,
  sums: BookSums,
  joined: PayoffSet | undefined,
  index: bigint,
  collateral: bigint,
): BookMargin {
  const { outcomes, perpetual, certain, still, naked } = sums;
  const linear = perpetual + collateral;
  const worst = worstLoss(grid, outcomes, linear + certain);
  const contingency = (scale: bigint): bigint =>
    mulDivUp(mulDivUp(naked, index, WAD), (BigInt(grid.terms.nakedPpm) * scale) / PPM, WAD);
  const equity = divFloor(outcomes.now + certain + perpetual + still, WAD);
  const maintenance = up(worst.maintenance) + contingency(grid.maintenanceScale);
  const before = up(worst.initial) + contingency(grid.initialScale);
  const initial = mulDivUp(before, BigInt(grid.terms.initialBps), BPS);
  const most = mostLost(sums, joined, index, linear);
  const { doubt: uncapped, gain } = bands(grid, sums, collateral + certain);
  const doubt = most !== undefined && perpetual === 0n ? min(uncapped, most) : uncapped;
  const capped = (bound: bigint | undefined): Omit<Margin, 'equity'> => ({
    initial: (bound === undefined ? initial : min(initial, bound)) + sums.initialBasis,
    maintenance: (bound === undefined ? maintenance : min(maintenance, bound)) + sums.maintenanceBasis,
  });
  return {
    mark: { equity, ...capped(most) },
    worse: { equity: equity - doubt, ...capped(most === undefined ? undefined : max(most - doubt, 0n)) },
    gain,
    worst,
  };
}

/**
 * The least that a set pays together with `units` of the index, where what it is settled at ends within `[low, high]`.
 * @param high no end where it is left out
 */
export function leastPayoffOf({ legs, timing }: PayoffSet, units: bigint, low: bigint, high?: bigint): LeastPayoff {
  const { open, known } = timing;
  const inTheMoney = legs.filter(({ isCall, strike }) => isCall !== strike > low);
  let slope = open === 0n ? 0n : divFloor(units * WAD, open);
  let payoff = slope * (low - known);
  for (const { size, strike, isCall } of inTheMoney) {
    payoff += size * (isCall ? low - strike : strike - low);
    slope += isCall ? size : -size;
  }
  let [least, found, at] = [payoff, low, low];
  const visit = (price: bigint): void => {
    payoff += slope * (price - at);
    at = price;
    if (payoff < least) [least, found] = [payoff, price];
  };
  for (const { size, strike } of legs) {
    if (strike <= low) continue;
    if (high !== undefined && strike >= high) break;
    visit(strike);
    slope += size;
  }
  if (high !== undefined) visit(high);
  return { least, found, slope };
}

/** The least that a set ever pays with `units` of the index; nothing where there is no least. */
export function leastEver(set: PayoffSet, units: bigint): bigint | undefined {
  const { least, slope } = leastPayoffOf(set, units, set.timing.known);
  const isBounded = set.timing.open === 0n ? units >= 0n : slope >= 0n;
  return isBounded ? least : undefined;
}

/** What the book can lose at most, perpetuals at the index; nothing where that has no bound. */
function mostLost(
  { isUnbounded, leastPayoff, setValue }: BookSums,
  joined: PayoffSet | undefined,
  index: bigint,
  linear: bigint,
): bigint | undefined {
  const units = divFloor(linear, index);
  if (isUnbounded || units > MOST_UNITS || units < -MOST_UNITS) return undefined;
  const together = joined === undefined ? (units < 0n ? undefined : 0n) : leastEver(joined, units);
  return together === undefined ? undefined : up(setValue + linear - leastPayoff - together);
}

/** What the book is worth less, and more, at the ends of the bands. */
function bands(grid: ScenarioGrid, sums: BookSums, linear: bigint): { readonly doubt: bigint; readonly gain: bigint } {
  const { outcomes, perpetualLow, perpetualHigh, volatilityDoubt } = sums;
  const low = lossAt(outcomes, outcomes.low, linear, grid.low) - perpetualLow;
  const high = lossAt(outcomes, outcomes.high, linear, grid.high) - perpetualHigh;
  return {
    doubt: up(max(max(low, high), 0n) + volatilityDoubt),
    gain: up(max(-min(low, high), 0n) + volatilityDoubt),
  };
}

/** To quote WAD; nothing of what is below zero. */
function up(product: bigint): bigint {
  return product > 0n ? divUp(product, WAD) : 0n;
}
