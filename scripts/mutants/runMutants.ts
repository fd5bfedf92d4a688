import { createProgress } from '../cli/progress';
import { AppError } from '../../sdk/errors';
import { listFiles } from '../toolchain/listFiles';
import { runTool } from '../toolchain/runTool';
import { findAccepted, outdated } from './accepted';
import { createCompiler, type Bytecodes } from './createCompiler';
import { createRunner, type Outcome } from './createRunner';
import { createSources, type Sources } from './createSources';
import { createWorkspace, type Workspace } from './createWorkspace';
import { GUARDS, judgeGuard, reachOf, removeGuard, type Guard, type GuardVerdict } from './guards';
import { checkBaseline, compileBaseline, judge, type Lane } from './judge';
import { listMutations } from './listMutations';
import { applyMutation, lineChange, type Mutation } from './mutation';
import {
  formatGuards,
  formatSurvivors,
  formatTable,
  formatVerdict,
  killRate,
  percent,
  tally,
  type Judged,
} from './report';
import { sample } from './sample';

export interface MutantsParameters {
  readonly guards: boolean;
  readonly general: boolean;
  /** How many general mutants. */
  readonly sample: number;
  readonly seed: number;
  /** Parts of paths, or guards' ids; all where there are none. */
  readonly only: readonly string[];
  readonly list: boolean;
  readonly jobs: number;
}

const FOLDERS = ['contracts/liquidation', 'contracts/math', 'contracts/risk', 'contracts/vault'];

/** Tries the mutants and prints what came of them; the exit code is 1 where one survived without a reason. */
export async function runMutants(parameters: MutantsParameters): Promise<void> {
  const { only, seed } = parameters;
  const sources = createSources();
  const chosen = (file: string, id?: string): boolean =>
    only.length === 0 || only.some((part) => part === id || file.includes(part));
  const guards = parameters.guards ? GUARDS.filter(({ id, file }) => chosen(file, id)) : [];
  const everything = parameters.general
    ? listFiles(FOLDERS, '.sol')
        .filter((file) => chosen(file))
        .flatMap((file) => listMutations(file, sources.read(file)))
    : [];
  const mutations = sample(everything, parameters.sample, seed);
  for (const guard of guards) removeGuard(guard, sources.read(guard.file)); // before minutes of work
  for (const { file, before } of outdated(sources.read)) {
    throw new AppError(`accepted.json: ${file} no longer says "${before}": take the entry out`, {
      code: 'accepted_lost',
    });
  }
  if (guards.length + mutations.length === 0) throw new AppError('nothing to try', { code: 'nothing_to_try' });

  if (parameters.list) {
    for (const { id, file, killedBy } of guards) print(`guard ${id} ${file}: ${killedBy.title}`);
    for (const mutation of mutations) print(describe(mutation, sources));
  } else {
    await tryAll(parameters, sources, guards, mutations);
  }
  print(`${guards.length} guards, ${mutations.length} of ${everything.length} general mutants, seed ${seed}`);
}

async function tryAll(
  { jobs }: MutantsParameters,
  sources: Sources,
  guards: readonly Guard[],
  mutations: readonly Mutation[],
): Promise<void> {
  const workspaces: Workspace[] = [];
  const cleanUp = (): void => {
    for (const workspace of workspaces) workspace.remove();
  };
  process.once('exit', cleanUp);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

  if (runTool('hardhat', ['compile', '--quiet']) !== 0) {
    throw new AppError('the contracts do not compile: npm run compile says why', { code: 'compile_failed' });
  }
  print('preparing a copy, and running the tests on it without a mutant');
  const compilers: Lane['compiler'][] = [];
  const openLane = (workspace: Workspace): Lane => {
    workspaces.push(workspace);
    const compiler = createCompiler(sources);
    compilers.push(compiler);
    return { sources, workspace, compiler, runner: createRunner(workspace) };
  };
  try {
    const lane = openLane(createWorkspace());
    const files = [...new Set([...guards, ...mutations].map(({ file }) => file))];
    const reach = mutations.length > 0 ? 'contracts and forge tests' : reachOf(guards);
    if (reach !== 'contracts') await lane.runner.prepare();
    const baseline = await compileBaseline(lane, files, reach);
    if (mutations.length > 0) await checkBaseline(lane, baseline);
    else lane.workspace.install(baseline);
    const lanes = [lane];
    while (lanes.length < Math.min(jobs, guards.length + mutations.length)) lanes.push(openLane(lane.workspace.copy()));

    const guarded = await tryGuards(lanes, baseline, guards);
    const judged = await tryMutations(lanes, baseline, mutations);
    report(guarded, judged);
  } finally {
    for (const compiler of compilers) compiler.stop();
    cleanUp();
    process.off('exit', cleanUp);
  }
}

