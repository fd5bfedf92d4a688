import { describe, expect, it } from 'vitest';

import { excess, health } from './margin';
import { INT256_MAX, INT256_MIN, WAD } from './units';

describe('health', () => {
  it('is the least there is for an account that owes and requires nothing', () => {
    expect(health({ equity: -1n, initial: 0n, maintenance: 0n })).toBe(INT256_MIN);
  });

  it('is the largest there is where nothing is required and nothing owed', () => {
    expect(health({ equity: 0n, initial: 0n, maintenance: 0n })).toBe(INT256_MAX);
  });

  it('rounds down on both sides of zero', () => {
    expect(health({ equity: 2n, initial: 3n, maintenance: 3n })).toBe((2n * WAD) / 3n);
    expect(health({ equity: -2n, initial: 3n, maintenance: 3n })).toBe((-2n * WAD) / 3n - 1n);
    expect(health({ equity: -3n, initial: 3n, maintenance: 3n })).toBe(-WAD);
  });
});

describe('excess', () => {
  it('is negative when equity is short of the initial requirement', () => {
    expect(excess({ equity: 5n, initial: 8n, maintenance: 2n })).toBe(-3n);
  });
});
