import { PriceStatus } from '../../sdk/math';

/** From this part of a cap on it is noted, per cent. */
const NEARLY_FULL = 90n;

/** Something that is not as the policy has it: a breach fails the check, a note does not. */
export interface Finding {
  readonly severity: 'breach' | 'note';
  readonly rule:
    | 'supply cap'
    | 'borrow cap'
    | 'open interest'
    | 'unsettled cap'
    | 'price'
    | 'volatility'
    | 'closed'
    | 'concentration'
    | 'dust'
    | 'initial'
    | 'maintenance'
    | 'ramp';
  readonly subject: string;
  readonly detail: string;
}

/** A breach where more is used than the cap has, a note where it is nearly full. */
export function checkUse(
  finding: Omit<Finding, 'severity'>,
  { used, cap }: { readonly used: bigint; readonly cap: bigint },
): Finding[] {
  if (used > cap) return [{ severity: 'breach', ...finding }];
  return used <= 0n || used * 100n < cap * NEARLY_FULL ? [] : [{ severity: 'note', ...finding }];
}

export function checkEnds(subject: string, ends: readonly number[], timestamp: bigint): Finding[] {
  if (!ends.some((end) => end !== 0 && BigInt(end) <= timestamp)) return [];
  const detail = 'what ramped or grew has arrived and is still looked up: npm run policy -- settle';
  return [{ severity: 'note', rule: 'ramp', subject, detail }];
}

export function stateOfPrice(status: number): string {
  return Object.entries(PriceStatus).find(([, number]) => number === status)?.[0] ?? String(status);
}