async function tryGuards(
  lanes: readonly Lane[],
  baseline: Bytecodes,
  guards: readonly Guard[],
): Promise<GuardVerdict[]> {
  const untouched = new Map<string, Promise<Outcome>>();
  return shareOut(lanes, guards, 'guards', async (lane, guard) => {
    const verdict = await judgeGuard(lane, baseline, guard, untouched);
    print(formatGuards([verdict])); // at once: a run that is cut short has told what it found
    return verdict;
  });
}

async function tryMutations(lanes: readonly Lane[], baseline: Bytecodes, all: readonly Mutation[]): Promise<Judged[]> {
  return shareOut(lanes, all, 'mutants', async (lane, mutation) => {
    const source = lane.sources.read(mutation.file);
    const change = lineChange(source, mutation);
    const mutant = { file: mutation.file, source: applyMutation(source, mutation) };
    const verdict = await judge(lane, baseline, mutant, likelyKillers(mutation.file));
    const accepted = findAccepted(mutation.file, change);
    const judged = { mutation, change, verdict, ...(accepted !== undefined && { accepted }) };
    print(formatVerdict(judged));
    return judged;
  });
}

/** Test files named after the source come first. */
function likelyKillers(file: string): string[] {
  const name = /([^/]+)\.sol$/.exec(file)?.[1] ?? file;
  return listFiles(['test/unit'], '.test.ts').filter((test) => test.startsWith(`test/unit/${name}`));
}

/** Each lane takes the next item when it is done with one; results are in the items' order. */
async function shareOut<T, R>(
  lanes: readonly Lane[],
  items: readonly T[],
  name: string,
  work: (lane: Lane, item: T) => Promise<R>,
): Promise<R[]> {
  if (items.length === 0) return [];
  const progress = createProgress([name]);
  const started = Date.now();
  const results = new Map<number, R>();
  let next = 0;
  try {
    await Promise.all(
      lanes.map(async (lane) => {
        for (let index = next++; index < items.length; index = next++) {
          const item = items[index];
          if (item !== undefined) results.set(index, await work(lane, item));
          const minutes = (Date.now() - started) / 60_000;
          progress.of(0)(results.size / items.length, `${(results.size / minutes).toFixed(1)} a minute`);
        }
      }),
    );
  } finally {
    progress.stop();
  }
  const minutes = (Date.now() - started) / 60_000;
  print(`${items.length} ${name} in ${minutes.toFixed(1)} minutes, ${(items.length / minutes).toFixed(1)} a minute`);
  return items.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}

function report(guards: readonly GuardVerdict[], judged: readonly Judged[]): void {
  if (guards.length > 0) print(`${guards.filter(({ killed }) => killed).length} of ${guards.length} guards killed`);
  if (judged.length > 0) {
    print(formatTable(judged));
    const survivors = formatSurvivors(judged);
    if (survivors !== '') print(survivors);
    print(`${percent(killRate(tally(judged)))} killed`);
  }
  const alive = tally(judged).survived + guards.filter(({ killed }) => !killed).length;
  if (alive === 0) return;
  print(`${alive} survived without a reason`);
  process.exitCode = 1;
}

function describe(mutation: Mutation, sources: Sources): string {
  const { before, after } = lineChange(sources.read(mutation.file), mutation);
  return `${mutation.file}:${mutation.line} ${mutation.operator}\n  - ${before}\n  + ${after}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
