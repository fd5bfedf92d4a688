import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from './root';

/** Run the command-line tool of an installed package, output shown as it comes, and return its exit code. */
export function runTool(tool: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const { status, error } = spawnSync(process.execPath, [toolPath(tool), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  if (error) throw error;
  return status ?? 1; // null when a signal ended it
}

/** A path rather than the name in .bin: there it is a shell wrapper on Windows. */
export function toolPath(tool: string): string {
  const folder = join(ROOT, 'node_modules', tool);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin?: string | Record<string, string>;
  };
  const path = typeof bin === 'string' ? bin : bin?.[tool];
  if (path === undefined) throw new Error(`package ${tool} has no command of that name`);
  return join(folder, path);
}
