import { callDelta, optionGamma, optionVega } from './black76';
import { describeInstrument, InstrumentKind, isOption, type Instrument } from './instrumentId';
import { naturalLogRatio } from './naturalLog';
import { optionTiming, type OptionTiming } from './optionValue';
import { divFloor, mulDivFloor } from './rounding';
import { sqrtDown } from './sqrt';
import type { UnderlyingInputs } from './standardMargin';
import { varianceAt } from './svi';
import { PriceStatus, type Position } from './types';
import { WAD, YEAR } from './units';

// Net exposures, as in contracts/risk/StandardMargin.sol and contracts/math/OptionGreeks.sol.

/** What the positions of one underlying are worth less or more as its index or volatility moves, net. */
export interface Greeks {
  readonly underlying: number;
  /** see `PriceStatus`: the worst of the prices that are in it; where that is Down, positions are left out */
  readonly status: number;
  /** units of the underlying, WAD */
  readonly delta: bigint;
  /** quote WAD for 1.00 of volatility a year */
  readonly vega: bigint;
  /** what delta moves by for 1.00 of the index, WAD */
  readonly gamma: bigint;
}

type UnitGreeks = Pick<Greeks, 'delta' | 'vega' | 'gamma'>;

const STILL: UnitGreeks = { delta: 0n, vega: 0n, gamma: 0n };

/**
 * Net delta, vega and gamma of `positions` at spot, by underlying. What is Down is left out, and what has expired moves
 * no more.
 * @param positions in the order of their ids
 * @param inputs by the number of the underlying
 * @param now seconds
 */
export function greeksOf(
  positions: readonly Position[],
  inputs: ReadonlyMap<number, UnderlyingInputs>,
  now: bigint,
): Greeks[] {
  const sums = new Map<number, Greeks>();
  for (const { instrument: id, size } of positions) {
    const instrument = describeInstrument(id);
    const { underlying } = instrument;
    const known = inputs.get(underlying);
    if (known === undefined) throw new RangeError(`nothing is known of underlying ${underlying}`);
    const sum = sums.get(underlying) ?? { underlying, status: PriceStatus.Live, ...STILL };
    const { status, unit } = unitOf(instrument, known, now);
    sums.set(underlying, {
      underlying,
      status: Math.min(sum.status, status),
      // both have signs
      delta: sum.delta + divFloor(size * unit.delta, WAD),
      vega: sum.vega + mulDivFloor(size, unit.vega, WAD),
      gamma: sum.gamma + mulDivFloor(size, unit.gamma, WAD),
    });
  }
  return [...sums.values()];
}

function unitOf(
  instrument: Instrument,
  { index, perpetual, expiries }: UnderlyingInputs,
  now: bigint,
): { readonly status: number; readonly unit: UnitGreeks } {
  if (!isOption(instrument)) {
    const { status } = perpetual;
    return { status, unit: status === PriceStatus.Down ? STILL : { ...STILL, delta: WAD } };
  }
  const expiry = expiries.get(instrument.expiry);
  if (expiry === undefined) throw new RangeError(`nothing is known of expiry ${instrument.expiry}`);
  if (now >= instrument.expiry) return { status: PriceStatus.Live, unit: STILL };
  const status = Math.min(index.status, expiry.volatilityStatus);
  if (status === PriceStatus.Down || index.spot === 0n) return { status, unit: STILL };
  const variance = varianceAt(expiry.slice, naturalLogRatio(instrument.strike, index.spot));
  const timing = optionTiming(instrument.expiry, now, expiry.window);
  return { status, unit: greeksOfUnit(instrument, index.spot, variance, timing) };
}

function greeksOfUnit(
  { kind, strike }: Instrument,
  index: bigint,
  variance: bigint,
  { open, known, effective }: OptionTiming,
): UnitGreeks {
  const isCall = kind === InstrumentKind.Call;
  const forward = open === WAD ? index : (index * open) / WAD;
  if (forward === 0n || strike <= known) return { ...STILL, delta: isCall ? open : 0n };
  const logMoneyness = naturalLogRatio(forward, strike - known);
  const point = { logMoneyness, deviation: sqrtDown((variance * effective * WAD) / YEAR) };
  const delta = callDelta(point) - (isCall ? 0n : WAD);
  return {
    // towards zero, as division does
    delta: (delta * open) / WAD,
    vega: (optionVega(forward, point) * sqrtDown((effective * WAD * WAD) / YEAR)) / WAD,
    gamma: (((optionGamma(forward, point) * open) / WAD) * open) / WAD,
  };
}
