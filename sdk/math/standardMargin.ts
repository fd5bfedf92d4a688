import { describeInstrument, isOption, InstrumentKind, type Instrument } from './instrumentId';
import { naturalLogRatio } from './naturalLog';
import { boundOf, setMargin } from './optionSet';
import { optionPayoff, optionTiming, optionValue, type OptionTiming, type WindowSoFar } from './optionValue';
import { max, min, mulDivFloor, mulDivUp } from './rounding';
import { SettlementStatus } from './settlement';
import { optionMargin, perpetualMargin, type StandardRates } from './standardRates';
import { varianceAt, type SviSlice } from './svi';
import { PriceStatus, type Margin, type Position, type Price } from './types';
import { BPS, WAD } from './units';

// What positions add to an account by standard margin, as in contracts/risk/StandardMargin.sol.

/** What is known of one expiry. */
export interface ExpiryInputs {
  readonly slice: SviSlice;
  /** see `PriceStatus` */
  readonly volatilityStatus: number;
  readonly window: WindowSoFar;
  /** quote WAD */
  readonly settlementPrice: bigint;
  readonly settlementStatus: SettlementStatus;
}

/** What is known of one underlying. */
export interface UnderlyingInputs {
  readonly index: Price;
  readonly perpetual: Price;
  readonly rates: StandardRates;
  /** by expiry, seconds */
  readonly expiries: ReadonlyMap<bigint, ExpiryInputs>;
}

export interface PositionAssessment {
  readonly worse: Margin;
  readonly mark: Margin;
  readonly better: Margin;
  /** quote WAD; zero for a position that is Down */
  readonly notionals: readonly bigint[];
  /** bit i: position i cannot be priced */
  readonly down: bigint;
}

/** What one position, or one set of options, adds. */
interface Sides {
  readonly worse: Margin;
  readonly mark: Margin;
  readonly better: Margin;
}

interface Measured {
  readonly sides: Sides;
  readonly notional: bigint;
  readonly isDown: boolean;
  /** an option that is netted with others of its expiry */
  readonly leg?: Instrument & { readonly size: bigint };
}

const NOTHING: Margin = { equity: 0n, initial: 0n, maintenance: 0n };
const NOTHING_ON_ANY: Sides = { worse: NOTHING, mark: NOTHING, better: NOTHING };
const MOST_PRICE = 2n ** 96n - 1n;

/**
 * Measures `positions`, in the order of their ids, at the worse, the mark and the better prices.
 * @param inputs by the number of the underlying
 * @param now seconds
 */
export function assessPositions(
  positions: readonly Position[],
  inputs: ReadonlyMap<number, UnderlyingInputs>,
  now: bigint,
): PositionAssessment {
  const measured = positions.map((position) => measure(position, inputs, now));
  const alone = measured.filter(({ leg }) => leg === undefined).map(({ sides }) => sides);
  const sets = groupSets(measured).map(measureSet);
  return {
    ...[...alone, ...sets].reduce(addSides, NOTHING_ON_ANY),
    notionals: measured.map(({ notional }) => notional),
    down: measured.reduce((bits, { isDown }, i) => (isDown ? bits | (1n << BigInt(i)) : bits), 0n),
  };
}

function measure(position: Position, inputs: ReadonlyMap<number, UnderlyingInputs>, now: bigint): Measured {
  const instrument = describeInstrument(position.instrument);
  const underlying = inputs.get(instrument.underlying);
  if (underlying === undefined) throw new RangeError(`nothing is known of underlying ${instrument.underlying}`);
  if (!isOption(instrument)) return measurePerpetual(position, underlying);
  const expiry = underlying.expiries.get(instrument.expiry);
  if (expiry === undefined) throw new RangeError(`nothing is known of expiry ${instrument.expiry}`);
  const option = { ...instrument, size: position.size };
  return now >= instrument.expiry
    ? measureExpired(option, underlying.index, expiry)
    : measureOption(option, underlying, expiry, now);
}

/* PERPETUALS */

function measurePerpetual({ size, costBasis }: Position, { perpetual: price, rates }: UnderlyingInputs): Measured {
  const at = (p: bigint): Margin => perpetualMargin(rates, { size, costBasis, price: p });
  const [bad, good] = size > 0n ? [price.low, price.high] : [price.high, price.low];
  const isLive = price.status === PriceStatus.Live;
  const atBad = at(bad);
  const worse = isLive ? atBad : { ...atBad, initial: max(atBad.initial, notionalOf(size, price.high)) };
  if (price.status === PriceStatus.Down) {
    const better = { ...NOTHING, equity: at(good).equity };
    return { sides: { worse, mark: NOTHING, better }, notional: 0n, isDown: true };
  }
  const mark = at(price.spot);
  const sides = { worse, mark, better: isLive ? mark : at(good) };
  return { sides, notional: notionalOf(size, price.spot), isDown: false };
}

