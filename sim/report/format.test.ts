import { describe, expect, it } from 'vitest';

import {
  formatAmount,
  formatBps,
  formatCount,
  formatDifference,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPrice,
  formatTime,
} from './format';

const plain = (text: string): string => text.replaceAll('\u202f', ' ').replaceAll('\u2212', '-');

describe('formatNumber', () => {
  it('never shows a negative zero', () => {
    expect(plain(formatNumber(-0.2))).toBe('0');
    expect(plain(formatNumber(-0.004, 2))).toBe('0.00');
  });

  it('groups thousands and rounds', () => {
    expect(plain(formatNumber(-1_234_567.8))).toBe('-1,234,568');
  });
});

describe('formatAmount', () => {
  it.each([
    [0, '0'],
    [0.5, '0.50'],
    [950, '950'],
    [9_994, '9,994'],
    [12_345, '12.3 k'],
    [-99_960, '-100 k'],
    [999_499, '999 k'],
    [999_999, '1.00 M'],
    [4_560_000, '4.56 M'],
    [2.1e9, '2.10 bn'],
  ])('writes %d as %s', (value, text) => expect(plain(formatAmount(value))).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [null, '–'],
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [3_600, '1 h'],
    [7_199, '2 h'],
    [7_500, '2 h 5 min'],
  ])('writes %s seconds as %s', (value, text) => expect(plain(formatDuration(value))).toBe(text));
});

describe('the other formats', () => {
  it('give a price the digits it deserves', () => {
    expect([42_350.4, 181.79, 0.9987].map(formatPrice)).toEqual(['42,350', '181.79', '0.9987']);
  });

  it('write percent, basis points, times and counts', () => {
    expect(plain(formatPercent(-0.527))).toBe('-52.7 %');
    expect([plain(formatBps(3.44)), plain(formatBps(344.4))]).toEqual(['3.4 bp', '344 bp']);
    expect(formatTime(1_583_992_800)).toBe('12 Mar 2020, 06:00 UTC');
    expect([formatCount(1, 'account'), formatCount(1_200, 'account')]).toEqual(['1 account', '1,200 accounts']);
  });

  it('show the sign of a difference, and none where there is no difference to see', () => {
    expect([12, -12, 0.2, -0].map((value) => plain(formatDifference(value, formatNumber)))).toEqual([
      '+12',
      '-12',
      '±0',
      '±0',
    ]);
  });
});
