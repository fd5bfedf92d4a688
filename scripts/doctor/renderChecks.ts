import { formatTime } from '../../sdk/format';
import type { Check, Outcome, Tally } from '../../sdk/doctor';
import { plainTable } from '../cli/plainTable';

export interface Examination {
  readonly network: string;
  readonly block: { readonly number: bigint; readonly timestamp: bigint };
  readonly checks: readonly Check[];
  readonly counts: Tally;
}

const MARKS: Readonly<Record<Outcome, string>> = {
  ok: 'ok',
  warning: 'WARNING',
  failure: 'FAILURE',
  skipped: 'skipped',
};
const GROUPS: readonly Check['group'][] = [
  'deployment',
  'roles',
  'feeds',
  'policy',
  'pool',
  'fund',
  'instruments',
  'invariants',
];

/** A line a check by group, then the verdict. */
export function renderChecks({ network, block, checks, counts }: Examination): string {
  const rows = GROUPS.flatMap((group) => {
    const own = checks.filter((check) => check.group === group);
    return own.length === 0
      ? []
      : [
          group,
          ...own.map(({ outcome, name, detail, advice }) => [
            MARKS[outcome],
            name,
            advice === undefined ? detail : `${detail} → ${advice}`,
          ]),
        ];
  });
  const { ok, warnings, failures, skipped } = counts;
  /** What was not looked at is not known to be well. */
  const verdict = (): string => {
    const unseen = skipped === 0 ? '' : `incomplete: ${plural(skipped, 'check')} skipped; `;
    if (failures > 0) return `NOT HEALTHY: ${unseen}`;
    return unseen === '' ? 'healthy: ' : unseen;
  };
  const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  return [
    `${network}, block ${block.number} (${formatTime(block.timestamp)})`,
    plainTable({ head: ['', '', ''], aligns: ['left', 'left', 'left'], rows }).trimStart(),
    '',
    `${verdict()}${plural(failures, 'failure')}, ${plural(warnings, 'warning')}, ${ok} ok`,
  ].join('\n');
}
