import { describe, expect, it } from 'vitest';

import { fundingIndexAt, fundingPaid, fundingRateOf } from './funding';
import { PriceStatus, type Price } from './types';
import { WAD } from './units';

const wad = (value: number): bigint => BigInt(value) * WAD;

function price(spot: number, low = spot, high = spot, status: number = PriceStatus.Live): Price {
  return { spot: wad(spot), low: wad(low), high: wad(high), updatedAt: 1, status };
}

describe('fundingRateOf', () => {
  it('is nothing where a price is doubtful or distances point apart [PNL-02]', () => {
    expect(fundingRateOf(price(41_000, 41_000, 41_000, PriceStatus.Degraded), price(40_000), 30_000)).toBe(0n);
    expect(fundingRateOf(price(41_000), price(40_000, 40_000, 40_000, PriceStatus.Down), 30_000)).toBe(0n);
    expect(fundingRateOf(price(41_000, 39_000, 41_000), price(40_000), 30_000)).toBe(0n);
  });

  it('is the smallest distance a day, clamped, and cut towards zero on both sides [PNL-01] [PNL-02]', () => {
    expect(fundingRateOf(price(40_100, 40_050, 40_100), price(40_000), 30_000)).toBe(wad(50) / 86_400n);
    expect(fundingRateOf(price(39_900, 39_900, 39_950), price(40_000), 30_000)).toBe(-wad(50) / 86_400n);
    expect(fundingRateOf(price(41_000), price(40_000), 1_000)).toBe(wad(40) / 86_400n);
    expect(fundingRateOf(price(39_000), price(40_000), 1_000)).toBe(-wad(40) / 86_400n);
  });
});

describe('fundingIndexAt', () => {
  it('goes on by the rate, for eight hours [PNL-01]', () => {
    const state = { fundingIndex: 7n, fundingRate: -3n, fundingAt: 1_000 };
    expect(fundingIndexAt(state, 1_000n)).toBe(7n);
    expect(fundingIndexAt(state, 1_010n)).toBe(-23n);
    expect(fundingIndexAt(state, 1_000_000n)).toBe(7n - 3n * 28_800n);
  });
});

describe('fundingPaid', () => {
  it('rounds up, whoever pays', () => {
    expect(fundingPaid(1n, 1n)).toBe(1n);
    expect(fundingPaid(-1n, 1n)).toBe(0n);
    expect(fundingPaid(-1n, -1n)).toBe(1n);
    expect(fundingPaid(wad(2), -wad(3))).toBe(-wad(6));
  });
});
