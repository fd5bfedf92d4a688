import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { parseAbi } from 'viem';
import { describe, expect, it } from 'vitest';

import { SCHEDULABLE } from '../../sdk/client/decodeOperation';
import type { Deployed } from '../createExecutor';
import type { Core } from './deployCore';
import { functionRoles, ROLE_ID } from './roles';

const CONTRACTS = join(__dirname, '..', '..', 'contracts');
/** Restricted functions of the vault whose code is apart. */
const PART_OF: Readonly<Record<string, string>> = { VaultSettings: 'MarginVault' };

/** The role that signs is asked for in the function itself, and anyone may call it. */
const ASKED = ['VolatilityFeed.publish'];

/** `Contract.function` of each function marked `restricted` in the sources. */
function restrictedFunctions(): string[] {
  const marked = readdirSync(CONTRACTS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.sol'))
    .flatMap((path) => {
      const source = readFileSync(join(CONTRACTS, path), 'utf8');
      const contract = basename(path, '.sol');
      const found = source.matchAll(/function (\w+)\([^)]*\)[^{;]*\brestricted\b[^{;]*\{/g);
      return [...found].map(([, name]) => `${PART_OF[contract] ?? contract}.${name}`);
    });
  return [...marked, ...ASKED];
}

/** Contracts with these functions, `Contract.function`, and no others. */
function coreOf(restricted: readonly string[]): Core {
  const named = (name: string): Deployed => {
    const functions = restricted.flatMap((path) => (path.startsWith(`${name}.`) ? [path.slice(name.length + 1)] : []));
    const abi = parseAbi(functions.map((each) => `function ${each}()`));
    return { address: '0x', artifact: { name, abi, bytecode: '0x', deployedBytecode: '0x' } };
  };
  return {
    policy: named('MarginPolicy'),
    oracle: named('PriceOracle'),
    engine: named('RiskEngine'),
    instruments: named('InstrumentPolicy'),
    volatilityFeed: named('VolatilityFeed'),
    settlementFeed: named('SettlementFeed'),
    realisedVolatility: named('RealisedVolatility'),
    vault: named('MarginVault'),
    waterfall: named('LossWaterfall'),
    closeOut: named('CloseOut'),
  } as unknown as Core;
}

/** `Contract.function` of each function that the row of `role` in docs/threat-model.md names. */
function documentedFunctions(role: string, id: bigint): string[] {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'threat-model.md'), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith(`| ${role} (${id}) |`)) ?? '';
  return [...row.matchAll(/`([A-Z]\w+)`: (`[a-z]\w+`(?:, `[a-z]\w+`)*)/g)].flatMap(([, contract, functions = '']) =>
    [...functions.matchAll(/\w+/g)].map(([name]) => `${contract}.${name}`),
  );
}

describe('functionRoles', () => {
  it('names each restricted function of the contracts, and no other [DEP-07]', () => {
    const restricted = restrictedFunctions();
    const given = functionRoles(coreOf(restricted)).flatMap(({ target, functions }) =>
      functions.map((name) => `${target.artifact.name}.${name}`),
    );
    expect(given.sort()).toEqual(restricted.sort());
  });

  it('names none that could not be shown when it is scheduled [SDK-13]', () => {
    const shown = Object.entries(SCHEDULABLE).flatMap(([contract, abi]) =>
      abi.flatMap((item) => (item.type === 'function' ? [`${contract}.${item.name}`] : [])),
    );
    expect(restrictedFunctions().filter((path) => !shown.includes(path))).toEqual([]);
  });

  it.each(Object.entries(ROLE_ID))(
    'are named in the row of %s in docs/threat-model.md, and no other [DEP-07]',
    (role, id) => {
      const given = functionRoles(coreOf(restrictedFunctions())).filter((each) => each.role === role);
      const names = given.flatMap(({ target, functions }) =>
        functions.map((name) => `${target.artifact.name}.${name}`),
      );
      expect(documentedFunctions(role, id).sort()).toEqual(names.sort());
    },
  );
});
