import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { findFoundry } from './findFoundry';
import { listFiles } from './listFiles';
import { ROOT } from './root';
import { runTool, toolPath } from './runTool';
import testFolders from './testFolders.json';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface SuiteResult extends Counts {
  readonly name: string;
  /** Why it counts as it does, where the counts alone do not say. */
  readonly note?: string;
}

export interface Suite {
  /** What a command line calls it. */
  readonly key: string;
  readonly name: string;
  readonly run: (name: string) => SuiteResult | Promise<SuiteResult>;
}

export const SUITES: readonly Suite[] = [
  ...testFolders.mocha.map(mochaSuite),
  { key: 'typescript', name: 'typescript (vitest)', run: runVitest },
  { key: 'solidity', name: 'solidity (forge)', run: runForge },
  { key: 'proofs', name: 'proofs (solc, z3)', run: runProofs },
];

/** Settle a suite's result: one that broke, or ran nothing though it has files, counts as one failure. */
export function settle(name: string, files: number, exitCode: number, counts: Counts | undefined): SuiteResult {
  if (counts === undefined) return { ...broken(name), note: `ended with code ${exitCode} and no counts` };
  if (counts.failed === 0 && exitCode !== 0) return { ...counts, name, failed: 1, note: `ended with code ${exitCode}` };
  if (counts.passed + counts.failed + counts.skipped === 0) {
    return { ...broken(name), note: `ran no test of ${files} file(s)` };
  }
  return { name, ...counts };
}

export function broken(name: string): SuiteResult {
  return { name, passed: 0, failed: 1, skipped: 0 };
}

/** A process of its own for each folder: the snapshots of fixtures stay in memory until it ends. */
function mochaSuite(folder: string): Suite {
  const key = basename(folder);
  return { key, name: `${key} (hardhat)`, run: (name) => runMocha(name, listFiles([folder], '.test.ts')) };
}

function runMocha(name: string, files: readonly string[]): SuiteResult {
  if (files.length === 0) return noTests(name);
  return withReportFile((report) => {
    const exitCode = runTool('hardhat', ['test', '--no-compile', ...files], { PLIMSOLL_MOCHA_COUNTS: report });
    return settle(name, files.length, exitCode, readJson(report) as Counts | undefined);
  });
}

/** The part of vitest's JSON report that is read. */
interface VitestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

function runVitest(name: string): SuiteResult {
  const files = listFiles(testFolders.vitest, '.test.ts').length;
  if (files === 0) return noTests(name);
  return withReportFile((path) => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
    const exitCode = runTool('vitest', ['run', ...reporters]);
    const report = readJson(path) as VitestReport | undefined;
    return settle(name, files, exitCode, report && countVitest(report));
  });
}

/** A file that cannot even be loaded has no tests to count: it is one failure. */
export function countVitest({ testResults }: VitestReport): Counts {
  const statuses = testResults.flatMap(({ status, assertionResults }) => {
    const tests = assertionResults.map((test) => test.status);
    return status === 'failed' && !tests.includes('failed') ? [...tests, 'failed'] : tests;
  });
  const passed = statuses.filter((status) => status === 'passed').length;
  const failed = statuses.filter((status) => status === 'failed').length;
  return { passed, failed, skipped: statuses.length - passed - failed };
}

async function runForge(name: string): Promise<SuiteResult> {
  const files = listFiles(testFolders.forge, '.t.sol').length;
  if (files === 0) return noTests(name);
  const forge = findFoundry('forge');
  if ('missing' in forge) return { name, passed: 0, failed: 0, skipped: 0, note: `skipped: ${forge.missing}` };
  const { exitCode, output } = await runTee(forge.path, ['test', '--color', process.stdout.isTTY ? 'always' : 'never']);
  return settle(name, files, exitCode, parseForgeSummary(output));
}

/** forge prints either readable output or JSON, so its closing line is read. */
export function parseForgeSummary(output: string): Counts | undefined {
  const summary = /^Ran \d+ test suites? .*: (\d+) tests? passed, (\d+) failed, (\d+) skipped/m;
  const match = summary.exec(stripVTControlCharacters(output));
  return match === null ? undefined : { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
}

/** The solver is part of the compiler that npm installs, so nobody is without it. */
async function runProofs(name: string): Promise<SuiteResult> {
  const files = listFiles(testFolders.proofs, 'Proofs.sol').length;
  if (files === 0) return noTests(name);
  const { exitCode, output } = await runTee(process.execPath, [toolPath('tsx'), 'scripts/proofs.ts']);
  return settle(name, files, exitCode, parseProofSummary(output));
}

/** What is undecided for a reason that is known is no failure, and no proof. */
export function parseProofSummary(output: string): Counts | undefined {
  const match = /^(\d+) proved, (\d+) refuted, (\d+) undecided$/m.exec(output);
  return match === null ? undefined : { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
}

function noTests(name: string): SuiteResult {
  return { name, passed: 0, failed: 0, skipped: 0, note: '0 tests' };
}

function withReportFile(run: (path: string) => SuiteResult): SuiteResult {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-test-'));
  try {
    return run(join(folder, 'report.json'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readJson(path: string): unknown {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** Run a command showing its output and keeping a copy of it. */
function runTee(command: string, args: readonly string[]): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? 1, output }));
  });
}
