import { AppError } from '../errors/appError';
import { raiseToLeast, type LeastTerms } from './leastRequirement';
import { measureLeg, type Leg, type LegHaircuts, type LegSide } from './measureLeg';
import type { PositionAssessment } from './standardMargin';
import {
  MarginMode,
  type Assessment,
  type CollateralRisk,
  type Margin,
  type PairRisk,
  type Portfolio,
  type Price,
} from './types';
import { BPS } from './units';

/** The haircut of what counts nothing. */
const ALL_BPS = Number(BPS);
const NOTHING: Margin = { equity: 0n, initial: 0n, maintenance: 0n };
const NO_POSITIONS: PositionAssessment = { worse: NOTHING, mark: NOTHING, better: NOTHING, notionals: [], down: 0n };
const NOTHING_COUNTS: LegHaircuts = { maintenanceHaircutBps: ALL_BPS, initialHaircutBps: ALL_BPS };

/** All that decides an account's margin; prices, risks and pairs by collateral leg, as in the lens's report. */
export interface MarginInputs {
  readonly portfolio: Portfolio;
  readonly prices: readonly Price[];
  readonly risks: readonly CollateralRisk[];
  readonly pairs: readonly PairRisk[];
  /** What the positions add, if there are any. */
  readonly positions?: PositionAssessment | undefined;
  /** What the account requires at least, if there are any. */
  readonly least?: LeastTerms | undefined;
}

/**
 * Equity and requirements of a portfolio, as the risk engine would measure it.
 * @throws AppError `unknown_mode`, `positions_unknown`, `least_unknown`
 */
export function assess(inputs: MarginInputs): Assessment {
  const { cash } = inputs.portfolio;
  const legs = measureLegs(inputs);
  const positions = positionsOf(inputs);
  const side = (name: 'worse' | 'mark' | 'better'): Margin => addMargins(sumSide(cash, legs, name), positions[name]);
  const downLegs = legs.reduce((bits, { down }, i) => (down ? bits | (1n << BigInt(i)) : bits), 0n);
  const assessment: Assessment = {
    worse: side('worse'),
    mark: side('mark'),
    better: side('better'),
    legValues: [...legs.map(({ mark }) => mark.value), ...positions.notionals],
    markCollateral: legs.reduce((sum, { mark }) => sum + mark.value, 0n),
    markNotional: positions.notionals.reduce((sum, notional) => sum + notional, 0n),
    downLegs: downLegs | (positions.down << BigInt(legs.length)),
  };
  return inputs.portfolio.positions.length === 0
    ? assessment
    : raiseToLeast(assessment, inputs.portfolio, leastOf(inputs));
}

/**
 * The collateral legs of a portfolio, each by itself.
 * @throws AppError `unknown_mode`
 */
export function measureLegs(inputs: MarginInputs): Leg[] {
  const { portfolio, prices, risks } = inputs;
  return portfolio.collateral.map((holding, i) => {
    return measureLeg(holding, at(prices, i), at(risks, i), legHaircuts(inputs, i));
  });
}

/**
 * What the account's margin model cuts from collateral leg `leg`: in a cross account the asset's own haircuts, in an
 * isolated one those of its pair with cash, where only one collateral counts, and for initial margin only while the
 * pair is listed.
 * @throws AppError `unknown_mode`
 */
export function legHaircuts({ portfolio: { mode }, risks, pairs }: MarginInputs, leg: number): LegHaircuts {
  const risk = at(risks, leg);
  if (mode === MarginMode.Cross) return risk.listed ? risk : NOTHING_COUNTS;
  if (mode === MarginMode.Isolated) {
    const pair = at(pairs, leg);
    if (pair.maintenanceHaircutBps === 0 || leg !== 0) return NOTHING_COUNTS;
    return pair.listed ? pair : { ...pair, initialHaircutBps: ALL_BPS };
  }
  throw new AppError(`no margin model is known here for mode ${mode}`, { code: 'unknown_mode' });
}

function positionsOf({ portfolio, positions }: MarginInputs): PositionAssessment {
  if (positions !== undefined) return positions;
  if (portfolio.positions.length === 0) return NO_POSITIONS;
  throw new AppError("what the account's positions add is not known here", { code: 'positions_unknown' });
}

function leastOf({ least }: MarginInputs): LeastTerms {
  if (least !== undefined) return least;
  throw new AppError('what an account with positions requires at least is not known here', { code: 'least_unknown' });
}

function addMargins(a: Margin, b: Margin): Margin {
  return {
    equity: a.equity + b.equity,
    initial: a.initial + b.initial,
    maintenance: a.maintenance + b.maintenance,
  };
}

function sumSide(cash: bigint, legs: readonly Leg[], side: 'worse' | 'mark' | 'better'): Margin {
  const total = (key: keyof LegSide): bigint => legs.reduce((sum, leg) => sum + leg[side][key], 0n);
  return { equity: cash + total('value'), initial: total('initial'), maintenance: total('maintenance') };
}

function at<T>(items: readonly T[], leg: number): T {
  const item = items[leg];
  if (item === undefined) throw new RangeError(`no price or parameters for collateral leg ${leg}`);
  return item;
}
