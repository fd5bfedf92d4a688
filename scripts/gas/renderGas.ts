import { ACTIONS, GOALS, PEERS, type Action } from './peers';

/** The table of docs/gas.md. */
export function renderGas(measured: Readonly<Record<Action, number>>): string {
  const rows = (Object.keys(ACTIONS) as Action[]).map((action) => {
    const goal = GOALS[action];
    const cells = [ACTIONS[action], grouped(measured[action]), goal === undefined ? '' : grouped(goal)];
    return `| ${[...cells, PEERS[action] ?? ''].join(' | ')} |`;
  });
  return [
    '# Gas',
    '',
    'Written by `npm run gas`; `npm run gas -- --check` fails where it has changed. Whole transactions, the base 21,000 and calldata',
    'included, from cold storage, under the default policy on a chain without a sequencer, in a system that is in use: tokens',
    'are approved, the pool and the pace bucket have been used, the borrower has held quote tokens and the keeper cash and the collateral.',
    "A price comes from one Chainlink feed (the development network's, which reads five cold slots in one contract; Chainlink's own is",
    'three in two), is fresh, and differs from the smoothed price. The worst liquidation is on a chain with a sequencer, where Pyth seconds',
    'each feed (`scripts/gas/measureDearest.ts`).',
    '',
    '| action | ours | to stay below | elsewhere |',
    '|---|---:|---:|---|',
    ...rows,
    '',
  ].join('\n');
}

function grouped(gas: number): string {
  return gas.toLocaleString('en-US');
}
