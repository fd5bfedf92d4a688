import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { logMoneyness, SEED, sviSlice } from '../testing/arbitraries';
import {
  areWingsSound,
  decodeSlice,
  encodeSlice,
  LEAST_VARIANCE,
  leastVariance,
  MOST_VARIANCE,
  SVI_ONE,
  unboundedVarianceAt,
  varianceAt,
  type SviSlice,
} from './svi';
import { WAD, YEAR } from './units';

const ONE = Number(SVI_ONE);
/** Wei that variance may be short of the formula. */
const SHORT = 101n;

const SMILE = slice(0.3, 0.4, -0.3, 0.02, 0.15);

function slice(a: number, b: number, rho: number, m: number, sigma: number): SviSlice {
  const units = (value: number): bigint => BigInt(Math.round(value * ONE));
  const parameters = { a: units(a), b: units(b), rho: units(rho), m: units(m), sigma: units(sigma) };
  return { ...parameters, publishedAt: 1_700_000_000, confidenceBps: 100 };
}

/** The formula in floats, of a slice with fields in units of `ONE`. */
function exact({ a, b, rho, m, sigma }: Record<'a' | 'b' | 'rho' | 'm' | 'sigma', number>, k: number): number {
  return (a + b * ((rho / ONE) * (k - m / ONE) + Math.hypot(k - m / ONE, sigma / ONE))) / ONE;
}

function toNumbers({ a, b, rho, m, sigma }: SviSlice) {
  return { a: Number(a), b: Number(b), rho: Number(rho), m: Number(m), sigma: Number(sigma) };
}

