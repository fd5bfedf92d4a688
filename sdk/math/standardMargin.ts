import { raiseToDelta, type Losses } from './deltaFloor';
import { deltaMargin, type DeltaTerms } from './deltaMargin';
import { greeksOf } from './greeks';
import { describeInstrument, isOption, InstrumentKind, type Instrument } from './instrumentId';
import { naturalLogRatio } from './naturalLog';
import { boundOf, lossOf, setMargin, type OptionLeg } from './optionSet';
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
  readonly delta: DeltaTerms;
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

/** What one position, one set of options, or one underlying adds. */
export interface Sides {
  readonly worse: Margin;
  readonly mark: Margin;
  readonly better: Margin;
}

interface Measured {
  readonly position: Position;
  readonly instrument: Instrument;
  readonly sides: Sides;
  readonly notional: bigint;
  readonly isDown: boolean;
  /** whether it is an option that is netted with others of its expiry */
  readonly isNetted: boolean;
}

type Outcome = Omit<Measured, 'position' | 'instrument'>;

/** The legs of a set with their margins at each side. */
type MeasuredSet = Readonly<Record<keyof Sides, readonly OptionLeg[]>>;

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
  const underlyings = groupBy(measured, ({ instrument }) => instrument.underlying);
  const sides = [...underlyings].map(([number, own]) => measureUnderlying(own, number, known(inputs, number), now));
  return {
    ...sides.reduce(addSides, NOTHING_ON_ANY),
    notionals: measured.map(({ notional }) => notional),
    down: measured.reduce((bits, { isDown }, i) => (isDown ? bits | (1n << BigInt(i)) : bits), 0n),
  };
}

function measure(position: Position, inputs: ReadonlyMap<number, UnderlyingInputs>, now: bigint): Measured {
  const instrument = describeInstrument(position.instrument);
  const underlying = known(inputs, instrument.underlying);
  const of = { position, instrument };
  if (!isOption(instrument)) return { ...of, ...measurePerpetual(position, underlying) };
  const expiry = underlying.expiries.get(instrument.expiry);
  if (expiry === undefined) throw new RangeError(`nothing is known of expiry ${instrument.expiry}`);
  const option = { ...instrument, size: position.size };
  const measured =
    now >= instrument.expiry
      ? measureExpired(option, underlying.index, expiry)
      : measureOption(option, underlying, expiry, now);
  return { ...of, ...measured };
}

function known(inputs: ReadonlyMap<number, UnderlyingInputs>, underlying: number): UnderlyingInputs {
  const found = inputs.get(underlying);
  if (found === undefined) throw new RangeError(`nothing is known of underlying ${underlying}`);
  return found;
}

/* UNDERLYINGS */

function measureUnderlying(
  measured: readonly Measured[],
  number: number,
  inputs: UnderlyingInputs,
  now: bigint,
): Sides {
  const alone = measured.filter(({ isNetted }) => !isNetted).map(({ sides }) => sides);
  const legs = measured.filter(({ isNetted }) => isNetted);
  const sets = [...groupBy(legs, ({ instrument }) => instrument.expiry).values()].map(toSet);
  const sum = [...alone, ...sets.map(measureSet)].reduce(addSides, NOTHING_ON_ANY);
  const { index, delta, rates } = inputs;
  if (!delta.isFloor) return sum;
  const positions = measured.map(({ position }) => position);
  const [exposure] = greeksOf(positions, new Map([[number, inputs]]), now);
  if (exposure === undefined) return sum;
  return raiseToDelta(
    sum,
    deltaMargin(exposure, index, delta, rates),
    lossesOf(measured, sets, index.spot),
    index.status,
  );
}

/** By side what the positions can lose at all, as far as they have prices. */
function lossesOf(measured: readonly Measured[], sets: readonly MeasuredSet[], index: bigint): Losses {
  const perpetuals = measured.filter(({ instrument }) => !isOption(instrument));
  const bounded = perpetuals.reduce((sum, { notional }) => sum + notional, 0n);
  const naked = sets.map((set) => {
    const { naked: parts } = boundOf(set.worse);
    return notionalOf(
      parts.reduce((sum, part) => sum + part, 0n),
      index,
    );
  });
  const of = (side: keyof Sides): bigint =>
    sets.reduce((sum, set) => sum + lossOf(set[side], boundOf(set[side])), bounded) +
    naked.reduce((sum, each) => sum + each, 0n);
  return { worse: of('worse'), mark: of('mark'), better: of('better') };
}

/* PERPETUALS */

function measurePerpetual({ size, costBasis }: Position, { perpetual: price, rates }: UnderlyingInputs): Outcome {
  const at = (p: bigint): Margin => perpetualMargin(rates, { size, costBasis, price: p });
  const [bad, good] = size > 0n ? [price.low, price.high] : [price.high, price.low];
  const isLive = price.status === PriceStatus.Live;
  const atBad = at(bad);
  const worse = isLive ? atBad : { ...atBad, initial: max(atBad.initial, notionalOf(size, price.high)) };
  if (price.status === PriceStatus.Down) {
    const better = { ...NOTHING, equity: at(good).equity };
    return { sides: { worse, mark: NOTHING, better }, notional: 0n, isDown: true, isNetted: false };
  }
  const mark = at(price.spot);
  const sides = { worse, mark, better: isLive ? mark : at(good) };
  return { sides, notional: notionalOf(size, price.spot), isDown: false, isNetted: false };
}

/* OPTIONS */

type Option = Instrument & { readonly size: bigint };

function measureOption(option: Option, underlying: UnderlyingInputs, expiry: ExpiryInputs, now: bigint): Outcome {
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
  if (status === PriceStatus.Down)
    return { sides: unknown(option, index), notional: 0n, isDown: true, isNetted: false };
  const mark = at(index.spot, 0n);
  const sides =
    status === PriceStatus.Live
      ? { worse: at(bad, -doubt), mark, better: mark }
      : { worse: atWorst(option, bad), mark, better: at(good, doubt) };
  return { sides, notional: notionalOf(option.size, index.spot), isDown: false, isNetted: true };
}

function measureExpired(option: Option, index: Price, { settlementPrice, settlementStatus }: ExpiryInputs): Outcome {
  if (settlementStatus !== SettlementStatus.Pending && settlementStatus !== SettlementStatus.Final) {
    return { sides: unknown(option, index), notional: 0n, isDown: true, isNetted: false };
  }
  const pays = optionPayoff(isCall(option), settlementPrice, option.strike);
  const paid = { ...NOTHING, equity: mulDivFloor(option.size, pays, WAD) };
  return { sides: { worse: paid, mark: paid, better: paid }, notional: 0n, isDown: false, isNetted: false };
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

/** Options of one underlying and expiry. */
function toSet(measured: readonly Measured[]): MeasuredSet {
  const at = (side: keyof Sides): OptionLeg[] =>
    measured.map(({ position: { size }, instrument, sides }) => {
      return { size, strike: instrument.strike, isCall: isCall(instrument), margin: sides[side] };
    });
  return { worse: at('worse'), mark: at('mark'), better: at('better') };
}

function measureSet(set: MeasuredSet): Sides {
  const total = (legs: readonly OptionLeg[]): Margin => setMargin(legs, boundOf(legs));
  return { worse: total(set.worse), mark: total(set.mark), better: total(set.better) };
}

/* SUMS */

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

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
