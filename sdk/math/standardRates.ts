import { max, mulDivFloor, mulDivUp } from './rounding';
import type { Margin } from './types';
import { BPS, PPM, WAD } from './units';

// What positions require one by one, as in contracts/risk/StandardRates.sol; formulas and signs stand in docs/risk.md,
// "Positions".

/** What positions in one underlying require. */
export interface InstrumentRisk {
  readonly perpetualInitialPpm: number;
  readonly perpetualMaintenancePpm: number;
  /** added to both rates for each whole unit, WAD */
  readonly perpetualSlope: bigint;
  readonly optionInitialPpm: number;
  readonly optionFloorPpm: number;
  readonly optionMaintenancePpm: number;
  readonly profitInitialBps: number;
  readonly profitMaintenanceBps: number;
  readonly longInitialBps: number;
  readonly longMaintenanceBps: number;
}

/** With the scales of dynamic margin, WAD. */
export interface StandardRates {
  readonly terms: InstrumentRisk;
  readonly initialScale: bigint;
  readonly maintenanceScale: bigint;
}

export interface PerpetualPosition {
  /** WAD, long > 0 */
  readonly size: bigint;
  /** quote WAD, funding up to now inside */
  readonly costBasis: bigint;
  /** quote WAD */
  readonly price: bigint;
}

export interface OptionPosition {
  readonly isCall: boolean;
  /** WAD, long > 0 */
  readonly size: bigint;
  /** quote WAD, as are the next two */
  readonly strike: bigint;
  readonly index: bigint;
  /** of one unit of the option */
  readonly price: bigint;
}

/** A perpetual: its profit, and of its notional the rates, which rise with its size. */
export function perpetualMargin(rates: StandardRates, { size, costBasis, price }: PerpetualPosition): Margin {
  const { terms } = rates;
  const units = magnitude(size);
  const equity = mulDivFloor(size, price, WAD) - costBasis;
  const profit = max(equity, 0n);
  const slope = mulDivUp(units, terms.perpetualSlope, WAD);
  const notional = mulDivUp(units, price, WAD);
  const required = (ratePpm: number, scale: bigint, haircutBps: number): bigint =>
    mulDivUp(notional, (BigInt(ratePpm) * scale) / PPM + slope, WAD) + mulDivUp(profit, BigInt(haircutBps), BPS);
  return {
    equity,
    initial: required(terms.perpetualInitialPpm, rates.initialScale, terms.profitInitialBps),
    maintenance: required(terms.perpetualMaintenancePpm, rates.maintenanceScale, terms.profitMaintenanceBps),
  };
}

/** An option alone: its price in equity, with its sign, and what comes on top. */
export function optionMargin(rates: StandardRates, option: OptionPosition): Margin {
  const { terms, initialScale, maintenanceScale } = rates;
  const { isCall, size, strike, index, price } = option;
  const equity = mulDivFloor(size, price, WAD);
  if (size > 0n) {
    return {
      equity,
      initial: mulDivUp(equity, BigInt(terms.longInitialBps), BPS),
      maintenance: mulDivUp(equity, BigInt(terms.longMaintenanceBps), BPS),
    };
  }
  const rateOf = (ppm: number, scale: bigint): bigint => (BigInt(ppm) * scale) / PPM;
  const rate = rateOf(terms.optionMaintenancePpm, maintenanceScale);
  const maintenance = max(mulDivUp(index, rate, WAD), isCall ? 0n : mulDivUp(price, rate, WAD));
  const outOfTheMoney = max(isCall ? strike - index : index - strike, 0n);
  const full = mulDivUp(index, rateOf(terms.optionInitialPpm, initialScale), WAD) - outOfTheMoney;
  const least = mulDivUp(index, rateOf(terms.optionFloorPpm, initialScale), WAD);
  const units = magnitude(size);
  return {
    equity,
    initial: mulDivUp(units, max(max(full, least), maintenance), WAD),
    maintenance: mulDivUp(units, maintenance, WAD),
  };
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}
