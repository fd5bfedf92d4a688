import Table from 'cli-table3';

import { compareRuns, type RunResult } from '../../sim';

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
