import {
  assess,
  criticalHealth,
  health,
  PriceStatus,
  WAD,
  type LiquidationTerms,
  type MarginInputs,
  type Price,
} from '../math';
import type { PriceTrigger } from './explanation';
import { smallest } from './smallest';

/** No price is believed to rise by more. */
const MOST_TIMES = 1_000n;

/**
 * At which prices the account gets below one and below critical health, one collateral falling alone, and all that
 * have a price falling together. Exact to the wei: `E - Rm` never falls while a price rises. Nothing of accounts with
 * positions, of which that is not so.
 * @param symbols by leg
 */
export function findTriggers(
  inputs: MarginInputs,
  terms: LiquidationTerms,
  symbols: readonly string[],
): PriceTrigger[] {
  if (inputs.portfolio.cash >= 0n || inputs.portfolio.positions.length > 0) return [];
  const priced = inputs.prices.flatMap((price, i) => (price.status === PriceStatus.Down ? [] : [i]));
  const triggers = priced.map((leg): PriceTrigger => {
    const now = betterOf(inputs.prices[leg]);
    const at = (price: bigint): MarginInputs =>
      withPrices(inputs, (each, i) => (i === leg ? scaled(each, price) : each));
    return { symbol: symbols[leg] ?? '', now, ...find(at, now, terms) };
  });
  if (priced.length < 2) return triggers;
  const together = (part: bigint): MarginInputs =>
    withPrices(inputs, (each) =>
      each.status === PriceStatus.Down ? each : scaled(each, (betterOf(each) * part) / WAD),
    );
  return [...triggers, { symbol: null, now: WAD, ...find(together, WAD, terms) }];
}

function find(at: (value: bigint) => MarginInputs, now: bigint, terms: LiquidationTerms) {
  const below = (limit: bigint): bigint | null => {
    const holds = (value: bigint): boolean => health(assess(at(value)).better) >= limit;
    if (holds(0n)) return 0n;
    const first = smallest(0n, now * MOST_TIMES, holds);
    return first === null ? null : first - 1n;
  };
  return { call: below(WAD), critical: below(criticalHealth(terms)) };
}

/** The price that the better side counts with. */
function betterOf(price: Price | undefined): bigint {
  if (price === undefined) return 0n;
  return price.status === PriceStatus.Degraded ? price.high : price.spot;
}

/** `price` with `value` where the better side looks. */
function scaled(price: Price, value: bigint): Price {
  return price.status === PriceStatus.Degraded ? { ...price, high: value } : { ...price, spot: value };
}

function withPrices(inputs: MarginInputs, change: (price: Price, leg: number) => Price): MarginInputs {
  return { ...inputs, prices: inputs.prices.map(change) };
}
