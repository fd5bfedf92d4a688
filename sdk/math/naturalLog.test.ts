import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { magnitude, SEED } from '../testing/arbitraries';
import { precise, preciseLn } from '../testing/highPrecision';
import { naturalLog, naturalLogRatio } from './naturalLog';
import { WAD } from './units';

/** 1e-17 and the wei of rounding down, at thirty places. */
const BOUND = 10n ** 13n + 10n ** 12n;
const LARGEST = 2n ** 96n - 1n;

/** How far off it is, at thirty places. */
function errorOf(numerator: bigint, denominator: bigint): bigint {
  const exact = preciseLn(precise(numerator, denominator)) / 10n ** 50n;
  const error = naturalLogRatio(numerator, denominator) * 10n ** 12n - exact;
  return error < 0n ? -error : error;
}

describe(`naturalLog (seed ${SEED})`, () => {
  it('is zero of one, and known elsewhere', () => {
    expect(naturalLog(WAD)).toBe(0n);
    expect(naturalLog(2n * WAD)).toBe(693_147_180_559_945_309n);
    expect(naturalLog(WAD / 2n)).toBe(-693_147_180_559_945_310n); // rounded down
    expect(naturalLog(10n * WAD)).toBe(2_302_585_092_994_045_684n);
  });

  it('is a wei and 1e-17 off at most between 1e-10 and the largest number [OPT-07]', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: LARGEST }), fc.bigInt({ min: 10n ** 8n, max: LARGEST }), (x, y) => {
        if (x >= y / 10n ** 10n) expect(errorOf(x, y) <= BOUND).toBe(true);
      }),
      { seed: SEED, numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.bigInt({ min: WAD / 100n, max: 100n * WAD }), (x) => errorOf(x, WAD) <= BOUND),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it('is as good where the argument is halved or doubled once more', () => {
    for (let power = -30n; power <= 60n; ++power) {
      const root = 1_414_213_562_373_095_048n;
      const joint = power < 0n ? root >> -power : root << power;
      for (const step of [-1n, 0n, 1n]) expect(errorOf(joint + step, WAD) <= BOUND).toBe(true);
    }
  });

  it('rises with its argument, but for a wei', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 10n ** 8n, max: LARGEST }), magnitude(LARGEST), (x, step) => {
        const y = x + step > LARGEST ? LARGEST : x + step;
        expect(naturalLog(y) >= naturalLog(x) - 1n).toBe(true);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('of a ratio and of its inverse sum to zero, but for two wei', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: WAD, max: 2n ** 90n }), fc.bigInt({ min: WAD, max: 2n ** 90n }), (x, y) => {
        const sum = naturalLogRatio(x, y) + naturalLogRatio(y, x);
        expect(sum >= -2n && sum <= 2n).toBe(true);
      }),
      { seed: SEED },
    );
  });
});
