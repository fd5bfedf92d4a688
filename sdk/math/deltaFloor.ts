import type { DeltaMargin } from './deltaMargin';
import { max, min } from './rounding';
import type { Sides } from './standardMargin';
import { PriceStatus, type Margin } from './types';

// Delta margin as the floor of standard margin, as in contracts/risk/DeltaFloor.sol.

/** What positions can lose at all from the prices of each side, quote WAD. */
export type Losses = Readonly<Record<keyof Sides, bigint>>;

/**
 * Raises what an underlying requires to what its net exposure does, but for that to no more than it can lose.
 * @param indexStatus see `PriceStatus`
 */
export function raiseToDelta(sides: Sides, floor: DeltaMargin, most: Losses, indexStatus: number): Sides {
  const raise = (side: keyof Sides, { initial, maintenance }: DeltaMargin): Margin => ({
    equity: sides[side].equity,
    initial: max(sides[side].initial, min(initial, most[side])),
    maintenance: max(sides[side].maintenance, min(maintenance, most[side])),
  });
  // nothing is opened on a doubtful price: it requires all that can be lost
  const worst = indexStatus === PriceStatus.Live ? floor : { ...floor, initial: most.worse };
  return { worse: raise('worse', worst), mark: raise('mark', floor), better: raise('better', floor) };
}
