import { describe, expect, it } from 'vitest';

import type { Verdict } from './judge';
import { formatSurvivors, formatTable, formatVerdict, killRate, tally, type Judged } from './report';

const ACCEPTED = { file: 'contracts/A.sol', before: 'a', after: 'b', reason: 'no matter' };

function judged(status: Verdict['status'], accepted = false): Judged {
  return {
    mutation: { file: 'contracts/A.sol', from: 0, to: 1, replacement: 'b', operator: 'arithmetic', line: 3 },
    change: { before: 'x = a + b;', after: 'x = a - b;' },
    verdict: { status, by: '' },
    ...(accepted && { accepted: ACCEPTED }),
  };
}

const ALL = [
  judged('killed'),
  judged('killed'),
  judged('timed out'),
  judged('survived'),
  judged('survived', true),
  judged('equivalent'),
  judged('does not compile'),
];

describe('report', () => {
  it('counts what no test could notice neither for nor against the tests', () => {
    expect(tally(ALL)).toEqual({ judged: 7, killed: 3, accepted: 1, survived: 1, equivalent: 1, uncompiled: 1 });
    expect(killRate(tally(ALL))).toBe(60);
    expect(killRate(tally([]))).toBe(100);
  });

  it('tells a verdict in a line, with the test that gave it', () => {
    expect(formatVerdict(judged('survived'))).toBe('survived         contracts/A.sol:3 arithmetic');
    const killed = { ...judged('killed'), verdict: { status: 'killed', by: 'keeps its word\nat line 3' } } as const;
    expect(formatVerdict(killed)).toBe('killed           contracts/A.sol:3 arithmetic, by keeps its word');
  });

  it('shows each survivor with its place, its lines and why it may stay', () => {
    expect(formatSurvivors(ALL)).toBe(
      [
        'contracts/A.sol:3 arithmetic\n  - x = a + b;\n  + x = a - b;',
        'contracts/A.sol:3 arithmetic, accepted: no matter\n  - x = a + b;\n  + x = a - b;',
      ].join('\n'),
    );
    expect(formatTable(ALL)).toContain('60.0 %');
  });
});
