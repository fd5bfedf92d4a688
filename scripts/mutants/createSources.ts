import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { listFiles } from '../toolchain/listFiles';
import { ROOT } from '../toolchain/root';

export interface Sources {
  readonly read: (file: string) => string;
  /** Every file that `file` needs to compile, itself included. */
  readonly closure: (file: string) => readonly string[];
  /** Contracts, not abstract ones, that a file defines. */
  readonly contractsIn: (file: string) => readonly string[];
  /** Files that define a contract which is compiled with the code of `file` in it. */
  readonly users: (file: string) => readonly string[];
  /** Test files whose own bytecode has the code of `file` in it, beyond the contracts that they deploy. */
  readonly testUsers: (file: string) => readonly string[];
}

const FORGE_STD = 'forge-std/';
const IMPORT = /^import\s+(?:[^'";]*?\sfrom\s+)?["']([^"']+)["']\s*;/gm;
const CONTRACT = /^contract\s+(\w+)([^{]*)\{/gm;

/** The repository's Solidity files as they are at the call: who imports whom. Paths are the compiler's names of them. */
export function createSources(): Sources {
  const texts = new Map<string, string>();
  const closures = new Map<string, readonly string[]>();
  const contracts = listFiles(['contracts'], '.sol');
  const tests = listFiles(['test/forge'], '.t.sol');

  const read = (file: string): string => {
    const known = texts.get(file) ?? readFileSync(locate(file), 'utf8');
    texts.set(file, known);
    return known;
  };
  const importsOf = (file: string): string[] =>
    [...read(file).matchAll(IMPORT)].map(([, path = '']) =>
      path.startsWith('.') ? posix.join(dirname(file), path) : path,
    );
  const reach = (file: string, follow: (importer: string, imported: string) => boolean): string[] => {
    const seen = new Set([file]);
    for (const importer of seen) {
      for (const imported of importsOf(importer)) if (follow(importer, imported)) seen.add(imported);
    }
    return [...seen];
  };
  const closure = (file: string): readonly string[] => {
    const known = closures.get(file) ?? reach(file, () => true);
    closures.set(file, known);
    return known;
  };
  const contractsIn = (file: string): string[] => [...read(file).matchAll(CONTRACT)].map(([, name = '']) => name);
  // forge deploys the contracts of other files by their artifacts; what is inherited is in the test's own bytecode
  const inherits = (file: string, from: string): boolean =>
    [...read(file).matchAll(CONTRACT)].some(([, , head = '']) =>
      contractsIn(from).some((name) => new RegExp(`\\b${name}\\b`).test(head)),
    );
  const isLinked = (importer: string, imported: string): boolean =>
    imported.startsWith('contracts/') && contractsIn(imported).length > 0 && !inherits(importer, imported);

  // all of them now: who edits the tree while mutants are tried changes nothing
  for (const file of [...contracts, ...tests]) closure(file);

  return {
    read,
    closure,
    contractsIn,
    users: (file) => contracts.filter((user) => contractsIn(user).length > 0 && closure(user).includes(file)),
    testUsers: (file) =>
      tests.filter((test) => reach(test, (importer, imported) => !isLinked(importer, imported)).includes(file)),
  };
}

function locate(file: string): string {
  const own = join(ROOT, file);
  if (existsSync(own)) return own;
  const inPackage = file.startsWith(FORGE_STD) ? join('forge-std/lib', file) : file;
  return join(ROOT, 'node_modules', inPackage);
}
