import Table from 'cli-table3';

const NO_RULES = {
  ...Object.fromEntries(
    ['top', 'bottom', 'left', 'right', 'mid'].flatMap((edge) =>
      ['', '-mid', '-left', '-right'].map((end) => [edge + end, '']),
    ),
  ),
  middle: '',
};

export interface PlainTable {
  readonly head: readonly string[];
  readonly aligns: readonly ('left' | 'right')[];
  /** A string alone is a heading over all columns. */
  readonly rows: readonly (readonly string[] | string)[];
}

/** A table without rules, for terminals and for files. */
export function plainTable({ head, aligns, rows }: PlainTable): string {
  const table = new Table({
    head: [...head],
    colAligns: [...aligns],
    chars: NO_RULES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of rows) {
    table.push(typeof row === 'string' ? [{ colSpan: head.length, content: `\n${row}` }] : [...row]);
  }
  return table.toString().replaceAll(/ +$/gm, '');
}
