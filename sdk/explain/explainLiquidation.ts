import type { Address } from 'viem';

import { formatHealth, formatSpan, formatWad } from '../format';
import {
  BPS,
  criticalHealth,
  describeInstrument,
  excess,
  health,
  largestFraction,
  leavesDust,
  marginState,
  MarginState,
  max,
  min,
  mulDivDown,
  payingHealth,
  planLiquidation,
  PriceStatus,
  rates,
  WAD,
  type Assessment,
  type LiquidationPlan,
} from '../math';
import { explainPositions } from './explainPositions';
import type { CloseOutExplained, ExplainInputs, LiquidationExplained, Refusal } from './explanation';

/** Of the least debt: an account with less collateral than this is too small for liquidators. */
const SMALL_DEBTS = 2n;

/** What a liquidator could take now, or which rule refuses it: `Liquidator.preview`, rule by rule. */
export function explainLiquidation(inputs: ExplainInputs, assessment: Assessment): LiquidationExplained {
  const { report, liquidationTerms, cashTerms, liveTime } = inputs;
  const { elapsed } = marginState(assessment, report.marginCall, liquidationTerms, liveTime);
  const refusal = refuse(inputs, assessment);
  const accountHealth = health(assessment.better);
  const none = { refusal, plan: null, feeRate: null, paced: false, floored: false, elapsed };
  if (accountHealth >= WAD) return none;

  const { cash } = report.portfolio;
  const { fraction, closes } = largestFraction(assessment, cash, elapsed, liquidationTerms, cashTerms);
  const planOf = (part: bigint): LiquidationPlan => planLiquidation(assessment, cash, part, elapsed, liquidationTerms);
  const r = rates(accountHealth, payingHealth(assessment), elapsed, liquidationTerms);
  const target = BigInt(liquidationTerms.targetHealthBps) * (WAD / BPS);
  const restoring = mulDivDown(target - max(accountHealth, 0n), WAD, target - r.bonus - r.fee);
  const whole = { ...none, plan: planOf(fraction), feeRate: r.fee, floored: !closes && fraction > restoring };
  const paceBinds = !closes && accountHealth >= criticalHealth(liquidationTerms);
  if (refusal !== null || !paceBinds) return whole;

  let room = WAD;
  for (const { asset, value, available } of marketsOf(inputs, assessment)) {
    if (available >= value) continue;
    if (available === 0n) return { ...whole, refusal: paceRefusal(inputs, asset) };
    room = min(room, mulDivDown(available, WAD, value));
  }
  if (room >= fraction) return whole;
  const paced = planOf(room);
  const stands = !leavesDust(assessment, cash, paced, liquidationTerms, cashTerms);
  return stands ? { ...whole, plan: paced, paced: true, floored: false } : whole;
}

interface PacedMarket {
  readonly asset: Address;
  /** quote WAD that a whole sale would take out of the pace */
  readonly value: bigint;
  readonly available: bigint;
}

/** Collateral as it stands, and positions in the market of their index: `Liquidator._listMarkets`. */
function marketsOf({ report, markets, indexPaces }: ExplainInputs, assessment: Assessment): PacedMarket[] {
  const { collateral, positions } = report.portfolio;
  const { legValues } = assessment;
  const found = collateral.map(({ asset }, i): PacedMarket => {
    const value = isDown(assessment, i) ? 0n : (legValues[i] ?? 0n);
    return { asset, value, available: markets[i]?.paceAvailable ?? 0n };
  });
  for (const [i, { instrument }] of positions.entries()) {
    const value = legValues[collateral.length + i] ?? 0n;
    const asset = report.underlyings.get(describeInstrument(instrument).underlying)?.indexKey;
    if (value === 0n || asset === undefined) continue;
    const at = found.findIndex((each) => each.asset === asset);
    const known = found[at];
    if (known === undefined) found.push({ asset, value, available: indexPaces.get(asset) ?? 0n });
    else found[at] = { ...known, value: known.value + value };
  }
  return found;
}

