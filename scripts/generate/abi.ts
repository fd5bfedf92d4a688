import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../toolchain/root';
import { ABI_FOLDER, renderAbis } from './renderAbis';

// `npm run abi`: writes the typed ABIs anew.

const files = renderAbis();
const folder = join(ROOT, ABI_FOLDER);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, content] of files) writeFileSync(join(folder, name), content);
process.stdout.write(`abi: ${files.size} files in ${ABI_FOLDER}\n`);
