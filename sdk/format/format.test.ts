import { describe, expect, it } from 'vitest';

import { formatAmount, formatAmountUp, formatBps } from './formatAmount';
import { formatSpan } from './formatTime';
import { formatWad } from './formatWad';

describe('formatWad', () => {
  it('shows no minus on what rounds to zero [SDK-07]', () => {
    expect(formatWad(-1n)).toBe('0.00');
  });

  it('cuts towards zero and separates thousands [SDK-07]', () => {
    expect(formatWad(1_234_567_899n * 10n ** 15n)).toBe('1,234,567.89');
    expect(formatWad(-1_234_567_899n * 10n ** 15n)).toBe('-1,234,567.89');
    expect(formatWad(999n * 10n ** 18n, 0)).toBe('999');
  });

  it('formats token units', () => {
    expect(formatWad(123_456_789n, 4, 10n ** 6n)).toBe('123.4567');
  });
});

describe('formatAmount', () => {
  it('shows eight decimals at most and no trailing zeros, and rounds what is needed up [SDK-07]', () => {
    expect(formatAmount(1_234n * 10n ** 18n, 18)).toBe('1,234');
    expect(formatAmount(10n ** 18n + 1n, 18)).toBe('1');
    expect(formatAmountUp(10n ** 18n + 1n, 18)).toBe('1.00000001');
    expect(formatAmountUp(1_500_000n, 6)).toBe('1.5');
    expect(formatBps(1_250)).toBe('12.5 %');
  });
});

describe('formatSpan', () => {
  it('is as fine as the span is short', () => {
    expect([59, 3_900, 7_200n, 172_800, 180_000].map(formatSpan)).toEqual(['59 s', '65 min', '2 h', '2 d', '2 d 2 h']);
  });

  it('cuts what is over, and never says more than there is [SDK-07]', () => {
    expect([119, 7_199, 10_799, 172_799, 176_399].map(formatSpan)).toEqual(['1 min', '119 min', '2 h', '47 h', '2 d']);
  });
});
