import { join } from 'node:path';

import {
  TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD,
  TASK_COMPILE_SOLIDITY_LOG_COMPILATION_ERRORS,
  TASK_TEST_GET_TEST_FILES,
} from 'hardhat/builtin-tasks/task-names';
import { subtask } from 'hardhat/config';
import type { SolcBuild } from 'hardhat/types';

import compilerSettings from './compilerSettings.json';
import { listFiles } from './listFiles';
import { withoutKnownWarnings, type SolcOutput } from './knownWarnings';
import { ROOT } from './root';
import testFolders from './testFolders.json';

/** Compile with the `solc` npm package that the lockfile pins instead of a downloaded binary. */
subtask(TASK_COMPILE_SOLIDITY_GET_SOLC_BUILD, ({ solcVersion }: { solcVersion: string }): Promise<SolcBuild> => {
  const { version, longVersion } = compilerSettings;
  if (solcVersion !== version) {
    throw new Error(`Solidity ${solcVersion} is not installed: this project compiles with solc ${version} only`);
  }
  return Promise.resolve({ compilerPath: require.resolve('solc/soljson.js'), isSolcJs: true, version, longVersion });
});

/** Show what the compiler says, but for the warnings that are known. */
subtask(TASK_COMPILE_SOLIDITY_LOG_COMPILATION_ERRORS, (args: { output?: SolcOutput | undefined }, _hre, runSuper) =>
  runSuper({ ...args, output: withoutKnownWarnings(args.output) }),
);

/** Without named files run every `*.test.ts` of the mocha folders; what stands beside them is not a test. */
subtask(TASK_TEST_GET_TEST_FILES, async (args: { testFiles: string[] }, _hre, runSuper): Promise<string[]> =>
  args.testFiles.length > 0
    ? ((await runSuper(args)) as string[])
    : listFiles(testFolders.mocha, '.test.ts').map((path) => join(ROOT, path)),
);
