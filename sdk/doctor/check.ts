/** What became of a check. What is skipped could not be looked at, and says why. */
export type Outcome = 'ok' | 'warning' | 'failure' | 'skipped';

export type CheckGroup = 'deployment' | 'roles' | 'feeds' | 'policy' | 'pool' | 'fund' | 'instruments' | 'invariants';

/** One thing that was looked at. */
export interface Check {
  readonly group: CheckGroup;
  /** Stable, for programs: what is checked, then of what. */
  readonly name: string;
  readonly outcome: Outcome;
  /** With the numbers. */
  readonly detail: string;
  /** What to do, where something is to be done. */
  readonly advice?: string;
}

/** How `found` ends: worse than a warning there is only a failure. */
export interface Tally {
  readonly ok: number;
  readonly warnings: number;
  readonly failures: number;
  readonly skipped: number;
}

export function tally(checks: readonly Check[]): Tally {
  const count = (outcome: Outcome): number => checks.filter((check) => check.outcome === outcome).length;
  return { ok: count('ok'), warnings: count('warning'), failures: count('failure'), skipped: count('skipped') };
}

export interface Reporter {
  readonly ok: (name: string, detail: string) => Check;
  readonly warn: (name: string, detail: string, advice?: string) => Check;
  readonly fail: (name: string, detail: string, advice?: string) => Check;
  readonly skip: (name: string, detail: string) => Check;
}

/** Makes the checks of a group. */
export function reporter(group: CheckGroup): Reporter {
  const make =
    (outcome: Outcome) =>
    (name: string, detail: string, advice?: string): Check => ({
      group,
      name,
      outcome,
      detail,
      ...(advice !== undefined && { advice }),
    });
  return { ok: make('ok'), warn: make('warning'), fail: make('failure'), skip: make('skipped') };
}
