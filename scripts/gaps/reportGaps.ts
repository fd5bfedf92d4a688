import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { AppError } from '../../sdk/errors';
import { ROOT } from '../toolchain/root';
import table from './accepted.json';
import { listGaps, outdated, totalsOf, unexplained, type AcceptedGap, type FileCoverage, type Share } from './listGaps';

const ACCEPTED = table as readonly AcceptedGap[];
const LEAST_BRANCHES = 95;

/**
 * Prints what the tests have covered and what they have not come to, and says whether that is as it should be: all lines
 * and functions, nearly all branches, and a reason in accepted.json for each gap.
 * @throws AppError where coverage has not been measured
 */
export function reportGaps(): boolean {
  const file = join(ROOT, 'coverage.json');
  if (!existsSync(file)) throw new AppError('coverage was not measured to its end', { code: 'no_coverage' });
  const files = JSON.parse(readFileSync(file, 'utf8')) as Record<string, FileCoverage>;
  const gaps = listGaps(files, (path) => readFileSync(join(ROOT, path), 'utf8'));
  const open = unexplained(gaps, ACCEPTED);
  const stale = outdated(gaps, ACCEPTED);
  for (const { file: path, line, kind, source } of open) print(`${path}:${line} ${kind}: ${source}`);
  for (const { file: path, source } of stale) print(`accepted.json: covered, or gone: ${path} ${source}`);

  const { lines, functions, branches } = totalsOf(files);
  print(`lines ${percent(lines)}, functions ${percent(functions)}, branches ${percent(branches)}`);
  print(`${gaps.length} gaps, ${open.length} without a reason`);
  const isEnough = branches.covered * 100 >= branches.all * LEAST_BRANCHES;
  return isEnough && open.length + stale.length === 0;
}

function percent({ covered, all }: Share): string {
  const tenths = all === 0 ? 1_000 : Math.floor((covered * 1_000) / all);
  return `${Math.floor(tenths / 10)}.${tenths % 10} % (${covered} of ${all})`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
