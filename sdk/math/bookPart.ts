import { mulDivUp } from './rounding';
import type { BookSums } from './scenarioBook';
import { addOutcomes, noOutcomes, type ScenarioGrid } from './scenarios';
import { WAD } from './units';

// What single positions of one underlying add to its book, as in contracts/risk/UnderlyingBook.sol.

/** One position of a book. */
export interface MeasuredLeg {
  /** quote WAD, rounded up */
  readonly notional: bigint;
  readonly isDown: boolean;
}

/** What a part of the positions adds to a book. */
export interface BookPart {
  readonly live: BookSums;
  readonly down: BookSums;
  readonly status: number;
  readonly legs: readonly MeasuredLeg[];
  readonly atWorst: { readonly mostPaid: bigint; readonly settled: bigint };
  readonly unknownGood: bigint;
}

/** Of nothing. */
export function noSums(grid: ScenarioGrid): BookSums {
  return {
    outcomes: noOutcomes(grid),
    perpetual: 0n,
    certain: 0n,
    still: 0n,
    setValue: 0n,
    leastPayoff: 0n,
    isUnbounded: false,
    naked: 0n,
    volatilityDoubt: 0n,
    perpetualLow: 0n,
    perpetualHigh: 0n,
    initialBasis: 0n,
    maintenanceBasis: 0n,
  };
}

/** Of two parts that were measured on one grid. */
export function addSums(a: BookSums, b: BookSums): BookSums {
  return {
    outcomes: addOutcomes(a.outcomes, b.outcomes),
    perpetual: a.perpetual + b.perpetual,
    certain: a.certain + b.certain,
    still: a.still + b.still,
    setValue: a.setValue + b.setValue,
    leastPayoff: a.leastPayoff + b.leastPayoff,
    isUnbounded: a.isUnbounded || b.isUnbounded,
    naked: a.naked + b.naked,
    volatilityDoubt: a.volatilityDoubt + b.volatilityDoubt,
    perpetualLow: a.perpetualLow + b.perpetualLow,
    perpetualHigh: a.perpetualHigh + b.perpetualHigh,
    initialBasis: a.initialBasis + b.initialBasis,
    maintenanceBasis: a.maintenanceBasis + b.maintenanceBasis,
  };
}

/** Quote WAD, rounded up. */
export function notionalOf(size: bigint, price: bigint): bigint {
  return mulDivUp(magnitude(size), price, WAD);
}

/** Without its sign. */
export function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}
