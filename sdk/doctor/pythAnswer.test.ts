import { describe, expect, it } from 'vitest';

import { WAD } from '../math';
import { pythAnswer } from './pythAnswer';

describe('pythAnswer', () => {
  const says = (expo: number) => pythAnswer({ price: 200_050n, conf: 25n, expo, publishTime: 9n });

  it('is exact at every exponent that the oracle takes', () => {
    expect(says(-2)).toEqual({ price: 2_000n * WAD + WAD / 2n, confidence: WAD / 4n, updatedAt: 9n });
    expect(says(-18)?.price).toBe(200_050n);
    expect(says(0)?.price).toBe(200_050n * WAD);
  });

  it('is none at another exponent, however large [DOC-02]', () => {
    expect([1, -19, 2 ** 31 - 1, -(2 ** 31)].map(says)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
