import { describe, expect, it } from 'vitest';

import { countVitest, parseForgeSummary, parseProofSummary, settle } from './suites';

const CLEAN = { passed: 3, failed: 0, skipped: 1 };

describe('settle', () => {
  it('keeps the counts of a suite that ended well', () => {
    expect(settle('a', 1, 0, CLEAN)).toEqual({ name: 'a', ...CLEAN });
  });

  it('counts a failure when the runner fails and names no failed test', () => {
    expect(settle('a', 1, 2, CLEAN)).toMatchObject({ passed: 3, failed: 1 });
  });

  it('counts a failure when there are files and no test ran', () => {
    expect(settle('a', 1, 0, { passed: 0, failed: 0, skipped: 0 })).toMatchObject({ failed: 1 });
  });

  it('counts a failure when the runner left no counts', () => {
    expect(settle('a', 1, 0, undefined)).toMatchObject({ failed: 1 });
  });
});

describe('parseForgeSummary', () => {
  it('reads the closing line, coloured or not', () => {
    const line =
      'Ran 2 test suites in 13.14ms (12.16ms CPU time): \u001b[32m7\u001b[0m tests passed, 1 failed, 2 skipped (10 total tests)';
    expect(parseForgeSummary(`[PASS] test_a()\n\n${line}\n`)).toEqual({ passed: 7, failed: 1, skipped: 2 });
  });

  it('finds nothing when forge stopped before a test', () => {
    expect(parseForgeSummary('Error: Compiler run failed')).toBeUndefined();
  });
});

describe('parseProofSummary', () => {
  it('counts what is proved, refuted and known to be undecided', () => {
    const output = 'proved    a\nrefuted   b\nx = 0\n6 proved, 1 refuted, 2 undecided\n';
    expect(parseProofSummary(output)).toEqual({ passed: 6, failed: 1, skipped: 2 });
  });

  it('finds nothing when a harness did not compile', () => {
    expect(parseProofSummary('compile_failed')).toBeUndefined();
  });
});

describe('countVitest', () => {
  it('counts a file that did not load as one failure', () => {
    const report = {
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
        { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'todo' }, { status: 'skipped' }] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 2, failed: 2, skipped: 2 });
  });
});
