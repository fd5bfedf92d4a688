import { describe, expect, it } from 'vitest';

import { readVerdicts } from './readVerdicts';

const FILE = 'test/proofs/AProofs.sol';
const SOURCE = [
  'contract A {',
  '  function a(uint256 x) external pure { assert(x == x); }',
  '  function b(uint256 x) external pure { assert(x > 0); }',
  '  function c() external pure { g(); }',
  '}',
].join('\n');

function says(message: string, text: string, file = FILE) {
  return {
    severity: 'warning',
    message,
    formattedMessage: message,
    sourceLocation: { file, start: SOURCE.indexOf(text) },
  };
}

describe('readVerdicts', () => {
  it('takes silence, and what is said of another file, for no proof', () => {
    const elsewhere = says('CHC: Assertion violation check is safe!', 'assert(x == x)', 'contracts/B.sol');
    expect(readVerdicts(FILE, SOURCE, [elsewhere])).toMatchObject([
      { name: 'a', verdict: 'undecided' },
      { name: 'b', verdict: 'undecided' },
    ]);
  });

  it('tells proved, refuted with its inputs, and undecided apart', () => {
    const safe = says('CHC: Assertion violation check is safe!', 'assert(x == x)');
    const refuted = says('CHC: Assertion violation happens here.\nx = 0', 'assert(x > 0)');
    const open = says('CHC: Assertion violation might happen here.', 'assert(x > 0)');
    expect(readVerdicts(FILE, SOURCE, [safe, refuted])).toMatchObject([
      { name: 'a', verdict: 'proved' },
      { name: 'b', verdict: 'refuted', message: expect.stringContaining('x = 0') as string },
    ]);
    expect(readVerdicts(FILE, SOURCE, [safe, open])[1]).toMatchObject({ verdict: 'undecided' });
    expect(readVerdicts(FILE, SOURCE, [safe, says(safe.message, 'assert(x > 0)'), open])[1]?.verdict).toBe('undecided');
  });
});
