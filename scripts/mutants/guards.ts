import { AppError } from '../../sdk/errors';
import type { Bytecodes } from './createCompiler';
import { compileChange, restrict, type Lane } from './judge';
import table from './guards.json';

/** One defence taken out, and the test that must notice. */
export interface Guard {
  /** The case it defends against, with a letter where a case has several guards: V14, V14b, A3. */
  readonly id: string;
  readonly file: string;
  /** Lines of the source as they are, exactly once in it. */
  readonly find: string;
  readonly replace: string;
  /** Nothing stands there that could be taken out: the line is made to do what code without the guard would do. */
  readonly inverted?: boolean;
  /** The test's own title, or how it begins; of a forge test, its function's name. */
  readonly killedBy: { readonly file: string; readonly title: string };
}

export interface GuardVerdict {
  readonly guard: Guard;
  readonly killed: boolean;
  /** What is wrong, where it was not killed. */
  readonly problem: string;
}

export const GUARDS: readonly Guard[] = table;

/** The source without the guard. @throws AppError where the lines are not there exactly once: the table is out of date */
export function removeGuard({ id, file, find, replace }: Guard, source: string): string {
  const count = source.split(find).length - 1;
  if (count !== 1) {
    throw new AppError(`guard ${id}: its lines are ${count} times in ${file}, not once: ${find}`, {
      code: 'guard_lost',
    });
  }
  return source.replace(find, () => replace);
}

/** Takes the guard out and runs its test, which must fail for that and pass otherwise. */
export async function judgeGuard(lane: Lane, baseline: Bytecodes, guard: Guard): Promise<GuardVerdict> {
  const verdict = (problem: string): GuardVerdict => ({ guard, killed: problem === '', problem });
  const { workspace, sources } = lane;
  const mutant = await compileChange(lane, baseline, {
    file: guard.file,
    source: removeGuard(guard, sources.read(guard.file)),
  });
  if (typeof mutant === 'string') return verdict(`does not compile: ${mutant.split('\n')[0] ?? ''}`);
  if (mutant.size === 0) return verdict('changes no bytecode');

  const before = await runTest(lane, guard);
  if (before.failed.length > 0) return verdict(`the test fails with the guard in place: ${before.output}`);
  if (before.passed.length === 0) return verdict(`there is no such test: ${guard.killedBy.title}`);
  workspace.install(mutant);
  try {
    const after = await runTest(lane, guard);
    return verdict(after.failed.length > 0 ? '' : 'survived: the test passes without the guard');
  } finally {
    workspace.install(restrict(baseline, mutant));
  }
}

async function runTest({ runner }: Lane, { killedBy: { file, title } }: Guard) {
  const isForge = file.endsWith('.sol');
  if (isForge && runner.missingForge !== undefined) {
    throw new AppError(`guards that forge tests need it: ${runner.missingForge}`, { code: 'forge_missing' });
  }
  const outcome = await (isForge ? runner.forgeTest(file, title) : runner.hardhatFiles([file], title));
  const own = (name: string): boolean => isForge || name.includes(title); // a failed hook names its test
  return { ...outcome, passed: outcome.passed.filter(own), failed: outcome.failed.filter(own) };
}