describe('svi', () => {
  it('never leaves the volatilities from 1 % to 500 % [VOL-12]', () => {
    expect(varianceAt(slice(0.00001, 0, 0, 0, 0.1), 0n)).toBe(LEAST_VARIANCE);
    expect(varianceAt(slice(1, 100, 0, 0, 0.1), WAD)).toBe(MOST_VARIANCE);
    fc.assert(
      fc.property(sviSlice, logMoneyness, (random, k) => {
        const variance = varianceAt(random, k);
        expect(variance >= LEAST_VARIANCE && variance <= MOST_VARIANCE).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it('is what the formula says, in numbers done by hand [VOL-12]', () => {
    // 0.3 + 0.4 * (-0.3 * (0.08 - 0.02) + sqrt(0.06 ** 2 + 0.15 ** 2))
    expect(varianceAt(SMILE, (8n * WAD) / 100n)).toBe(357_421_977_685_614_048n);
    // at k = m: a + b * sigma
    expect(varianceAt(SMILE, (2n * WAD) / 100n)).toBe((36n * WAD) / 100n);
    expect(varianceAt(slice(0.25, 0, 0.9, 1, 0.1), -2n * WAD)).toBe(WAD / 4n);
  });

  it('is the example of docs/risk.md [VOL-12]', () => {
    const rows = [-0.5, -0.1, 0, 0.1, 0.5].map((k) => {
      const variance = Number(varianceAt(SMILE, BigInt(Math.round(k * 10)) * (WAD / 10n))) / 1e18;
      return [Math.exp(k).toFixed(4), variance.toFixed(4), (100 * Math.sqrt(variance)).toFixed(2)];
    });
    expect(rows).toEqual([
      ['0.6065', '0.5789', '76.08'],
      ['0.9048', '0.3912', '62.55'],
      ['1.0000', '0.3629', '60.24'],
      ['1.1052', '0.3584', '59.87'],
      ['1.6487', '0.4436', '66.60'],
    ]);
    expect((Number(leastVariance(SMILE)) / ONE).toFixed(4)).toBe('0.3572');
  });

  it('agrees with the formula in floats for every slice [VOL-12]', () => {
    fc.assert(
      fc.property(sviSlice, logMoneyness, (random, k) => {
        const reference = exact(toNumbers(random), Number(k) / 1e18);
        // what floats lose where a large level and a large smile cancel out
        expect(Math.abs(Number(unboundedVarianceAt(random, k)) / 1e18 - reference)).toBeLessThan(1e-12);
      }),
      { seed: SEED },
    );
  });

  it('is convex, and rises away from its lowest point, to the wei that it is short [VOL-12]', () => {
    fc.assert(
      fc.property(sviSlice, logMoneyness, logMoneyness, (random, one, other) => {
        const [left, right] = one < other ? [one, other] : [other, one];
        const middle = unboundedVarianceAt(random, (left + right) / 2n);
        const ends = [unboundedVarianceAt(random, left), unboundedVarianceAt(random, right)] as const;
        expect(2n * middle <= ends[0] + ends[1] + 4n * SHORT).toBe(true);
        // from where it is lowest a wing does not come back down
        expect(middle <= (ends[0] > ends[1] ? ends[0] : ends[1]) + 2n * SHORT).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it('is nowhere below its least variance, and as low as that somewhere [VOL-05]', () => {
    fc.assert(
      fc.property(sviSlice, logMoneyness, (random, k) => {
        const least = leastVariance(random) * (WAD / SVI_ONE);
        expect(unboundedVarianceAt(random, k) >= least - SHORT).toBe(true);
        const { rho, m, sigma } = toNumbers(random);
        const lowest = (m - (rho * sigma) / Math.sqrt((ONE - rho) * (ONE + rho))) / ONE;
        const there = Number(unboundedVarianceAt(random, BigInt(Math.round(lowest * 1e18)))) / 1e18;
        // a unit of the least variance, and the floats
        expect(there - Number(least) / 1e18).toBeLessThan(2e-10 + 1e-9 * Number(random.b / SVI_ONE));
      }),
      { seed: SEED },
    );
  });

  it('stands for any volatility from 1 % to 500 % to better than a part in a thousand [VOL-13]', () => {
    const unit = { min: 0, max: 1, noNaN: true };
    const draw = fc.tuple(fc.double(unit), fc.double(unit), fc.double(unit), fc.double(unit), fc.double(unit));
    fc.assert(
      fc.property(draw, logMoneyness, ([low, steep, skew, shift, width], k) => {
        const b = 100 * steep ** 3;
        const rho = (2 * skew - 1) * (1 - 1e-9);
        const m = 8 * shift - 4;
        const sigma = 0.001 + 7.999 * width ** 3;
        const least = 1e-4 * 250_000 ** low;
        const real = { a: least - b * sigma * Math.sqrt(1 - rho * rho), b, rho, m, sigma };
        const stored = slice(real.a, b, rho, m, sigma);
        const scaled = { a: real.a * ONE, b: b * ONE, rho: rho * ONE, m: m * ONE, sigma: sigma * ONE };
        const wanted = exact(scaled, Number(k) / 1e18);
        fc.pre(wanted <= 25);
        const volatility = Math.sqrt(Number(unboundedVarianceAt(stored, k)) / 1e18);
        expect(Math.abs(volatility / Math.sqrt(wanted) - 1)).toBeLessThan(1 / 4_000);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('takes wings up to a slope of two in total variance [VOL-06]', () => {
    expect(areWingsSound(slice(0.1, 1.6, 0.25, 0, 0.1), YEAR)).toBe(true);
    expect(areWingsSound(slice(0.1, 1.6, -0.25, 0, 0.1), YEAR)).toBe(true);
    expect(areWingsSound(slice(0.1, 1.6, 0.25, 0, 0.1), YEAR + 1n)).toBe(false);
    expect(areWingsSound(slice(0.1, 1.6, -0.2501, 0, 0.1), YEAR)).toBe(false);
    expect(areWingsSound(slice(0.1, 100, 0.9, 0, 0.1), YEAR / 95n)).toBe(true);
  });

  it('comes out of its word as it went in [VOL-12]', () => {
    fc.assert(
      fc.property(sviSlice, (random) => {
        const word = encodeSlice(random);
        expect(word < 1n << 256n).toBe(true);
        expect(decodeSlice(word)).toEqual(random);
      }),
      { seed: SEED },
    );
  });
});
