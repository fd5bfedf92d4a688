import type { RunResult } from '../result';
import { formatAmount, formatBps, formatDifference, formatNumber, formatPercent } from './format';

/** One line of the comparison, the same on the screen and in the report. */
export interface Metric {
  readonly title: string;
  /** What the figure counts, in a few words. */
  readonly note: string;
  /** What amounts are counted in, given the symbol of the quote token; none for figures that carry their unit. */
  readonly unit?: (quote: string) => string;
  readonly value: (run: RunResult) => number;
  readonly format: (value: number) => string;
  /** Which way is better for those who use the protocol; none where it depends on whom one asks. */
  readonly better: 'less' | 'more' | 'none';
}

const inQuote = (quote: string): string => quote;

export const METRICS: readonly Metric[] = [
  {
    title: 'Cost to owners',
    note: 'bonus, fees and what sold collateral gained in the next hour, in basis points (bp) of the collateral at the start',
    value: ({ totals }) => totals.ownerCost.bps,
    format: formatBps,
    better: 'less',
  },
  {
    title: 'Accounts liquidated',
    note: 'wholly or in part',
    value: ({ totals }) => totals.accountsLiquidated,
    format: formatNumber,
    better: 'less',
  },
  {
    title: 'Collateral sold',
    note: 'value at the oracle’s price',
    unit: inQuote,
    value: ({ totals }) => totals.collateralSold,
    format: formatAmount,
    better: 'less',
  },
  {
    title: 'Margin calls cured',
    note: 'by their owners or by the price',
    value: ({ totals }) => totals.cures.owner + totals.cures.price,
    format: formatNumber,
    better: 'none',
  },
  {
    title: 'Bad debt',
    note: 'what liquidated accounts could not pay',
    unit: inQuote,
    value: ({ totals }) => totals.waterfall.shortfall,
    format: formatAmount,
    better: 'less',
  },
  {
    title: 'Lost by lenders',
    note: 'beyond reserves and default fund',
    unit: inQuote,
    value: ({ totals }) => totals.waterfall.socialised + totals.waterfall.unpaid,
    format: formatAmount,
    better: 'less',
  },
  {
    title: 'Keepers’ profit',
    note: 'at market prices, gas paid',
    unit: inQuote,
    value: ({ keepers }) => keepers.reduce((sum, { profit }) => sum + profit, 0),
    format: formatAmount,
    better: 'none',
  },
  {
    title: 'Pool below market',
    note: 'at worst, while collateral was being sold',
    value: ({ totals }) => totals.worstPoolDiscount,
    format: formatPercent,
    better: 'less',
  },
];

export interface Comparison {
  readonly metric: Metric;
  /** One a run, formatted and as a part of the largest. */
  readonly values: readonly { readonly text: string; readonly part: number }[];
  /** Of the first run against the second; none with one run. */
  readonly difference?: { readonly text: string; readonly verdict: 'better' | 'worse' | 'same' | 'neither' };
}

/** The metrics of one run, or of two with the difference of the first against the second. */
export function compareRuns(runs: readonly RunResult[]): Comparison[] {
  return METRICS.map((metric) => {
    const numbers = runs.map((run) => metric.value(run));
    const largest = Math.max(...numbers.map(Math.abs));
    const values = numbers.map((value) => ({
      text: metric.format(value),
      part: largest === 0 ? 0 : Math.abs(value) / largest,
    }));
    const [first, second] = numbers;
    if (first === undefined || second === undefined) return { metric, values };
    const text = formatDifference(first - second, metric.format);
    return { metric, values, difference: { text, verdict: verdictOf(metric, first - second, text) } };
  });
}

function verdictOf({ better }: Metric, difference: number, text: string): 'better' | 'worse' | 'same' | 'neither' {
  if (text.startsWith('±')) return 'same';
  if (better === 'none') return 'neither';
  return difference < 0 === (better === 'less') ? 'better' : 'worse';
}