/* OPTIONS */

type Option = Instrument & { readonly size: bigint };

function measureOption(option: Option, underlying: UnderlyingInputs, expiry: ExpiryInputs, now: bigint): Measured {
  const { index, rates } = underlying;
  const timing = optionTiming(option.expiry, now, expiry.window);
  const at = (price: bigint, doubt: bigint): Margin => {
    const value = valueAt(option, expiry.slice, timing, price, doubt);
    const { size, strike } = option;
    return optionMargin(rates, { isCall: isCall(option), size, strike, index: price, price: value });
  };
  const { bad, good } = endsOf(option, index);
  const confidence = BigInt(expiry.slice.confidenceBps);
  const doubt = option.size > 0n ? confidence : -confidence;
  const status = Math.min(index.status, expiry.volatilityStatus);
  if (status === PriceStatus.Down) return { sides: unknown(option, index), notional: 0n, isDown: true };
  const mark = at(index.spot, 0n);
  const sides =
    status === PriceStatus.Live
      ? { worse: at(bad, -doubt), mark, better: mark }
      : { worse: atWorst(option, bad), mark, better: at(good, doubt) };
  return { sides, notional: notionalOf(option.size, index.spot), isDown: false, leg: option };
}

function measureExpired(option: Option, index: Price, { settlementPrice, settlementStatus }: ExpiryInputs): Measured {
  if (settlementStatus !== SettlementStatus.Pending && settlementStatus !== SettlementStatus.Final) {
    return { sides: unknown(option, index), notional: 0n, isDown: true };
  }
  const pays = optionPayoff(isCall(option), settlementPrice, option.strike);
  const paid = { ...NOTHING, equity: mulDivFloor(option.size, pays, WAD) };
  return { sides: { worse: paid, mark: paid, better: paid }, notional: 0n, isDown: false };
}

function valueAt(option: Option, slice: SviSlice, timing: OptionTiming, price: bigint, doubt: bigint): bigint {
  if (price === 0n) return optionPayoff(isCall(option), timing.known, option.strike);
  const index = min(price, MOST_PRICE);
  const factor = BPS + doubt;
  const surface = varianceAt(slice, naturalLogRatio(option.strike, index));
  const variance = doubt === 0n ? surface : (surface * factor * factor) / (BPS * BPS);
  return optionValue({ isCall: isCall(option), index, strike: option.strike, variance }, timing);
}

/** Of what nobody can price: all it may cost, and at the better prices what it pays at once. */
function unknown(option: Option, index: Price): Sides {
  const { bad, good } = endsOf(option, index);
  const pays = optionPayoff(isCall(option), good, option.strike);
  const better = { ...NOTHING, equity: mulDivFloor(option.size, pays, WAD) };
  return { worse: atWorst(option, bad), mark: NOTHING, better };
}

function atWorst(option: Option, bad: bigint): Margin {
  if (option.size > 0n) return NOTHING;
  const equity = mulDivFloor(option.size, isCall(option) ? bad : option.strike, WAD);
  return { equity, initial: -equity, maintenance: 0n };
}

/** What gains with the index is worth least where that is low. */
function endsOf(option: Option, { low, high }: Price): { readonly bad: bigint; readonly good: bigint } {
  return option.size > 0n === isCall(option) ? { bad: low, good: high } : { bad: high, good: low };
}

/* SETS */

/** Options of one underlying and expiry, one after the other. */
function groupSets(measured: readonly Measured[]): Measured[][] {
  const sets = new Map<string, Measured[]>();
  for (const each of measured) {
    if (each.leg === undefined) continue;
    const key = `${each.leg.underlying} ${each.leg.expiry}`;
    sets.set(key, [...(sets.get(key) ?? []), each]);
  }
  return [...sets.values()];
}

function measureSet(set: readonly Measured[]): Sides {
  const total = (side: keyof Sides): Margin => {
    const legs = set.flatMap(({ leg, sides }) =>
      leg === undefined ? [] : [{ size: leg.size, strike: leg.strike, isCall: isCall(leg), margin: sides[side] }],
    );
    return setMargin(legs, boundOf(legs));
  };
  return { worse: total('worse'), mark: total('mark'), better: total('better') };
}

/* SUMS */

function addSides(a: Sides, b: Sides): Sides {
  return { worse: add(a.worse, b.worse), mark: add(a.mark, b.mark), better: add(a.better, b.better) };
}

function add(a: Margin, b: Margin): Margin {
  return {
    equity: a.equity + b.equity,
    initial: a.initial + b.initial,
    maintenance: a.maintenance + b.maintenance,
  };
}

function isCall({ kind }: Instrument): boolean {
  return kind === InstrumentKind.Call;
}

function notionalOf(size: bigint, price: bigint): bigint {
  return mulDivUp(size < 0n ? -size : size, price, WAD);
}
