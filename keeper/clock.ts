import { setTimeout as delay } from 'node:timers/promises';

/** Wall-clock time. Block time is another thing: it is read from heads. */
export interface Clock {
  /** Milliseconds since the epoch, with fractions. */
  now(): number;
  /** Resolves after `milliseconds`, or as soon as `signal` is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock; it does not jump while the process lives. */
export function createSystemClock(): Clock {
  return {
    now: () => performance.timeOrigin + performance.now(),
    sleep: async (milliseconds, signal) => {
      try {
        await delay(milliseconds, undefined, signal && { signal });
      } catch (error) {
        if (signal?.aborted !== true) throw error;
      }
    },
  };
}
