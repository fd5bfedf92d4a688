import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { magnitude, SEED, signed } from '../testing/arbitraries';
import { divUp, mulDivCeil, mulDivDown, mulDivFloor, mulDivUp } from './rounding';

const divisor = magnitude(2n ** 128n).map((d) => d + 1n);

describe('rounding', () => {
  it('goes away from zero for a negative floor and towards it for a negative ceiling', () => {
    expect(mulDivFloor(-7n, 1n, 2n)).toBe(-4n);
    expect(mulDivCeil(-7n, 1n, 2n)).toBe(-3n);
    expect(mulDivFloor(7n, 1n, 2n)).toBe(3n);
    expect(mulDivCeil(7n, 1n, 2n)).toBe(4n);
  });

  it('keeps exact quotients exact in every direction', () => {
    for (const divide of [mulDivDown, mulDivUp, mulDivFloor, mulDivCeil]) expect(divide(6n, 5n, 3n)).toBe(10n);
    expect(divUp(0n, 3n)).toBe(0n);
    expect(divUp(9n, 3n)).toBe(3n);
  });

  it('lands within one below and one above the true quotient, on the side in the name', () => {
    fc.assert(
      fc.property(signed(2n ** 128n), magnitude(2n ** 128n), divisor, (x, y, d) => {
        const floor = mulDivFloor(x, y, d);
        const ceil = mulDivCeil(x, y, d);
        expect(floor * d <= x * y && x * y < (floor + 1n) * d).toBe(true);
        expect((ceil - 1n) * d < x * y && x * y <= ceil * d).toBe(true);
      }),
      { seed: SEED },
    );
  });
});
