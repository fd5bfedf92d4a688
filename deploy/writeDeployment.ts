import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Manifest } from '../sdk/deployment';
import type { PolicyFile } from './config/policyFile';
import type { DeployResult } from './deploySystem';
import { writeFileWhole } from './writeFileWhole';

/**
 * Writes what others read of a complete deployment: `manifest.json`, and `policy.json` as applied. Files that say so
 * already are left alone.
 * @returns the manifest's path
 */
export function writeDeployment(folder: string, { manifest }: DeployResult, policy: PolicyFile): string {
  // the manifest last: it says that all is there
  writeIfChanged(join(folder, 'policy.json'), policy);
  return writeManifest(folder, manifest);
}

/** @returns its path */
export function writeManifest(folder: string, manifest: Manifest): string {
  const path = join(folder, 'manifest.json');
  writeIfChanged(path, manifest);
  return path;
}

function writeIfChanged(path: string, value: unknown): void {
  const content = `${JSON.stringify(value, undefined, 2)}\n`;
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
  writeFileWhole(path, content);
}
