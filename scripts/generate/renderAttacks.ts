import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { Guard } from '../mutants/guards';
import { listFiles } from '../toolchain/listFiles';
import { ROOT } from '../toolchain/root';
import cases from './attackCases.json';

export const ATTACKS_PAGE = 'docs/attacks.md';
const FOLDER = 'test/attacks';
const CASES = 'scripts/generate/attackCases.json';

/** What a case is, in a phrase: in test/attacks, or where it is answered elsewhere, or why it is not. */
type Case = string | { readonly name: string; readonly tests?: readonly string[]; readonly open?: string };

/** A test of `test/attacks`. */
export interface AttackTest {
  readonly file: string;
  readonly title: string;
}

const TITLE = /\bit\(\s*(['"`])((?:\\.|(?!\1).)*)\1/g;
const QUOTE = /\[([A-Z]{3,4}-\d{2})\]/g;
/** V14, of V14 and V14b and V14c. */
const CASE = /^([VA]\d+)[b-z]? /;

const INTRODUCTION = `# Attacks, tests, guards

Written by \`npx tsx scripts/generate/attacks.ts\` from the titles of \`test/attacks\` and from \`scripts/mutants/guards.json\`; \`npm test\` fails
where it is not up to date. V numbers are of a catalogue of known attacks on margin and lending systems, with gaps; A numbers are ours.
Each test acts as the attacker would, on contracts that are deployed as a system is, and reads what he would have moved: balances, cash,
collateral, or the deadline, cap or price that he is after. Each guard is a line that \`npm run mutants -- --guards\` takes out, or, marked
"inverted", makes do what code without the guard does: then a test of its case fails, in its own words and not for want of a world to run in.

| case | attack | the test: what holds | requirements | in | guards |
|---|---|---|---|---|---|
`;

/** All tests of \`test/attacks\`, by file and place. */
export function readAttackTests(): AttackTest[] {
  return listFiles([FOLDER], '.test.ts').flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(TITLE)].map(([, , title = '']) => ({ file, title })),
  );
}

/** The case of a test. @throws Error where its title names none, or one without a phrase */
export function caseOf({ file, title }: AttackTest): string {
  const id = CASE.exec(title)?.[1];
  if (id === undefined) throw new Error(`${file}: its title does not begin with a case: ${title}`);
  if (!(id in cases)) throw new Error(`${file}: ${id} has no phrase in ${CASES}`);
  return id;
}

/** `docs/attacks.md`. @throws Error where a test names no case, or a case has no test */
export function renderAttacks(tests: readonly AttackTest[], guards: readonly Guard[]): string {
  const rows = Object.entries(cases as Readonly<Record<string, Case>>).map(([id, known]) => {
    const own = tests.filter((test) => caseOf(test) === id);
    const elsewhere = typeof known === 'string' ? undefined : known;
    const name = typeof known === 'string' ? known : known.name;
    if (own.length === 0 && elsewhere === undefined) throw new Error(`${id} of ${CASES} has no test`);
    const titles = [...own.map(({ title }) => withoutIds(title)), ...(elsewhere?.open ? [elsewhere.open] : [])];
    const files = [...own.map(({ file }) => basename(file)), ...(elsewhere?.tests ?? []).map((path) => `\`${path}\``)];
    const lines = guards
      .filter((guard) => ownCase(guard.id) === id)
      .map(({ file, inverted }) => `${basename(file, '.sol')}${inverted === true ? ' (inverted)' : ''}`);
    const ids = own.flatMap(({ title }) => [...title.matchAll(QUOTE)].map(([, quoted = '']) => quoted)).sort();
    return `| ${[id, name, titles.join('; '), unique(ids), unique(files), unique(lines)].join(' | ')} |\n`;
  });
  return INTRODUCTION + rows.join('');
}

function ownCase(guard: string): string | undefined {
  return CASE.exec(`${guard} `)?.[1];
}

/** Without the case in front and the requirements behind. */
function withoutIds(title: string): string {
  return title
    .replace(CASE, '')
    .replace(/( \[[A-Z]{3,4}-\d{2}\])+$/, '')
    .replace(/\\(['"`])/g, '$1');
}

function unique(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}
