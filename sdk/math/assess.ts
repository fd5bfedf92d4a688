import { AppError } from '../errors/appError';
import { raiseToLeast, type LeastTerms } from './leastRequirement';
import { assessFilledBooks, type CollateralInputs, type FilledBook, type WorstScenario } from './portfolioMargin';
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
  /** What the positions add where no collateral is looked at, if there are any. */
  readonly positions?: PositionAssessment | undefined;
  /** By portfolio margin the positions themselves, if there are any. */
  readonly books?: readonly FilledBook[] | undefined;
  /** What the account requires at least, if there are any. */
  readonly least?: LeastTerms | undefined;
}

/**
 * Equity and requirements of a portfolio, as the risk engine would measure it.
 * @throws AppError `unknown_mode`, `positions_unknown`, `least_unknown`
 */
export function assess(inputs: MarginInputs): Assessment {
  const { portfolio } = inputs;
  const assessment = portfolio.mode === MarginMode.Portfolio ? byScenarios(inputs).assessment : byLegs(inputs);
  return portfolio.positions.length === 0 ? assessment : raiseToLeast(assessment, portfolio, leastOf(inputs));
}

/**
 * The scenario that decides what each underlying requires of a portfolio account; none for accounts of other modes.
 * @throws AppError `positions_unknown`
 */
export function worstScenarios(inputs: MarginInputs): readonly WorstScenario[] {
  return inputs.portfolio.mode === MarginMode.Portfolio ? byScenarios(inputs).worst : [];
}

function byScenarios(inputs: MarginInputs) {
  const { portfolio, prices, risks } = inputs;
  const collateral = portfolio.collateral.map((holding, i): CollateralInputs => ({
    holding,
    price: at(prices, i),
    risk: at(risks, i),
  }));
  if (inputs.books === undefined && portfolio.positions.length > 0) throw positionsUnknown();
  return assessFilledBooks(portfolio.cash, collateral, inputs.books ?? []);
}

function byLegs(inputs: MarginInputs): Assessment {
  const { cash } = inputs.portfolio;
  const legs = measureLegs(inputs);
  const positions = positionsOf(inputs);
  const side = (name: 'worse' | 'mark' | 'better'): Margin => addMargins(sumSide(cash, legs, name), positions[name]);
  const downLegs = legs.reduce((bits, { down }, i) => (down ? bits | (1n << BigInt(i)) : bits), 0n);
  return {
    worse: side('worse'),
    mark: side('mark'),
    better: side('better'),
    legValues: [...legs.map(({ mark }) => mark.value), ...positions.notionals],
    markCollateral: legs.reduce((sum, { mark }) => sum + mark.value, 0n),
    markNotional: positions.notionals.reduce((sum, notional) => sum + notional, 0n),
    downLegs: downLegs | (positions.down << BigInt(legs.length)),
  };
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
 * What the account's margin model cuts from collateral leg `leg`: in a cross account the asset's own haircuts, as in a
 * portfolio account where the leg is not in a book; in an isolated one those of its pair with cash, where only one
 * collateral counts, and for initial margin only while the pair is listed.
 * @throws AppError `unknown_mode`
 */
export function legHaircuts({ portfolio: { mode }, risks, pairs }: MarginInputs, leg: number): LegHaircuts {
  const risk = at(risks, leg);
  if (mode === MarginMode.Cross || mode === MarginMode.Portfolio) return risk.listed ? risk : NOTHING_COUNTS;
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
  throw positionsUnknown();
}

function positionsUnknown(): AppError {
  return new AppError("what the account's positions add is not known here", { code: 'positions_unknown' });
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
