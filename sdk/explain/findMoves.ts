import { assess, health, measurePositions, type MarginInputs, type Price } from '../math';
import type { ExplainInputs, PriceMove } from './explanation';

type Report = ExplainInputs['report'];

const BPS = 10_000n;
const MOVES_BPS = [-3_000n, -2_000n, -1_000n, -500n, 500n, 1_000n, 2_000n, 3_000n];

/**
 * What the account's health would be if one underlying moved: index, perpetual and the collateral of the same price
 * together, all else as it is. A table and no trigger: with positions health need not fall on one side only.
 */
export function findMoves({ report, symbolOf }: Pick<ExplainInputs, 'report' | 'symbolOf'>): PriceMove[] {
  if (report.portfolio.positions.length === 0) return [];
  return [...report.underlyings.values()].map(({ underlying, indexKey, index }) => ({
    symbol: symbolOf(indexKey),
    now: index.spot,
    outcomes: MOVES_BPS.map((moveBps) => ({
      moveBps,
      health: health(assess(moved(report, underlying, BPS + moveBps)).better),
    })),
  }));
}

function moved(report: Report, underlying: number, partBps: bigint): MarginInputs {
  const { portfolio, timestamp } = report;
  const key = report.underlyings.get(underlying)?.indexKey;
  const scale = (price: Price): Price => ({
    ...price,
    spot: (price.spot * partBps) / BPS,
    low: (price.low * partBps) / BPS,
    high: (price.high * partBps) / BPS,
  });
  const underlyings = new Map(
    [...report.underlyings].map(([number, each]) => [
      number,
      number === underlying ? { ...each, index: scale(each.index), perpetual: scale(each.perpetual) } : each,
    ]),
  );
  return {
    ...report,
    prices: report.prices.map((price, i) => (portfolio.collateral[i]?.asset === key ? scale(price) : price)),
    ...measurePositions(portfolio, underlyings, timestamp),
  };
}
