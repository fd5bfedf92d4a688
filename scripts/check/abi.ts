import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ABI_FOLDER, renderAbis } from '../generate/renderAbis';
import { ROOT } from '../toolchain/root';

// `npm run abi:check`: fails when the committed ABIs are not those of the compiled contracts.

const folder = join(ROOT, ABI_FOLDER);
const files = renderAbis();
const committed = existsSync(folder) ? readdirSync(folder) : [];
const stale = [...files].filter(([name, content]) => read(name) !== content).map(([name]) => name);
const extra = committed.filter((name) => !files.has(name));

function read(name: string): string | undefined {
  // a checkout may have turned the line ends
  return committed.includes(name) ? readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n') : undefined;
}

const wrong = [...stale, ...extra];
process.stdout.write(
  wrong.length === 0
    ? `abi: ${files.size} files are those of the contracts\n`
    : `abi: out of date: ${wrong.join(', ')}; run npm run abi\n`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
