import { toFunctionSelector } from 'viem';
import { describe, expect, it } from 'vitest';

import { countCalls, formatTally, neverDone, parseTally } from './tally';

const METHODS = { 'lend(uint256)': '2bed89e5', 'repay(uint256)': 'c6c9755a' };
const PAUSED = toFunctionSelector('AlreadyPaused()');
const TEXT = [
  `{"0x2bed89e5":[3,1,0,{"${PAUSED}":2}],"0xc6c9755a":[0,1,2,{"0xdeadbeef":1}]}`,
  `{"0x2bed89e5":[1,0,0,{}]}{"0x2bed89e5":[1,2,0,{"${PAUSED}":1,"0x00000001":5}]}`,
  '',
  '',
].join('\n');

describe('parseTally', () => {
  it('adds runs up, written side by side, under the names of actions and errors', () => {
    expect(parseTally(TEXT, METHODS)).toEqual([
      {
        action: 'lend',
        done: 5,
        refused: 3,
        idle: 0,
        refusals: [
          ['0x00000001', 5],
          ['AlreadyPaused', 3],
        ],
      },
      { action: 'repay', done: 0, refused: 1, idle: 2, refusals: [['0xdeadbeef', 1]] },
    ]);
  });

  it('finds what was never done, and shows it', () => {
    const tallies = parseTally(TEXT, METHODS);
    expect(neverDone(tallies)).toEqual(['repay']);
    expect(formatTally(tallies)).toContain('AlreadyPaused 3');
    expect(neverDone([])).toEqual([]);
  });
});

describe('countCalls', () => {
  it('adds the calls of all invariants', () => {
    expect(
      countCalls('[PASS] a() (runs: 2, calls: 128, reverts: 0)\n[PASS] b() (runs: 2, calls: 64, reverts: 0)'),
    ).toBe(192);
    expect(countCalls('nothing')).toBe(0);
  });
});
