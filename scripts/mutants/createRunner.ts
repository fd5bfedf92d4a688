import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { AppError } from '../../sdk/errors';
import { findFoundry } from '../toolchain/findFoundry';
import { listFiles } from '../toolchain/listFiles';
import type { Workspace } from './createWorkspace';
import { isSetUp } from './isSetUp';

export interface Outcome {
  readonly status: 'passed' | 'failed' | 'timed out';
  /** Titles. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  /** Those of the failed that did not get as far as the test: a hook, a fixture or the deployment broke. */
  readonly broken: readonly string[];
  /** What the tool said, where there is nothing else to go by. */
  readonly output: string;
}

export interface Runner {
  /** Why there is no forge here. */
  readonly missingForge: string | undefined;
  /** Compiles what the tests deploy: once for a workspace and its copies. */
  readonly prepare: () => Promise<void>;
  /** Unit and fuzz tests, with few runs each. */
  readonly forgeUnits: () => Promise<Outcome>;
  readonly forgeInvariants: () => Promise<Outcome>;
  readonly forgeFile: (file: string) => Promise<Outcome>;
  /** `first` come first; ends at the first failure. */
  readonly hardhatUnits: (first: readonly string[]) => Promise<Outcome>;
  readonly hardhatFiles: (files: readonly string[]) => Promise<Outcome>;
}

/** Walks through states, or through all prices there are: minutes without the optimizer, and nothing others do not find. */
const SLOW = 'test/forge/{Coverage,CompactPrice,FeedInvariants,Invariants,Replay}.t.sol';
const INVARIANTS = 'test/forge/Invariants.t.sol';
const MOCHA_FOLDERS = ['test/attacks', 'test/unit'];
const FORGE_ENV = {
  FOUNDRY_PROFILE: 'default',
  FOUNDRY_OPTIMIZER: 'false',
  FOUNDRY_DYNAMIC_TEST_LINKING: 'true',
  FOUNDRY_FUZZ_RUNS: '16',
  FOUNDRY_INVARIANT_RUNS: '1',
  FOUNDRY_INVARIANT_DEPTH: '48',
};
const TIMEOUT_MS = 600_000;
const NOTHING = { passed: [], failed: [], broken: [] };

export function createRunner({ folder }: Workspace): Runner {
  const forge = findFoundry('forge');
  const report = join(folder, 'mocha.json');
  const env = { ...process.env, ...FORGE_ENV, FOUNDRY_SOLC: join(folder, 'solcCached') };

  const runForge = async (args: readonly string[]): Promise<Outcome> => {
    if ('missing' in forge) return { status: 'passed', ...NOTHING, output: forge.missing };
    const { code, output } = await run(forge.path, ['test', ...args, '--color', 'never'], folder, env);
    const passed = titles(output, /^\[PASS\] (\w+)/gm);
    const named = titles(output, /^\[FAIL[^\n]*\] (\w+)\(/gm);
    // an invariant's sequence of calls stands between the mark and the name
    const failed = named.length > 0 ? named : titles(output, /^Encountered \d+ failing tests? in (\S+)/gm);
    if (code !== undefined && (code === 0) !== (failed.length === 0)) throw brokeDown('forge', output);
    const broken = failed.filter((name) => name === 'setUp');
    const status = code === undefined ? 'timed out' : code === 0 ? 'passed' : 'failed';
    return { status, passed, failed, broken, output };
  };

  const runHardhat = async (args: readonly string[]): Promise<Outcome> => {
    rmSync(report, { force: true });
    const cli = join(folder, 'node_modules', 'hardhat', 'internal', 'cli', 'bootstrap.js');
    const own = { ...process.env, PLIMSOLL_MUTANTS_REPORT: report };
    const { code, output } = await run(process.execPath, [cli, 'test', '--no-compile', ...args], folder, own);
    if (code === undefined) return { status: 'timed out', ...NOTHING, output };
    if (!existsSync(report)) throw brokeDown('hardhat', output);
    const { passed, failed } = JSON.parse(readFileSync(report, 'utf8')) as {
      passed: string[];
      failed: { title: string; type: string; message: string; stack: string }[];
    };
    const messages = failed.map(({ title, message }) => `${title}: ${message}`).join('\n');
    return {
      status: failed.length === 0 ? 'passed' : 'failed',
      passed,
      failed: failed.map(({ title }) => title),
      broken: failed.filter(isSetUp).map(({ title }) => title),
      output: messages,
    };
  };

  return {
    missingForge: 'missing' in forge ? forge.missing : undefined,
    prepare: async () => {
      if ('missing' in forge) return;
      const { code, output } = await run(forge.path, ['build', '--color', 'never'], folder, env);
      if (code !== 0) throw brokeDown('forge', output);
    },
    forgeUnits: () => runForge(['--fail-fast', '--no-match-path', SLOW]),
    forgeInvariants: () => runForge(['--fail-fast', '--match-path', INVARIANTS]),
    forgeFile: (file) => runForge(['--match-path', file]),
    hardhatUnits: (first) => {
      // as they were when the copy was made
      const all = listFiles(MOCHA_FOLDERS, '.test.ts').filter((file) => existsSync(join(folder, file)));
      return runHardhat(['--bail', ...first, ...all.filter((file) => !first.includes(file))]);
    },
    hardhatFiles: runHardhat,
  };
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | undefined; output: string }> {
  return new Promise((done, fail) => {
    let output = '';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    child.on('error', fail);
    child.on('close', (code) => done({ code: code ?? undefined, output: stripVTControlCharacters(output) }));
  });
}

function titles(output: string, pattern: RegExp): string[] {
  return [...new Set([...output.matchAll(pattern)].map(([, title = '']) => title))];
}

function brokeDown(tool: string, output: string): AppError {
  return new AppError(`${tool} broke down instead of testing: ${output.trim().slice(-2_000)}`, { code: 'tool_failed' });
}
