import { countedDown, valueDown } from './haircut';
import { PriceStatus, type CollateralRisk, type Holding, type PairRisk, type Price } from './types';

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

/**
 * One collateral at its three prices: see the table in contracts/types/Margin.sol.
 * @param risk of the asset: decimals and depth, and in a cross account the haircuts
 * @param haircuts the asset's own, or in an isolated account those of its pair with cash; unlisted counts nothing
 */
export function measureLeg(
  holding: Holding,
  price: Price,
  risk: CollateralRisk,
  haircuts: CollateralRisk | PairRisk,
): Leg {
  const at = (unitPrice: bigint): LegSide => measureAt(holding, unitPrice, risk, haircuts);
  switch (price.status) {
    case PriceStatus.Live: {
      const spot = at(price.spot);
      return { worse: at(price.low), mark: spot, better: spot, down: false };
    }
    case PriceStatus.Degraded:
      return { worse: NOTHING, mark: at(price.spot), better: at(price.high), down: false };
    default: {
      const value = valueDown(holding.amount, price.high, risk.decimals);
      return { worse: NOTHING, mark: NOTHING, better: { value, initial: 0n, maintenance: 0n }, down: true };
    }
  }
}

function measureAt(
  { amount }: Holding,
  unitPrice: bigint,
  { decimals, depth }: CollateralRisk,
  haircuts: CollateralRisk | PairRisk,
): LegSide {
  const value = valueDown(amount, unitPrice, decimals);
  if (!haircuts.listed) return { value, initial: value, maintenance: value };
  return {
    value,
    initial: value - countedDown(value, haircuts.initialHaircutBps, amount, depth),
    maintenance: value - countedDown(value, haircuts.maintenanceHaircutBps, amount, depth),
  };
}
