import { AppError } from '../../sdk/errors';
import type { CollateralConfig, NetworkConfig, PriceConfig } from './networkConfig';

export interface ConfigChanges {
  /** Quote a whole token, by symbol. */
  readonly startPrices?: Readonly<Record<string, number>>;
  /** Quote that each side of the seeded pool is worth, by symbol. */
  readonly poolDepths?: Readonly<Record<string, number>>;
}

/**
 * `config` with other start prices and pool depths.
 * @throws AppError `config_invalid`
 */
export function adaptConfig(
  config: NetworkConfig,
  { startPrices = {}, poolDepths = {} }: ConfigChanges,
): NetworkConfig {
  const symbols = config.collaterals.map(({ symbol }) => symbol);
  for (const [symbol, value] of [...Object.entries(startPrices), ...Object.entries(poolDepths)]) {
    if (!symbols.includes(symbol)) throw invalid(`${symbol} is no collateral: there are ${symbols.join(', ')}`);
    if (!(value > 0 && /^\d+(\.\d+)?$/.test(String(value))))
      throw invalid(`${value} is no price or depth of ${symbol}`);
  }
  const adapt = (collateral: CollateralConfig): CollateralConfig => ({
    ...collateral,
    feed: { ...collateral.feed, startPrice: startPrices[collateral.symbol] ?? collateral.feed.startPrice },
    pool: { depthQuote: poolDepths[collateral.symbol] ?? collateral.pool.depthQuote },
  });
  return { ...config, collaterals: config.collaterals.map(adapt) };
}

/** `config` where each price has its first source only, for worlds that move one feed a collateral. */
export function withoutSecondSources(config: NetworkConfig): NetworkConfig {
  const strip = ({ second: _second, ...first }: PriceConfig): PriceConfig => first;
  const { collaterals, underlyings } = config;
  return {
    ...config,
    collaterals: collaterals.map((each) => ({ ...each, feed: strip(each.feed) })),
    ...(underlyings && { underlyings: underlyings.map((each) => ({ ...each, perpetual: strip(each.perpetual) })) }),
  };
}

function invalid(message: string): AppError {
  return new AppError(message, { code: 'config_invalid' });
}
