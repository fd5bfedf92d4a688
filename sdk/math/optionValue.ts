import { callPrice, putPrice } from './black76';
import { naturalLogRatio } from './naturalLog';
import { max } from './rounding';
import { SETTLEMENT_WINDOW } from './settlement';
import { sqrtDown } from './sqrt';
import { WAD, YEAR } from './units';

// Values of options that are settled at an average, as in contracts/math/OptionValue.sol.

/** What of an option's settlement price is still open. */
export interface OptionTiming {
  /** part of the average that is still to come, WAD */
  readonly open: bigint;
  /** what the rest of the average adds to the settlement price, quote WAD */
  readonly known: bigint;
  /** seconds after which the index would vary as much as the average does */
  readonly effective: bigint;
}

/** What was seen of the window so far: `averageSoFar`. */
export interface WindowSoFar {
  readonly fixedWeight: bigint;
  readonly fixedAverage: bigint;
}

/** The timing of an option that expires after `now`, both seconds. */
export function optionTiming(expiry: bigint, now: bigint, { fixedWeight, fixedAverage }: WindowSoFar): OptionTiming {
  const left = expiry - now;
  if (left >= SETTLEMENT_WINDOW) {
    return { open: WAD, known: 0n, effective: left - SETTLEMENT_WINDOW + SETTLEMENT_WINDOW / 3n };
  }
  return { open: WAD - fixedWeight, known: (fixedAverage * fixedWeight) / WAD, effective: left / 3n };
}

export interface OptionTermsAtIndex {
  readonly isCall: boolean;
  /** quote WAD, > 0 and < 2 ** 96, as is the next */
  readonly index: bigint;
  readonly strike: bigint;
  /** a year, WAD */
  readonly variance: bigint;
}

/** Value of one unit, quote WAD, rounded down. */
export function optionValue({ isCall, index, strike, variance }: OptionTermsAtIndex, timing: OptionTiming): bigint {
  const forward = timing.open === WAD ? index : (index * timing.open) / WAD;
  if (forward === 0n || strike <= timing.known) return optionPayoff(isCall, forward + timing.known, strike);
  const rest = strike - timing.known;
  const logMoneyness = naturalLogRatio(forward, rest);
  const deviation = sqrtDown((variance * timing.effective * WAD) / YEAR);
  return (isCall ? callPrice : putPrice)({ forward, strike: rest, logMoneyness, deviation });
}

/** What one unit pays at the settlement price, quote WAD. */
export function optionPayoff(isCall: boolean, price: bigint, strike: bigint): bigint {
  return max(isCall ? price - strike : strike - price, 0n);
}
