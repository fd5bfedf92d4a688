import { describeInstrument, InstrumentKind, isOption } from './instrumentId';
import { naturalLogRatio } from './naturalLog';
import { optionPayoff, optionTiming, type OptionTiming } from './optionValue';
import { divFloor, divUp, max, mulDivUp } from './rounding';
import { leastEver, leastPayoffOf, type BookSums, type PayoffLeg, type PayoffSet } from './scenarioBook';
import {
  addOutcomes,
  buildGrid,
  HARSHEST_SCENARIOS,
  moveToPrice,
  noOutcomes,
  optionOutcomes,
  type Outcomes,
  type ScenarioGrid,
  type ScenarioOption,
  type ScenarioTerms,
} from './scenarios';
import { SettlementStatus } from './settlement';
import { sqrtDown } from './sqrt';
import type { ExpiryInputs, UnderlyingInputs } from './standardMargin';
import { perpetualMargin } from './standardRates';
import { varianceAt } from './svi';
import { PriceStatus, type Margin, type Position, type Price } from './types';
import { BPS, PPM, WAD, YEAR } from './units';

// The positions of one underlying, tried in every scenario: contracts/risk/UnderlyingBook.sol.

/** A book that is filled. */
export interface Book {
  readonly index: Price;
  readonly grid: ScenarioGrid;
  /** of what is measured at mark, and with what is Down */
  readonly sums: BookSums;
  readonly all: BookSums;
  /** the set that is bounded together with what is linear */
  readonly joined: PayoffSet | undefined;
  /** whether all prices that any position needs are Live */
  readonly isLive: boolean;
  /** for new risk on doubtful prices */
  readonly atWorst: Margin;
  /** intrinsic value at the good end of what has no price, quote WAD times WAD */
  readonly unknownGood: bigint;
  /** position by position */
  readonly legs: readonly { readonly notional: bigint; readonly isDown: boolean }[];
}

/** Options of one expiry of a book. */
interface Expiry {
  readonly expiry: bigint;
  readonly legs: readonly PayoffLeg[];
}

/** What a part of the positions adds to a book. */
interface Part {
  readonly live: BookSums;
  readonly down: BookSums;
  readonly status: number;
  readonly legs: Book['legs'];
  readonly atWorst: { readonly mostPaid: bigint; readonly settled: bigint };
  readonly unknownGood: bigint;
  readonly set?: PayoffSet;
}

const TENOR = 30n * 86_400n;
const LEAST_TENOR = 86_400n;
const PART = 10n ** 9n;
const PIN_NODES = 4;
const NOTHING: Margin = { equity: 0n, initial: 0n, maintenance: 0n };

/** Fills a book with `positions` of one underlying, in the order of their ids. */
export function fillBook(
  positions: readonly Position[],
  { index: read, perpetual, rates, expiries }: UnderlyingInputs,
  terms: ScenarioTerms | undefined,
  now: bigint,
): Book {
  const index = read.spot === 0n ? { ...read, status: PriceStatus.Down } : read;
  const grid = withBand(buildGrid(terms ?? HARSHEST_SCENARIOS, rates.initialScale, rates.maintenanceScale), index);
  const { perpetuals, sets } = groupExpiries(positions);
  const none = noSums(grid);
  const held = perpetuals.map((position) => measurePerpetual(position, perpetual, rates, none, grid));
  const open = sets.map(({ expiry, legs }) => {
    const known = expiries.get(expiry);
    if (known === undefined) throw new RangeError(`nothing is known of expiry ${expiry}`);
    return { expiry, legs, known, status: setStatus(index, known), timing: timingOf(expiry, known, now) };
  });
  const first = open.find(({ timing, status }) => timing !== undefined && status !== PriceStatus.Down);
  const linear = held.reduce((sum, { live }) => sum + live.perpetual, 0n);
  const joined = first?.timing === undefined ? undefined : { legs: first.legs, timing: first.timing };
  const pinned = joined === undefined ? grid : withPin(grid, joined, linear, index.spot);
  const options = open.map((set) => {
    // what is Down and expires before is not looked at there
    const at = first === undefined || set.expiry < first.expiry ? grid : pinned;
    return set.timing === undefined
      ? measureExpired(set.legs, set.known, index, none)
      : measureSet(set.legs, set.known, set.timing, index, at, set === first);
  });
  const parts = [...held, ...options];
  const sum = (key: 'live' | 'down'): BookSums =>
    parts.reduce((total, part) => addSums(total, part[key]), noSums(pinned));
  const live = sum('live');
  const total = (key: keyof Part['atWorst']): bigint => parts.reduce((all, { atWorst }) => all + atWorst[key], 0n);
  const paid = divUp(total('mostPaid'), WAD);
  const worst = perpetuals
    .map((position) => perpetualAtWorst(position, perpetual, rates))
    .reduce(add, { ...NOTHING, equity: divFloor(total('settled'), WAD) - paid, initial: paid });
  return {
    index,
    grid: pinned,
    sums: live,
    all: addSums(live, { ...sum('down'), naked: 0n }),
    joined,
    isLive: parts.every(({ status }) => status === PriceStatus.Live),
    atWorst: worst,
    unknownGood: parts.reduce((all, { unknownGood }) => all + unknownGood, 0n),
    legs: parts.flatMap(({ legs }) => legs),
  };
}

