import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { AppError } from '../../sdk/errors';
import { findFoundry } from '../toolchain/findFoundry';
import { ROOT } from '../toolchain/root';
import { countCalls, formatTally, neverDone, parseTally } from './tally';

export interface DeepSearch {
  readonly calls: number;
  /** As `forge --fuzz-seed` takes it; the one of foundry.toml unless given. */
  readonly seed?: string;
}

const INVARIANTS = 'test/forge/Invariants.t.sol';
const HANDLER = join(ROOT, 'out_forge', 'Handler.sol', 'Handler.json');
const TALLIES = 'cache_forge/tally';
/** Calls of one run: as long as loans, calls and liquidations need to follow from one another. */
const DEPTH = 256;

/** Runs forge over the invariants and prints what its actions came to. The exit code is 1 where something is wrong. */
export async function searchDeep({ calls, seed }: DeepSearch): Promise<void> {
  const forge = findFoundry('forge');
  if ('missing' in forge) {
    print(`test:deep: skipped, ${forge.missing}`);
    return;
  }
  const campaigns = readFileSync(join(ROOT, INVARIANTS), 'utf8').match(/function invariant_/g)?.length ?? 0;
  const runs = Math.ceil(calls / (campaigns * DEPTH));
  print(`${campaigns} invariants, ${runs} runs each, ${DEPTH} calls a run`);

  mkdirSync(join(ROOT, TALLIES), { recursive: true });
  const tally = `${TALLIES}/${process.pid}.jsonl`;
  try {
    const args = ['test', '--match-path', INVARIANTS, ...(seed === undefined ? [] : ['--fuzz-seed', seed])];
    const { code, output } = await runTee(forge.path, args, {
      FOUNDRY_PROFILE: 'deep',
      FOUNDRY_INVARIANT_RUNS: `${runs}`,
      FOUNDRY_INVARIANT_DEPTH: `${DEPTH}`,
      PLIMSOLL_TALLY: tally,
    });
    summarise(output, join(ROOT, tally), calls);
    if (code !== 0) process.exitCode = 1;
  } finally {
    rmSync(join(ROOT, tally), { force: true });
  }
}

function summarise(output: string, file: string, wanted: number): void {
  if (!existsSync(file)) throw new AppError('no run came to its end', { code: 'no_tally' });
  const { methodIdentifiers } = JSON.parse(readFileSync(HANDLER, 'utf8')) as {
    methodIdentifiers: Record<string, string>;
  };
  const actions = parseTally(readFileSync(file, 'utf8'), methodIdentifiers);
  const made = countCalls(output);
  print(formatTally(actions));
  print(`${made} calls`);
  const idle = neverDone(actions);
  if (idle.length > 0) print(`never done: ${idle.join(', ')}`);
  if (made < wanted) print(`fewer than ${wanted} calls`);
  if (idle.length > 0 || made < wanted) process.exitCode = 1;
}

function runTee(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> {
  return new Promise((done, fail) => {
    let output = '';
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on('error', fail);
    child.on('close', (code) => done({ code: code ?? 1, output: stripVTControlCharacters(output) }));
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
