import type { Address } from 'viem';

import { describeInstrument } from './instrumentId';
import { countedDown } from './haircut';
import { excess } from './margin';
import { measureLeg, type Leg } from './measureLeg';
import { fillBook, type Book } from './underlyingBook';
import { divFloor, max, min } from './rounding';
import { measureBook, type BookMargin } from './scenarioBook';
import { ScenarioVolatility, type ScenarioTerms } from './scenarios';
import type { PositionAssessment, UnderlyingInputs } from './standardMargin';
import {
  PriceStatus,
  type Assessment,
  type CollateralRisk,
  type Holding,
  type Margin,
  type Portfolio,
  type Position,
  type Price,
} from './types';
import { BPS, WAD } from './units';

// Whole accounts by portfolio margin, as in contracts/risk/PortfolioMargin.sol.

/** What is known of one underlying. */
export interface BookInputs extends UnderlyingInputs {
  /** the oracle's key of the index: of the token that is the underlying */
  readonly indexKey: Address;
  /** none where none was ever set */
  readonly scenarios?: ScenarioTerms;
}

/** The positions of one underlying, tried in every scenario: the costly part of what there is to measure. */
export interface FilledBook {
  readonly underlying: number;
  /** of the collateral that may be inside */
  readonly indexKey: Address;
  readonly book: Book;
}

/** One collateral, with its price and terms. */
export interface CollateralInputs {
  readonly holding: Holding;
  readonly price: Price;
  readonly risk: CollateralRisk;
}

/** The scenario that decides what one underlying's positions require for maintenance. */
export interface WorstScenario {
  readonly underlying: number;
  /** the index there, of the index now, WAD */
  readonly factor: bigint;
  readonly volatility: ScenarioVolatility;
  /** quote WAD */
  readonly loss: bigint;
  readonly hasCollateral: boolean;
}

/** An assessment, and what decided it. */
export interface PortfolioMargin {
  readonly assessment: Assessment;
  readonly worst: readonly WorstScenario[];
}

interface Sides {
  readonly worse: Margin;
  readonly mark: Margin;
  readonly better: Margin;
}

/** What the books of an account add, with the collateral that is inside one: its number and value. */
interface Walk {
  readonly sides: Sides;
  readonly positions: PositionAssessment;
  readonly inside: ReadonlyMap<number, bigint>;
  readonly worst: readonly WorstScenario[];
}

const NOTHING: Margin = { equity: 0n, initial: 0n, maintenance: 0n };
const MOST_INSIDE = 1n << 120n;
const ALL_BPS = Number(BPS);

/**
 * Measures an account by portfolio margin.
 * @param collateral in the order of the portfolio's
 * @param inputs by the number of the underlying
 * @param now seconds
 */
export function assessByPortfolio(
  { cash, positions }: Pick<Portfolio, 'cash' | 'positions'>,
  collateral: readonly CollateralInputs[],
  inputs: ReadonlyMap<number, BookInputs>,
  now: bigint,
): PortfolioMargin {
  return assessFilledBooks(cash, collateral, fillBooks(positions, inputs, now));
}

/** The same of books that are filled already, with any cash and collateral. */
export function assessFilledBooks(
  cash: bigint,
  collateral: readonly CollateralInputs[],
  books: readonly FilledBook[],
): PortfolioMargin {
  const walk = walkBooks(collateral, books);
  const apart = collateral.map((each) => legOf(each));
  const outside = apart.filter((_, i) => !walk.inside.has(i));
  const side = (key: keyof Sides): Margin => {
    const sum = outside.reduce((total, leg) => add(total, sideOf(leg, key)), walk.sides[key]);
    return { ...sum, equity: sum.equity + cash };
  };
  const values = apart.map((leg, i) => walk.inside.get(i) ?? leg.mark.value);
  const down = apart.reduce((bits, leg, i) => (leg.down && !walk.inside.has(i) ? bits | (1n << BigInt(i)) : bits), 0n);
  const assessment = {
    worse: side('worse'),
    mark: side('mark'),
    better: side('better'),
    markCollateral: values.reduce((sum, value) => sum + value, 0n),
    markNotional: walk.positions.notionals.reduce((sum, notional) => sum + notional, 0n),
    legValues: [...values, ...walk.positions.notionals],
    downLegs: down | (walk.positions.down << BigInt(collateral.length)),
  };
  return { assessment, worst: walk.worst };
}

/** What positions add by portfolio margin where no collateral is looked at. */
export function assessBooks(
  positions: readonly Position[],
  inputs: ReadonlyMap<number, BookInputs>,
  now: bigint,
): PositionAssessment {
  return positionsOfBooks(fillBooks(positions, inputs, now));
}

/** What filled books add where no collateral is looked at. */
export function positionsOfBooks(books: readonly FilledBook[]): PositionAssessment {
  return walkBooks([], books).positions;
}

/**
 * Tries the positions in every scenario, underlying by underlying.
 * @param positions in the order of their ids
 */
export function fillBooks(
  positions: readonly Position[],
  inputs: ReadonlyMap<number, BookInputs>,
  now: bigint,
): FilledBook[] {
  return groupBooks(positions).map(({ underlying, book }) => {
    const known = inputs.get(underlying);
    if (known === undefined) throw new RangeError(`nothing is known of underlying ${underlying}`);
    return { underlying, indexKey: known.indexKey, book: fillBook(book, known, known.scenarios, now) };
  });
}

