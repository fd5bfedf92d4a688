import { describe, expect, it } from 'vitest';

import { differences } from './differences';
import { sameCode } from './sameCode';

const ZEROS = '00'.repeat(32);
const WORD = 'ab'.repeat(32);

describe('sameCode', () => {
  it('lets an immutable be anything, and nothing else', () => {
    expect(sameCode(`0x7f${WORD}60015b`, `0x7f${ZEROS}60015b`)).toBe(true);
    expect(sameCode(`0x7f${WORD}60025b`, `0x7f${ZEROS}60015b`)).toBe(false);
    expect(sameCode(`0x7e${WORD}60015b`, `0x7f${ZEROS}60015b`)).toBe(false);
  });

  it('does not take the operand of another push for an immutable', () => {
    // PUSH2 7f00, then zeros that are code
    expect(sameCode(`0x617f00${WORD}`, `0x617f00${ZEROS}`)).toBe(false);
    expect(sameCode(`0x617f00${ZEROS}`, `0x617f00${ZEROS}`)).toBe(true);
  });

  it('does not let a constant of the code differ', () => {
    expect(sameCode(`0x7f${WORD}`, `0x7f${'cd'.repeat(32)}`)).toBe(false);
  });

  it('refuses code that is shorter, longer or cut within a push', () => {
    expect(sameCode('0x6001', '0x60015b')).toBe(false);
    expect(sameCode('0x60015b5b', '0x60015b')).toBe(false);
    expect(sameCode('0x61ab', '0x61ac')).toBe(false);
    expect(sameCode('0x61ab', '0x61ab')).toBe(true);
  });
});

describe('differences', () => {
  it('names each field that departs', () => {
    expect(differences('terms', { a: 1, b: 2n, c: true }, { a: 1n, b: 3, c: false })).toEqual([
      'terms.b is 2, not 3',
      'terms.c is true, not false',
    ]);
    expect(differences('terms', { a: 1 }, { a: 1, b: 2 })).toEqual(['terms.b is undefined, not 2']);
  });

  it('compares numbers by value and addresses whatever their case', () => {
    expect(differences('list', ['0xAB', 5n], ['0xab', 5])).toEqual([]);
    expect(differences('list', ['0xab', 5n], ['0xab'])).toEqual(['list is [0xab, 5], not [0xab]']);
  });
});
