import { describe, expect, it } from 'vitest';

import { readVerdicts, withControls } from './readVerdicts';

const FILE = 'test/proofs/AProofs.sol';
const SOURCE = withControls(
  [
    'contract A {',
    '  function a(uint256 x) external pure { assert(x == x); }',
    '  function b(uint256 x) external pure { assert(x > 0); }',
    '  function c() external pure { g(); }',
    '}',
  ].join('\n'),
);

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
    const elsewhere = says('BMC: Assertion violation check is safe!', 'assert(x == x)', 'contracts/B.sol');
    expect(readVerdicts(FILE, SOURCE, [elsewhere])).toMatchObject([
      { name: 'a', verdict: 'undecided' },
      { name: 'b', verdict: 'undecided' },
    ]);
  });

  it('tells proved, refuted with its inputs, and undecided apart', () => {
    const safe = says('BMC: Assertion violation check is safe!', 'assert(x == x)');
    const refuted = says('BMC: Assertion violation happens here.\nx = 0', 'assert(x > 0)');
    const reached = says('BMC: Assertion violation happens here.', 'assert(false)');
    const open = says('BMC: Assertion violation might happen here.', 'assert(x > 0)');
    expect(readVerdicts(FILE, SOURCE, [safe, reached, refuted])).toMatchObject([
      { name: 'a', verdict: 'proved' },
      { name: 'b', verdict: 'refuted', message: expect.stringContaining('x = 0') as string },
    ]);
    expect(readVerdicts(FILE, SOURCE, [safe, open])[1]).toMatchObject({ verdict: 'undecided' });
    expect(readVerdicts(FILE, SOURCE, [safe, says(safe.message, 'assert(x > 0)'), open])[1]?.verdict).toBe('undecided');
  });

  it('takes for no proof what holds only because nothing satisfies what is required', () => {
    const safe = says('BMC: Assertion violation check is safe!', 'assert(x == x)');
    const unreached = says('BMC: Assertion violation check is safe!', 'assert(false)');
    expect(readVerdicts(FILE, SOURCE, [safe, unreached])[0]).toMatchObject({
      verdict: 'refuted',
      message: expect.stringContaining('hollow') as string,
    });
    expect(readVerdicts(FILE, SOURCE, [safe])[0]?.verdict).toBe('undecided');
  });
});
