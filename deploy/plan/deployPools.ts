import { isAddressEqual, zeroAddress, type Address } from 'viem';

import { AppError } from '../../sdk/errors';
import { scale } from '../config/units';
import type { Deployed, Executor } from '../createExecutor';
import { readDeployed } from '../readDeployed';
import { startPriceOf, type Assets, type Collateral, type Token } from './deployAssets';

const WAD_DECIMALS = 18;

export interface Pools {
  readonly factory: Address;
}

/**
 * The market where seized collateral is sold: a Uniswap V2 pair of each collateral with the quote token. Where the
 * configuration names no factory, a factory and pairs seeded at the start price.
 * @param liquidityHolder who gets the pool shares of seeded pairs and may switch on Uniswap's protocol fee
 */
export async function deployPools(
  executor: Executor,
  { quote, collaterals }: Assets,
  configured: Address | 'deploy',
  liquidityHolder: Address,
): Promise<Pools> {
  if (configured !== 'deploy') {
    const factory = { artifact: executor.load('UniswapV2Factory'), address: configured };
    for (const token of collaterals) await pairOf(executor, factory, token, quote);
    return { factory: configured };
  }
  const factory = await executor.deploy('UniswapV2Factory', [liquidityHolder]);
  for (const token of collaterals) {
    const { symbol, config } = token;
    const created = await executor.call(factory, 'createPair', [token.address, quote.address], symbol);
    const pair = executor.adopt('UniswapV2Pair', await pairOf(executor, factory, token, quote), created, symbol);
    const depth = config.pool.depthQuote;
    const amount =
      (scale(depth, WAD_DECIMALS) * 10n ** BigInt(token.decimals)) / scale(startPriceOf(config), WAD_DECIMALS);
    await executor.call(mock(executor, token), 'mint', [pair.address, amount], `${symbol} pool`);
    await executor.call(
      mock(executor, quote),
      'mint',
      [pair.address, scale(depth, quote.decimals)],
      `${quote.symbol} for ${symbol} pool`,
    );
    await executor.call(pair, 'mint', [liquidityHolder], symbol);
  }
  return { factory: factory.address };
}

async function pairOf(executor: Executor, factory: Deployed, token: Collateral, quote: Token): Promise<Address> {
  const pair = (await readDeployed(executor.client, factory, 'getPair', [token.address, quote.address])) as Address;
  if (!isAddressEqual(pair, zeroAddress)) return pair;
  throw new AppError(`the Uniswap V2 factory ${factory.address} has no pair of ${token.symbol} with ${quote.symbol}`, {
    code: 'pool_missing',
  });
}

function mock(executor: Executor, { address }: Token): Deployed {
  return { artifact: executor.load('MockERC20'), address };
}
