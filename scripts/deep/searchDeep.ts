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

/** Contracts of invariants and the handler whose actions their runs choose from. */
interface Campaign {
  readonly tests: readonly string[];
  /** None where the handler counts nothing of what it does: each of its actions succeeds, or the run fails. */
  readonly handler?: string;
}

export const CAMPAIGNS: readonly Campaign[] = [
  { tests: ['test/forge/Invariants.t.sol', 'test/forge/Replay.t.sol'], handler: 'Handler' },
  { tests: ['test/forge/FeedInvariants.t.sol'], handler: 'FeedHandler' },
  { tests: ['test/forge/PositionInvariants.t.sol'], handler: 'TradingHandler' },
  { tests: ['test/forge/RealisedVolatility.t.sol'] },
];
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
  const invariants = CAMPAIGNS.reduce((sum, campaign) => sum + countInvariants(campaign), 0);
  const runs = Math.ceil(calls / (invariants * DEPTH));
  print(`${invariants} invariants, ${runs} runs each, ${DEPTH} calls a run`);

  mkdirSync(join(ROOT, TALLIES), { recursive: true });
  let made = 0;
  for (const campaign of CAMPAIGNS) {
    const tally = `${TALLIES}/${process.pid}.jsonl`;
    try {
      for (const test of campaign.tests) {
        const args = ['test', '--match-path', test, '--match-test', 'invariant_'];
        if (seed !== undefined) args.push('--fuzz-seed', seed);
        const { code, output } = await runTee(forge.path, args, {
          FOUNDRY_PROFILE: 'deep',
          FOUNDRY_INVARIANT_RUNS: `${runs}`,
          FOUNDRY_INVARIANT_DEPTH: `${DEPTH}`,
          PLIMSOLL_TALLY: tally,
        });
        made += countCalls(output);
        if (code !== 0) process.exitCode = 1;
      }
      if (campaign.handler !== undefined) summarise(campaign.tests, campaign.handler, join(ROOT, tally));
    } finally {
      rmSync(join(ROOT, tally), { force: true });
    }
  }
  print(`${made} calls`);
  if (made < calls) {
    print(`fewer than ${calls} calls`);
    process.exitCode = 1;
  }
}

export function countInvariants({ tests }: Campaign): number {
  const sources = tests.map((test) => readFileSync(join(ROOT, test), 'utf8'));
  return sources.join('\n').match(/function invariant_/g)?.length ?? 0;
}

function summarise(tests: readonly string[], handler: string, file: string): void {
  if (!existsSync(file)) throw new AppError('no run came to its end', { code: 'no_tally' });
  const artifact = join(ROOT, 'out_forge', `${handler}.sol`, `${handler}.json`);
  const { methodIdentifiers } = JSON.parse(readFileSync(artifact, 'utf8')) as {
    methodIdentifiers: Record<string, string>;
  };
  const actions = parseTally(readFileSync(file, 'utf8'), methodIdentifiers);
  print(tests.join(', '));
  print(formatTally(actions));
  const idle = neverDone(actions);
  if (idle.length === 0) return;
  print(`never done: ${idle.join(', ')}`);
  process.exitCode = 1;
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
