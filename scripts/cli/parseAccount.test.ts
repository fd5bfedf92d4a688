import { describe, expect, it } from 'vitest';

import { parseAccount } from './parseAccount';

const OWNER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const id = (index: string): string => `${OWNER.toLowerCase()}${index.padStart(24, '0')}`;

describe('parseAccount', () => {
  it('refuses what is no account, with what would be one [DEP-06]', () => {
    for (const text of ['', '0x12', '/1', `${OWNER}00`])
      expect(() => parseAccount(text)).toThrow('is no account: an address');
    for (const index of ['', 'two', '-1', '1/2']) {
      expect(() => parseAccount(`${OWNER}/${index}`)).toThrow(`the index "${index}" is not a number`);
    }
    expect(() => parseAccount(OWNER.replace('F', 'f'))).toThrow('is mistyped');
    expect(() => parseAccount(`${OWNER}/${2n ** 96n}`)).toThrow('outside 0 ... 2^96 - 1');
  });

  it('takes an id, an address, and an address with an index in either way of writing', () => {
    expect(parseAccount(OWNER)).toBe(id('0'));
    expect(parseAccount(`${OWNER.toLowerCase()}/10`)).toBe(id('a'));
    expect(parseAccount(`${OWNER}#1`)).toBe(id('1'));
    expect(parseAccount(id('a').toUpperCase().replace('0X', '0x'))).toBe(id('a'));
  });
});
