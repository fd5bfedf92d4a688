import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { listFiles } from '../toolchain/listFiles';
import { ROOT } from '../toolchain/root';
import { CAMPAIGNS, countInvariants } from './searchDeep';

describe('searchDeep', () => {
  const searched = CAMPAIGNS.flatMap(({ tests }) => tests);

  it('searches every contract of invariants, each once', () => {
    const all = listFiles(['test/forge'], '.t.sol').filter((file) =>
      readFileSync(join(ROOT, file), 'utf8').includes('function invariant_'),
    );
    expect([...searched].sort()).toEqual([...all].sort());
  });

  it('makes a million calls by the runs of foundry.toml', () => {
    const profile = readFileSync(join(ROOT, 'foundry.toml'), 'utf8').split('[profile.deep.invariant]')[1] ?? '';
    const field = (name: string): number => Number(new RegExp(`^${name} = (\\d+)`, 'm').exec(profile)?.[1]);
    const invariants = CAMPAIGNS.reduce((sum, campaign) => sum + countInvariants(campaign), 0);
    expect(field('runs') * field('depth') * invariants).toBeGreaterThanOrEqual(1_000_000);
  });
});
