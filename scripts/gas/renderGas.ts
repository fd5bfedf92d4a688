import { ACTIONS, GOALS, MISSED, PEERS, type Action } from './peers';

/** The table of docs/gas.md. */
export function renderGas(measured: Readonly<Record<Action, number>>): string {
  const rows = (Object.keys(ACTIONS) as Action[]).map((action) => {
    const goal = GOALS[action];
    const cells = [ACTIONS[action], grouped(measured[action]), goal === undefined ? '' : grouped(goal)];
    const missed = isMissed(measured, action) ? `missed: ${MISSED[action] ?? 'a regression'}` : undefined;
    return `| ${[...cells, missed ?? PEERS[action] ?? ''].join(' | ')} |`;
  });
  return [
    '# Gas',
    '',
    'Written by `npm run gas`; `npm run gas -- --check` fails where it has changed. Whole transactions, the base 21,000 and calldata',
    'included, from cold storage, on a chain without a sequencer, in a system that is in use: tokens are approved, the pool and the pace',
    'bucket have been used, and the keeper has held cash and the collateral. Under the default policy, but for calls without a fee.',
    "A price comes from one Chainlink feed (the development network's, which reads five cold slots in one contract; Chainlink's own is",
    'three in two), is fresh, and differs from the smoothed price. The worst liquidation is on a chain with a sequencer, where Pyth seconds',
    'each feed (`scripts/gas/measureDearest.ts`).',
    '',
    'A check is what the engine asks of an account by itself, on warm storage: the second of two calls, with real feeds and real terms (those of',
    '`deployments/policies/derivatives.json`), prices that differ from the smoothed ones, and volatilities of some doubt. Fills and liquidations of',
    'books are whole transactions again (`scripts/gas/measurePositions.ts`). What peers need is for the same action and not for the same conditions.',
    '',
    '| action | ours | to stay below | elsewhere, or why it is missed |',
    '|---|---:|---:|---|',
    ...rows,
    '',
  ].join('\n');
}

/** Actions above a goal that nobody has said why they miss. */
export function regressions(measured: Readonly<Record<Action, number>>): Action[] {
  return (Object.keys(ACTIONS) as Action[]).filter((action) => isMissed(measured, action) && !(action in MISSED));
}

function isMissed(measured: Readonly<Record<Action, number>>, action: Action): boolean {
  return measured[action] > (GOALS[action] ?? Number.POSITIVE_INFINITY);
}

function grouped(gas: number): string {
  return gas.toLocaleString('en-US');
}