/** Whether anyone may have the fund take the account, and why. */
export function explainCloseOut(
  { report, cashTerms, patience }: ExplainInputs,
  assessment: Assessment,
  { refusal, elapsed }: LiquidationExplained,
): CloseOutExplained {
  const { mark, better, markCollateral } = assessment;
  // the pace holds a sale up, not the account's being liquidatable
  if (refusal !== null && refusal.rule !== 'pace') {
    return { closable: false, why: 'only what may be liquidated now is closed through the fund' };
  }
  if (report.portfolio.positions.length > 0) {
    return { closable: false, why: 'positions are for liquidators alone, the fund takes none over' };
  }
  if (isDisputed(assessment)) {
    const why = `its sources disagree about it: at spot it is worth ${formatWad(mark.equity)}, at its better prices ${formatWad(better.equity)}`;
    return { closable: false, why };
  }
  const small = BigInt(cashTerms.minDebt) * SMALL_DEBTS * WAD;
  if (markCollateral < small) {
    const why = `its collateral, ${formatWad(markCollateral)}, is below ${formatWad(small)}, twice the least debt`;
    return { closable: true, why };
  }
  const waited = `${formatSpan(elapsed)} of ${formatSpan(patience)}`;
  return elapsed >= patience
    ? { closable: true, why: `nobody has taken it for ${waited}` }
    : { closable: false, why: `liquidators come first: they have had ${waited}` };
}

/** `CloseOut._isDisputed`: the fund does not bet on one of two prices of an account that is worth nothing at spot. */
function isDisputed({ downLegs, mark, better }: Assessment): boolean {
  return downLegs === 0n && mark.equity < 0n && better.equity > mark.equity;
}

/** The first rule that stands in the way, in the contract's order; the pace comes after. */
function refuse(inputs: ExplainInputs, assessment: Assessment): Refusal | null {
  const { report, liquidationTerms, liveTime, isOpen, isSequencerUp } = inputs;
  if (!isOpen) {
    return {
      rule: 'paused',
      error: 'LiquidationsClosed',
      text: 'the vault is paused, or the window after a pause runs',
    };
  }
  const error = 'NotLiquidatable';
  const { state } = marginState(assessment, report.marginCall, liquidationTerms, liveTime);
  const h = formatHealth(health(assessment.better));
  if (state < MarginState.Callable) return { error, ...refuseHealthy(inputs, assessment, h) };
  const critical = formatHealth(criticalHealth(liquidationTerms));
  if (state === MarginState.Callable) {
    const text = `health ${h} is not below the critical ${critical}, so a margin call has to come first, and nobody has called`;
    return { rule: 'not called', error, text };
  }
  if (state === MarginState.Called) {
    const left = BigInt(report.marginCall.deadline) - liveTime;
    return { rule: 'grace', error, text: `the grace of the call runs for ${left} more live seconds` };
  }
  if (isSequencerUp || health(assessment.better) < criticalHealth(liquidationTerms)) return null;
  const text = `the sequencer is down or in its grace, and health ${h} is not below the critical ${critical}`;
  return { rule: 'sequencer', error, text };
}

/** Where it is the doubt about a price that keeps the account at one, this says so. */
function refuseHealthy(inputs: ExplainInputs, { mark }: Assessment, h: string): Pick<Refusal, 'rule' | 'text'> {
  const { report, symbolOf } = inputs;
  const named = (status: number): string =>
    [
      ...report.portfolio.collateral.flatMap(({ asset }, i) =>
        report.prices[i]?.status === status ? [symbolOf(asset)] : [],
      ),
      ...explainPositions({ report, symbolOf }).flatMap((position) => {
        return position.status === nameOfStatus(status) ? [position.name] : [];
      }),
    ].join(', ');
  const [down, degraded] = [named(PriceStatus.Down), named(PriceStatus.Degraded)];
  if (health(mark) >= WAD || excess(mark) >= 0n || (down === '' && degraded === '')) {
    return { rule: 'healthy', text: `its health ${h} is not below one` };
  }
  return down === ''
    ? { rule: 'doubtful price', text: `health is ${h} at the good end of the doubtful price of ${degraded}` }
    : { rule: 'unpriced leg', text: `${down} has no price and counts at its last good one: health is ${h} with it` };
}

function nameOfStatus(status: number): string {
  return status === PriceStatus.Down ? 'Down' : 'Degraded';
}

function paceRefusal({ symbolOf }: ExplainInputs, asset: Address): Refusal {
  return {
    rule: 'pace',
    error: 'PaceExceeded',
    text: `so much ${symbolOf(asset)} has just been sold that the pace lets nothing follow yet`,
  };
}

function isDown({ downLegs }: Assessment, leg: number): boolean {
  return (downLegs & (1n << BigInt(leg))) !== 0n;
}
