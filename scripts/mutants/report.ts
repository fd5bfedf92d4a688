import Table from 'cli-table3';

import type { Accepted } from './accepted';
import type { GuardVerdict } from './guards';
import type { Verdict } from './judge';
import type { LineChange, Mutation } from './mutation';

export interface Judged {
  readonly mutation: Mutation;
  readonly change: LineChange;
  readonly verdict: Verdict;
  readonly accepted?: Accepted;
}

export interface Tally {
  readonly judged: number;
  readonly killed: number;
  readonly accepted: number;
  readonly survived: number;
  readonly equivalent: number;
  readonly uncompiled: number;
}

export function tally(all: readonly Judged[]): Tally {
  const count = (test: (judged: Judged) => boolean): number => all.filter(test).length;
  const status = (wanted: Verdict['status']) => count(({ verdict }) => verdict.status === wanted);
  return {
    judged: all.length,
    killed: status('killed') + status('timed out'),
    accepted: count(({ verdict, accepted }) => verdict.status === 'survived' && accepted !== undefined),
    survived: count(({ verdict, accepted }) => verdict.status === 'survived' && accepted === undefined),
    equivalent: status('equivalent'),
    uncompiled: status('does not compile'),
  };
}

/** Part of the mutants that are alive to begin with which the tests kill, in percent. */
export function killRate({ killed, accepted, survived }: Tally): number {
  const alive = killed + accepted + survived;
  return alive === 0 ? 100 : (100 * killed) / alive;
}

export function formatTable(all: readonly Judged[]): string {
  const table = new Table({
    head: ['source', 'mutants', 'killed', 'survived', 'accepted', 'equivalent', 'do not compile', 'rate'],
    colAligns: ['left', ...Array.from({ length: 7 }, () => 'right' as const)],
    style: { head: [], border: [] },
  });
  const files = [...new Set(all.map(({ mutation }) => mutation.file))].sort();
  const row = (name: string, t: Tally) =>
    table.push([name, t.judged, t.killed, t.survived, t.accepted, t.equivalent, t.uncompiled, percent(killRate(t))]);
  for (const file of files) row(file, tally(all.filter(({ mutation }) => mutation.file === file)));
  row('all', tally(all));
  return table.toString();
}

/** One line, for while others are still being tried. */
export function formatVerdict({ mutation: { file, line, operator }, verdict: { status, by } }: Judged): string {
  return `${status.padEnd(16)} ${file}:${line} ${operator}${by === '' ? '' : `, by ${by.split('\n')[0] ?? ''}`}`;
}

export function formatSurvivors(all: readonly Judged[]): string {
  return all
    .filter(({ verdict }) => verdict.status === 'survived')
    .map(({ mutation: { file, line, operator }, change, accepted }) =>
      [
        `${file}:${line} ${operator}${accepted === undefined ? '' : `, accepted: ${accepted.reason}`}`,
        `  - ${change.before}`,
        `  + ${change.after}`,
      ].join('\n'),
    )
    .join('\n');
}

export function formatGuards(verdicts: readonly GuardVerdict[]): string {
  return verdicts
    .map(({ guard, killed, problem }) =>
      killed
        ? `guard ${guard.id.padEnd(6)} killed by ${guard.killedBy.title}`
        : `guard ${guard.id.padEnd(6)} NOT KILLED (${guard.killedBy.file}): ${problem}`,
    )
    .join('\n');
}

export function percent(value: number): string {
  return `${value.toFixed(1)} %`;
}
