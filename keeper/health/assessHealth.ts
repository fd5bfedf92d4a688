import type { KeeperStatus } from '../status';

export interface HealthLimits {
  /** Seconds of wall-clock time since the node was last followed to its head. */
  readonly maxHeadAge: number;
  /** Seconds by block time; 0 for any. */
  readonly maxBlockAge: number;
}

export interface HealthReason {
  readonly code: string;
  readonly message: string;
}

/** Why the keeper is not to be relied on now; empty where it is. */
export function assessHealth(status: KeeperStatus, limits: HealthLimits, nowMs: number): HealthReason[] {
  const reasons: HealthReason[] = [];
  const because = (code: string, message: string): void => void reasons.push({ code, message });
  const { head, lastError, signer } = status;

  if (lastError !== undefined) because('pass_failed', `the last pass failed: ${lastError.code}, ${lastError.message}`);
  if (head === undefined) {
    because('starting', 'no head has been processed yet');
  } else {
    const headAge = (nowMs - status.followedAt) / 1_000;
    if (headAge > limits.maxHeadAge) because('head_stale', `the node was last followed ${headAge.toFixed(0)} s ago`);
    const blockAge = nowMs / 1_000 - Number(head.timestamp);
    if (limits.maxBlockAge > 0 && blockAge > limits.maxBlockAge) {
      because('block_old', `the newest block is ${blockAge.toFixed(0)} s old by its own time`);
    }
    if (status.lag > 0n) because('behind', `the index is ${status.lag} blocks behind the node`);
  }
  if (signer !== undefined && !signer.canPay)
    because('signer_cannot_pay', `the balance of ${signer.address} is too low`);
  const stuck = status.inFlight.filter((transaction) => transaction.stuck).length;
  if (stuck > 0) because('transaction_stuck', `${stuck} transaction(s) wait at the highest fee allowed`);
  return reasons;
}
