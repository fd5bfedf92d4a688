import { describe, expect, it } from 'vitest';

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
