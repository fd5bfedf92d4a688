import {
  deltaRequirements,
  describeInstrument,
  type DeltaRequirement,
  type Margin,
  type UnderlyingInputs,
} from '../math';
import { isByScenarios, measure, withoutFloors } from './explainPositions';
import type { ExplainInputs } from './explanation';

/** What the positions of one underlying come to together, and what that requires. A floor is none of portfolio margin. */
export interface ExposureExplained extends DeltaRequirement {
  /** of the underlying */
  readonly symbol: string;
  readonly inputs: UnderlyingInputs;
  /** what its positions require at mark by all other rules, and all in all */
  readonly standard: Margin;
  readonly together: Margin;
}

/** By underlying, in the order of the positions. */
export function explainExposures({
  report,
  symbolOf,
}: Pick<ExplainInputs, 'report' | 'symbolOf'>): ExposureExplained[] {
  const { portfolio, underlyings, timestamp } = report;
  return deltaRequirements(portfolio.positions, underlyings, timestamp).map((required) => {
    const { underlying } = required.greeks;
    const inputs = underlyings.get(underlying);
    if (inputs === undefined) throw new RangeError(`nothing was read for underlying ${underlying}`);
    const own = portfolio.positions.filter(
      ({ instrument }) => describeInstrument(instrument).underlying === underlying,
    );
    return {
      ...required,
      isFloor: required.isFloor && !isByScenarios(report),
      symbol: symbolOf(inputs.indexKey),
      inputs,
      standard: measure(withoutFloors(report), own).mark,
      together: measure(report, own).mark,
    };
  });
}
