import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { titledPolicy } from './titledPolicy';

it('names a policy by its file, so that two are told apart whatever stands in them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-policy-'));
  try {
    const file = join(folder, 'mine.json');
    writeFileSync(file, JSON.stringify(titledPolicy('default')));
    expect(titledPolicy('default').name).toBe('default');
    expect(titledPolicy(file)).toEqual({ ...titledPolicy('default'), name: 'mine.json' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
