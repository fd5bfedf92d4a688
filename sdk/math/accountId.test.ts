import { describe, expect, it } from 'vitest';

import { formatAccountId, indexOf, isAccountId, ownerOf, toAccountId } from './accountId';

const OWNER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

describe('account ids', () => {
  it('refuse an index that does not fit 12 bytes', () => {
    expect(() => toAccountId(OWNER, 2n ** 96n)).toThrow('outside');
    expect(() => toAccountId(OWNER, -1n)).toThrow('outside');
  });

  it('keep owner and index', () => {
    for (const index of [0n, 7n, 2n ** 96n - 1n]) {
      const account = toAccountId(OWNER, index);
      expect(isAccountId(account)).toBe(true);
      expect(ownerOf(account)).toBe(OWNER);
      expect(indexOf(account)).toBe(index);
      expect(formatAccountId(account)).toBe(`${OWNER}#${index}`);
    }
  });

  it('are told from other text', () => {
    for (const text of ['', '0x', OWNER, `${toAccountId(OWNER, 0n)}00`, `0x${'g'.repeat(64)}`]) {
      expect(isAccountId(text)).toBe(false);
    }
  });
});
