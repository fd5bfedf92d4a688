import { supplyCapAt, supplyGrowthFrom } from './growth';
import { divUp, max } from './rounding';
import type {
  CapGrowth,
  CollateralRamp,
  CollateralRisk,
  LiquidationTerms,
  PairRamp,
  PairRisk,
  RampSpeeds,
  Span,
} from './types';
import { BPS } from './units';

const DAY = 86_400n;
/** Seconds; however small the change. */
const MIN_RAMP = DAY;

/** Terms of a collateral: where they are going, and from where; zero where nothing ramps or grows. */
export interface CollateralTerms {
  readonly target: CollateralRisk;
  readonly ramp: CollateralRamp;
  readonly growth: CapGrowth;
}

/** The same of a pair. */
export interface PairTerms {
  readonly target: PairRisk;
  readonly ramp: PairRamp;
}

/** The same of calls and liquidations. */
export interface RampedLiquidation {
  readonly target: LiquidationTerms;
  readonly from: LiquidationTerms;
  readonly span: Span;
}

const NO_RAMP: CollateralRamp = { fromHaircutBps: 0, fromDepth: 0n, startedAt: 0, endsAt: 0 };
const NO_SPAN: Span = { startedAt: 0, endsAt: 0 };

/** What has been reached of the way `from` one value `to` another at `timestamp`, rounded towards the old one. */
export function rampAt(from: bigint, to: bigint, { startedAt, endsAt }: Span, timestamp: bigint): bigint {
  if (timestamp >= BigInt(endsAt)) return to;
  const elapsed = timestamp - BigInt(startedAt);
  const duration = BigInt(endsAt - startedAt);
  return to > from ? from + ((to - from) * elapsed) / duration : from - ((from - to) * elapsed) / duration;
}

/** Haircuts and depth at `timestamp`; the supply cap is the one to be grown to. */
export function collateralRiskAt({ target, ramp }: CollateralTerms, timestamp: bigint): CollateralRisk {
  if (ramp.endsAt === 0) return target;
  const from = BigInt(ramp.fromHaircutBps);
  return {
    ...target,
    maintenanceHaircutBps: Number(rampAt(from, BigInt(target.maintenanceHaircutBps), ramp, timestamp)),
    depth: rampAt(ramp.fromDepth, target.depth, ramp, timestamp),
  };
}

/** Haircuts of a pair at `timestamp`. */
export function pairRiskAt({ target, ramp }: PairTerms, timestamp: bigint): PairRisk {
  if (ramp.endsAt === 0) return target;
  const haircut = rampAt(BigInt(ramp.fromHaircutBps), BigInt(target.maintenanceHaircutBps), ramp, timestamp);
  return { ...target, maintenanceHaircutBps: Number(haircut) };
}

/** Fields that turn against the accounts when they rise; the other two do when they fall. */
const RISING = [
  'bonusMinBps',
  'bonusMaxBps',
  'feeBps',
  'kappaBps',
  'targetHealthBps',
  'criticalHealthBps',
  'cureBufferBps',
  'callFeeCents',
  'floorBonusCents',
  'socialisationCapBps',
] as const satisfies readonly (keyof LiquidationTerms)[];
const FALLING = ['bonusRamp', 'maxGrace'] as const satisfies readonly (keyof LiquidationTerms)[];

/** Whether a term of liquidation that goes `from` one value `to` another turns against the accounts, and so ramps. */
export function turnsAgainst(field: keyof LiquidationTerms, from: number, to: number): boolean {
  return (FALLING as readonly string[]).includes(field) ? to < from : to > from;
}

/** Terms of calls and liquidations at `timestamp`. */
export function liquidationTermsAt({ target, from, span }: RampedLiquidation, timestamp: bigint): LiquidationTerms {
  if (timestamp >= BigInt(span.endsAt)) return target;
  const terms: Record<keyof LiquidationTerms, number> = { ...target };
  for (const field of [...RISING, ...FALLING]) {
    if (!turnsAgainst(field, from[field], target[field])) continue;
    terms[field] = Number(rampAt(BigInt(from[field]), BigInt(target[field]), span, timestamp));
  }
  return terms;
}

/** What `MarginPolicy.setCollateral` would leave, called at `timestamp` once sealed. */
export function setCollateralAt(
  known: CollateralTerms,
  target: CollateralRisk,
  speeds: RampSpeeds,
  timestamp: bigint,
): CollateralTerms {
  const was = collateralRiskAt(known, timestamp);
  const wasCap = supplyCapAt(known, timestamp);
  return {
    target,
    ramp: rampFrom(was, target, speeds, timestamp),
    growth: supplyGrowthFrom(wasCap, target.supplyCap, speeds, timestamp),
  };
}

/** What `MarginPolicy.listCollateral` would leave. */
export function listCollateralAt(target: CollateralRisk, speeds: RampSpeeds, timestamp: bigint): CollateralTerms {
  return { target, ramp: NO_RAMP, growth: supplyGrowthFrom(0n, target.supplyCap, speeds, timestamp) };
}

/** What `MarginPolicy.setPair` would leave. */
export function setPairAt(known: PairTerms, target: PairRisk, speeds: RampSpeeds, timestamp: bigint): PairTerms {
  const was = pairRiskAt(known, timestamp).maintenanceHaircutBps;
  const rise = target.maintenanceHaircutBps - was;
  if (was === 0 || rise <= 0) return { target, ramp: { fromHaircutBps: 0, ...NO_SPAN } };
  const duration = divUp(BigInt(rise) * DAY, BigInt(speeds.haircutBpsPerDay));
  return { target, ramp: { fromHaircutBps: was, ...spanOf(duration, timestamp) } };
}

/** What `MarginPolicy.setLiquidationTerms` would leave. */
export function setLiquidationAt(
  known: RampedLiquidation,
  target: LiquidationTerms,
  speeds: RampSpeeds,
  timestamp: bigint,
): RampedLiquidation {
  const from = liquidationTermsAt(known, timestamp);
  const ramps = [...RISING, ...FALLING].some((field) => turnsAgainst(field, from[field], target[field]));
  return { target, from, span: ramps ? spanOf(BigInt(speeds.termsDuration), timestamp) : NO_SPAN };
}

function rampFrom(was: CollateralRisk, target: CollateralRisk, speeds: RampSpeeds, timestamp: bigint): CollateralRamp {
  const rise = max(BigInt(target.maintenanceHaircutBps - was.maintenanceHaircutBps), 0n);
  const fall = max(was.depth - target.depth, 0n);
  if (rise === 0n && fall === 0n) return NO_RAMP;
  const duration = max(
    divUp(rise * DAY, BigInt(speeds.haircutBpsPerDay)),
    divUp(fall * BPS * DAY, target.depth * BigInt(speeds.depthBpsPerDay)),
  );
  return {
    fromHaircutBps: rise === 0n ? target.maintenanceHaircutBps : was.maintenanceHaircutBps,
    fromDepth: fall === 0n ? target.depth : was.depth,
    ...spanOf(duration, timestamp),
  };
}

function spanOf(duration: bigint, timestamp: bigint): Span {
  return { startedAt: Number(timestamp), endsAt: Number(timestamp + max(duration, MIN_RAMP)) };
}
