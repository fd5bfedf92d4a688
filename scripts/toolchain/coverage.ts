import { runTool } from './runTool';

// The instrumented contracts are larger and costlier; hardhat.config.ts need not know, but tests may. The trace of a
// transaction is held as a whole, for which four gigabytes are not enough.
process.exitCode = runTool('hardhat', ['coverage', ...process.argv.slice(2)], {
  SOLIDITY_COVERAGE: 'true',
  NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --max-old-space-size=8192`,
});
