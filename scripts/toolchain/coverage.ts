import { runTool } from './runTool';

// The instrumented contracts are larger and costlier; hardhat.config.ts need not know, but tests may.
process.exitCode = runTool('hardhat', ['coverage'], { SOLIDITY_COVERAGE: 'true' });
