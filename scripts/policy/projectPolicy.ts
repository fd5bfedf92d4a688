import type { RampedCollateral, RampedInstruments, RampedPolicy, RampedUnderlying } from '../../sdk/client';
import {
  borrowGrowthEndsAt,
  growthEndsAt,
  setCashAt,
  setCollateralAt,
  setDeltaTermsAt,
  setInstrumentRiskAt,
  setLiquidationAt,
  setPairAt,
  setScenarioTermsAt,
  setTradeAt,
  tradeGrowthEndsAt,
  type CashTerms,
  type CollateralRisk,
  type DeltaTerms,
  type InstrumentRisk,
  type LiquidationTerms,
  type PairRisk,
  type ScenarioTerms,
  type TradeTerms,
} from '../../sdk/math';
import type { PlannedCall } from './planCall';

/** The policy as it will be set when `calls` are made at `timestamp`. Ages of prices are not part of it. */
export function projectPolicy(policy: RampedPolicy, calls: readonly PlannedCall[], timestamp: bigint): RampedPolicy {
  return calls.reduce((known, call) => applyCall(known, call, timestamp), policy);
}

function applyCall(policy: RampedPolicy, call: PlannedCall, timestamp: bigint): RampedPolicy {
  const { speeds } = policy;
  const change = (apply: (each: RampedCollateral) => RampedCollateral): RampedPolicy => ({
    ...policy,
    collaterals: policy.collaterals.map((each) => (each.asset === call.asset ? apply(each) : each)),
  });
  switch (call.functionName) {
    case 'setCashTerms':
      return { ...policy, cash: setCashAt(policy.cash, call.value as CashTerms, speeds, timestamp) };
    case 'setLiquidationTerms': {
      const target = call.value as LiquidationTerms;
      return { ...policy, liquidation: setLiquidationAt(policy.liquidation, target, speeds, timestamp) };
    }
    case 'setCollateral': {
      const target = call.value as CollateralRisk;
      return change((each) => ({ ...each, terms: setCollateralAt(each.terms, target, speeds, timestamp) }));
    }
    case 'setPair': {
      const target = call.value as PairRisk;
      return change((each) => ({ ...each, pair: setPairAt(each.pair, target, speeds, timestamp) }));
    }
    default:
      return policy;
  }
}

/** The same of the terms of instruments. Ages of volatilities are not part of them. */
export function projectInstruments(
  instruments: RampedInstruments,
  calls: readonly PlannedCall[],
  timestamp: bigint,
): RampedInstruments {
  const { rampDuration } = instruments;
  const underlyings = instruments.underlyings.map((known) =>
    calls
      .filter(({ underlying }) => underlying === known.number)
      .reduce((each, call) => applyTerms(each, call, rampDuration, timestamp), known),
  );
  return { ...instruments, underlyings };
}

function applyTerms(
  known: RampedUnderlying,
  { functionName, value }: PlannedCall,
  duration: number,
  timestamp: bigint,
): RampedUnderlying {
  switch (functionName) {
    case 'setRisk':
      return { ...known, risk: setInstrumentRiskAt(known.risk, value as InstrumentRisk, duration, timestamp) };
    case 'setScenarios': {
      const scenarios = setScenarioTermsAt(known.scenarios, value as ScenarioTerms, duration, timestamp);
      return { ...known, scenarios };
    }
    case 'setDeltaTerms':
      return { ...known, delta: setDeltaTermsAt(known.delta, value as DeltaTerms, duration, timestamp) };
    case 'setTradeTerms':
      return { ...known, trade: setTradeAt(known.trade, value as TradeTerms, timestamp) };
    default:
      return known;
  }
}

/** When the last ramp that turns accounts will have ended; `now` where none runs. */
export function rampsEndAt(
  { collaterals, liquidation }: RampedPolicy,
  { underlyings }: RampedInstruments,
  now: bigint,
): bigint {
  const ends = collaterals.flatMap(({ terms, pair }) => [terms.ramp.endsAt, pair.ramp.endsAt]);
  const others = underlyings.flatMap(({ risk, scenarios, delta }) =>
    [risk, scenarios, delta].map((r) => r.span.endsAt),
  );
  return BigInt(Math.max(Number(now), liquidation.span.endsAt, ...ends, ...others));
}

/** When the last cap will have grown; zero where none grows. */
export function growthsEndAt({ collaterals, cash }: RampedPolicy, { underlyings }: RampedInstruments): number {
  const ends = collaterals.map(({ terms }) => growthEndsAt(terms));
  return Math.max(borrowGrowthEndsAt(cash), ...ends, ...underlyings.map(({ trade }) => tradeGrowthEndsAt(trade)));
}
