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
      /no scenario black-friday; known are black-thursday, black-thursday-books, may-2021, october-2025, wick/,
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

describe('a scenario that is like another', () => {
  it('has the prices of the other and its own people', () => {
    const [base, books] = [loadScenario('black-thursday'), loadScenario('black-thursday-books')];
    expect(books.prices).toEqual(base.prices);
    expect(books.accounts).not.toEqual(base.accounts);
    expect(books.books?.groups.length).toBeGreaterThan(0);
    expect(base.books).toBeUndefined();
  });
});

describe('books', () => {
  const wrong = (change: (books: NonNullable<Scenario['books']>) => void): string => {
    const scenario = structuredClone(loadScenario('black-thursday-books'));
    change(scenario.books!);
    const parsed = scenarioSchema.safeParse(scenario);
    return parsed.success ? '' : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join();
  };

  it.each([
    [
      'a market that there is not',
      (b: NonNullable<Scenario['books']>) => Object.assign(b.groups[0]!, { market: 'BTC' }),
      'books.groups.0.market: BTC has no market',
    ],
    [
      'an expiry that there is not',
      (b: NonNullable<Scenario['books']>) => Object.assign(b.groups[0]!.legs[0]!, { expiry: 3 }),
      'a leg has an expiry that there is not',
    ],
    [
      'a leg of nothing',
      (b: NonNullable<Scenario['books']>) => Object.assign(b.groups[0]!.legs[0]!, { units: 0 }),
      'a leg of nothing',
    ],
    [
      'a cushion the wrong way round',
      (b: NonNullable<Scenario['books']>) => Object.assign(b.groups[0]!.cushion, { least: 9 }),
      'least is above most',
    ],
    [
      'two groups of one name',
      (b: NonNullable<Scenario['books']>) => Object.assign(b.groups[0]!, { name: b.groups[1]!.name }),
      'groups need different names',
    ],
  ])('refuse %s [SIM-02]', (_, change, message) => {
    expect(wrong(change)).toContain(message);
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
