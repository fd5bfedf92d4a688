import Table from 'cli-table3';

import { BOOK_METRICS, compareRuns, formatMetric, totalOf, type RunResult } from '../../sim';

/** The figures of each run side by side, for a terminal. */
export function formatTable(runs: readonly RunResult[]): string {
  const comparisons = compareRuns(runs);
  const differences = comparisons.some(({ difference }) => difference !== undefined);
  const table = new Table({
    head: ['', ...runs.map(({ policy }) => policy.name), ...(differences ? ['difference'] : [])],
    colAligns: ['left', ...runs.map(() => 'right' as const), ...(differences ? ['right' as const] : [])],
    style: { head: [], border: [] },
  });
  for (const { metric, values, difference } of comparisons) {
    table.push([
      metric.unit === undefined ? metric.title : `${metric.title}, ${metric.unit(runs[0]?.quote ?? '')}`,
      ...values.map(({ text }) => text),
      ...(difference === undefined ? [] : [difference.text]),
    ]);
  }
  return table.toString();
}

/** What books came to in cross and in portfolio accounts; nothing where there are none. */
export function formatBooks({ books, quote }: RunResult): string | undefined {
  if (books === undefined) return undefined;
  const totals = (['cross', 'portfolio'] as const).map((mode) => totalOf(books.groups, mode));
  const table = new Table({
    head: ['perpetuals and options', 'cross', 'portfolio'],
    colAligns: ['left', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const metric of BOOK_METRICS) {
    const title = metric.isAmount ? `${metric.title}, ${quote}` : metric.title;
    table.push([title, ...totals.map((figures) => formatMetric(metric, metric.value(figures)))]);
  }
  return table.toString();
}
