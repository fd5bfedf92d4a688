import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import compilerSettings from './compilerSettings.json';
import { ROOT } from './root';

const foundryToml = readFileSync(join(ROOT, 'foundry.toml'), 'utf8');

function foundrySetting(key: string): string | undefined {
  return new RegExp(`^${key} = "?([^"\\s]+)`, 'm').exec(foundryToml)?.[1];
}

describe('compilerSettings', () => {
  it('names the version of the installed compiler', () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the package has no types
    const solc = require('solc/package.json') as { version: string };
    expect(solc.version).toBe(compilerSettings.version);
  });

  it('agrees with what forge compiles with', () => {
    expect(foundrySetting('evm_version')).toBe(compilerSettings.evmVersion);
    expect(Number(foundrySetting('optimizer_runs')?.replaceAll('_', ''))).toBe(compilerSettings.optimizerRuns);
    expect(foundrySetting('optimizer')).toBe('true');
    expect(foundrySetting('via_ir')).toBe('false');
  });
});
