import { describe, expect, it } from 'vitest';

import { listMutations } from './listMutations';
import { applyMutation, lineChange } from './mutation';

const FILE = 'contracts/A.sol';

/** What each mutant's line becomes, for a function with this body. */
function mutants(body: string, results = ''): string[] {
  const source = `contract A {\n  function f(uint256 a, bool b) public ${results} {\n${body}\n}\n}`;
  return listMutations(FILE, source).map((mutation) => {
    const { after } = lineChange(source, mutation);
    return `${mutation.operator}: ${after}`;
  });
}

describe('listMutations', () => {
  it('leaves assembly, hexadecimal numbers and declarations alone', () => {
    expect(mutants('uint256 x; assembly { x := add(1, 2) }')).toEqual([]);
    expect(mutants('bytes1 x = 0xff;')).toEqual([]);
    expect(mutants('uint256[2] memory x;')).toEqual([]);
  });

  it('takes out a guard as a whole, and negates it', () => {
    expect(mutants('if (b) revert Bad(a);')).toEqual([
      'guard removed: ;',
      'condition negated: if (!(b)) revert Bad(a);',
    ]);
  });

  it('moves a comparison by one, and turns it round once', () => {
    expect(mutants('if (a < 7) g();')).toEqual([
      'condition always true: if (true) g();',
      'comparison: if (a <= 7) g();',
      'comparison: if (a >= 7) g();',
      'number + 1: if (a < (7 + 1)) g();',
      'number - 1: if (a < (7 - 1)) g();',
      'statement removed: if (a < 7) ;',
    ]);
  });

  it('finds the operator between operands that contain it', () => {
    expect(mutants('x = (a + a) + (a - a);')).toEqual([
      'statement removed: ;',
      'arithmetic: x = (a - a) + (a - a);',
      'arithmetic: x = (a + a) - (a - a);',
      'arithmetic: x = (a + a) + (a + a);',
    ]);
  });

  it('swaps connectives, and drops a negation', () => {
    expect(mutants('x = !b && b;')).toEqual([
      'statement removed: ;',
      'negation removed: x = b && b;',
      'connective: x = !b || b;',
    ]);
  });

  it('changes results by their type, where there is one of them', () => {
    expect(mutants('return a;', 'returns (uint256)')).toEqual([
      'result changed: return (a) + 1;',
      'result changed: return 0;',
    ]);
    expect(mutants('return b;', 'returns (bool)')).toEqual(['result changed: return !(b);']);
    expect(mutants('return (a, b);', 'returns (uint256, bool)')).toEqual([]);
  });

  it('keeps the unit of a number', () => {
    expect(mutants('emit E(3 minutes);')).toEqual([
      'event removed: ;',
      'number + 1: emit E((3 minutes + 1));',
      'number - 1: emit E((3 minutes - 1));',
    ]);
  });

  it('changes nothing but what it says', () => {
    const source = 'contract A {\n  function f() public {\n    x = 1; // x = 1\n  }\n}';
    const [removed] = listMutations(FILE, source);
    expect(removed).toMatchObject({ line: 3, operator: 'statement removed' });
    expect(removed && applyMutation(source, removed)).toBe(source.replace('x = 1; //', '; //'));
  });
});
