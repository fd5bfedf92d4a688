import { decayFactor } from './decay';
import { max, min } from './rounding';
import { sqrtDown } from './sqrt';
import { BPS, RAY, WAD, YEAR } from './units';

/** A sample counts no more variance than so many times the estimate before it: four standard deviations. */
const CLAMP = 16n;
/** A sample weighs no more than one of this part of the short half-life, however long ago the last one was. */
const WEIGHT_PART = 16n;
const HOUR = 3_600n;

/** How one asset's volatility is measured and what it does to margin. Volatilities are of a year, basis points. */
export interface VolatilityTerms {
  /** The volatility that the policy's rates are made for: up to it the scale is one. */
  readonly referenceBps: number;
  /** The estimate is never below. */
  readonly floorBps: number;
  /** ... nor above; `capBps / referenceBps` is the highest scale. */
  readonly capBps: number;
  /** Most that the maintenance scale rises in an hour, of one. */
  readonly rampBpsPerHour: number;
  /** Least seconds between two samples. */
  readonly minInterval: number;
  /** Seconds in which the variance of what is new weighs a half. */
  readonly fastHalfLife: number;
  /** Seconds in which the estimate falls by half towards it. */
  readonly slowHalfLife: number;
}

/** What is stored of one asset. */
export interface VolatilityState {
  /** Seen last, quote WAD; zero before the first sample. */
  readonly price: bigint;
  /** Variance a year by the short half-life, WAD. */
  readonly recent: bigint;
  /** The estimate: rises with `recent` and falls slowly towards it; variance a year, WAD. */
  readonly variance: bigint;
  /** The scale of initial margin, WAD. */
  readonly initial: bigint;
  /** The scale of maintenance margin at `since`, WAD. */
  readonly from: bigint;
  /** Timestamp from which it ramps. */
  readonly since: number;
  /** Timestamp of the last sample, zero before the first. */
  readonly sampledAt: number;
}

export interface Scales {
  /** WAD, at least one. */
  readonly initial: bigint;
  /** WAD, at least one, at most `initial`. */
  readonly maintenance: bigint;
}

/** The scales at `timestamp`, which is not before `since`. */
export function scalesAt(state: VolatilityState, terms: VolatilityTerms, timestamp: bigint): Scales {
  const { initial, from, since } = state;
  const risen = (BigInt(terms.rampBpsPerHour) * (WAD / BPS) * (timestamp - BigInt(since))) / HOUR;
  return { initial, maintenance: min(initial, from + risen) };
}

/** The volatility a year that the estimate stands for, WAD, rounded down. */
export function volatilityOf(variance: bigint): bigint {
  return sqrtDown(variance * WAD);
}

/** What `RealisedVolatility.configure` leaves at `timestamp`; `known` where the asset has terms already. */
export function configureVolatility(
  known: { readonly state: VolatilityState; readonly terms: VolatilityTerms } | undefined,
  terms: VolatilityTerms,
  timestamp: bigint,
): VolatilityState {
  const reference = varianceOf(terms.referenceBps);
  const state = known?.state ?? { price: 0n, recent: reference, variance: reference, sampledAt: 0 };
  const maintenance = known === undefined ? WAD : scalesAt(known.state, known.terms, timestamp).maintenance;
  const recent = min(state.recent, varianceOf(terms.capBps));
  const variance = min(max(state.variance, varianceOf(terms.floorBps)), varianceOf(terms.capBps));
  return { ...state, recent, variance, ...rebased(variance, maintenance, terms, timestamp) };
}

/**
 * What `RealisedVolatility.sample` leaves at `timestamp`, of a price that is Live; the same state where it is too early.
 * @param spot quote WAD
 */
export function sampleVolatility(
  state: VolatilityState,
  terms: VolatilityTerms,
  spot: bigint,
  timestamp: bigint,
): VolatilityState {
  const elapsed = timestamp - BigInt(state.sampledAt);
  if (elapsed < BigInt(terms.minInterval)) return state;
  const { maintenance } = scalesAt(state, terms, timestamp);
  const known = state.price === 0n ? { ...state, price: spot } : measure(state, terms, spot, elapsed);
  return {
    ...known,
    ...rebased(known.variance, maintenance, terms, timestamp),
    sampledAt: Number(timestamp),
  };
}

/** The estimate after a sample `elapsed` seconds after the one before. */
function measure(state: VolatilityState, terms: VolatilityTerms, spot: bigint, elapsed: bigint): VolatilityState {
  const [low, high] = spot < state.price ? [spot, state.price] : [state.price, spot];
  const move = ((high - low) * WAD) / high;
  const rate = min((move * move * YEAR) / (elapsed * WAD), CLAMP * state.variance);
  const weighed = min(elapsed, BigInt(terms.fastHalfLife) / WEIGHT_PART);
  const recent = min(
    towards(state.recent, rate, decayFactor(weighed, BigInt(terms.fastHalfLife))),
    varianceOf(terms.capBps),
  );
  const variance =
    recent >= state.variance
      ? recent
      : max(
          towards(state.variance, recent, decayFactor(weighed, BigInt(terms.slowHalfLife))),
          varianceOf(terms.floorBps),
        );
  return { ...state, price: spot, recent, variance };
}

/** The way `from` one value `to` another of which `rest` (RAY) is left, rounded towards the old one. */
function towards(from: bigint, to: bigint, rest: bigint): bigint {
  return to > from ? from + ((to - from) * (RAY - rest)) / RAY : from - ((from - to) * (RAY - rest)) / RAY;
}

/** The scale for new risk at once, and the ramp of the other one from where it is. */
function rebased(
  variance: bigint,
  maintenance: bigint,
  terms: VolatilityTerms,
  timestamp: bigint,
): Pick<VolatilityState, 'initial' | 'from' | 'since'> {
  const initial = max((volatilityOf(variance) * BPS) / BigInt(terms.referenceBps), WAD);
  return { initial, from: min(maintenance, initial), since: Number(timestamp) };
}

/** The variance of a volatility in basis points, WAD. */
function varianceOf(volatilityBps: number): bigint {
  return (BigInt(volatilityBps) ** 2n * WAD) / BPS ** 2n;
}
