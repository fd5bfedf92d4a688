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
// The instrumented contracts are larger and costlier; hardhat.config.ts need not know, but tests may. The trace of a
// transaction is held as a whole, for which four gigabytes are not enough.
const code = runTool('hardhat', ['coverage', ...process.argv.slice(2)], {
  SOLIDITY_COVERAGE: 'true',
  NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --max-old-space-size=8192`,
});
forget(BUILT);
process.exitCode = reportGaps() ? code : 1;
