import { AppError } from '../errors/appError';
import { measureLeg, type Leg, type LegHaircuts, type LegSide } from './measureLeg';
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
const NOTHING_COUNTS: LegHaircuts = { maintenanceHaircutBps: ALL_BPS, initialHaircutBps: ALL_BPS };

/** All that decides an account's margin; prices, risks and pairs by collateral leg, as in the lens's report. */
export interface MarginInputs {
  readonly portfolio: Portfolio;
  readonly prices: readonly Price[];
  readonly risks: readonly CollateralRisk[];
  readonly pairs: readonly PairRisk[];
}

/**
 * Equity and requirements of a portfolio, as the risk engine would measure it.
 * @throws AppError `unknown_mode`
 */
export function assess(inputs: MarginInputs): Assessment {
  const { cash } = inputs.portfolio;
  const legs = measureLegs(inputs);
  return {
    worse: sumSide(cash, legs, 'worse'),
    mark: sumSide(cash, legs, 'mark'),
    better: sumSide(cash, legs, 'better'),
    legValues: legs.map(({ mark }) => mark.value),
    markCollateral: legs.reduce((sum, { mark }) => sum + mark.value, 0n),
    downLegs: legs.reduce((bits, { down }, i) => (down ? bits | (1n << BigInt(i)) : bits), 0n),
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

function sumSide(cash: bigint, legs: readonly Leg[], side: 'worse' | 'mark' | 'better'): Margin {
  const total = (key: keyof LegSide): bigint => legs.reduce((sum, leg) => sum + leg[side][key], 0n);
  return { equity: cash + total('value'), initial: total('initial'), maintenance: total('maintenance') };
}

function at<T>(items: readonly T[], leg: number): T {
  const item = items[leg];
  if (item === undefined) throw new RangeError(`no price or parameters for collateral leg ${leg}`);
  return item;
}
