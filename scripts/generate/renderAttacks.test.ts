import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { GUARDS } from '../mutants/guards';
import { ROOT } from '../toolchain/root';
import { ATTACKS_PAGE, caseOf, readAttackTests, renderAttacks } from './renderAttacks';

const file = 'test/attacks/a.test.ts';

describe('caseOf', () => {
  it.each([
    ['names none', 'leaves no dust', /does not begin with a case/],
    ['names one that nobody knows', 'V999 leaves no dust', /V999 has no phrase/],
  ])('throws where a title %s', (_, title, problem) => {
    expect(() => caseOf({ file, title })).toThrow(problem);
  });

  it('takes a letter for another test of the same case', () => {
    expect(caseOf({ file, title: 'V14b opens no dust' })).toBe('V14');
  });
});

describe('docs/attacks.md', () => {
  const tests = readAttackTests();

  it('throws where a case has no test', () => {
    expect(() => renderAttacks([], GUARDS)).toThrow(/^V1 of .* has no test/);
  });

  it('is what titles and guards say (npx tsx scripts/generate/attacks.ts writes it anew)', () => {
    expect(readFileSync(join(ROOT, ATTACKS_PAGE), 'utf8')).toBe(renderAttacks(tests, GUARDS));
  });

  it('has a guard for each case of test/attacks', () => {
    const guarded = new Set(GUARDS.map(({ killedBy }) => killedBy.file));
    expect([...new Set(tests.map((test) => test.file))].filter((path) => !guarded.has(path))).toEqual([]);
    const cases = new Set(tests.map(caseOf));
    const ids = new Set(GUARDS.map(({ id }) => id.replace(/[b-z]$/, '')));
    expect([...cases].filter((each) => !ids.has(each))).toEqual([]);
  });
});
