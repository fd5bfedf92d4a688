import '@nomicfoundation/hardhat-toolbox';
import './scripts/toolchain/hardhatTasks';

import { join } from 'node:path';

import type { HardhatUserConfig } from 'hardhat/config';

import compilerSettings from './scripts/toolchain/compilerSettings.json';

// Hardhat asks a new user about telemetry on first run; nothing here sends any.
process.env['HARDHAT_DISABLE_TELEMETRY_PROMPT'] ??= 'true';

const CHAIN_ID = 31_337;

const config: HardhatUserConfig = {
  // Keep in step with foundry.toml (a test compares them): other settings mean other gas and other sizes.
  solidity: {
    version: compilerSettings.version,
    settings: {
      evmVersion: compilerSettings.evmVersion,
      optimizer: { enabled: true, runs: compilerSettings.optimizerRuns },
      viaIR: false,
    },
  },
  networks: {
    hardhat: { chainId: CHAIN_ID, hardfork: 'prague' },
    localhost: { chainId: CHAIN_ID, url: 'http://127.0.0.1:8545' },
  },
  paths: { sources: 'contracts', tests: 'test', artifacts: 'artifacts', cache: 'cache' },
  typechain: { outDir: 'typechain-types', target: 'ethers-v6' },
  mocha: {
    timeout: 120_000,
    ...(process.env['PLIMSOLL_MOCHA_COUNTS'] !== undefined && {
      reporter: join(__dirname, 'scripts/toolchain/mochaReporter.cjs'),
    }),
  },
  gasReporter: { enabled: process.env['REPORT_GAS'] === 'true', offline: true },
};

export default config;
