import { inspect } from 'node:util';

import { parseEther, parseGwei } from 'viem';
import { describe, expect, it } from 'vitest';

import { flagOf, KEEPER_SETTINGS, variableOf } from './keeperConfig';
import { parseKeeperConfig } from './parseKeeperConfig';

describe('parseKeeperConfig', () => {
  it('fails on a setting it does not know, wherever it comes from [KPR-09]', () => {
    expect(() => parseKeeperConfig({ flags: { minPorfit: '1' } })).toThrow('minPorfit is not a setting');
    expect(() => parseKeeperConfig({ environment: { PLIMSOLL_KEEPER_MIN_PORFIT: '1' } })).toThrow(
      'PLIMSOLL_KEEPER_MIN_PORFIT is not a setting',
    );
    expect(() => parseKeeperConfig({ file: { path: 'k.json', values: { minPorfit: '1' } } })).toThrow(
      'minPorfit in k.json is not a setting',
    );
  });

  it.each([
    ['minProfit', '-1', 'is not an amount'],
    ['minProfit', '1e3', 'is not an amount'],
    ['maxGasPrice', '0.0000000001', 'at most 9 digits'],
    ['maxGasPrice', ['1'], 'expected'],
    ['pokeThresholdBps', '10001', 'is not between 1 and 10000'],
    ['port', '12.5', 'is not a whole number'],
    ['pollInterval', 'soon', 'is not a number of seconds'],
    ['liquidate', 'all', 'expected one of'],
    ['dryRun', 'yes', 'is neither true nor false'],
  ] as const)('refuses %s = %s in words, and names where it was set', (key, value, words) => {
    const attempt = (sources: Parameters<typeof parseKeeperConfig>[0]) => () => parseKeeperConfig(sources);
    expect(attempt({ flags: { [key]: value } })).toThrow(`${flagOf(key)}: `);
    expect(attempt({ file: { path: 'k.json', values: { [key]: value } } })).toThrow(`${key} in k.json: `);
    expect(attempt({ flags: { [key]: value } })).toThrow(words);
    if (typeof value === 'string') {
      expect(attempt({ environment: { [variableOf(key)]: value } })).toThrow(`${variableOf(key)}: `);
    }
  });

  it('takes no key from a file', () => {
    const file = { path: 'k.json', values: { key: '0x11' } };
    expect(() => parseKeeperConfig({ file })).toThrow('key does not belong in k.json: set PLIMSOLL_KEEPER_KEY');
    expect(() => parseKeeperConfig({ file: { path: 'k.json', values: [] } })).toThrow('k.json is not an object');
  });

  it('never prints a key [KPR-09]', () => {
    const { key } = parseKeeperConfig({ environment: { PLIMSOLL_KEEPER_KEY: 'hush' } });
    expect(key?.reveal()).toBe('hush');
    for (const shown of [String(key), JSON.stringify({ key }), inspect({ key }, { showHidden: true })]) {
      expect(shown).not.toContain('hush');
      expect(shown).toContain('***');
    }
  });

  it('prefers flags to the environment, the environment to the file, and the file to the default [KPR-09]', () => {
    const file = { path: 'k.json', values: { minProfit: 1, logRange: 10, poke: false } };
    const environment = { PLIMSOLL_KEEPER_MIN_PROFIT: '2', PLIMSOLL_KEEPER_LOG_RANGE: '', OTHER: 'x' };
    const flags = { minProfit: '3.5', logRange: undefined };
    expect(parseKeeperConfig({ flags, environment, file })).toMatchObject({
      minProfit: parseEther('3.5'),
      logRange: 10,
      poke: false,
      screenBatch: 100,
    });
  });

  it('has a default for everything that needs one', () => {
    expect(parseKeeperConfig({})).toMatchObject({
      network: 'localhost',
      dryRun: false,
      liquidate: 'auto',
      callAtALoss: true,
      minProfit: 0n,
      maxGasPrice: parseGwei('500'),
    });
  });

  it('names every setting in flags and variables', () => {
    expect(flagOf('pokeThresholdBps')).toBe('--poke-threshold-bps');
    expect(variableOf('pokeThresholdBps')).toBe('PLIMSOLL_KEEPER_POKE_THRESHOLD_BPS');
    expect(new Set(KEEPER_SETTINGS.map(variableOf)).size).toBe(KEEPER_SETTINGS.length);
  });
});
