import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import {
  toDeltaTerms,
  toInstrumentRisk,
  toScenarioTerms,
  toTradeTerms,
  toVolatilityConfig,
  toVolatilityTerms,
} from '../plan/instrumentParams';
import { withoutSecondSources } from './adaptConfig';
import { findPolicy } from './findConfig';
import { readNetworkConfig } from './networkConfig';
import { readPolicyFile } from './policyFile';

const DATA = join(__dirname, '..', '..', 'deployments');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-underlyings-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The file with one place changed; a `value` of undefined leaves the key out. */
function changed(source: readonly string[], path: string, value: unknown): string {
  const json = JSON.parse(readFileSync(join(DATA, ...source), 'utf8')) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, json);
  parent[last] = value;
  const file = join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(json));
  return file;
}

describe('underlyings of a policy', () => {
  it.each([
    ['perpetual.initialPercent', 1, 'perpetual.initialPercent: is below maintenancePercent'],
    ['perpetual.initialPercent', 4.00001, 'perpetual.initialPercent: has more than four decimals of a percent'],
    ['perpetual.slopePercentPerUnit', 2_000, 'perpetual.slopePercentPerUnit: is too large'],
    ['perpetual.oracle.liquidationAgeSeconds', 60, 'liquidationAgeSeconds: is not above openAgeSeconds'],
    ['options.floorPercent', 5, 'options.floorPercent: is below maintenancePercent'],
    ['options.expiryTime', '8:00', 'options.expiryTime: is no time of the day as 08:00'],
    ['options.strikeDigits', 7, 'options.strikeDigits: is above 6'],
    ['options.strikes', [1], 'options.strikes: unknown key'],
    ['trading.makerFeePercent', 0.1, 'trading.takerFeePercent: is below makerFeePercent'],
    ['trading.depthUnits', 0, 'trading.depthUnits: must be above zero'],
    ['scenarios.stepPercent', 3, 'scenarios.stepPercent: is below a quarter of rangePercent'],
    ['scenarios.tails', [], 'scenarios.tails: must be 4 moves'],
    ['scenarios.tails.0.shockPercent', '-66 %', 'scenarios.tails.0.shockPercent: Invalid'],
    ['scenarios.tails.0.shockPercent', -66.125, 'shockPercent: has more than two decimals of a percent'],
    ['scenarios.initialFactor', undefined, 'scenarios.initialFactor: Invalid'],
    ['deltaMargin.moveInitialPercent', 1, 'deltaMargin.moveInitialPercent: is below moveMaintenancePercent'],
    ['deltaMargin.volatilityInitialPoints', 1, 'volatilityInitialPoints: is below volatilityMaintenancePoints'],
    ['deltaMargin.isFloor', undefined, 'deltaMargin.isFloor: Invalid'],
    ['volatility.surface.nearOpenAgeSeconds', 3_000, 'surface.openAgeSeconds: is below nearOpenAgeSeconds'],
    ['volatility.realised.floorPercent', 70, 'realised.referencePercent: is below floorPercent'],
  ])('are refused with %s = %s, in a line that names the place [DEP-01]', (path, value, line) => {
    const file = changed(['policies', 'derivatives.json'], `underlyings.BTC.${path}`, value);
    const read = () => {
      const { underlyings = {} } = readPolicyFile(file);
      return toInstrumentRisk('BTC', underlyings['BTC']!);
    };
    expect(read).toThrow(line);
    expect(read).toThrow(/^policy[^\n]*: [^\n]*$/);
  });

  it('become what the contracts take', () => {
    const bitcoin = findPolicy('derivatives').policy.underlyings!['BTC']!;
    expect(toInstrumentRisk('BTC', bitcoin)).toEqual({
      perpetualInitialPpm: 40_000,
      perpetualMaintenancePpm: 20_000,
      perpetualSlope: 2n * 10n ** 13n,
      optionInitialPpm: 150_000,
      optionFloorPpm: 100_000,
      optionMaintenancePpm: 75_000,
      profitInitialBps: 5_000,
      profitMaintenanceBps: 2_000,
      longInitialBps: 10_000,
      longMaintenanceBps: 5_000,
    });
    expect(toTradeTerms('BTC', bitcoin)).toMatchObject({
      depth: 5_000n * 10n ** 18n,
      perpetualCapBps: 10_000,
      optionCapBps: 20_000,
      makerFeePpm: 200,
      fundingPpmPerDay: 30_000,
      expiryMinute: 480,
    });
    expect(toScenarioTerms(bitcoin)).toMatchObject({
      nakedPpm: 10_000,
      basisPpm: 2_000,
      tailShocksBps: [-6_600, -3_300, 5_000, 50_000],
      tailWeightsBps: [3_000, 5_000, 4_000, 300],
    });
    expect(toDeltaTerms(bitcoin)).toEqual({
      moveInitialPpm: 40_000,
      moveMaintenancePpm: 20_000,
      volatilityInitialBps: 1_200,
      volatilityMaintenanceBps: 600,
      isFloor: false,
    });
    const { deltaMargin: _, ...silent } = bitcoin;
    expect(toDeltaTerms(silent)).toEqual({
      moveInitialPpm: 0,
      moveMaintenancePpm: 0,
      volatilityInitialBps: 0,
      volatilityMaintenanceBps: 0,
      isFloor: false,
    });
    expect(toVolatilityConfig('BTC', bitcoin)).toMatchObject({ confidenceBps: 500, jumpBpsPerHour: 6_000 });
    expect(toVolatilityTerms(bitcoin)).toMatchObject({ referenceBps: 6_000, floorBps: 3_000, capBps: 24_000 });
  });

  it('are none of the default policy', () => {
    expect(findPolicy('default').policy.underlyings).toBeUndefined();
  });
});

describe('underlyings of a network', () => {
  it.each([
    ['underlyings.0.index', 'DOGE', 'underlyings.0.index: DOGE is no collateral'],
    ['underlyings.1.symbol', 'ETH', 'underlyings.1.symbol: ETH is there twice'],
    ['underlyings.0.perpetual.primary', 'feed', 'underlyings.0.perpetual.primary: is neither an address nor "mock"'],
    ['underlyings.0.perpetual.ceiling', undefined, 'underlyings.0.perpetual.ceiling: Invalid'],
    ['underlyings.0.strike', 1, 'underlyings.0.strike: unknown key'],
  ])('are refused with %s = %s [DEP-01]', (path, value, line) => {
    expect(() => readNetworkConfig(changed(['config', 'development.json'], path, value))).toThrow(line);
  });

  it('have no second sources where these are taken out', () => {
    const config = readNetworkConfig(join(DATA, 'config', 'development.json'));
    expect(config.underlyings?.map(({ perpetual }) => perpetual.second)).toEqual(['mock', 'mock']);
    const { underlyings = [] } = withoutSecondSources(config);
    expect(underlyings.map(({ perpetual }) => perpetual.second)).toEqual([undefined, undefined]);
  });
});
