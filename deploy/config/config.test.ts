import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { MOST_FUND_DELAY } from '../../sdk/deployment';
import { checkSymbols, toCashTerms, toCollateralRisk, toLiquidationTerms, toPaceLimit } from '../plan/policyParams';
import { adaptConfig } from './adaptConfig';
import { findNetworkConfig, findPolicy } from './findConfig';
import { readNetworkConfig } from './networkConfig';
import { readPolicyFile, type PolicyFile } from './policyFile';

const DATA = join(__dirname, '..', '..', 'deployments');
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The default policy as written, with one place changed; a `value` of undefined leaves the key out. */
function policyWith(path: string, value: unknown): string {
  return writeChanged(join(DATA, 'policies', 'default.json'), path, value);
}

function configWith(path: string, value: unknown): string {
  return writeChanged(join(DATA, 'config', 'development.json'), path, value);
}

function writeChanged(source: string, path: string, value: unknown): string {
  const json = JSON.parse(readFileSync(source, 'utf8')) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, json);
  parent[last] = value;
  const file = join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(json));
  return file;
}

describe('readPolicyFile', () => {
  it.each([
    ['name', 'Default Policy', 'name: must be lower case'],
    ['cash.minDebt', 200, 'cash.minDebt: unknown key'],
    ['collaterals.WETH.haircut', 17, 'collaterals.WETH.haircut: unknown key'],
    ['collaterals.WETH.maintenanceHaircutPercent', undefined, 'collaterals.WETH.maintenanceHaircutPercent: Invalid'],
    ['collaterals.WETH.maintenanceHaircutPercent', '17 %', 'collaterals.WETH.maintenanceHaircutPercent: Invalid'],
    ['collaterals.WETH.maintenanceHaircutPercent', 17.125, 'has more than two decimals of a percent'],
    ['collaterals.WETH.initialHaircutPercent', 12, 'collaterals.WETH.initialHaircutPercent: is below the maintenance'],
    ['collaterals.WETH.isolated.initialHaircutPercent', 101, 'isolated.initialHaircutPercent: is above 100 %'],
    ['collaterals.WETH.depthTokens', -1, 'collaterals.WETH.depthTokens: is negative'],
    ['collaterals.WETH.depthTokens', 0, 'collaterals.WETH.depthTokens: must be above zero'],
    ['collaterals.WETH.supplyCapTokens', 1e21, 'supplyCapTokens: is too large or too small'],
    ['collaterals.WETH.oracle.halfLifeSeconds', 0.5, 'oracle.halfLifeSeconds: must be whole seconds'],
    ['collaterals.WETH.oracle.liquidationAgeSeconds', 60, 'liquidationAgeSeconds: is not above openAgeSeconds'],
    ['cash.minDebtQuote', 200.5, 'cash.minDebtQuote: must be whole quote tokens'],
    ['liquidation.bonusMaxPercent', 5, 'liquidation.bonusMaxPercent: is below bonusMinPercent'],
    ['liquidation.kappa', 90, 'liquidation.kappa: is above 6.5535'],
    ['liquidation.callFeeQuote', 0.001, 'liquidation.callFeeQuote: has more than two decimals'],
    ['liquidation.maxGraceSeconds', 2 ** 32, 'liquidation.maxGraceSeconds: is above 4294967295'],
  ])('refuses %s = %s in one line that names the place', (path, value, line) => {
    const read = () => readPolicyFile(policyWith(path, value));
    expect(read).toThrow(line);
    expect(read).toThrow(/^policy .*changed\.json: [^\n]*$/);
  });

  it('counts what else is wrong [DEP-01]', () => {
    const json = { name: 'x', description: 'x', collaterals: {}, cash: {}, liquidation: {} };
    const file = join(folder, 'empty.json');
    writeFileSync(file, JSON.stringify(json));
    expect(() => readPolicyFile(file)).toThrow(/cash\.baseRatePercent: .* \(and \d+ more\)$/);
  });

  it('tells a missing file from one that is not JSON [DEP-01]', () => {
    expect(() => readPolicyFile(join(folder, 'none.json'))).toThrow(/^there is no policy .*none\.json$/);
    const file = join(folder, 'not.json');
    writeFileSync(file, '{');
    expect(() => readPolicyFile(file)).toThrow(/^policy .*not\.json is not JSON: /);
  });
});

