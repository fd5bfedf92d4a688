import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import compilerSettings from '../toolchain/compilerSettings.json';
import { createSources } from '../mutants/createSources';
import { ROOT } from '../toolchain/root';
import { describeLayout, diffLines, type Layout } from './storageLayout';

// Fails when the vault's five codes, which run on one storage, lay it out differently, or otherwise than is committed.
// `npx tsx scripts/check/storage.ts --write` takes a change over.

const SNAPSHOT = 'scripts/check/storageLayout.json';
const CODES = [
  ['contracts/vault/MarginVault.sol', 'MarginVault'],
  ['contracts/liquidation/Liquidator.sol', 'Liquidator'],
  ['contracts/vault/VaultSettings.sol', 'VaultSettings'],
  ['contracts/markets/Trading.sol', 'Trading'],
  ['contracts/markets/PositionBook.sol', 'PositionBook'],
] as const;
const LAYOUTS = ['storageLayout', 'transientStorageLayout'] as const;

type Described = Readonly<Record<(typeof LAYOUTS)[number], readonly string[]>>;

function compile(): Described[] {
  const sources = createSources();
  const files = [...new Set(CODES.flatMap(([file]) => sources.closure(file)))];
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(files.map((file) => [file, { content: sources.read(file) }])),
    settings: {
      evmVersion: compilerSettings.evmVersion,
      outputSelection: Object.fromEntries(CODES.map(([file, name]) => [file, { [name]: LAYOUTS }])),
    },
  };
  const solc = createRequire(__filename)('solc') as { compile(json: string): string };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  const error = output.errors?.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new Error(error.formattedMessage);
  return CODES.map(([file, name]) => {
    const contract = output.contracts[file]?.[name];
    if (contract === undefined) throw new Error(`the compiler says nothing of ${name}`);
    const { storageLayout, transientStorageLayout } = contract;
    return {
      storageLayout: describeLayout(storageLayout),
      transientStorageLayout: describeLayout(transientStorageLayout),
    };
  });
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts: Readonly<Record<string, Readonly<Record<string, Record<(typeof LAYOUTS)[number], Layout>>>>>;
}

function differences(title: string, known: Described, found: Described): string[] {
  return LAYOUTS.flatMap((layout) => {
    const lines = diffLines(known[layout], found[layout]);
    return lines.length === 0 ? [] : [`${title}, ${layout}:`, ...lines.map((line) => `  ${line}`)];
  });
}

const codes = compile();
// a code may have more behind what all have: then the others must not have something else there
const whole = codes.reduce((a, b) => (b.storageLayout.length > a.storageLayout.length ? b : a));
const problems = codes.flatMap((code, i) => {
  const storageLayout = whole.storageLayout.slice(0, code.storageLayout.length);
  return differences(`${CODES[i]?.[1]} is not as the others`, { ...whole, storageLayout }, code);
});
const path = join(ROOT, SNAPSHOT);
if (process.argv.includes('--write') && problems.length === 0) {
  writeFileSync(path, `${JSON.stringify(whole, undefined, 2)}\n`);
}
const committed: Described = existsSync(path)
  ? (JSON.parse(readFileSync(path, 'utf8')) as Described)
  : { storageLayout: [], transientStorageLayout: [] };
problems.push(...differences(`The vault is not as ${SNAPSHOT}`, committed, whole));

const lines = whole.storageLayout.length + whole.transientStorageLayout.length;
process.stdout.write(
  problems.length === 0
    ? `storage: ${CODES.length} codes share one layout of ${lines} lines\n`
    : `${problems.join('\n')}\nstorage: if that is meant, run npx tsx scripts/check/storage.ts --write\n`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
