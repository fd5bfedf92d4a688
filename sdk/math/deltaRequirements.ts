import { deltaMargin, type DeltaMargin } from './deltaMargin';
import { greeksOf, type Greeks } from './greeks';
import type { UnderlyingInputs } from './standardMargin';
import type { Position } from './types';

/** What the positions of one underlying require by their net exposure, before any bound. */
export interface DeltaRequirement extends DeltaMargin {
  /** the status is that of the index too: where that is Down nothing is required */
  readonly greeks: Greeks;
  /** whether standard margin requires no less, up to what the positions can lose */
  readonly isFloor: boolean;
}

/**
 * Net exposures by underlying, and what they require, as `StandardMargin.deltaMarginOf`.
 * @param positions in the order of their ids
 * @param inputs by the number of the underlying
 * @param now seconds
 */
export function deltaRequirements(
  positions: readonly Position[],
  inputs: ReadonlyMap<number, UnderlyingInputs>,
  now: bigint,
): DeltaRequirement[] {
  return greeksOf(positions, inputs, now).map((greeks) => {
    const known = inputs.get(greeks.underlying);
    if (known === undefined) throw new RangeError(`nothing is known of underlying ${greeks.underlying}`);
    const { index, delta, rates } = known;
    const status = Math.min(greeks.status, index.status);
    return { greeks: { ...greeks, status }, ...deltaMargin(greeks, index, delta, rates), isFloor: delta.isFloor };
  });
}
