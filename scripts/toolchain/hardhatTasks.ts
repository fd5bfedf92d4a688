import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, TASK_TEST_GET_TEST_FILES } from 'hardhat/builtin-tasks/task-names';
import { subtask } from 'hardhat/config';
import type { SolcBuild } from 'hardhat/types';

import compilerSettings from './compilerSettings.json';

/** Folders under test/ that hold mocha tests; test/forge belongs to forge. */
export const MOCHA_FOLDERS = ['unit', 'integration', 'attacks'] as const;

/** Compile with the `solc` npm package that the lockfile pins instead of a downloaded binary. */
subtask(
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
  // eslint-disable-next-line @typescript-eslint/require-await -- the task is declared to return a promise
  async ({ solcVersion }: { solcVersion: string }): Promise<SolcBuild> => {
    const { version, longVersion } = compilerSettings;
    if (solcVersion !== version) {
      throw new Error(`Solidity ${solcVersion} is not installed: this project compiles with solc ${version} only`);
    }
    return { compilerPath: require.resolve('solc/soljson.js'), isSolcJs: true, version, longVersion };
  },
);

/** Without named files run every `*.test.ts` of the mocha folders, and nothing else as a test. */
subtask(
  TASK_TEST_GET_TEST_FILES,
  async ({ testFiles }: { testFiles: string[] }, { config }, runSuper): Promise<string[]> => {
    if (testFiles.length > 0) return (await runSuper({ testFiles })) as string[];
    return findMochaTests(config.paths.tests);
  },
);

export function findMochaTests(testsRoot: string): string[] {
  return MOCHA_FOLDERS.flatMap((folder) => {
    const root = join(testsRoot, folder);
    if (!existsSync(root)) return [];
    return readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.test.ts'))
      .map((path) => join(root, path));
  }).sort((a, b) =>
    relative(testsRoot, a).split(sep).join('/').localeCompare(relative(testsRoot, b).split(sep).join('/')),
  );
}
