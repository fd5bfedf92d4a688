import { addSums, magnitude, noSums, notionalOf, type BookPart } from './bookPart';
import { naturalLogRatio } from './naturalLog';
import { optionPayoff, type OptionTiming } from './optionValue';
import { max } from './rounding';
import { leastEver, leastPayoffOf, type BookSums, type PayoffLeg } from './scenarioBook';
import { optionOutcomes, type Outcomes, type ScenarioGrid, type ScenarioOption, type ScenarioTerms } from './scenarios';
import { SettlementStatus } from './settlement';
import { sqrtDown } from './sqrt';
import type { ExpiryInputs } from './standardMargin';
import { varianceAt } from './svi';
import { PriceStatus, type Price } from './types';
import { BPS, WAD, YEAR } from './units';

// Options of one expiry in the book of their underlying, as in contracts/risk/UnderlyingBook.sol.

const TENOR = 30n * 86_400n;
const LEAST_TENOR = 86_400n;
const PART = 10n ** 9n;
/** Of an expiry that is open. */
export function measureSet(
  legs: readonly PayoffLeg[],
  known: ExpiryInputs,
  timing: OptionTiming,
  index: Price,
  grid: ScenarioGrid,
  isJoined: boolean,
): BookPart {
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
    lower: ((deviation * WAD) / fall) | 1n,
    higher: ((deviation * raise) / WAD) | 1n,
  };
  const outcomes = optionOutcomes(grid, option);
  return { ...none, outcomes, setValue: outcomes.now };
}

/** Of an expiry that is over. */
export function measureExpired(
  legs: readonly PayoffLeg[],
  { settlementPrice, settlementStatus }: ExpiryInputs,
  index: Price,
  none: BookSums,
): BookPart {
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

/** Of all that the options of an expiry are priced by. */
export function setStatus(index: Price, { slice, volatilityStatus }: ExpiryInputs): number {
  return slice.sigma === 0n ? PriceStatus.Down : Math.min(index.status, volatilityStatus);
}

function isUnknown(index: Price, { slice }: ExpiryInputs): boolean {
  return index.status === PriceStatus.Down || slice.sigma === 0n;
}

function forwardOf(spot: bigint, { open }: OptionTiming): bigint {
  return open === WAD ? spot : (spot * open) / WAD;
}
