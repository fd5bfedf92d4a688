import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { reportGaps } from '../gaps/reportGaps';
import { ROOT } from './root';
import { runTool } from './runTool';

// Factories of earlier contracts would be tested in place of the instrumented ones, and instrumented ones afterwards.
const BUILT = ['typechain-types', 'artifacts', 'cache'];
const forget = (paths: readonly string[]): void => {
  for (const path of paths) rmSync(join(ROOT, path), { recursive: true, force: true });
};

forget([...BUILT, 'coverage.json']);
// Tests of the sdk, the keeper and the pages go the same ways through the contracts, at many times the cost.
const OF_CONTRACTS = ['--testfiles', 'test/{unit/*,attacks/*,integration/*Differential}.test.ts'];
const given = process.argv.slice(2);

// The instrumented contracts are larger and costlier; hardhat.config.ts need not know, but tests may. The trace of a
// transaction is held as a whole, for which four gigabytes are not enough.
const code = runTool('hardhat', ['coverage', ...(given.length > 0 ? given : OF_CONTRACTS)], {
  SOLIDITY_COVERAGE: 'true',
  NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --max-old-space-size=8192`,
});
forget(BUILT);
process.exitCode = reportGaps() ? code : 1;