describe('checkSymbols', () => {
  const config = readNetworkConfig(join(DATA, 'config', 'development.json'));

  it('refuses a policy that misses a collateral, or has one that the network has not [DEP-01]', () => {
    const { WETH, ...rest } = findPolicy('default').policy.collaterals;
    const policy = (collaterals: PolicyFile['collaterals']) => ({ ...findPolicy('default').policy, collaterals });
    expect(() => checkSymbols(config, policy(rest))).toThrow('policy default: collaterals: WETH is missing');
    expect(() => checkSymbols(config, policy({ WETH: WETH!, ...rest, DOGE: WETH! }))).toThrow('DOGE is no collateral');
  });
});

describe('readNetworkConfig', () => {
  it.each([
    ['chainId', 0, 'chainId: '],
    ['quote.address', '0x1234', 'quote.address: is neither an address nor "mock"'],
    ['quote.address', `0x${'0'.repeat(40)}`, 'quote.address: is neither an address nor "mock"'],
    ['collaterals.0.feed.startPrice', undefined, 'collaterals.0.feed.startPrice: a mocked feed needs a start price'],
    ['collaterals.1.symbol', 'WETH', 'collaterals.1.symbol: WETH is there twice'],
    ['collaterals.0.feed.second', 'pyth', 'feed.second: is neither an address nor "mock" nor a price of Pyth'],
    ['collaterals.0.feed.second', { pyth: `0x${'1'.repeat(40)}`, id: '0x12' }, 'nor a price of Pyth'],
    ['collaterals.0.address', `0x${'1'.repeat(40)}`, 'uniswapV2Factory: "deploy" seeds pools with mocked tokens'],
    ['defaultFund.entryDelaySeconds', 3_599, 'entryDelaySeconds: is below 3600 seconds: whoever sees a gain come'],
    ['defaultFund.cooldownSeconds', 0, 'cooldownSeconds: is below 86400 seconds: whoever sees a loss come would leave'],
    ['defaultFund.redeemWindowSeconds', 60, 'redeemWindowSeconds: is below 3600 seconds: an outage would keep'],
    ['defaultFund.entryDelaySeconds', 7_776_001, 'entryDelaySeconds: is above 7776000 seconds: it would lock money up'],
    ['defaultFund.cooldownSeconds', 7_776_001, 'cooldownSeconds: is above 7776000 seconds: it would lock money up'],
    ['defaultFund.redeemWindowSeconds', 7_776_001, 'redeemWindowSeconds: is above 7776000 seconds: it would lock'],
    ['defaultFund.closeOut.patienceSeconds', 86_401, 'patienceSeconds: is not within 600 and 86400 seconds'],
    ['defaultFund.closeOut.discountRampSeconds', 599, 'discountRampSeconds: is not within 600 and 604800 seconds'],
    ['executionDelaySeconds.guardian', 5, 'executionDelaySeconds.guardian: unknown key'],
  ])('refuses %s = %s', (path, value, line) => {
    expect(() => readNetworkConfig(configWith(path, value))).toThrow(line);
  });
});

describe('MOST_FUND_DELAY', () => {
  it('is what the code of a tranche takes [FND-18]', () => {
    const source = readFileSync(join(__dirname, '..', '..', 'contracts', 'backstop', 'DefaultFund.sol'), 'utf8');
    const days = /MAX_DELAY = (\d+) days;/.exec(source)?.[1];
    expect(MOST_FUND_DELAY).toBe(Number(days) * 86_400);
    expect(readNetworkConfig(configWith('defaultFund.cooldownSeconds', MOST_FUND_DELAY)).defaultFund).toMatchObject({
      cooldownSeconds: MOST_FUND_DELAY,
    });
  });
});