function walkBooks(collateral: readonly CollateralInputs[], books: readonly FilledBook[]): Walk {
  const inside = new Map<number, bigint>();
  const measured = books.map(({ underlying, indexKey, book }) => {
    const leg = collateral.findIndex(({ holding }, i) => holding.asset === indexKey && !inside.has(i));
    const underlay = underlayOf(book, collateral[leg]);
    if (underlay !== undefined) inside.set(leg, underlay.value);
    return { ...measureSides(book, underlay), underlying, book };
  });
  const sides = measured.reduce((sum, each) => addSides(sum, each.sides), noSides());
  const all = measured.flatMap(({ book }) => book.legs);
  return {
    sides,
    inside,
    positions: {
      ...sides,
      notionals: all.map(({ notional }) => notional),
      down: all.reduce((bits, { isDown }, i) => (isDown ? bits | (1n << BigInt(i)) : bits), 0n),
    },
    worst: measured.map(({ underlying, worst }) => ({ underlying, ...worst })),
  };
}

/** Positions of one underlying, one after the other. */
function groupBooks(positions: readonly Position[]): { readonly underlying: number; readonly book: Position[] }[] {
  const books: { underlying: number; book: Position[] }[] = [];
  for (const position of positions) {
    const { underlying } = describeInstrument(position.instrument);
    const last = books.at(-1);
    if (last?.underlying === underlying) last.book.push(position);
    else books.push({ underlying, book: [position] });
  }
  return books;
}

/* SIDES */

/** The collateral of a book's underlying, measured by itself. */
interface Underlay {
  readonly apart: Leg;
  readonly value: bigint;
  /** the part of its haircut that is for its amount */
  readonly concentration: bigint;
}

function underlayOf({ index }: Book, collateral: CollateralInputs | undefined): Underlay | undefined {
  if (collateral === undefined || index.status === PriceStatus.Down || !collateral.risk.listed) return undefined;
  const { holding, risk } = collateral;
  if (risk.maintenanceHaircutBps === ALL_BPS) return undefined;
  const apart = measureLeg(holding, index, risk, risk);
  const { value } = apart.mark;
  if (value > MOST_INSIDE) return undefined;
  return { apart, value, concentration: value - countedDown(value, 0, holding.amount, risk.depth) };
}

/** With collateral of the underlying the better of two answers counts, with it inside the scenarios and apart from them. */
function measureSides(book: Book, underlay: Underlay | undefined) {
  const isLive = book.isLive && (underlay === undefined || book.index.status === PriceStatus.Live);
  const [apart, inside] = measureBoth(book, underlay, book.sums);
  const withLeg = (margin: Margin, key: keyof Sides): Margin =>
    underlay === undefined ? margin : add(margin, sideOf(underlay.apart, key));
  const markApart = withLeg(apart.mark, 'mark');
  const worseApart = withLeg(apart.worse, 'worse');
  const hasCollateral = inside !== undefined && inside.mark.maintenance < markApart.maintenance;
  const mark = eased(markApart, inside?.mark);
  const chosen = hasCollateral ? inside : apart;
  const isInsideBetter = inside !== undefined && excess(inside.worse) > excess(worseApart);
  const sides = isLive
    ? { worse: isInsideBetter ? inside.worse : worseApart, mark, better: mark }
    : { worse: withLeg(book.atWorst, 'worse'), mark, better: better(book, underlay, mark) };
  const { scenario } = chosen.worst;
  return {
    sides,
    worst: {
      factor: scenario?.factor ?? WAD,
      volatility: scenario?.volatility ?? ScenarioVolatility.AsItIs,
      loss: scenario === undefined ? 0n : divUpWad(chosen.worst.maintenance),
      hasCollateral,
    },
  };
}

/** At the good end of what is known; what is Down requires nothing, and where it is a hedge is one still. */
function better(book: Book, underlay: Underlay | undefined, mark: Margin): Margin {
  const [apart, inside] = measureBoth(book, underlay, book.all);
  const equity = apart.mark.equity + apart.gain + divFloor(book.unknownGood, WAD);
  const alone = { ...apart.mark, equity };
  const together = underlay === undefined ? alone : add(alone, sideOf(underlay.apart, 'better'));
  return eased(eased(together, inside?.mark), mark);
}

/** Apart from collateral, and with it. */
function measureBoth(
  book: Book,
  underlay: Underlay | undefined,
  sums: Book['sums'],
): readonly [apart: BookMargin, inside: BookMargin | undefined] {
  const index = max(book.index.spot, 1n);
  const apart = measureBook(book.grid, sums, book.joined, index, 0n);
  if (underlay === undefined) return [apart, undefined];
  const { value, concentration } = underlay;
  const inside = measureBook(book.grid, sums, book.joined, index, value * WAD);
  const collateral = { equity: value, initial: concentration, maintenance: concentration };
  return [apart, { ...inside, mark: add(inside.mark, collateral), worse: add(inside.worse, collateral) }];
}

function eased(margin: Margin, other: Margin | undefined): Margin {
  if (other === undefined) return margin;
  return {
    equity: margin.equity,
    initial: min(margin.initial, other.initial),
    maintenance: min(margin.maintenance, other.maintenance),
  };
}

function legOf({ holding, price, risk }: CollateralInputs): Leg {
  const nothing = { maintenanceHaircutBps: ALL_BPS, initialHaircutBps: ALL_BPS };
  return measureLeg(holding, price, risk, risk.listed ? risk : nothing);
}

function sideOf(leg: Leg, key: keyof Sides): Margin {
  const { value, initial, maintenance } = leg[key];
  return { equity: value, initial, maintenance };
}

function noSides(): Sides {
  return { worse: NOTHING, mark: NOTHING, better: NOTHING };
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

function divUpWad(product: bigint): bigint {
  return (product + WAD - 1n) / WAD;
}
