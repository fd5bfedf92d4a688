import {
  assess,
  callFee,
  clearableHealth,
  excess,
  grace,
  health,
  largestBorrow,
  largestWithdrawal,
  legHaircuts,
  MarginMode,
  marginState,
  MarginState,
  measureLegs,
  min,
  WAD,
  worstScenarios,
  type Assessment,
  type Margin,
  type WorstScenario,
} from '../math';
import { findMoves } from './findMoves';
import { explainExposures, type ExposureExplained } from './explainExposures';
import { explainPositions, explainSets, type PositionExplained, type SetExplained } from './explainPositions';
import { explainCloseOut, explainLiquidation } from './explainLiquidation';
import {
  SIDES,
  type CallExplained,
  type CallPossible,
  type CloseOutExplained,
  type ExplainInputs,
  type Explanation,
  type Figure,
  type LegExplained,
  type LiquidationExplained,
  type Side,
  type SideExplained,
  type WorstExplained,
} from './explanation';
import { findCures } from './findCures';
import { findTriggers } from './findTriggers';

const NOTHING: Margin = { equity: 0n, initial: 0n, maintenance: 0n };

/**
 * All that decides an account, computed here from what the chain holds, and every number that the chain computes too
 * held against it.
 */
export function explainAccount(inputs: ExplainInputs): Explanation {
  const { report, liquidationTerms: terms } = inputs;
  const { portfolio, marginCall } = report;
  const assessment = assess(report);
  const standing = marginState(assessment, marginCall, terms, inputs.liveTime);
  const legs = explainLegs(inputs);
  const symbols = legs.map(({ symbol }) => symbol);
  const liquidation = explainLiquidation(inputs, assessment);
  const closeOut = explainCloseOut(inputs, assessment, liquidation);
  const [positions, sets, exposures] = [explainPositions(inputs), explainSets(inputs), explainExposures(inputs)];
  const worst = explainWorst(inputs);
  const figures = [
    ...compare(inputs, { assessment, state: standing.state, liquidation, closeOut }),
    ...comparePositions(inputs, positions, sets),
    ...compareExposures(inputs, exposures),
    ...compareWorst(inputs, worst),
  ];
  return {
    account: portfolio.account,
    mode: nameOf(MarginMode, portfolio.mode),
    isEmpty:
      portfolio.cash === 0n &&
      portfolio.collateral.length === 0 &&
      portfolio.positions.length === 0 &&
      marginCall.calledAt === 0,
    state: nameOf(MarginState, standing.state),
    cash: portfolio.cash,
    legs,
    positions,
    sets,
    worst,
    exposures,
    positionSides: bySide((side) => report.positions?.[side] ?? NOTHING),
    sides: bySide((side) => explainSide(assessment, side)),
    terms,
    call: explainCall(inputs),
    callPossible: standing.state === MarginState.Callable ? foreseeCall(inputs, assessment) : null,
    cures: findCures({ ...inputs, margin: report, marginCall, symbols }),
    triggers: findTriggers(report, terms, symbols),
    moves: findMoves(inputs),
    liquidation,
    closeOut,
    largestBorrow: min(largestBorrow(report), inputs.poolLiquidity),
    largestWithdrawals: portfolio.collateral.map((_, i) => largestWithdrawal(report, i)),
    compared: figures.length,
    differences: figures.filter(({ here, chain }) => here !== chain),
  };
}

function explainLegs({ report, markets, symbolOf }: ExplainInputs): LegExplained[] {
  const { portfolio, prices, risks } = report;
  return measureLegs(report).map((leg, i) => {
    const [holding, price, risk, market] = [portfolio.collateral[i], prices[i], risks[i], markets[i]];
    if (holding === undefined || price === undefined || risk === undefined || market === undefined) {
      throw new RangeError(`nothing was read for collateral leg ${i}`);
    }
    return {
      ...holding,
      symbol: symbolOf(holding.asset),
      risk,
      haircuts: legHaircuts(report, i),
      price,
      sides: bySide((side) => leg[side]),
      market,
    };
  });
}

function explainWorst({ report, symbolOf }: ExplainInputs): WorstExplained[] {
  return worstScenarios(report).map((scenario) => {
    const { indexKey, index } = report.underlyings.get(scenario.underlying) ?? {};
    const price = ((index?.spot ?? 0n) * scenario.factor) / WAD;
    return { ...scenario, symbol: symbolOf(indexKey ?? '0x'), price };
  });
}

/** Scenario by scenario, against the model's own answer. */
function compareWorst({ chain }: ExplainInputs, worst: readonly WorstExplained[]): Figure[] {
  return worst.flatMap(({ symbol, underlying, ...here }) => {
    const there = chain.worst.find((each) => each.underlying === underlying);
    const figure = (name: string, of: (scenario: Omit<WorstScenario, 'underlying'>) => bigint): Figure => ({
      name: `${name} of ${symbol}`,
      here: of(here),
      chain: there === undefined ? -1n : of(there),
    });
    return [
      figure('worst factor', ({ factor }) => factor),
      figure('worst volatility', ({ volatility }) => BigInt(volatility)),
      figure('worst loss', ({ loss }) => loss),
      figure('collateral in the worst', ({ hasCollateral }) => BigInt(hasCollateral)),
    ];
  });
}

function explainSide(assessment: Assessment, side: Side): SideExplained {
  const margin = assessment[side];
  return { ...margin, health: health(margin), excess: excess(margin) };
}

