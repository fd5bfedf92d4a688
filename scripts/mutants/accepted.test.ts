import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ROOT } from '../toolchain/root';
import { findAccepted, outdated } from './accepted';

const ENTRY = { file: 'contracts/A.sol', before: 'x = a + b;', after: 'x = a - b;', reason: 'b is zero' };

describe('accepted survivors', () => {
  it('are known by what the line says before and after, in their own file', () => {
    expect(findAccepted(ENTRY.file, ENTRY, [ENTRY])).toBe(ENTRY);
    expect(findAccepted(ENTRY.file, { ...ENTRY, after: ';' }, [ENTRY])).toBeUndefined();
    expect(findAccepted('contracts/B.sol', ENTRY, [ENTRY])).toBeUndefined();
  });

  it('are outdated once their line, or their file, is gone', () => {
    expect(outdated(() => 'f() {\n   x = a  + b;\n}', [ENTRY])).toEqual([]);
    expect(outdated(() => 'f() {}', [ENTRY])).toEqual([ENTRY]);
    const missing = (): string => {
      throw new Error('no such file');
    };
    expect(outdated(missing, [ENTRY])).toEqual([ENTRY]);
  });

  it('are all of lines that the contracts have', () => {
    expect(outdated((file) => readFileSync(join(ROOT, file), 'utf8'))).toEqual([]);
  });
});
