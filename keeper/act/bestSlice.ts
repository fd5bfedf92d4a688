import type { MarginRow } from '../../sdk/client';
import {
  divUp,
  health,
  max,
  min,
  mulDivCeil,
  mulDivDown,
  mulDivFloor,
  mustClose,
  rates,
  WAD,
  type LiquidationPlan,
  type LiquidationTerms,
} from '../../sdk/math';
import { marginalOutput, swapOutput, type Reserves } from '../pools/constantProduct';
import { costOf, SMALLEST_PART } from './preview';

/** Collateral that would be sold. */
export interface SaleLeg {
  /** All that the account has of it, token units. */
  readonly amount: bigint;
  /** Of its pair with the quote token. */
  readonly reserves: Reserves;
}

export interface BestSliceParameters {
  readonly row: MarginRow;
  /** What the contract says of the largest fraction it allows. */
  readonly largest: LiquidationPlan;
  readonly legs: readonly SaleLeg[];
  readonly terms: LiquidationTerms;
  /** Least debt and collateral that a partial liquidation may leave, quote WAD. */
  readonly minDebt: bigint;
  /** Quote WAD of one quote token unit. */
  readonly scale: bigint;
}

export interface Slice {
  /** WAD */
  readonly fraction: bigint;
  /** What is left of the sale, quote token units; negative where it does not even pay for the slice. */
  readonly profit: bigint;
}

// Halvings of the largest fraction: the last step is a billionth of it.
const STEPS = 30;
// A partial slice stays this far from leaving too little, since interest moves what is left until it is mined.
const DUST_MARGIN = 10_000n;

/**
 * The slice that leaves most when its collateral is sold in constant-product pools: the largest there may be, or the part
 * of it at which one more token would sell for less than it costs. As exact as the pools; the chain has the last word.
 */
export function bestSlice(parameters: BestSliceParameters): Slice {
  const { row, largest, legs, scale } = parameters;
  const whole = {
    fraction: largest.fraction,
    profit: proceeds(legs, largest.fraction) - divUp(costOf(row, largest), scale),
  };
  const most = largestPart(parameters);
  if (most === 0n) return whole;
  const fraction = steepest(parameters, most);
  if (fraction * SMALLEST_PART < largest.fraction) return whole;
  const part = {
    fraction,
    profit: proceeds(legs, fraction) - divUp(costOfPart(row, largest.bonusRate, fraction), scale),
  };
  return part.profit > whole.profit ? part : whole;
}

/** Largest fraction (WAD) that may be taken without closing the account; zero where it must be closed. */
function largestPart({ row, largest, terms, minDebt }: BestSliceParameters): bigint {
  if (largest.fraction < WAD) return largest.fraction;
  if (mustClose(largest.bonusRate, terms)) return 0n;
  const { cash, markEquity, maintenance, downLegs } = row;
  const better = health({ equity: row.betterEquity, initial: 0n, maintenance: row.betterMaintenance });
  const paying = downLegs === 0 ? health({ equity: markEquity, initial: 0n, maintenance }) : better;
  const { fee } = rates(better, paying, 0n, terms);
  const collateral = markEquity - cash;
  // what a full slice takes off the debt; a part takes its part
  const paid = collateral - mulDivDown(maintenance, largest.bonusRate + fee, WAD);
  const debt = -cash;
  if (debt <= minDebt || collateral <= minDebt || paid <= 0n) return 0n;
  const byDebt = mulDivDown(debt - minDebt, WAD, paid);
  const byCollateral = downLegs === 0 ? mulDivDown(collateral - minDebt, WAD, collateral) : WAD;
  const most = min(min(byDebt, byCollateral), WAD);
  return most - most / DUST_MARGIN;
}

/** Where selling a little more stops to pay, by halving: proceeds rise ever more slowly, costs in proportion. */
function steepest({ row, largest, legs, scale }: BestSliceParameters, most: bigint): bigint {
  const slope = max(row.markEquity - row.cash - mulDivDown(row.maintenance, largest.bonusRate, WAD), 0n) / scale;
  const pays = (fraction: bigint): boolean =>
    legs.reduce(
      (sum, { amount, reserves }) => sum + amount * marginalOutput(mulDivDown(amount, fraction, WAD), reserves),
      0n,
    ) >
    slope * WAD;
  if (pays(most)) return most;
  let [low, high] = [0n, most];
  for (let i = 0; i < STEPS; i++) {
    const middle = (low + high) / 2n;
    if (pays(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Quote token units that selling `fraction` (WAD) of the legs brings. */
function proceeds(legs: readonly SaleLeg[], fraction: bigint): bigint {
  return legs.reduce((sum, { amount, reserves }) => sum + swapOutput(mulDivDown(amount, fraction, WAD), reserves), 0n);
}

/** What a partial slice takes out of the bidder's cash, quote WAD, as the contract has it. */
function costOfPart({ cash, markEquity, maintenance }: MarginRow, bonusRate: bigint, fraction: bigint): bigint {
  const bonus = mulDivDown(mulDivDown(maintenance, fraction, WAD), bonusRate, WAD);
  return mulDivCeil(markEquity, fraction, WAD) - bonus - mulDivFloor(cash, fraction, WAD);
}
