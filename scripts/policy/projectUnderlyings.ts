import type { RampedInstruments, UnderlyingReport } from '../../sdk/client';
import { deltaTermsAt, instrumentRiskAt, scenarioTermsAt } from '../../sdk/math';

/** What positions are measured with today, but for the terms: those are of `timestamp`. */
export function projectUnderlyings(
  today: ReadonlyMap<number, UnderlyingReport>,
  { underlyings }: RampedInstruments,
  timestamp: bigint,
): ReadonlyMap<number, UnderlyingReport> {
  return new Map(
    [...today].map(([number, { scenarios: known, ...report }]) => {
      const terms = underlyings.find((each) => each.number === number);
      if (terms === undefined) return [number, { ...report, ...(known && { scenarios: known }) }];
      const scenarios = scenarioTermsAt(terms.scenarios, timestamp);
      return [
        number,
        {
          ...report,
          rates: { ...report.rates, terms: instrumentRiskAt(terms.risk, timestamp) },
          delta: deltaTermsAt(terms.delta, timestamp),
          // no grid that was ever set has no range
          ...(scenarios.rangeBps > 0 && { scenarios }),
        },
      ];
    }),
  );
}
