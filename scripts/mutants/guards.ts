import { AppError } from '../../sdk/errors';
import type { Bytecodes } from './createCompiler';
import type { Outcome } from './createRunner';
import { compileChange, restrict, type Lane, type Reach } from './judge';
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

/** Whether forge runs its test. */
export function needsForge({ killedBy: { file } }: Guard): boolean {
  return file.endsWith('.sol');
}

/**
 * Takes the guard out and runs its test, which must fail for that and pass otherwise.
 * @param untouched what the tests of a file came to with all guards in place, of this and other lanes: filled here
 */
export async function judgeGuard(
  lane: Lane,
  baseline: Bytecodes,
  guard: Guard,
  untouched: Map<string, Promise<Outcome>>,
): Promise<GuardVerdict> {
  const verdict = (problem: string): GuardVerdict => ({ guard, killed: problem === '', problem });
  const { workspace, sources } = lane;
  const change = { file: guard.file, source: removeGuard(guard, sources.read(guard.file)) };
  const mutant = await compileChange(lane, baseline, change, reachOf([guard]));
  if (typeof mutant === 'string') return verdict(`does not compile: ${mutant.split('\n')[0] ?? ''}`);
  if (mutant.size === 0) return verdict('changes no bytecode');

  const { file } = guard.killedBy;
  const before = untouched.get(file) ?? runFile(lane, guard);
  untouched.set(file, before);
  const unfit = problemBefore(guard, await before);
  if (unfit !== '') return verdict(unfit);
  workspace.install(mutant);
  try {
    // with the others of its file, of which one must still get through
    return verdict(problemAfter(guard, await runFile(lane, guard)));
  } finally {
    workspace.install(restrict(baseline, mutant));
  }
}

/** Why the test says nothing about its guard, which is in place; empty where it does. */
export function problemBefore(guard: Guard, { passed, failed, output }: Outcome): string {
  if (failed.length > 0) return `a test of ${guard.killedBy.file} fails with the guard in place: ${output}`;
  return passed.some(isOf(guard)) ? '' : `there is no such test: ${guard.killedBy.title}`;
}

/**
 * Why the guard is not killed by what its test's file did without it; empty where it is. The test must have failed
 * itself, not a hook, a fixture or the deployment before it, and another one of the file, if it has others, must have
 * passed: whatever breaks everything shows nothing about a guard.
 */
export function problemAfter(guard: Guard, { status, passed, failed, broken, output }: Outcome): string {
  if (status === 'timed out') return 'the tests did not end without the guard';
  const own = isOf(guard);
  if (!failed.some(own)) {
    return failed.length > 0 && !passed.some(own)
      ? `the test did not run without the guard: ${output}`
      : 'survived: the test passes without the guard';
  }
  if (broken.some(own)) return `without the guard there is no world to run the test in: ${output}`;
  const others = [...passed, ...failed].filter((name) => !own(name));
  if (others.length > 0 && !others.some((name) => passed.includes(name))) {
    return `no other test of ${guard.killedBy.file} passes without the guard: ${output}`;
  }
  return '';
}

/** Whether a name that a tool gave is the guard's test: a title, a function's name, or a hook's with its test in it. */
function isOf({ killedBy: { file, title } }: Guard): (name: string) => boolean {
  return (name) => (file.endsWith('.sol') ? name.startsWith(title) : name.includes(title));
}

/** What has to be compiled for the tests of these guards. */
export function reachOf(guards: readonly Guard[]): Reach {
  return guards.some(needsForge) ? 'contracts and forge tests' : 'contracts';
}

async function runFile({ runner }: Lane, guard: Guard): Promise<Outcome> {
  const { file } = guard.killedBy;
  if (!needsForge(guard)) return runner.hardhatFiles([file]);
  if (runner.missingForge !== undefined) {
    throw new AppError(`guards that forge tests need it: ${runner.missingForge}`, { code: 'forge_missing' });
  }
  return runner.forgeFile(file);
}
