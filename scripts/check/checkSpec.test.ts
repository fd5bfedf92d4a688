import { describe, expect, it } from 'vitest';

import { checkSpec } from './checkSpec';

const SPEC = `# Specification

- **ABC-01** One thing holds.
- **ABC-02** Another does.
`;

const file = (text: string, path = 'test/unit/a.test.ts') => ({ path, text });
const both = file("it('does one thing [ABC-01]', async () => {});\n  it(`${it} does another [ABC-02]`, () => {});");

describe('checkSpec', () => {
  it('finds a requirement that no test quotes', () => {
    const { problems } = checkSpec(SPEC, [file("it('does one thing [ABC-01]', () => {});")]);
    expect(problems).toEqual(['docs/spec.md: no test quotes ABC-02']);
  });

  it('finds a quoted id that is no requirement', () => {
    const { problems } = checkSpec(SPEC, [both, file("it('is of no use [ABC-03]', () => {});")]);
    expect(problems).toEqual(['test/unit/a.test.ts: quotes ABC-03, which docs/spec.md does not have']);
  });

  it('finds an id that is there twice and a line that is no requirement', () => {
    const { problems } = checkSpec(`${SPEC}- **ABC-02** Again.\n- **ABC3** What?\n`, [both]);
    expect(problems).toEqual([
      'docs/spec.md: ABC-02 is there twice',
      'docs/spec.md: not "- **ABC-01** what must hold": - **ABC3** What?',
    ]);
  });

  it('takes ids from titles only, not from comments or code', () => {
    const { problems } = checkSpec(SPEC, [file('// [ABC-01]\nconst a = b[ABC-02];')]);
    expect(problems).toHaveLength(2);
  });

  it('counts a title once, whatever its quotes and however many ids it has', () => {
    const text = [
      "it('one [ABC-01] [ABC-02]', () => {});",
      'it("it\'s two [ABC-01]", () => {});',
      "it.each([['a', 1]])('three of %s [ABC-02]', () => {});",
      "describe('four [ABC-02]', () => {});",
      'it(`[ABC-01] is no title ${at} the front`, () => {});',
    ].join('\n');
    expect(checkSpec(SPEC, [file(text)])).toEqual({ ids: 2, quotes: 5, problems: [] });
  });

  it('reads the documentation of Solidity tests', () => {
    const sol = file(
      '    /// @dev Found by fuzzing [ABC-01] [ABC-02]\n    function test_a() public {',
      'test/forge/A.t.sol',
    );
    expect(checkSpec(SPEC, [sol]).problems).toEqual([]);
  });
});
