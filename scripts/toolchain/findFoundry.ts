import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { ROOT } from './root';

export type ToolLookup = { path: string } | { missing: string };

/** The tool of Foundry that npm installed for this platform, else one on PATH, else the reason there is none. */
export function findFoundry(tool: 'forge' | 'anvil'): ToolLookup {
  if (process.platform === 'win32') {
    return { missing: `${tool} is not set up for Windows here: use WSL` };
  }
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const bundled = join(ROOT, 'node_modules', '@foundry-rs', `${tool}-${process.platform}-${arch}`, 'bin', tool);
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, tool));
  const path = [bundled, ...onPath].find((candidate) => existsSync(candidate));
  if (path !== undefined) return { path };
  return {
    missing: `no ${tool} installed for ${process.platform}-${process.arch} and none on PATH (see https://getfoundry.sh)`,
  };
}
