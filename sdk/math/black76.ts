import { naturalLogRatio } from './naturalLog';
import { normalCdf, normalDensity, normalTail } from './normal';
import { WAD, YEAR } from './units';

// What a European option on a forward is worth when it expires, by Black (1976): not discounted. Everywhere:
// - `forward`, `strike`: quote WAD for one unit of the underlying, below 2 ** 96; prices alike
// - `logMoneyness`: `ln(forward / strike)`, WAD; it comes apart so that a scenario only adds the logarithm of its shock
// - `deviation`: volatility times the root of the time left in years, WAD; zero is expiry

/** What is asked about an option. */
export interface OptionTerms {
  /** quote WAD for one unit of the underlying, < 2 ** 96 */
  readonly forward: bigint;
  /** quote WAD, < 2 ** 96 */
  readonly strike: bigint;
  /** `ln(forward / strike)`, WAD */
  readonly logMoneyness: bigint;
  /** volatility times the root of the time left in years, WAD */
  readonly deviation: bigint;
}

/** What of it is the same for every strike of a price. */
export type OptionPoint = Pick<OptionTerms, 'logMoneyness' | 'deviation'>;

/**
 * Price of a call, quote WAD: between `max(forward - strike, 0)` and `forward`, error below 1e-9 of `forward` and
 * a wei; `callPrice - putPrice` is exactly `forward - strike`.
 */
export function callPrice({ forward, strike, logMoneyness, deviation }: OptionTerms): bigint {
  const intrinsic = strike < forward ? forward - strike : 0n;
  if (deviation === 0n) return intrinsic;
  const [lower, higher] = strike < forward ? [strike, forward] : [forward, strike];
  const distance = (magnitude(logMoneyness) * WAD) / deviation;
  const half = deviation >> 1n;
  const gain = lower * normalCdf(half - distance);
  const loss = higher * normalTail(distance + half);
  return gain > loss ? intrinsic + (gain - loss) / WAD : intrinsic;
}

/** Price of a put, quote WAD: between `max(strike - forward, 0)` and `strike`, error as of a call. */
export function putPrice({ forward, strike, ...point }: OptionTerms): bigint {
  return callPrice({ forward: strike, strike: forward, ...point });
}

/**
 * What a call's price moves by with the forward, WAD from zero to one; a put's is that less one. Error below 3e-12. At
 * expiry one, zero, or a half where forward and strike are the same.
 */
export function callDelta({ logMoneyness, deviation }: OptionPoint): bigint {
  if (deviation === 0n) return logMoneyness === 0n ? WAD / 2n : logMoneyness > 0n ? WAD : 0n;
  return normalCdf(upper(logMoneyness, deviation));
}

/**
 * What the price of a call or put moves by with `deviation`: quote WAD for 1.00 of it, rounded down. Times the root of the
 * time left in years it is the vega for 1.00 of volatility. Zero at expiry.
 * @param forward quote WAD
 */
export function optionVega(forward: bigint, { logMoneyness, deviation }: OptionPoint): bigint {
  return (forward * density(logMoneyness, deviation)) / WAD;
}

/**
 * What the delta of a call or put moves by with the forward: WAD for 1.00 quote of it, rounded down. Zero at expiry.
 * @param forward quote WAD, > 0
 */
export function optionGamma(forward: bigint, { logMoneyness, deviation }: OptionPoint): bigint {
  if (deviation === 0n) return 0n;
  return (density(logMoneyness, deviation) * WAD ** 2n) / (forward * deviation);
}

/**
 * `volatility * sqrt(timeLeft / YEAR)`, WAD, rounded down.
 * @param volatility of a year, WAD, < 2 ** 96
 * @param timeLeft seconds, < 2 ** 40
 */
export function deviationOf(volatility: bigint, timeLeft: bigint): bigint {
  return rootDown((volatility * volatility * timeLeft) / YEAR);
}

/** `ln(forward / strike)`, WAD, both > 0. */
export function logMoneynessOf(forward: bigint, strike: bigint): bigint {
  return naturalLogRatio(forward, strike);
}

function upper(logMoneyness: bigint, deviation: bigint): bigint {
  return (logMoneyness * WAD) / deviation + (deviation >> 1n);
}

function density(logMoneyness: bigint, deviation: bigint): bigint {
  return deviation === 0n ? 0n : normalDensity(magnitude(upper(logMoneyness, deviation)));
}

/** Newton's steps from above. */
function rootDown(x: bigint): bigint {
  if (x === 0n) return 0n;
  let root = 1n << BigInt((x.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}
