import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { parseConfig, readJsonFile, showPath } from '../../deploy/config/readJsonFile';
import { AppError } from '../../sdk/errors';
import { createPricePath, followPath, type PricePath } from './pricePath';
import { readCandles } from './readCandles';
import { scenarioSchema, type Scenario } from './scenarioSchema';

const SCENARIOS = join(__dirname, '..', 'scenarios');

/** Names of the scenarios that come with the project. */
export function listScenarios(): string[] {
  return readdirSync(SCENARIOS)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/**
 * @param name of a scenario that comes with the project, or path of a scenario file
 * @throws AppError `scenario_unknown`, `config_missing`, `config_invalid`
 */
export function loadScenario(name: string): Scenario {
  if (name.endsWith('.json')) return readScenario(name);
  const known = listScenarios();
  if (!known.includes(name)) {
    throw new AppError(`there is no scenario ${name}; known are ${known.join(', ')}, or name a .json file`, {
      code: 'scenario_unknown',
    });
  }
  return readScenario(join(SCENARIOS, `${name}.json`));
}

/** A scenario that is `like` another one takes from it what it does not say itself. */
const likeness = z.looseObject({ like: z.string().optional() });

function readScenario(path: string): Scenario {
  const { like, ...own } = readJsonFile(path, 'scenario', likeness);
  if (like === undefined) return readJsonFile(path, 'scenario', scenarioSchema);
  const other = readJsonFile(join(SCENARIOS, `${like}.json`), 'scenario', z.looseObject({}));
  return parseConfig({ ...other, ...own }, `scenario ${showPath(path)}`, scenarioSchema);
}

/**
 * The scenario with the price of its leading asset out of a CSV of candles; what follows it follows the new path, and
 * whatever the scenario says of seconds after its own end holds on.
 * @throws AppError `candles_invalid`
 */
export function withCandles(scenario: Scenario, path: string): Scenario {
  const { start, points, candles, width } = readCandles(path);
  const [leader] = leaders(scenario);
  if (leader === undefined) throw new Error(`${scenario.name} has no price with points`); // the schema sees to it
  return {
    ...scenario,
    title: `${leader} by ${path}`,
    source: `${path}: ${candles} candles of ${width} s, a falling one walked open, high, low, close, a rising one open, low, high, close`,
    start: new Date(start * 1_000).toISOString(),
    prices: { ...scenario.prices, [leader]: { points: points.map(([second, price]) => [second, price]) } },
  };
}

/** The price of each asset at every second. */
export function pricePaths({ prices }: Scenario): ReadonlyMap<string, PricePath> {
  const paths = new Map<string, PricePath>();
  for (const [asset, price] of Object.entries(prices)) {
    if ('points' in price) paths.set(asset, createPricePath(price.points));
  }
  for (const [asset, price] of Object.entries(prices)) {
    if (!('follows' in price)) continue;
    const leader = paths.get(price.follows);
    if (leader === undefined) throw new Error(`${asset} follows ${price.follows}, which has no points`); // nor this
    paths.set(asset, followPath(leader, price.beta, price.first));
  }
  return paths;
}

/** Seconds from the first to the last known price. */
export function durationOf(scenario: Scenario): number {
  const seconds = Object.values(scenario.prices).flatMap((price) =>
    'points' in price ? price.points.map(([second]) => second) : [],
  );
  return Math.floor(Math.max(...seconds));
}

/** Unix time of second zero. */
export function startOf({ start }: Scenario): number {
  return Date.parse(start) / 1_000;
}

/** Assets whose own prices are known, the one that others follow first. */
export function leaders({ prices }: Scenario): string[] {
  const followed = Object.values(prices).flatMap((price) => ('follows' in price ? [price.follows] : []));
  return Object.keys(prices)
    .filter((asset) => 'points' in (prices[asset] ?? {}))
    .sort((a, b) => Number(followed.includes(b)) - Number(followed.includes(a)));
}
