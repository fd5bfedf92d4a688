import { spawnSync } from 'node:child_process';

import { findFoundry } from './findFoundry';
import { listFiles } from './listFiles';
import { ROOT } from './root';
import { runTool } from './runTool';

// `npm run lint`: every linter runs even when one complains.

const SOLIDITY_FOLDERS = ['contracts', 'test/forge', 'test/proofs'] as const;

interface Linter {
  readonly name: string;
  readonly run: () => number;
}

const LINTERS: readonly Linter[] = [
  { name: 'eslint', run: () => runTool('eslint', ['.', '--max-warnings', '0']) },
  { name: 'prettier', run: () => runTool('prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'solhint', run: runSolhint },
  { name: 'forge fmt', run: () => runForge(['fmt', '--check']) },
];

function runSolhint(): number {
  const files = listFiles(SOLIDITY_FOLDERS, '.sol');
  return files.length === 0 ? 0 : runTool('solhint', ['--noPoster', '--disc', '--max-warnings', '0', ...files]);
}

function runForge(args: readonly string[]): number {
  const forge = findFoundry('forge');
  if ('missing' in forge) {
    process.stdout.write(`skipped: ${forge.missing}\n`);
    return 0;
  }
  const { status, error } = spawnSync(forge.path, args, { cwd: ROOT, stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
}

const failed = LINTERS.filter(({ name, run }) => {
  process.stdout.write(`== ${name} ==\n`);
  return run() !== 0;
}).map(({ name }) => name);

process.stdout.write(failed.length === 0 ? 'lint: clean\n' : `lint: ${failed.join(', ')} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
