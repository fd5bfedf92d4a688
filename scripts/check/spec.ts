import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { listFiles } from '../toolchain/listFiles';
import { ROOT } from '../toolchain/root';
import testFolders from '../toolchain/testFolders.json';
import { checkSpec, type QuotingFile } from './checkSpec';

// Fails when a requirement of docs/spec.md is quoted by no test, and when a test quotes one that is not there.

const SPEC = 'docs/spec.md';
/** Its ids are made up. */
const OWN_TEST = join('scripts', 'check', 'checkSpec.test.ts');

const files: QuotingFile[] = [
  ...listFiles([...testFolders.mocha, ...testFolders.vitest], '.test.ts'),
  ...listFiles(testFolders.forge, '.t.sol'),
]
  .filter((path) => path !== OWN_TEST)
  .map((path) => ({ path, text: read(path) }));

const { ids, quotes, problems } = checkSpec(read(SPEC), files);
for (const problem of problems) process.stdout.write(`${problem}\n`);
const verdict = problems.length === 0 ? 'each quoted by a test' : `${problems.length} problem(s)`;
process.stdout.write(`spec: ${ids} requirements, ${quotes} quotes in ${files.length} test files, ${verdict}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
