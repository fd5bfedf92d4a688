import { formatEther, parseEventLogs, type Log } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import type { KeeperMetrics } from '../metrics/createMetrics';
import type { SettledTransaction } from '../send/transaction';
import { JOB_KINDS, type ActionReport } from './action';
import type { KeeperTransaction } from './performer';

/** Counts a decision or its outcome. Reasons are names of contract errors or of this program, so they are few. */
export function countAction(
  metrics: KeeperMetrics,
  { kind, mode, result, reason }: ActionReport,
  settled?: SettledTransaction<KeeperTransaction>,
): void {
  const labels = { result, reason };
  if (kind === 'call') metrics.calls.inc(labels);
  else if (kind === 'clear') metrics.clears.inc(labels);
  else if (kind === 'poke') metrics.pokes.inc(labels);
  else if (JOB_KINDS.has(kind)) metrics.jobs.inc({ ...labels, kind });
  else if (kind === 'report') metrics.reports.inc(labels);
  else metrics.liquidations.inc({ ...labels, mode: mode ?? 'none' });
  if (settled === undefined) return;

  metrics.gasSpent.inc(toFloat(settled.gasCost));
  if (kind !== 'liquidate' || result !== 'mined') return;
  // what the contract did, which may be less than what was planned
  const [event] = parseEventLogs({
    abi: marginVaultAbi,
    eventName: 'Liquidated',
    logs: settled.logs as unknown as Log[],
  });
  if (event !== undefined) metrics.bonus.inc({ mode: mode ?? 'none' }, toFloat(event.args.plan.bonus));
}

function toFloat(wad: bigint): number {
  return Number(formatEther(wad));
}
