import { formatEther } from 'viem';

import type { KeeperStatus } from '../status';
import { assessHealth, type HealthLimits } from './assessHealth';
import type { Endpoint } from './createHealthServer';

/** What `/health` answers: 200 where the keeper is to be relied on, else 503, with the reasons and what it knows. */
export function describeHealth(status: KeeperStatus | undefined, limits: HealthLimits, nowMs: number): Endpoint {
  const reasons =
    status === undefined
      ? [{ code: 'waiting', message: 'there is no node or no deployment to keep yet' }]
      : assessHealth(status, limits, nowMs);
  const body = { ok: reasons.length === 0, reasons, ...(status && toJson(status, nowMs)) };
  return { status: body.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(body)}\n` };
}

function toJson(status: KeeperStatus, nowMs: number): Record<string, unknown> {
  const { head, signer, lastError, inFlight } = status;
  const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1_000;
  return {
    head: head && {
      number: Number(head.number),
      hash: head.hash,
      timestamp: Number(head.timestamp),
      age_seconds: seconds(nowMs - Number(head.timestamp) * 1_000),
      followed_seconds_ago: seconds(nowMs - status.followedAt),
    },
    lag_blocks: Number(status.lag),
    accounts: status.accounts,
    dry_run: signer === undefined,
    signer: signer && {
      address: signer.address,
      balance_native: formatEther(signer.balance),
      can_pay: signer.canPay,
    },
    in_flight: inFlight.map(({ kind, nonce, hash, ageMs, bumps, stuck }) => ({
      kind,
      nonce,
      hash,
      age_seconds: seconds(ageMs),
      bumps,
      stuck,
    })),
    last_error: lastError && {
      code: lastError.code,
      message: lastError.message,
      seconds_ago: seconds(nowMs - lastError.atMs),
    },
    failures: status.failures,
  };
}
