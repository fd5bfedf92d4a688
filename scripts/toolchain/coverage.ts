import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { reportGaps } from '../gaps/reportGaps';
import { ROOT } from './root';
import { runTool } from './runTool';

rmSync(join(ROOT, 'coverage.json'), { force: true });
// The instrumented contracts are larger and costlier; hardhat.config.ts need not know, but tests may. The trace of a
// transaction is held as a whole, for which four gigabytes are not enough.
const code = runTool('hardhat', ['coverage', ...process.argv.slice(2)], {
  SOLIDITY_COVERAGE: 'true',
  NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --max-old-space-size=8192`,
});
process.exitCode = reportGaps() ? code : 1;
