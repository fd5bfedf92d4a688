/** Keeps what failed from being tried again too soon. */
export interface Backoff {
  /**
   * Whether `key` may be tried at `block`. A change of `state` wipes the slate: what failed then may succeed now.
   */
  isDue(key: string, block: bigint, state: number): boolean;
  /** Notes a failure; the wait doubles with each, from the next block on, to at most `most` blocks. */
  fail(key: string, block: bigint, state: number, most: number): void;
  /** Forgets the failures of `key`. */
  clear(key: string): void;
  /** Forgets everything. */
  reset(): void;
}

interface Entry {
  readonly state: number;
  readonly failures: number;
  /** First block at which to try again. */
  readonly due: bigint;
}

/** Waits 1, 2, 4 ... blocks. */
export function createBackoff(): Backoff {
  const entries = new Map<string, Entry>();
  return {
    isDue(key, block, state) {
      const entry = entries.get(key);
      return entry === undefined || entry.state !== state || block >= entry.due;
    },
    fail(key, block, state, most) {
      const known = entries.get(key);
      const failures = known?.state === state ? known.failures + 1 : 1;
      const wait = Math.min(2 ** (failures - 1), most);
      entries.set(key, { state, failures, due: block + BigInt(wait) });
    },
    clear: (key) => void entries.delete(key),
    reset: () => entries.clear(),
  };
}
