import type { Clock } from '../clock';

/** A clock that moves only when told to, or when slept on. */
export function createFakeClock(start = 1_700_000_000_000): Clock & { advance(milliseconds: number): void } {
  let now = start;
  return {
    now: () => now,
    sleep: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
    advance: (milliseconds) => void (now += milliseconds),
  };
}
