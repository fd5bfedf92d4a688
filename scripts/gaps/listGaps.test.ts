import { describe, expect, it } from 'vitest';

import { listGaps, outdated, totalsOf, unexplained, type AcceptedGap, type FileCoverage } from './listGaps';

const SOURCE = ['contract A {', '  function f() {', '    if (x) return;', '    y = 1;', '  }', '}'].join('\n');
const FILE: FileCoverage = {
  l: { 3: 2, 4: 0 },
  f: { 1: 2, 2: 0 },
  fnMap: { 1: { name: 'f', line: 2 }, 2: { name: 'g', line: 6 } },
  b: { 1: [2, 0], 2: [0, 1] },
  branchMap: { 1: { line: 3 }, 2: { line: 4 } },
};
const KNOWN: AcceptedGap = { file: 'A.sol', source: 'if (x) return;', kind: 'second way', reason: 'always so' };

const gaps = listGaps({ 'A.sol': FILE }, () => SOURCE);

describe('gaps of coverage', () => {
  it('are lines, functions and either way of a branch, with what their line says', () => {
    expect(gaps).toEqual([
      { file: 'A.sol', line: 3, kind: 'second way', source: 'if (x) return;' },
      { file: 'A.sol', line: 4, kind: 'line', source: 'y = 1;' },
      { file: 'A.sol', line: 4, kind: 'first way', source: 'y = 1;' },
      { file: 'A.sol', line: 6, kind: 'function', source: '}' },
    ]);
  });

  it('are explained by file, line and kind, not by number', () => {
    expect(unexplained(gaps, [KNOWN])).toEqual(gaps.slice(1));
    expect(unexplained(gaps, [{ ...KNOWN, kind: 'first way' }])).toEqual(gaps);
    expect(unexplained(gaps, [{ ...KNOWN, file: 'B.sol' }])).toEqual(gaps);
  });

  it('leave reasons behind that nothing needs any more', () => {
    const gone = { ...KNOWN, source: 'if (z) return;' };
    expect(outdated(gaps, [KNOWN, gone])).toEqual([gone]);
  });

  it('are counted', () => {
    expect(totalsOf({ 'A.sol': FILE, 'B.sol': FILE })).toEqual({
      lines: { covered: 2, all: 4 },
      functions: { covered: 2, all: 4 },
      branches: { covered: 4, all: 8 },
    });
  });
});