/* PERPETUALS */

function measurePerpetual(
  { size, costBasis }: Position,
  price: Price,
  rates: UnderlyingInputs['rates'],
  none: BookSums,
  { terms }: ScenarioGrid,
): Part {
  const isDown = price.status === PriceStatus.Down;
  const value = size * price.spot;
  const notional = notionalOf(size, price.spot);
  const slope = mulDivUp(magnitude(size), rates.terms.perpetualSlope, WAD);
  const basis = (scale: bigint): bigint => mulDivUp(notional, (BigInt(terms.basisPpm) * scale) / PPM + slope, WAD);
  const profit = max(divFloor(value, WAD) - costBasis, 0n);
  const sums = {
    ...none,
    perpetual: value,
    still: -costBasis * WAD,
    perpetualLow: size * price.low - value,
    perpetualHigh: size * price.high - value,
    initialBasis:
      mulDivUp(basis(rates.initialScale), BigInt(terms.initialBps), BPS) +
      mulDivUp(profit, BigInt(rates.terms.profitInitialBps), BPS),
    maintenanceBasis: basis(rates.maintenanceScale) + mulDivUp(profit, BigInt(rates.terms.profitMaintenanceBps), BPS),
  };
  return {
    live: isDown ? none : sums,
    down: isDown ? sums : none,
    status: price.status,
    legs: [{ notional: isDown ? 0n : notional, isDown }],
    atWorst: { mostPaid: 0n, settled: 0n },
    unknownGood: 0n,
  };
}

function perpetualAtWorst({ size, costBasis }: Position, price: Price, rates: UnderlyingInputs['rates']): Margin {
  const margin = perpetualMargin(rates, { size, costBasis, price: size > 0n ? price.low : price.high });
  if (price.status === PriceStatus.Live) return margin;
  return { ...margin, initial: max(margin.initial, notionalOf(size, price.high)) };
}

/* OPTIONS */

function groupExpiries(positions: readonly Position[]): {
  readonly perpetuals: readonly Position[];
  readonly sets: readonly Expiry[];
} {
  const perpetuals: Position[] = [];
  const sets: { expiry: bigint; legs: PayoffLeg[] }[] = [];
  for (const position of positions) {
    const instrument = describeInstrument(position.instrument);
    if (!isOption(instrument)) {
      perpetuals.push(position);
      continue;
    }
    const { expiry, strike, kind } = instrument;
    const leg = { size: position.size, strike, isCall: kind === InstrumentKind.Call };
    const last = sets.at(-1);
    if (last?.expiry === expiry) last.legs.push(leg);
    else sets.push({ expiry, legs: [leg] });
  }
  return { perpetuals, sets };
}

