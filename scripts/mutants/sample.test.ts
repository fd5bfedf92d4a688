import { describe, expect, it } from 'vitest';

import { sample } from './sample';

const ITEMS = Array.from({ length: 100 }, (_, i) => i);

describe('sample', () => {
  it('takes everything where there is no more', () => {
    expect(sample(ITEMS, 1_000, 1)).toEqual(ITEMS);
    expect(sample([], 5, 1)).toEqual([]);
  });

  it('draws the same for the same seed, each once and in order', () => {
    const drawn = sample(ITEMS, 20, 7);
    expect(drawn).toHaveLength(20);
    expect(drawn).toEqual([...new Set(drawn)].sort((a, b) => a - b));
    expect(sample(ITEMS, 20, 7)).toEqual(drawn);
    expect(sample(ITEMS, 20, 8)).not.toEqual(drawn);
  });
});
