import { describe, expect, it } from 'vitest';

import { AppError } from '../../sdk/errors';
import { durationOf, leaders, listScenarios, loadScenario, pricePaths, startOf } from './loadScenario';
import { scenarioSchema, type Scenario } from './scenarioSchema';

const wick = loadScenario('wick');

/** What is wrong with a scenario that is like the wick but for `change`. */
function complaint(change: (scenario: Record<string, unknown>) => void): string {
  const scenario = structuredClone(wick) as unknown as Record<string, unknown>;
  change(scenario);
  const parsed = scenarioSchema.safeParse(scenario);
  return parsed.success
    ? ''
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

describe('loadScenario', () => {
  it('says which scenarios there are when asked for another [SIM-02]', () => {
    expect(() => loadScenario('black-friday')).toThrow(AppError);
    expect(() => loadScenario('black-friday')).toThrow(
      /no scenario black-friday; known are black-thursday, may-2021, october-2025, wick/,
    );
  });

  it('says in one line that a file is not there [SIM-02]', () => {
    expect(() => loadScenario('nowhere/mine.json')).toThrow(/there is no scenario nowhere\/mine\.json/);
  });

  it.each(listScenarios())('reads %s and finds a price for every second', (name) => {
    const scenario = loadScenario(name);
    expect(scenario.name).toBe(name);
    expect(Number.isInteger(startOf(scenario))).toBe(true);
    for (const path of pricePaths(scenario).values()) {
      expect(path.at(0)).toBeGreaterThan(0);
      expect(path.at(durationOf(scenario) + 1)).toBeGreaterThan(0);
    }
  });

  it('reaches the lows that the crashes are known for [SIM-02]', () => {
    const low = (name: string): number => {
      const path = pricePaths(loadScenario(name)).get('WETH');
      return Math.min(...path!.points.map(([, price]) => price));
    };
    expect([low('black-thursday'), low('may-2021'), low('october-2025')]).toEqual([86, 1_888, 3_400]);
  });
});

describe('scenarioSchema', () => {
  it.each<[string, (scenario: Record<string, unknown>) => void, RegExp]>([
    ['an unknown key', (s) => (s['leverage'] = 3), /leverage/],
    [
      'points out of order',
      (s) =>
        ((s['prices'] as Scenario['prices'])['WETH'] = {
          points: [
            [5, 1],
            [5, 2],
          ],
        }),
      /order of time/,
    ],
    ['a price of zero', (s) => ((s['prices'] as Scenario['prices'])['WETH'] = { points: [[0, 0]] }), /prices\.WETH/],
    [
      'a leader that is not there',
      (s) => ((s['prices'] as Record<string, unknown>)['WBTC'] = { follows: 'DOGE', beta: 1, first: 1, note: '' }),
      /DOGE has no points/,
    ],
    ['an asset of accounts without a pool', (s) => ((s['pools'] as Record<string, unknown>) = {}), /no pool/],
    [
      'a mix that is not whole',
      (s) => ((s['accounts'] as Record<string, unknown>)['mixes'] = [{ weight: 1, parts: { WETH: 0.9 } }]),
      /sum to one/,
    ],
    ['no keeper', (s) => (s['keepers'] = []), /keepers/],
    ['keepers of one name', (s) => (s['keepers'] = [wick.keepers[0], wick.keepers[0]]), /different names/],
  ])('refuses %s', (_what, change, message) => {
    expect(complaint(change)).toMatch(message);
  });
});

describe('leaders', () => {
  it('names the asset that others follow', () => {
    expect(leaders(wick)).toEqual(['WETH']);
  });
});