function measureSet(
  legs: readonly PayoffLeg[],
  known: ExpiryInputs,
  timing: OptionTiming,
  index: Price,
  grid: ScenarioGrid,
  isJoined: boolean,
): Part {
  const none = noSums(grid);
  const status = setStatus(index, known);
  const isDown = status === PriceStatus.Down;
  const notionals = legs.map(({ size }) => ({ notional: isDown ? 0n : notionalOf(size, index.spot), isDown }));
  const worst = { mostPaid: mostPaid(legs, index), settled: 0n };
  const base = { status, legs: notionals, atWorst: worst };
  if (isUnknown(index, known)) {
    return { ...base, live: none, down: none, unknownGood: intrinsicAtGood(legs, index) };
  }
  const shocks = shocksOf(grid.terms, timing);
  const each = legs.map((leg) => measureLegOf(leg, known, timing, index, grid, shocks, none));
  const sums = each.reduce(addSums, none);
  const set = { legs, timing };
  const least = isJoined ? 0n : leastEver(set, 0n);
  const { confidenceBps } = known.slice;
  const closed = {
    ...sums,
    naked: nakedOf(legs),
    // of a set without a bound the walk is not asked for
    leastPayoff: isJoined ? 0n : leastPayoffOf(set, 0n, timing.known).least,
    isUnbounded: least === undefined,
    volatilityDoubt: confidenceBps === 0 ? 0n : doubtOf(sums.outcomes, shocks, BigInt(confidenceBps)),
  };
  return { ...base, live: isDown ? none : closed, down: isDown ? closed : none, unknownGood: 0n };
}

/** What volatility is multiplied and divided by, WAD. */
interface Shocks {
  readonly raise: bigint;
  readonly fall: bigint;
}

function shocksOf({ volatilityUpBps, volatilityDownBps }: ScenarioTerms, { effective }: OptionTiming): Shocks {
  const tenor = sqrtDown(sqrtDown((TENOR * WAD ** 2n) / max(effective, LEAST_TENOR)) * WAD);
  return {
    raise: WAD + (BigInt(volatilityUpBps) * tenor) / BPS,
    fall: WAD + (BigInt(volatilityDownBps) * tenor) / BPS,
  };
}

function measureLegOf(
  leg: PayoffLeg,
  { slice }: ExpiryInputs,
  timing: OptionTiming,
  index: Price,
  grid: ScenarioGrid,
  { raise, fall }: Shocks,
  none: BookSums,
): BookSums {
  const { size, strike, isCall } = leg;
  const forward = forwardOf(index.spot, timing);
  if (forward === 0n || strike <= timing.known) {
    const pays = optionPayoff(isCall, forward + timing.known, strike);
    const moving = isCall && pays !== 0n ? size * forward : 0n;
    return { ...none, certain: moving, still: size * pays - moving, setValue: size * pays };
  }
  const moneyness = naturalLogRatio(strike, index.spot);
  const rest = strike - timing.known;
  const deviation = sqrtDown((varianceAt(slice, moneyness) * timing.effective * WAD) / YEAR);
  const option: ScenarioOption = {
    isCall,
    size,
    forward,
    strike: rest,
    logMoneyness: timing.open === WAD ? -moneyness : naturalLogRatio(forward, rest),
    deviation,
    lower: (deviation * WAD) / fall,
    higher: (deviation * raise) / WAD,
  };
  const outcomes = optionOutcomes(grid, option);
  return { ...none, outcomes, setValue: outcomes.now };
}

function measureExpired(
  legs: readonly PayoffLeg[],
  { settlementPrice, settlementStatus }: ExpiryInputs,
  index: Price,
  none: BookSums,
): Part {
  const isKnown = settlementStatus === SettlementStatus.Pending || settlementStatus === SettlementStatus.Final;
  const flags = legs.map(() => ({ notional: 0n, isDown: !isKnown }));
  if (!isKnown) {
    return {
      live: none,
      down: none,
      status: PriceStatus.Down,
      legs: flags,
      atWorst: { mostPaid: mostPaid(legs, index), settled: 0n },
      unknownGood: intrinsicAtGood(legs, index),
    };
  }
  const settled = legs.reduce(
    (sum, { size, strike, isCall }) => sum + size * optionPayoff(isCall, settlementPrice, strike),
    0n,
  );
  return {
    live: { ...none, still: settled },
    down: none,
    status: PriceStatus.Live,
    legs: flags,
    atWorst: { mostPaid: 0n, settled },
    unknownGood: 0n,
  };
}

/** What the set gains or loses by a shock, in the proportion of the confidence to the shock. */
function doubtOf({ now, lower, higher }: Outcomes, { raise, fall }: Shocks, confidenceBps: bigint): bigint {
  const rise = (magnitude((higher.up[0] ?? 0n) - now) * confidenceBps) / BPS;
  const drop = (magnitude((lower.up[0] ?? 0n) - now) * confidenceBps) / BPS;
  return max((rise * ((WAD * PART) / (raise - WAD))) / PART, (drop * ((fall * PART) / (fall - WAD))) / PART);
}

