import type { DeltaTerms } from './deltaMargin';
import { rampAt } from './ramp';
import type { ScenarioTerms } from './scenarios';
import type { InstrumentRisk } from './standardRates';
import type { Span } from './types';

// How terms of instruments ramp, as in contracts/policy/InstrumentRamp.sol, ScenarioRamp.sol and DeltaRamp.sol.

/** Terms where they are going, from where and when; the span is zero where nothing ramps. */
export interface Ramped<T> {
  readonly target: T;
  readonly from: T;
  readonly span: Span;
}

/** Which fields ramp: those of `rising` where they rise, those of `moving` either way. The others hold at once. */
interface Rules<T> {
  readonly rising: readonly (keyof T & string)[];
  readonly moving: readonly (keyof T & string)[];
}

type Num = number | bigint;
type Value = number | bigint | readonly number[];

const NO_SPAN: Span = { startedAt: 0, endsAt: 0 };

const RISK: Rules<InstrumentRisk> = {
  rising: [
    'perpetualMaintenancePpm',
    'perpetualSlope',
    'optionMaintenancePpm',
    'profitMaintenanceBps',
    'longMaintenanceBps',
  ],
  moving: [],
};
const SCENARIOS: Rules<ScenarioTerms> = {
  rising: ['rangeBps', 'nakedPpm', 'basisPpm', 'tailWeightsBps'],
  moving: ['stepBps', 'volatilityUpBps', 'volatilityDownBps', 'tailShocksBps'],
};
const DELTA: Rules<DeltaTerms> = { rising: ['moveMaintenancePpm', 'volatilityMaintenanceBps'], moving: [] };

const RULES: Readonly<Record<'risk' | 'scenarios' | 'delta', Record<'rising' | 'moving', readonly string[]>>> = {
  risk: RISK,
  scenarios: SCENARIOS,
  delta: DELTA,
};

/** Whether a field that goes `from` one value `to` another ramps; of net exposure, where it is a floor. */
export function isMoving(terms: keyof typeof RULES, field: string, from: unknown, to: unknown): boolean {
  const { rising, moving } = RULES[terms];
  if (moving.includes(field)) return String(from) !== String(to);
  if (!rising.includes(field)) return false;
  const listOf = (value: unknown): readonly Num[] => (Array.isArray(value) ? (value as Num[]) : [value as Num]);
  const [before, after] = [listOf(from), listOf(to)];
  return after.some((value, i) => BigInt(value) > BigInt(before[i] ?? 0));
}

/** What positions require at `timestamp`. */
export function instrumentRiskAt(known: Ramped<InstrumentRisk>, timestamp: bigint): InstrumentRisk {
  return mix(RISK, known, timestamp);
}

/** The scenario grid at `timestamp`; all zero where none was ever set. */
export function scenarioTermsAt(known: Ramped<ScenarioTerms>, timestamp: bigint): ScenarioTerms {
  return mix(SCENARIOS, known, timestamp);
}

/** What net exposure requires at `timestamp`. */
export function deltaTermsAt({ target, from, span }: Ramped<DeltaTerms>, timestamp: bigint): DeltaTerms {
  // what is only reported asks nobody for anything, and a floor begins from nothing
  if (!target.isFloor) return target;
  const before = from.isFloor ? from : { ...from, moveMaintenancePpm: 0, volatilityMaintenanceBps: 0 };
  return mix(DELTA, { target, from: before, span }, timestamp);
}

/** What `InstrumentPolicy.setRisk` would leave, called at `timestamp` once sealed; a ramp takes `duration` seconds. */
export function setInstrumentRiskAt(
  known: Ramped<InstrumentRisk>,
  target: InstrumentRisk,
  duration: number,
  timestamp: bigint,
): Ramped<InstrumentRisk> {
  return setAt(instrumentRiskAt, known, { target, duration, timestamp });
}

/** The same of `setScenarios`; the first grid of an underlying holds at once. */
export function setScenarioTermsAt(
  known: Ramped<ScenarioTerms>,
  target: ScenarioTerms,
  duration: number,
  timestamp: bigint,
): Ramped<ScenarioTerms> {
  if (known.target.rangeBps === 0) return { target, from: known.from, span: NO_SPAN };
  return setAt(scenarioTermsAt, known, { target, duration, timestamp });
}

/** The same of `setDeltaTerms`. */
export function setDeltaTermsAt(
  known: Ramped<DeltaTerms>,
  target: DeltaTerms,
  duration: number,
  timestamp: bigint,
): Ramped<DeltaTerms> {
  return setAt(deltaTermsAt, known, { target, duration, timestamp });
}

interface Change<T> {
  readonly target: T;
  readonly duration: number;
  readonly timestamp: bigint;
}

function setAt<T extends object>(
  termsAt: (known: Ramped<T>, timestamp: bigint) => T,
  known: Ramped<T>,
  { target, duration, timestamp }: Change<T>,
): Ramped<T> {
  const span = { startedAt: Number(timestamp), endsAt: Number(timestamp) + duration };
  const ramped = { target, from: termsAt(known, timestamp), span };
  return sameTerms(termsAt(ramped, timestamp), target) ? { ...ramped, span: NO_SPAN } : ramped;
}

function sameTerms<T extends object>(a: T, b: T): boolean {
  return Object.entries(b).every(([field, value]) => String(a[field as keyof T]) === String(value));
}

function mix<T extends object>({ rising, moving }: Rules<T>, { target, from, span }: Ramped<T>, timestamp: bigint): T {
  if (timestamp >= BigInt(span.endsAt)) return target;
  const mixed = { ...target } as Record<string, Value>;
  const [to, before] = [target, from] as unknown as [Record<string, Value>, Record<string, Value>];
  for (const [fields, bothWays] of [
    [rising, false],
    [moving, true],
  ] as const) {
    for (const field of fields) {
      const [old, value] = [before[field], to[field]];
      if (old !== undefined && value !== undefined) mixed[field] = mixValue(old, value, bothWays);
    }
  }
  return mixed as T;

  function mixValue(old: Value, value: Value, bothWays: boolean): Value {
    if (Array.isArray(value)) {
      const olds = old as readonly number[];
      return value.map((each: number, i) => Number(between(BigInt(olds[i] ?? 0), BigInt(each), bothWays)));
    }
    const reached = between(BigInt(old as number), BigInt(value as number), bothWays);
    return typeof value === 'bigint' ? reached : Number(reached);
  }

  function between(old: bigint, value: bigint, bothWays: boolean): bigint {
    return bothWays || value > old ? rampAt(old, value, span, timestamp) : value;
  }
}
