import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

import { AppError } from '../../sdk/errors';
import { renderReport, type RunResult, type Scenario } from '../../sim';
import { runTool } from '../toolchain/runTool';
import { createProgress, type Progress } from '../cli/progress';
import { formatBooks, formatTable } from './table';
import { titledPolicy } from './titledPolicy';
import type { WorkerMessage, WorkerTask } from './worker';

const REPORTS = join(__dirname, '..', '..', 'reports');
const WORKER = join(__dirname, 'worker.ts');

/**
 * The chain's allocator (mimalloc) gives memory back to the system after each transaction and asks for it again for the
 * next. Keeping it halves the time of a run.
 */
const KEEP_MEMORY = { MIMALLOC_PURGE_DELAY: '-1' };

export interface ReplayParameters {
  readonly scenario: Scenario;
  /** Names or files; the first is held against the second. */
  readonly policies: readonly [string, ...string[]];
  readonly seed: number;
  /** Where the report goes; under reports/ unless given. */
  readonly out?: string;
  /** What to type to get the same report again. */
  readonly command: string;
}

/**
 * Compiles what is not compiled, replays the crash under each policy side by side, writes the report and prints what
 * came of it.
 * @throws AppError in one line what is wrong with scenario, policies or report file
 */
export async function replay({ scenario, policies, seed, out, command }: ReplayParameters): Promise<void> {
  const names = policies.map((policy) => titledPolicy(policy).name);
  const file = resolve(
    out ??
      join(REPORTS, `${[scenario.name, ...names.map((name) => basename(name, '.json'))].join('-')}-seed-${seed}.html`),
  );
  prepare(file);
  print(
    `${scenario.title}: ${scenario.accounts.borrowers} borrowing accounts, ${names.join(' against ')}, seed ${seed}`,
  );
  compile();

  const progress = createProgress(names);
  let runs: RunResult[];
  try {
    runs = await Promise.all(
      policies.map((policy, i) =>
        runInProcess({ scenario, policy, populationPolicy: policies[0], seed }, progress.of(i)),
      ),
    );
  } finally {
    progress.stop();
  }
  write(file, await renderReport({ runs, command }));

  print(formatTable(runs));
  const books = runs[0] && formatBooks(runs[0]);
  if (books !== undefined) print(books);
  for (const { policy, digest } of runs) print(`digest ${policy.name}: ${digest}`);
  print(`report: ${relative(process.cwd(), file)}`);
}

function compile(): void {
  if (runTool('hardhat', ['compile', '--quiet']) === 0) return;
  throw new AppError('the contracts do not compile: npm run compile says why', { code: 'compile_failed' });
}

function runInProcess(task: WorkerTask, progress: Progress): Promise<RunResult> {
  return new Promise((done, fail) => {
    const worker = fork(WORKER, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...KEEP_MEMORY },
    });
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'progress') progress(message.part, message.what);
      else if (message.type === 'result') done(message.result);
      else fail(toError(message));
    });
    worker.on('error', fail);
    // after the last message, which the exit may overtake; where one has settled this promise, it does nothing
    worker.on('disconnect', () => {
      fail(new AppError('a replay ended early', { code: 'replay_lost' }));
    });
    worker.send(task);
  });
}

function toError({ message, code, stack }: Extract<WorkerMessage, { type: 'failed' }>): Error {
  if (code !== undefined) return new AppError(message, { code });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Fails now, not after minutes of work. */
function prepare(file: string): void {
  attempt(file, () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '', { flag: 'a' });
  });
}

function write(file: string, page: string): void {
  attempt(file, () => writeFileSync(file, page));
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (cause) {
    throw new AppError(`cannot write the report ${file}: ${(cause as Error).message}`, {
      code: 'report_failed',
      cause,
    });
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
