import type { Head } from '../chain/readHead';

/** Block time: what makes a refused action possible (a price, a pool, a clock) moves with it, however blocks follow. */
export type Moment = Pick<Head, 'number' | 'timestamp'>;

/** Keeps what failed from being tried again too soon. */
export interface Backoff {
  /**
   * Whether `key` may be tried at `now`. A change of `state` wipes the slate: what failed then may succeed now.
   */
  isDue(key: string, now: Moment, state: number): boolean;
  /** Notes a failure; the wait begins with the next block and doubles with each, to at most `most` seconds. */
  fail(key: string, now: Moment, state: number, most: number): void;
  /** Forgets the failures of `key`. */
  clear(key: string): void;
  /** Forgets everything. */
  reset(): void;
}

interface Entry {
  readonly state: number;
  readonly failures: number;
  /** First block, and first second, at which to try again. */
  readonly block: bigint;
  readonly timestamp: bigint;
}

// The second wait: about a block where blocks are slow, and many where they are fast and little happens in one.
const FIRST_SECONDS = 12;

/** Waits for the next block, then 12, 24, 48 ... seconds of block time. */
export function createBackoff(): Backoff {
  const entries = new Map<string, Entry>();
  return {
    isDue(key, { number, timestamp }, state) {
      const entry = entries.get(key);
      if (entry === undefined || entry.state !== state) return true;
      return number >= entry.block && timestamp >= entry.timestamp;
    },
    fail(key, { number, timestamp }, state, most) {
      const known = entries.get(key);
      const failures = known?.state === state ? known.failures + 1 : 1;
      const wait = failures === 1 ? 0 : Math.min(FIRST_SECONDS * 2 ** (failures - 2), most);
      entries.set(key, { state, failures, block: number + 1n, timestamp: timestamp + BigInt(wait) });
    },
    clear: (key) => void entries.delete(key),
    reset: () => entries.clear(),
  };
}
