import { AppError } from '../../sdk/errors';
import type { Bytecodes, Compiler } from './createCompiler';
import type { Outcome, Runner } from './createRunner';
import type { Sources } from './createSources';
import type { Workspace } from './createWorkspace';

export type Status = 'killed' | 'timed out' | 'survived' | 'equivalent' | 'does not compile';

export interface Verdict {
  readonly status: Status;
  /** The test that killed it, or why nothing could. */
  readonly by: string;
  /** Where that test is, if mocha ran it: others of the same source are likely to fall to it too. */
  readonly stage?: 'forge' | 'hardhat' | 'invariants';
}

export interface Lane {
  readonly sources: Sources;
  readonly compiler: Compiler;
  readonly workspace: Workspace;
  readonly runner: Runner;
}

export interface Change {
  readonly file: string;
  readonly source: string;
}

/** What a change is looked for in: forge's tests take longer to compile than the contracts, and not every test needs them. */
export type Reach = 'contracts' | 'contracts and forge tests';

/** Bytecode of all that can be touched, without a change: what a mutant is compared with, and replaced by afterwards. */
export async function compileBaseline(
  { sources, compiler }: Lane,
  files: readonly string[],
  reach: Reach,
): Promise<Bytecodes> {
  return compileOrThrow(compiler, [...new Set(files.flatMap((file) => usersOf(sources, file, reach)))]);
}

/**
 * Puts the change to the tests, the cheapest first: forge's unit tests, Hardhat's, forge's invariants. Leaves the
 * workspace as it was.
 */
export async function judge(
  lane: Lane,
  baseline: Bytecodes,
  change: Change,
  first: readonly string[],
): Promise<Verdict> {
  const { workspace, runner } = lane;
  const mutant = await compileChange(lane, baseline, change, 'contracts and forge tests');
  if (typeof mutant === 'string') return { status: 'does not compile', by: mutant.split('\n')[0] ?? '' };
  if (mutant.size === 0) return { status: 'equivalent', by: 'the bytecode is the same' };
  workspace.install(mutant);
  try {
    const stages = [
      ['forge', () => runner.forgeUnits()],
      ['hardhat', () => runner.hardhatUnits(first)],
      ['invariants', () => runner.forgeInvariants()],
    ] as const;
    for (const [stage, run] of stages) {
      const outcome = await run();
      if (outcome.status !== 'passed') return { ...toVerdict(outcome), stage };
    }
    return { status: 'survived', by: '' };
  } finally {
    workspace.install(restrict(baseline, mutant));
  }
}

/** Whether the tests pass without any change: else nothing that fails afterwards says anything. */
export async function checkBaseline({ runner, workspace }: Lane, baseline: Bytecodes): Promise<void> {
  workspace.install(baseline);
  for (const run of [runner.forgeUnits, () => runner.hardhatUnits([]), runner.forgeInvariants]) {
    const { status, failed, output } = await run();
    if (status === 'passed') continue;
    throw new AppError(`the tests fail without any mutant (${failed[0] ?? status}): ${output.slice(-1_000)}`, {
      code: 'baseline_failed',
    });
  }
}

/** Contracts and tests whose bytecode the change changes, or what the compiler says against it. */
export async function compileChange(
  { sources, compiler }: Lane,
  baseline: Bytecodes,
  { file, source }: Change,
  reach: Reach,
): Promise<Bytecodes | string> {
  const compiled = await compiler.compile(usersOf(sources, file, reach), new Map([[file, source]]));
  if (typeof compiled === 'string') return compiled;
  return new Map([...compiled].filter(([name, bytecode]) => baseline.get(name)?.creation !== bytecode.creation));
}

export function restrict(baseline: Bytecodes, names: Bytecodes): Bytecodes {
  return new Map([...baseline].filter(([name]) => names.has(name)));
}

function usersOf(sources: Sources, file: string, reach: Reach): string[] {
  return [...new Set([...sources.users(file), ...(reach === 'contracts' ? [] : sources.testUsers(file))])];
}

function toVerdict({ status, failed, output }: Outcome): Verdict {
  if (status === 'timed out') return { status: 'timed out', by: 'the time is up' };
  return { status: 'killed', by: failed[0] ?? output.slice(0, 100) };
}

async function compileOrThrow(compiler: Compiler, files: readonly string[]): Promise<Bytecodes> {
  const compiled = await compiler.compile(files);
  if (typeof compiled === 'string') throw new AppError(`no baseline: ${compiled}`, { code: 'compile_failed' });
  return compiled;
}
