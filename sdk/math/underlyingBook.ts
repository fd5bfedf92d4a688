import { addSums, magnitude, noSums, notionalOf, type BookPart, type MeasuredLeg } from './bookPart';
import { describeInstrument, InstrumentKind, isOption } from './instrumentId';
import { optionTiming, type OptionTiming } from './optionValue';
import { divFloor, divUp, max, mulDivUp } from './rounding';
import { leastPayoffOf, type BookSums, type PayoffLeg, type PayoffSet } from './scenarioBook';
import { buildGrid, HARSHEST_SCENARIOS, moveToPrice, type ScenarioGrid, type ScenarioTerms } from './scenarios';
import type { ExpiryInputs, UnderlyingInputs } from './standardMargin';
import { perpetualMargin } from './standardRates';
import { PriceStatus, type Margin, type Position, type Price } from './types';
import { measureExpired, measureSet, setStatus } from './underlyingOptions';
import { BPS, PPM, WAD } from './units';

// The positions of one underlying, tried in every scenario, as in contracts/risk/UnderlyingBook.sol.

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
  readonly legs: readonly MeasuredLeg[];
}

/** Options of one expiry of a book. */
interface Expiry {
  readonly expiry: bigint;
  readonly legs: readonly PayoffLeg[];
}

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
  const total = (key: keyof BookPart['atWorst']): bigint => parts.reduce((all, { atWorst }) => all + atWorst[key], 0n);
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
): BookPart {
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

/* WHAT IS KNOWN */

/** Nothing where it is over. */
function timingOf(expiry: bigint, { window }: ExpiryInputs, now: bigint): OptionTiming | undefined {
  return now >= expiry ? undefined : optionTiming(expiry, now, window);
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

function add(a: Margin, b: Margin): Margin {
  return {
    equity: a.equity + b.equity,
    initial: a.initial + b.initial,
    maintenance: a.maintenance + b.maintenance,
  };
}
