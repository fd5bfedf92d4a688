import { describe, expect, it } from 'vitest';

import { ACTIONS, PEERS, type Action } from './peers';
import { regressions, renderGas } from './renderGas';

const ALL = Object.keys(ACTIONS) as Action[];

describe('renderGas', () => {
  it('has a line for each action, with what it costs here, what it may, and elsewhere', () => {
    const measured = Object.fromEntries(ALL.map((action, index) => [action, 1_000 + index])) as Record<Action, number>;
    const rows = renderGas(measured)
      .split('\n')
      .filter((line) => line.startsWith('| '));
    expect(rows).toHaveLength(ALL.length + 1);
    expect(rows[1]).toBe(`| ${ACTIONS.deposit} | 1,000 | 100,000 | ${PEERS.deposit} |`);
  });

  it('says of a goal that is missed why, and names those that are missed for no reason', () => {
    const measured = Object.fromEntries(ALL.map((action) => [action, 1_000])) as Record<Action, number>;
    expect(regressions(measured)).toEqual([]);
    const above = { ...measured, borrowMore: 12_001, deposit: 100_001 };
    expect(renderGas(above)).toContain('| 12,001 | 12,000 | missed: one answer of a feed');
    expect(regressions(above)).toEqual(['deposit']);
  });
});
