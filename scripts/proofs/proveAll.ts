import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { AppError } from '../../sdk/errors';
import { listFiles } from '../toolchain/listFiles';
import { ROOT } from '../toolchain/root';
import compilerSettings from '../toolchain/compilerSettings.json';
import { readVerdicts, withControls, type CheckerMessage } from './readVerdicts';
import undecided from './undecided.json';

const FOLDER = 'test/proofs';
/** Assembly cannot be reasoned about: a solver reads what the library promises instead. */
const MODELS: Readonly<Record<string, string>> = {
  '@openzeppelin/contracts/utils/math/Math.sol': `${FOLDER}/model/Math.sol`,
  '@openzeppelin/contracts/utils/math/SafeCast.sol': `${FOLDER}/model/SafeCast.sol`,
  '@openzeppelin/contracts/utils/math/SignedMath.sol': `${FOLDER}/model/SignedMath.sol`,
};

interface Solc {
  compile(input: string, callbacks: { import: (path: string) => { contents: string } | { error: string } }): string;
}

/** Checks every harness and prints a verdict a property; the exit code is 1 where one is not as it should be. */
export function proveAll({ only }: { readonly only?: string }): void {
  const files = listFiles([FOLDER], 'Proofs.sol').filter((file) => file.includes(only ?? ''));
  if (files.length === 0) throw new AppError(`no harness in ${FOLDER} of that name`, { code: 'no_harness' });
  const solc = createRequire(__filename)('solc') as Solc;
  const known: Readonly<Record<string, string>> = undecided;
  const counts = { proved: 0, refuted: 0, undecided: 0 };
  let wrong = 0;
  for (const file of files) {
    const source = withControls(readFileSync(join(ROOT, file), 'utf8'));
    for (const { name, verdict, message } of readVerdicts(file, source, check(solc, file, source))) {
      const reason = known[name];
      counts[verdict] += 1;
      if (verdict === 'refuted' || (verdict === 'undecided' && reason === undefined)) wrong += 1;
      print(`${verdict.padEnd(10)}${name}${verdict === 'undecided' ? ` (${reason ?? 'newly'})` : ''}`);
      if (verdict === 'refuted') print(message);
    }
  }
  print(`${counts.proved} proved, ${counts.refuted} refuted, ${counts.undecided} undecided`);
  if (wrong > 0) process.exitCode = 1;
}

/**
 * No time limit: the solver's own limit counts steps, so that a slow machine gets no other verdict for being slow. How many steps a
 * proof takes is not quite the same in every run: what is near the limit is in undecided.json.
 */
function check(solc: Solc, file: string, source: string): readonly CheckerMessage[] {
  const contract = /^contract (\w+)/m.exec(source)?.[1] ?? '';
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: source } },
    settings: {
      evmVersion: compilerSettings.evmVersion,
      modelChecker: {
        contracts: { [file]: [contract] },
        // no loops, and no state but what a property sets: unrolling the calls is all there is
        engine: 'bmc',
        divModNoSlacks: true,
        solvers: ['z3'],
        targets: ['assert'],
        showProvedSafe: true,
        showUnproved: true,
      },
      outputSelection: {},
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as { errors?: CheckerMessage[] };
  const error = output.errors?.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new AppError(error.formattedMessage, { code: 'compile_failed' });
  return output.errors ?? [];
}

function read(path: string): { contents: string } | { error: string } {
  const file = [MODELS[path] ?? path, join('node_modules', path)].find((name) => existsSync(join(ROOT, name)));
  return file === undefined ? { error: 'no such file' } : { contents: readFileSync(join(ROOT, file), 'utf8') };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
