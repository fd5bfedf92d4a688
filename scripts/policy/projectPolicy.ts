import type { RampedCollateral, RampedPolicy } from '../../sdk/client';
import {
  borrowGrowthEndsAt,
  growthEndsAt,
  setCashAt,
  setCollateralAt,
  setLiquidationAt,
  setPairAt,
  type CashTerms,
  type CollateralRisk,
  type LiquidationTerms,
  type PairRisk,
} from '../../sdk/math';
import type { PlannedCall } from './planChanges';

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

/** When the last ramp of a policy that turns accounts will have ended; `now` where none runs. */
export function rampsEndAt({ collaterals, liquidation }: RampedPolicy, now: bigint): bigint {
  const ends = collaterals.flatMap(({ terms, pair }) => [terms.ramp.endsAt, pair.ramp.endsAt]);
  return BigInt(Math.max(Number(now), liquidation.span.endsAt, ...ends));
}

/** When the last cap will have grown; zero where none grows. */
export function growthsEndAt({ collaterals, cash }: RampedPolicy): number {
  return Math.max(borrowGrowthEndsAt(cash), ...collaterals.map(({ terms }) => growthEndsAt(terms)));
}
