import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ROOT } from './root';

export type ForgeLookup = { path: string } | { missing: string };

/** The forge that npm installed for this platform, else one on PATH, else the reason there is none. */
export function findForge(): ForgeLookup {
  if (process.platform === 'win32') {
    return { missing: 'forge is not set up for Windows here (its compiler is a Node script): use WSL' };
  }
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const bundled = join(ROOT, 'node_modules', '@foundry-rs', `forge-${process.platform}-${arch}`, 'bin', 'forge');
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'forge'));
  const path = [bundled, ...onPath].find((candidate) => existsSync(candidate));
  if (path !== undefined) return { path };
  return {
    missing: `no forge installed for ${process.platform}-${process.arch} and none on PATH (see https://getfoundry.sh)`,
  };
}
