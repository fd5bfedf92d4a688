import {
  configureVolatility,
  sampleVolatility,
  scalesAt,
  volatilityOf,
  type VolatilityState,
  type VolatilityTerms,
} from '../../sdk/math';

/** Prices in numbers become quote WAD with nine digits, as many as a feed has and one more. */
const DIGITS = 10 ** 9;
const TO_WAD = 10n ** 9n;

/** Dynamic margin after one sample; as numbers, for tables. */
export interface VolatilitySample {
  /** Seconds from the start. */
  readonly second: number;
  readonly price: number;
  /** A year, of one. */
  readonly volatility: number;
  readonly initial: number;
  readonly maintenance: number;
}

export interface VolatilityReplay {
  /** Quote for one whole unit at every second. */
  readonly at: (second: number) => number;
  readonly until: number;
  readonly terms: VolatilityTerms;
  /**
   * The second of the next sample, given that of the last one and the price seen then. Default: as soon as the terms
   * allow.
   */
  readonly next?: (last: number, price: number) => number;
}

/**
 * What `RealisedVolatility` would make of a path of prices, through the sdk's mirror of it. It begins at a scale of one,
 * with its first sample at second zero.
 */
export function replayVolatility({ at, until, terms, next }: VolatilityReplay): VolatilitySample[] {
  // later than any half-life, so that the first sample is a first sample
  const epoch = 1_000_000_000;
  const toWad = (price: number): bigint => BigInt(Math.round(price * DIGITS)) * TO_WAD;
  const samples: VolatilitySample[] = [];
  let state: VolatilityState = configureVolatility(undefined, terms, BigInt(epoch));
  let second = 0;
  while (second <= until) {
    const now = BigInt(epoch + second);
    const price = at(second);
    state = sampleVolatility(state, terms, toWad(price), now);
    const { initial, maintenance } = scalesAt(state, terms, now);
    samples.push({
      second,
      price,
      volatility: Number(volatilityOf(state.variance)) / 1e18,
      initial: Number(initial) / 1e18,
      maintenance: Number(maintenance) / 1e18,
    });
    second = next === undefined ? second + terms.minInterval : next(second, price);
  }
  return samples;
}