describe('findPolicy and findNetworkConfig', () => {
  it('lists what there is where a name is unknown', () => {
    expect(() => findPolicy('defualt')).toThrow(
      'there is no policy defualt: name default, derivatives, instant or a file',
    );
    expect(() => findNetworkConfig('sepolia', 11_155_111)).toThrow('sepolia is not described');
  });

  it('finds a policy by name and by path, and the development configuration for any name on that chain', () => {
    const { policy } = findPolicy('instant');
    expect(policy.liquidation.maxGraceSeconds).toBe(0);
    expect(findPolicy(join(DATA, 'policies', 'instant.json')).policy).toEqual(policy);
    expect(findNetworkConfig('anvil', 31_337).collaterals.map(({ symbol }) => symbol)).toEqual([
      'WETH',
      'WBTC',
      'LINK',
    ]);
  });

  it('calls a policy by the file where one was named, whatever name stands in it', () => {
    const file = join(folder, 'mine.json');
    writeFileSync(file, JSON.stringify(findPolicy('default').policy));
    expect(findPolicy(file).title).toMatch(/mine\.json$/);
    expect(findPolicy(file).policy.name).toBe('default');
    expect(findPolicy('default').title).toBe('default');
  });

  it.each(['default', 'derivatives', 'instant'])('has the policy %s under its own name', (name) => {
    expect(findPolicy(name).policy.name).toBe(name);
  });
});

describe('adaptConfig', () => {
  const config = readNetworkConfig(join(DATA, 'config', 'development.json'));

  it('refuses an unknown symbol and what is no price', () => {
    expect(() => adaptConfig(config, { startPrices: { DOGE: 1 } })).toThrow('DOGE is no collateral');
    expect(() => adaptConfig(config, { startPrices: { WETH: 0 } })).toThrow('0 is no price or depth of WETH');
    expect(() => adaptConfig(config, { poolDepths: { WETH: Number.NaN } })).toThrow('NaN is no price or depth of WETH');
  });

  it('changes what was asked for and nothing else', () => {
    const adapted = adaptConfig(config, { startPrices: { WETH: 181.79 }, poolDepths: { LINK: 1_000 } });
    expect(adapted.collaterals.map(({ feed }) => feed.startPrice)).toEqual([181.79, 40_000, 15]);
    expect(adapted.collaterals.map(({ pool }) => pool.depthQuote)).toEqual([50_000_000, 50_000_000, 1_000]);
    expect(adapted.quote).toEqual(config.quote);
  });
});

describe('parameters for the contracts', () => {
  const { policy } = findPolicy('default');
  const weth = policy.collaterals['WETH']!;

  it('are in basis points, cents, token units and quote WAD', () => {
    expect(toCollateralRisk('WETH', weth, 18)).toMatchObject({
      maintenanceHaircutBps: 1_700,
      initialHaircutBps: 2_200,
      supplyCap: 200_000n * 10n ** 18n,
    });
    expect(toCollateralRisk('WBTC', policy.collaterals['WBTC']!, 8).supplyCap).toBe(10_000n * 10n ** 8n);
    expect(toCashTerms(policy)).toMatchObject({ slopeHighBps: 6_000, kinkBps: 8_000, minDebt: 200 });
    expect(toLiquidationTerms(policy)).toMatchObject({
      kappaBps: 9_000,
      targetHealthBps: 12_500,
      cureBufferBps: 200,
      callFeeCents: 100,
      floorBonusCents: 500,
    });
  });

  it('round the refill of the pace limit down', () => {
    const pace = { capacityQuote: 1, refillQuotePerHour: 1 };
    expect(toPaceLimit('WETH', { ...weth, pace }).refillPerSecond).toBe(10n ** 18n / 3_600n);
  });

  it('refuse what a contract field cannot hold', () => {
    const huge = { ...weth, depthTokens: 1e20 };
    expect(() => toCollateralRisk('WETH', huge, 18)).toThrow('collaterals.WETH.depthTokens: is too large');
  });
});