function explainCall(inputs: ExplainInputs): CallExplained | null {
  const { calledAt, deadline } = inputs.report.marginCall;
  if (calledAt === 0) return null;
  return {
    calledAt: BigInt(calledAt),
    deadline: BigInt(deadline),
    left: BigInt(deadline) - inputs.liveTime,
    curedAt: clearableHealth(inputs.report.marginCall, inputs.liveTime, inputs.liquidationTerms),
    ...(inputs.callRecord !== undefined && { record: inputs.callRecord }),
  };
}

/** Nobody is called where no leg has a price. */
function foreseeCall({ liquidationTerms: terms }: ExplainInputs, assessment: Assessment): CallPossible | null {
  const { better } = assessment;
  if (better.maintenance === 0n) return null;
  return { grace: grace(health(better), terms), fee: callFee(assessment, terms) };
}

interface Computed {
  readonly assessment: Assessment;
  readonly state: number;
  readonly liquidation: LiquidationExplained;
  readonly closeOut: CloseOutExplained;
}

function compare(inputs: ExplainInputs, { assessment, state, liquidation, closeOut }: Computed): Figure[] {
  const { report, poolLiquidity, chain, symbolOf } = inputs;
  const { portfolio, assessment: onChain } = report;
  const figure = (name: string, here: bigint, there: bigint): Figure => ({ name, here, chain: there });
  const symbol = (leg: number): string => symbolOf(portfolio.collateral[leg]?.asset ?? '0x');
  return [
    ...SIDES.flatMap((side) =>
      (['equity', 'initial', 'maintenance'] as const).map((key) =>
        figure(`${side}.${key}`, assessment[side][key], onChain[side][key]),
      ),
    ),
    figure('markCollateral', assessment.markCollateral, onChain.markCollateral),
    figure('markNotional', assessment.markNotional, onChain.markNotional),
    figure('downLegs', assessment.downLegs, onChain.downLegs),
    ...portfolio.collateral.map((_, i) =>
      figure(`value of ${symbol(i)}`, assessment.legValues[i] ?? 0n, onChain.legValues[i] ?? 0n),
    ),
    figure('state', BigInt(state), BigInt(report.state)),
    figure('largestBorrow', min(largestBorrow(report), poolLiquidity), report.largestBorrow),
    ...portfolio.collateral.map((_, i) =>
      figure(`largestWithdrawal of ${symbol(i)}`, largestWithdrawal(report, i), report.largestWithdrawals[i] ?? 0n),
    ),
    figure('liquidatable', BigInt(mayBeSold(liquidation)), BigInt(chain.liquidatable)),
    ...(chain.liquidatable ? [figure('elapsed', liquidation.elapsed, chain.elapsed)] : []),
    ...comparePlans(liquidation, inputs),
    figure('closable', BigInt(closeOut.closable), BigInt(chain.closable)),
  ];
}

/** Each position alone and each set, against the margin model's answer to the same question. */
function comparePositions(
  { report, chain }: ExplainInputs,
  positions: readonly PositionExplained[],
  sets: readonly SetExplained[],
): Figure[] {
  const first = report.portfolio.collateral.length;
  const margin = (name: string, here: Margin, there: Margin | undefined): Figure[] =>
    (['equity', 'initial', 'maintenance'] as const).map((key) => ({
      name: `${key} of ${name}`,
      here: here[key],
      chain: there?.[key] ?? -1n,
    }));
  return [
    ...positions.flatMap(({ name, floored, notional }, i) => [
      ...margin(name, floored, chain.positions[i]?.mark),
      { name: `notional of ${name}`, here: notional, chain: report.assessment.legValues[first + i] ?? -1n },
    ]),
    ...sets.flatMap(({ name, floored }, i) => margin(name, floored, chain.sets[i]?.mark)),
  ];
}

function compareExposures({ chain }: ExplainInputs, exposures: readonly ExposureExplained[]): Figure[] {
  return exposures.flatMap(({ symbol, greeks, ...here }, i) => {
    const there = chain.exposures[i];
    const figure = (name: string, own: bigint, other: bigint | undefined): Figure => {
      return { name: `${name} of ${symbol}`, here: own, chain: other ?? -1n };
    };
    return [
      ...(['delta', 'vega', 'gamma'] as const).map((key) => figure(key, greeks[key], there?.greeks[key])),
      ...(['initial', 'maintenance'] as const).map((key) => figure(`delta margin ${key}`, here[key], there?.[key])),
    ];
  });
}

/** The pace holds up how much, not whether. */
function mayBeSold({ refusal }: LiquidationExplained): boolean {
  return refusal === null || refusal.rule === 'pace';
}

function comparePlans({ refusal, plan }: LiquidationExplained, { chain: { preview } }: ExplainInputs): Figure[] {
  const isRefused = 'refusal' in preview;
  const figures: Figure[] = [
    { name: 'liquidation refused', here: BigInt(refusal !== null), chain: BigInt(isRefused) },
    ...(isRefused && refusal !== null
      ? [{ name: `refused as ${preview.refusal}`, here: BigInt(refusal.error === preview.refusal), chain: 1n }]
      : []),
  ];
  if (isRefused || refusal !== null || plan === null) return figures;
  const keys = ['fraction', 'bonusRate', 'bonus', 'fee', 'pay', 'shortfall'] as const;
  return [...figures, ...keys.map((key) => ({ name: `plan.${key}`, here: plan[key], chain: preview.plan[key] }))];
}

function bySide<T>(of: (side: Side) => T): Readonly<Record<Side, T>> {
  return { worse: of('worse'), mark: of('mark'), better: of('better') };
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(names).find(([, number]) => number === value)?.[0] ?? `unknown (${value})`;
}
