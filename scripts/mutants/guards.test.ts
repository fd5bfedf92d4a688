import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ROOT } from '../toolchain/root';
import { GUARDS, removeGuard, type Guard } from './guards';

const GUARD: Guard = {
  id: 'V1',
  file: 'contracts/A.sol',
  find: 'if (bad) revert Bad();',
  replace: '',
  killedBy: { file: 'test/attacks/a.test.ts', title: 'V1' },
};

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

describe('guards.json', () => {
  it.each(GUARDS.map((guard) => [guard.id, guard] as const))('%s: guard and test are where it says', (_, guard) => {
    expect(() => removeGuard(guard, readFileSync(join(ROOT, guard.file), 'utf8'))).not.toThrow();
    expect(existsSync(join(ROOT, guard.killedBy.file))).toBe(true);
    expect(readFileSync(join(ROOT, guard.killedBy.file), 'utf8')).toContain(guard.killedBy.title);
  });

  it('names each guard once', () => {
    const ids = GUARDS.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
