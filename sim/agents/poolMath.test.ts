import { describe, expect, it } from 'vitest';

import { liquidityShares, reservesAt, swapOutput, toPrice } from './poolMath';

const reserves = { asset: 10_000n * 10n ** 18n, quote: 2_000_000n * 10n ** 6n };

describe('swapOutput', () => {
  it('gives nothing for nothing and never all there is [SIM-07]', () => {
    expect(swapOutput(0n, reserves.asset, reserves.quote)).toBe(0n);
    expect(swapOutput(10n ** 40n, reserves.asset, reserves.quote)).toBeLessThan(reserves.quote);
  });

  it('keeps the product from falling [SIM-07]', () => {
    const paid = 123n * 10n ** 18n;
    const out = swapOutput(paid, reserves.asset, reserves.quote);
    expect((reserves.asset + paid) * (reserves.quote - out)).toBeGreaterThanOrEqual(reserves.asset * reserves.quote);
  });
});

describe('reservesAt', () => {
  it('stands at the price asked for', () => {
    expect(toPrice(reserves, 18, 6)).toBeCloseTo(200, 9);
    expect(toPrice(reservesAt(reserves, 150, 18, 6), 18, 6)).toBeCloseTo(150, 6);
  });

  it('takes y (1 - sqrt(1 - d)) of quote to push the price down by d', () => {
    const after = reservesAt(reserves, 200 * 0.9, 18, 6);
    expect(Number(reserves.quote - after.quote) / Number(reserves.quote)).toBeCloseTo(1 - Math.sqrt(0.9), 9);
  });
});

describe('liquidityShares', () => {
  it('is the least of what covers each second, and all elsewhere', () => {
    const thinning = [
      { from: 10, until: 20, share: 0.5 },
      { from: 15, until: 30, share: 0.3 },
    ];
    expect(liquidityShares(thinning, 0, 12)).toEqual({ from: 1, to: 0.5 });
    expect(liquidityShares(thinning, 16, 20)).toEqual({ from: 0.3, to: 0.3 });
    expect(liquidityShares(thinning, 29, 30)).toEqual({ from: 0.3, to: 1 });
  });
});
