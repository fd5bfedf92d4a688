import { describe, expect, it } from 'vitest';

import { createBackoff } from './backoff';

const MOST = 48;
const at = (number: bigint, timestamp: bigint) => ({ number, timestamp });

describe('createBackoff', () => {
  it('counts block time, however many blocks that is', () => {
    const backoff = createBackoff();
    const tried: bigint[] = [];
    // ten blocks a second
    for (let block = 0n; block < 2_000n; block++) {
      const now = at(block, block / 10n);
      if (!backoff.isDue('key', now, 0)) continue;
      tried.push(block);
      backoff.fail('key', now, 0, MOST);
    }
    expect(tried).toEqual([0n, 1n, 120n, 360n, 840n, 1_320n, 1_800n]);
  });

  it('never tries twice in one block, whatever its time', () => {
    const backoff = createBackoff();
    backoff.fail('key', at(1n, 100n), 0, MOST);
    expect(backoff.isDue('key', at(1n, 100n), 0)).toBe(false);
    expect(backoff.isDue('key', at(2n, 100n), 0)).toBe(true);
  });

  it('begins anew when the state changes', () => {
    const backoff = createBackoff();
    for (let i = 0n; i < 5n; i++) backoff.fail('key', at(i, i), 0, MOST);
    expect(backoff.isDue('key', at(6n, 6n), 0)).toBe(false);
    expect(backoff.isDue('key', at(6n, 6n), 1)).toBe(true);
    backoff.fail('key', at(6n, 6n), 1, MOST);
    expect(backoff.isDue('key', at(7n, 6n), 1)).toBe(true);
  });
});
