import { max, min } from './rounding';
import { WAD } from './units';

/** Seconds before expiry over which the index is averaged. */
export const SETTLEMENT_WINDOW = 1_800n;

const MAX_HOLD = 180n;
const MIN_COVERED = 1_440n;
const DISPUTE_DELAY = 7_200n;
const EXPIRY_GRAIN = 60n;

/** `SettlementStatus` of contracts/types/Settlement.sol. */
export const SettlementStatus = { None: 0, Averaging: 1, Pending: 2, Final: 3, Unresolved: 4 } as const;
export type SettlementStatus = (typeof SettlementStatus)[keyof typeof SettlementStatus];

/** `recordOf` of the settlement feed. */
export interface SettlementRecord {
  /** Quote WAD seconds. */
  readonly weightedSum: bigint;
  /** Quote WAD; zero where there is no sample; once resolved, the price. */
  readonly lastPrice: bigint;
  /** Seconds of the window that are in `weightedSum`. */
  readonly covered: bigint;
  /** Second of the window in which the last sample was taken. */
  readonly lastSecond: bigint;
  readonly isDisputed: boolean;
  readonly isResolved: boolean;
}

/** `averageSoFar` of the settlement feed at `now` (seconds): weight in WAD, average in quote WAD, both rounded down. */
export function averageSoFar(
  record: SettlementRecord,
  expiry: bigint,
  now: bigint,
): { readonly fixedWeight: bigint; readonly fixedAverage: bigint } {
  if (record.isResolved) return { fixedWeight: WAD, fixedAverage: record.lastPrice };
  const left = min(secondsLeft(expiry, now), SETTLEMENT_WINDOW);
  const { sum, covered } = heldUntil(record, SETTLEMENT_WINDOW - left);
  if (covered === 0n) return { fixedWeight: 0n, fixedAverage: 0n };
  return { fixedWeight: (covered * WAD) / (covered + left), fixedAverage: sum / covered };
}

/** `settlementOf` of the settlement feed at `now` (seconds). */
export function settlementAt(
  record: SettlementRecord,
  expiry: bigint,
  now: bigint,
): { readonly price: bigint; readonly status: SettlementStatus } {
  if (record.isResolved) return { price: record.lastPrice, status: SettlementStatus.Final };
  const left = secondsLeft(expiry, now);
  if (expiry % EXPIRY_GRAIN !== 0n || left > SETTLEMENT_WINDOW) return { price: 0n, status: SettlementStatus.None };
  const { sum, covered } = heldUntil(record, SETTLEMENT_WINDOW - left);
  const price = covered === 0n ? 0n : sum / covered;
  if (left !== 0n) return { price, status: SettlementStatus.Averaging };
  if (covered < MIN_COVERED || record.isDisputed) return { price, status: SettlementStatus.Unresolved };
  return { price, status: now - expiry >= DISPUTE_DELAY ? SettlementStatus.Final : SettlementStatus.Pending };
}

function secondsLeft(expiry: bigint, now: bigint): bigint {
  return max(expiry - now, 0n);
}

/** The sum and the seconds in it, the last sample counted until `second` of the window. */
function heldUntil({ weightedSum, covered, lastPrice, lastSecond }: SettlementRecord, second: bigint) {
  if (lastPrice === 0n) return { sum: weightedSum, covered };
  const held = min(second - lastSecond, MAX_HOLD);
  return { sum: weightedSum + lastPrice * held, covered: covered + held };
}