/** Units that are short and not covered by long ones of their kind. */
function nakedOf(legs: readonly PayoffLeg[]): bigint {
  const net = (ofCalls: boolean): bigint =>
    legs.reduce((sum, { size, isCall }) => (isCall === ofCalls ? sum + size : sum), 0n);
  return max(-net(true), 0n) + max(-net(false), 0n);
}

function mostPaid(legs: readonly PayoffLeg[], { high }: Price): bigint {
  return legs.reduce((sum, { size, strike, isCall }) => (size < 0n ? sum - size * (isCall ? high : strike) : sum), 0n);
}

/** What gains with the index is worth most where that is high. */
function intrinsicAtGood(legs: readonly PayoffLeg[], { low, high }: Price): bigint {
  return legs.reduce((sum, { size, strike, isCall }) => {
    return sum + size * optionPayoff(isCall, size > 0n === isCall ? high : low, strike);
  }, 0n);
}

/* WHAT IS KNOWN */

function setStatus(index: Price, { slice, volatilityStatus }: ExpiryInputs): number {
  return slice.sigma === 0n ? PriceStatus.Down : Math.min(index.status, volatilityStatus);
}

function isUnknown(index: Price, { slice }: ExpiryInputs): boolean {
  return index.status === PriceStatus.Down || slice.sigma === 0n;
}

/** Nothing where it is over. */
function timingOf(expiry: bigint, { window }: ExpiryInputs, now: bigint): OptionTiming | undefined {
  return now >= expiry ? undefined : optionTiming(expiry, now, window);
}

function forwardOf(spot: bigint, { open }: OptionTiming): bigint {
  return open === WAD ? spot : (spot * open) / WAD;
}

function withBand(grid: ScenarioGrid, { spot, low, high, status }: Price): ScenarioGrid {
  if (status === PriceStatus.Down) return grid;
  return { ...grid, low: moveToPrice(low, spot), high: moveToPrice(high, spot) };
}

/** Where the first set pays least of all prices within even steps, together with perpetuals. */
function withPin(grid: ScenarioGrid, set: PayoffSet, linear: bigint, spot: bigint): ScenarioGrid {
  const { open, known } = set.timing;
  if (open === 0n) return grid;
  const distance = (spot * (grid.distances[PIN_NODES] ?? 0n)) / WAD;
  const low = known + (max(spot - distance, 0n) * open) / WAD;
  const high = known + ((spot + distance) * open) / WAD;
  const { found } = leastPayoffOf(set, divFloor(linear, spot), low, high);
  if (found === low || found === high) return grid;
  return { ...grid, pin: moveToPrice(((found - known) * WAD) / open, spot) };
}

/* SUMS */

function noSums(grid: ScenarioGrid): BookSums {
  return {
    outcomes: noOutcomes(grid),
    perpetual: 0n,
    certain: 0n,
    still: 0n,
    setValue: 0n,
    leastPayoff: 0n,
    isUnbounded: false,
    naked: 0n,
    volatilityDoubt: 0n,
    perpetualLow: 0n,
    perpetualHigh: 0n,
    initialBasis: 0n,
    maintenanceBasis: 0n,
  };
}

function addSums(a: BookSums, b: BookSums): BookSums {
  return {
    outcomes: addOutcomes(a.outcomes, b.outcomes),
    perpetual: a.perpetual + b.perpetual,
    certain: a.certain + b.certain,
    still: a.still + b.still,
    setValue: a.setValue + b.setValue,
    leastPayoff: a.leastPayoff + b.leastPayoff,
    isUnbounded: a.isUnbounded || b.isUnbounded,
    naked: a.naked + b.naked,
    volatilityDoubt: a.volatilityDoubt + b.volatilityDoubt,
    perpetualLow: a.perpetualLow + b.perpetualLow,
    perpetualHigh: a.perpetualHigh + b.perpetualHigh,
    initialBasis: a.initialBasis + b.initialBasis,
    maintenanceBasis: a.maintenanceBasis + b.maintenanceBasis,
  };
}

function add(a: Margin, b: Margin): Margin {
  return {
    equity: a.equity + b.equity,
    initial: a.initial + b.initial,
    maintenance: a.maintenance + b.maintenance,
  };
}

function notionalOf(size: bigint, price: bigint): bigint {
  return mulDivUp(magnitude(size), price, WAD);
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}
