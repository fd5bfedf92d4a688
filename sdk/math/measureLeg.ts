import { countedDown, valueDown } from './haircut';
import { PriceStatus, type CollateralRisk, type Holding, type Price } from './types';
import { BPS } from './units';

/** What one collateral leg adds to a side, quote WAD. */
export interface LegSide {
  /** full value, part of equity */
  readonly value: bigint;
  /** the haircut: value less what counts */
  readonly initial: bigint;
  readonly maintenance: bigint;
}

export interface Leg {
  readonly worse: LegSide;
  readonly mark: LegSide;
  readonly better: LegSide;
  /** No price: a liquidation leaves the leg where it is. */
  readonly down: boolean;
}

const NOTHING: LegSide = { value: 0n, initial: 0n, maintenance: 0n };

/** How a model cuts one collateral. */
export interface LegHaircuts {
  /** All of it where the model has no haircut for the leg: it is worth its price and counts nothing. */
  readonly maintenanceHaircutBps: number;
  readonly initialHaircutBps: number;
}

/**
 * One collateral at its three prices: see the table in contracts/types/Margin.sol.
 * @param risk of the asset: its decimals and depth
 */
export function measureLeg({ amount }: Holding, price: Price, risk: CollateralRisk, haircuts: LegHaircuts): Leg {
  const at = (unitPrice: bigint): LegSide => measureAt(amount, unitPrice, risk, haircuts);
  switch (price.status) {
    case PriceStatus.Live: {
      const spot = at(price.spot);
      return { worse: at(price.low), mark: spot, better: spot, down: false };
    }
    case PriceStatus.Degraded:
      return { worse: NOTHING, mark: at(price.spot), better: at(price.high), down: false };
    default: {
      const value = valueDown(amount, price.high, risk.decimals);
      return { worse: NOTHING, mark: NOTHING, better: { value, initial: 0n, maintenance: 0n }, down: true };
    }
  }
}

function measureAt(
  amount: bigint,
  unitPrice: bigint,
  { decimals, depth }: CollateralRisk,
  { initialHaircutBps, maintenanceHaircutBps }: LegHaircuts,
): LegSide {
  const value = valueDown(amount, unitPrice, decimals);
  // an asset that is not listed has no depth to divide by
  const required = (haircutBps: number): bigint =>
    BigInt(haircutBps) === BPS ? value : value - countedDown(value, haircutBps, amount, depth);
  return { value, initial: required(initialHaircutBps), maintenance: required(maintenanceHaircutBps) };
}
