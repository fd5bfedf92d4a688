import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

import Table from 'cli-table3';

import { listFiles } from '../toolchain/listFiles';
import { ROOT } from '../toolchain/root';

// Fails when a contract that is to be deployed is larger than a chain accepts. Reads Hardhat's artifacts.

/** EIP-170: the most bytes of code a contract may have. */
const MAX_DEPLOYED_BYTES = 24_576;

interface ContractSize {
  readonly name: string;
  readonly bytes: number;
}

function readSizes(): ContractSize[] {
  return listFiles(['artifacts/contracts'], '.json')
    .filter((path) => !path.endsWith('.dbg.json') && !path.split(sep).includes('mocks'))
    .map((path) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Artifact)
    .filter(isDeployable)
    .map(({ contractName, deployedBytecode }) => ({ name: contractName, bytes: (deployedBytecode.length - 2) / 2 }))
    .sort((a, b) => b.bytes - a.bytes);
}

/** Not interfaces and abstract contracts, which have no code, nor libraries that are compiled into their users. */
function isDeployable({ abi, deployedBytecode }: Artifact): boolean {
  return deployedBytecode !== '0x' && abi.some(({ type }) => type === 'function' || type === 'fallback');
}

interface Artifact {
  readonly contractName: string;
  readonly abi: readonly { readonly type: string }[];
  readonly deployedBytecode: string;
}

const sizes = readSizes();
const tooLarge = sizes.filter(({ bytes }) => bytes > MAX_DEPLOYED_BYTES);

const table = new Table({
  head: ['contract', 'bytes', 'left'],
  colAligns: ['left', 'right', 'right'],
  style: { head: [], border: [] },
});
for (const { name, bytes } of sizes) {
  table.push([name, bytes.toLocaleString('en'), (MAX_DEPLOYED_BYTES - bytes).toLocaleString('en')]);
}
process.stdout.write(`${table.toString()}\n`);
process.stdout.write(
  tooLarge.length === 0
    ? `sizes: ${sizes.length} contracts within ${MAX_DEPLOYED_BYTES.toLocaleString('en')} bytes\n`
    : `sizes: over ${MAX_DEPLOYED_BYTES.toLocaleString('en')} bytes: ${tooLarge.map(({ name }) => name).join(', ')}\n`,
);
process.exitCode = tooLarge.length === 0 ? 0 : 1;
