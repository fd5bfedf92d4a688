import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readAttackTests } from '../generate/renderAttacks';
import { ROOT } from '../toolchain/root';
import type { Outcome } from './createRunner';
import { GUARDS, problemAfter, problemBefore, removeGuard, type Guard } from './guards';
import { isSetUp } from './isSetUp';

const GUARD: Guard = {
  id: 'V1',
  file: 'contracts/A.sol',
  find: 'if (bad) revert Bad();',
  replace: '',
  killedBy: { file: 'test/attacks/a.test.ts', title: 'V1' },
};

/** Tests of test/attacks, by their whole titles, that need no guard, and why: there is none today. */
const UNGUARDED: Readonly<Record<string, string>> = {};

describe('removeGuard', () => {
  it.each([
    ['gone', 'contract A {}'],
    ['there twice', `${GUARD.find} ${GUARD.find}`],
  ])('throws where the lines are %s', (_, source) => {
    expect(() => removeGuard(GUARD, source)).toThrow(/guard V1: its lines are \d times in contracts\/A.sol/);
  });

  it('replaces the lines as they are, dollar signs too', () => {
    expect(removeGuard({ ...GUARD, replace: '$&;' }, `a ${GUARD.find} b`)).toBe('a $&; b');
  });
});

const ran = (passed: string[], failed: string[] = [], broken: string[] = []): Outcome => ({
  status: failed.length === 0 ? 'passed' : 'failed',
  passed,
  failed,
  broken,
  output: 'what the tool said',
});

describe('problemBefore', () => {
  it('says that the test fails with its guard in place', () => {
    expect(problemBefore(GUARD, ran([], ['V1 holds']))).toMatch(/fails with the guard in place/);
  });

  it('says that there is no such test', () => {
    expect(problemBefore(GUARD, ran(['V2 holds']))).toMatch(/no such test: V1/);
  });

  it('has nothing against a test that passes', () => {
    expect(problemBefore(GUARD, ran(['V1 holds']))).toBe('');
  });
});

describe('problemAfter', () => {
  it.each([
    ['passes', ran(['V1 holds', 'V2 holds']), /^survived/],
    ['passes while another one fails', ran(['V1 holds'], ['V2 holds']), /^survived/],
    ['is not reached', ran([], ['"before all" hook in "A"'], ['"before all" hook in "A"']), /did not run/],
    [
      'fails in a hook',
      ran(['V2 holds'], ['"before each" hook for "V1 holds"'], ['"before each" hook for "V1 holds"']),
      /no world/,
    ],
    ['fails in its fixture', ran(['V2 holds'], ['V1 holds'], ['V1 holds']), /no world/],
    ['fails with all others of its file', ran([], ['V1 holds', 'V2 holds']), /no other test of .* passes/],
    ['does not end', { ...ran([], ['V1 holds']), status: 'timed out' as const }, /did not end/],
  ])('does not count a test as a killer that %s', (_, outcome, problem) => {
    expect(problemAfter(GUARD, outcome)).toMatch(problem);
  });

  it.each([
    ['while another one passes', ran(['V2 holds'], ['V1 holds'])],
    ['and is alone in its file', ran([], ['V1 holds'])],
  ])('counts a test that fails by itself, %s', (_, outcome) => {
    expect(problemAfter(GUARD, outcome)).toBe('');
  });

  it('takes a forge test by its whole name', () => {
    const forge = { ...GUARD, killedBy: { file: 'test/forge/A.t.sol', title: 'test_a' } };
    expect(problemAfter(forge, ran(['test_b'], ['test_a_fails']))).toBe('');
    expect(problemAfter(forge, ran(['test_b'], ['setUp'], ['setUp']))).toMatch(/did not run/);
  });
});

describe('isSetUp', () => {
  it.each([
    ['a hook', 'hook', 'Error\n at Context.<anonymous> (test/a.test.ts:1:1)', true],
    ['a fixture', 'test', 'Error\n at async loadFixture (/x/src/loadFixture.ts:59:18)', true],
    ['the deployment', 'test', 'Error\n at deployCore (deploy/plan/deployCore.ts:39:33)', true],
    ['an assertion', 'test', 'AssertionError\n at expectFutile (test/fixtures/expectFutile.ts:9:1)', false],
    ['a refusal', 'test', 'Error\n at async Context.<anonymous> (/x/test/attacks/a.test.ts:9:1)', false],
  ])('knows %s', (_, type, stack, expected) => {
    expect(isSetUp({ type, stack })).toBe(expected);
  });
});

describe('guards.json', () => {
  it.each(GUARDS.map((guard) => [guard.id, guard] as const))('%s: guard and test are where it says', (_, guard) => {
    expect(() => removeGuard(guard, readFileSync(join(ROOT, guard.file), 'utf8'))).not.toThrow();
    expect(existsSync(join(ROOT, guard.killedBy.file))).toBe(true);
    expect(readFileSync(join(ROOT, guard.killedBy.file), 'utf8')).toContain(guard.killedBy.title);
  });

  it.each(readAttackTests().map((test) => [test.title, test] as const))('has one that fails: %s', (title, { file }) => {
    const isNamed = GUARDS.some(({ killedBy }) => killedBy.file === file && title.includes(killedBy.title));
    const reason = UNGUARDED[title];
    expect(isNamed, 'neither a guard nor a reason, or both').toBe(reason === undefined);
  });

  it('leaves out no test that is not there', () => {
    const titles = readAttackTests().map(({ title }) => title);
    expect(Object.keys(UNGUARDED).filter((title) => !titles.includes(title))).toEqual([]);
  });

  it('names each guard once', () => {
    const ids = GUARDS.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
