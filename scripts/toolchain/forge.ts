import { spawnSync } from 'node:child_process';

import { findFoundry } from './findFoundry';
import { ROOT } from './root';

// `forge` with this project's settings. Where there is none it says so and succeeds: everything but the
// Solidity tests works without it.
const args = process.argv.slice(2);
const forge = findFoundry('forge');
if ('missing' in forge) {
  process.stdout.write(`forge ${args[0] ?? ''}: skipped, ${forge.missing}\n`);
} else {
  const { status, error } = spawnSync(forge.path, args, { cwd: ROOT, stdio: 'inherit' });
  if (error) throw error;
  process.exitCode = status ?? 1; // null when a signal ended it
}
