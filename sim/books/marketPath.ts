import type { PricePath } from '../scenario/pricePath';
import type { MarketScenario } from '../scenario/booksSchema';

/** What the world says of one underlying's derivatives at one second. */
export interface MarketState {
  /** Quote for one whole unit. */
  readonly index: number;
  readonly perpetual: number;
  /** At the money, a year, of one; by expiry. */
  readonly volatility: readonly number[];
}

export interface MarketPath {
  /** @param second never smaller than the last one asked for */
  readonly at: (second: number) => MarketState;
}

/**
 * Perpetual and volatility beside a path of the index. Both follow how far (log) the index stands from its exponential
 * average: below it the perpetual is cheaper, and volatility higher. Volatility rises at once and calms down slowly.
 */
export function createMarketPath(index: PricePath, { perpetual, volatility, memory }: MarketScenario): MarketPath {
  const rate = Math.LN2 / memory;
  let last = { second: 0, log: Math.log(index.at(0)), gap: 0, stress: 0 };
  const advance = (second: number): void => {
    const stops = index.points.map(([known]) => known).filter((known) => known > last.second && known < second);
    for (const stop of [...stops, second]) {
      const log = Math.log(index.at(stop));
      const span = stop - last.second;
      if (span <= 0) continue;
      // exact where the logarithm is a straight line, as it is between two known points
      const kept = Math.exp(-rate * span);
      const gap = last.gap * kept + ((log - last.log) / span / rate) * (1 - kept);
      const stress = Math.max(-gap, last.stress * 2 ** (-span / volatility.calm));
      last = { second: stop, log, gap, stress };
    }
  };
  return {
    at: (second) => {
      advance(second);
      const price = Math.exp(last.log);
      return {
        index: price,
        perpetual: price * Math.exp(perpetual.premiumBps / 10_000 + perpetual.follows * last.gap),
        volatility: volatility.expiries.map(({ atMoney, reaction }) => atMoney * Math.exp(reaction * last.stress)),
      };
    },
  };
}
