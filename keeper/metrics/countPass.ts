import { formatEther } from 'viem';

import { MarginState } from '../../sdk/math';
import type { PassReport } from '../pass/report';
import type { KeeperMetrics } from './createMetrics';

const MS = 1_000;

/** Accounts with health below one. */
export function unhealthyOf(states: readonly number[]): number {
  return states.slice(MarginState.Callable).reduce((sum, count) => sum + count, 0);
}

/** Shows what a pass found. On a head that was seen before nothing is screened, so figures of accounts stand. */
export function countPass(metrics: KeeperMetrics, report: PassReport, nowMs: number): void {
  const { head, fresh, undone, logs, states, unknown, means, durations } = report;
  metrics.passes.inc({ result: 'done' });
  metrics.headBlock.set(Number(head.number));
  metrics.headTimestamp.set(Number(head.timestamp));
  metrics.headAge.set(nowMs / MS - Number(head.timestamp));
  metrics.headLag.set(0);
  if (!fresh) return;

  metrics.tracked.set(report.tracked);
  metrics.watched.set(report.watched);
  for (const [name, state] of Object.entries(MarginState)) metrics.byState.set({ state: name }, states[state] ?? 0);
  metrics.unhealthy.set(unhealthyOf(states));
  metrics.unknown.set(unknown.length);
  metrics.logs.inc(logs);
  for (const { underlying, perpetuals, options, unsettled } of report.markets) {
    const labels = { underlying: String(underlying) };
    metrics.perpetuals.set(labels, Number(formatEther(perpetuals)));
    metrics.options.set(labels, Number(formatEther(options)));
    metrics.unsettled.set(labels, Number(formatEther(unsettled)));
  }
  if (undone > 0) metrics.reorgs.inc();
  if (means !== undefined) {
    metrics.balance.set(Number(formatEther(means.balance)));
    metrics.bidderCash.set(Number(formatEther(means.bidderCash)));
    for (const [asset, value] of means.inventory) {
      metrics.inventory.set({ asset }, value === undefined ? NaN : Number(formatEther(value)));
    }
  }
  metrics.passSeconds.observe(durations.total / MS);
  metrics.indexSeconds.observe(durations.index / MS);
  metrics.screenSeconds.observe(durations.screen / MS);
  if (durations.toFirstSend !== undefined) metrics.headToSend.observe(durations.toFirstSend / MS);
}
