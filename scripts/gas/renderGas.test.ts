import { describe, expect, it } from 'vitest';

import { ACTIONS, PEERS, type Action } from './peers';
import { renderGas } from './renderGas';

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
});
