import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { AppError } from '../../sdk/errors';
import compilerSettings from '../toolchain/compilerSettings.json';
import { ROOT } from '../toolchain/root';
import type { Bytecode, Bytecodes } from './createCompiler';

/** A copy of the repository in the system's folder for temporary files: nothing else is ever changed. */
export interface Workspace {
  readonly folder: string;
  /** Lets Hardhat and forge deploy these contracts from now on. */
  readonly install: (bytecodes: Bytecodes) => void;
  /** A second one, with all that is built in the first. */
  readonly copy: () => Workspace;
  readonly remove: () => void;
}

const COPIED = [
  'artifacts',
  'contracts',
  'deploy',
  'deployments',
  'keeper',
  'scripts',
  'sdk',
  'sim',
  'test',
  'typechain-types',
  'foundry.toml',
  'package.json',
  'tsconfig.json',
];

/** Contracts without the optimizer are larger than a chain takes, and mocha tells which test failed. */
const HARDHAT_CONFIG = `import { join } from 'node:path';
import config from './hardhat.base';

export default {
  ...config,
  networks: { ...config.networks, hardhat: { ...config.networks?.hardhat, allowUnlimitedContractSize: true } },
  mocha: { ...config.mocha, reporter: join(__dirname, 'scripts/mutants/mochaTitles.cjs') },
};
`;

/** forge compiles everything on each filtered run only to see what there is: the second time it gets the same answer. */
const CACHED_SOLC = `#!/usr/bin/env node
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
if (process.argv.includes('--version')) {
  process.stdout.write('solc, the solidity compiler commandline interface\\nVersion: ${compilerSettings.longVersion}\\n');
} else {
  const input = readFileSync(0, 'utf8');
  const file = __filename + '.' + createHash('sha256').update(input).digest('hex');
  if (!existsSync(file)) writeFileSync(file, require(${JSON.stringify(join(ROOT, 'node_modules', 'solc'))}).compile(input));
  process.stdout.write(readFileSync(file));
}
`;

export function createWorkspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-mutants-'));
  for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  cpSync(join(ROOT, 'hardhat.config.ts'), join(folder, 'hardhat.base.ts'));
  writeFileSync(join(folder, 'hardhat.config.ts'), HARDHAT_CONFIG);
  writeFileSync(join(folder, 'solcCached'), CACHED_SOLC, { mode: 0o755 });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return openWorkspace(folder);
}

function openWorkspace(folder: string): Workspace {
  return {
    folder,
    install: (bytecodes) => {
      for (const [name, bytecode] of bytecodes) {
        const [file = '', contract = ''] = name.split(':');
        installForge(folder, file, contract, bytecode);
        if (file.startsWith('contracts/')) installHardhat(folder, file, contract, bytecode);
      }
      forgetFailures(folder);
    },
    copy: () => {
      const other = mkdtempSync(join(tmpdir(), 'plimsoll-mutants-'));
      for (const entry of readdirSync(folder).filter((name) => name !== 'node_modules')) {
        cpSync(join(folder, entry), join(other, entry), { recursive: true, preserveTimestamps: true });
      }
      symlinkSync(join(ROOT, 'node_modules'), join(other, 'node_modules'));
      return openWorkspace(other);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function installForge(folder: string, file: string, contract: string, { creation }: Bytecode): void {
  const path = join(folder, 'out_forge', basename(file), `${contract}.json`);
  if (!existsSync(path)) return; // no forge on this machine, or no test needs it
  const artifact = JSON.parse(readFileSync(path, 'utf8')) as { bytecode: { object: string } };
  artifact.bytecode.object = `0x${creation}`;
  writeFileSync(path, JSON.stringify(artifact));
}

function installHardhat(folder: string, file: string, contract: string, { creation, deployed }: Bytecode): void {
  const path = join(folder, 'artifacts', file, `${contract}.json`);
  if (!existsSync(path)) throw new AppError(`no artifact of ${file}:${contract}`, { code: 'artifact_missing' });
  const artifact = JSON.parse(readFileSync(path, 'utf8')) as { bytecode: string; deployedBytecode: string };
  artifact.bytecode = `0x${creation}`;
  artifact.deployedBytecode = `0x${deployed}`;
  writeFileSync(path, JSON.stringify(artifact, null, 2));
  // fixtures deploy by factories that carry the bytecode themselves
  const factory = join(folder, 'typechain-types', 'factories', file, '..', `${contract}__factory.ts`);
  if (!existsSync(factory)) return;
  const text = readFileSync(factory, 'utf8');
  writeFileSync(factory, text.replace(/const _bytecode =\s*"0x[0-9a-fA-F]*"/, `const _bytecode = "0x${creation}"`));
}

/** forge begins with what failed last, which was another contract's failure. */
function forgetFailures(folder: string): void {
  for (const name of ['fuzz', 'invariant', 'test-failures']) {
    rmSync(join(folder, 'cache_forge', name), { recursive: true, force: true });
  }
}
