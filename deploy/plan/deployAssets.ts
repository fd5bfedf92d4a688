import { erc20Abi, zeroAddress, zeroHash, type Address, type Hex } from 'viem';
import { readContract } from 'viem/actions';

import { AppError } from '../../sdk/errors';
import { MOCK, type CollateralConfig, type NetworkConfig, type TokenConfig } from '../config/networkConfig';
import { percentToBps, scale } from '../config/units';
import type { Executor } from '../createExecutor';

/** Chainlink's usual decimals for prices in dollars. */
const MOCK_FEED_DECIMALS = 8;

export interface Token {
  readonly symbol: string;
  readonly address: Address;
  readonly decimals: number;
}

/** Where prices come from, as `FeedConfig` of contracts/interfaces/IPriceOracle.sol names it. */
export interface Feeds {
  readonly primary: Address;
  readonly second: Address;
  readonly secondId: Hex;
  readonly confidenceBps: number;
}

export interface Collateral extends Token {
  readonly config: CollateralConfig;
  readonly feeds: Feeds;
}

export interface Assets {
  readonly quote: Token;
  readonly collaterals: readonly Collateral[];
}

/** Tokens and feeds: those of the configuration, and mocks where it says so. */
export async function deployAssets(executor: Executor, config: NetworkConfig): Promise<Assets> {
  const quote = await placeToken(executor, config.quote);
  const collaterals: Collateral[] = [];
  for (const collateral of config.collaterals) {
    const token = await placeToken(executor, collateral);
    const { feed, symbol } = collateral;
    const description = `${symbol} / ${quote.symbol}`;
    const primary = await placeFeed(executor, feed.primary, { label: symbol, description, config: collateral });
    const second = await placeSecond(executor, { label: `${symbol}-second`, description, config: collateral });
    collaterals.push({ ...token, config: collateral, feeds: { primary, ...second } });
  }
  return { quote, collaterals };
}

async function placeToken(executor: Executor, token: TokenConfig): Promise<Token> {
  const { symbol, name, decimals } = token;
  if (token.address === MOCK) {
    const { address } = await executor.deploy('MockERC20', [name, symbol, decimals], symbol);
    return { symbol, decimals, address };
  }
  const { address } = token;
  const found = await readContract(executor.client, { address, abi: erc20Abi, functionName: 'decimals' }).catch(
    (cause: unknown) => {
      throw new AppError(`${symbol}: no ERC-20 token answers at ${address}`, { code: 'token_mismatch', cause });
    },
  );
  if (found !== decimals) {
    throw new AppError(`${symbol} has ${found} decimals at ${address}, the configuration says ${decimals}`, {
      code: 'token_mismatch',
    });
  }
  return { symbol, decimals, address };
}

interface MockFeed {
  readonly label: string;
  readonly description: string;
  readonly config: CollateralConfig;
}

async function placeSecond(executor: Executor, mock: MockFeed): Promise<Omit<Feeds, 'primary'>> {
  const { second } = mock.config.feed;
  if (second === undefined) return { second: zeroAddress, secondId: zeroHash, confidenceBps: 0 };
  if (typeof second === 'object') {
    return { second: second.pyth, secondId: second.id, confidenceBps: percentToBps(second.confidencePercent) };
  }
  return { second: await placeFeed(executor, second, mock), secondId: zeroHash, confidenceBps: 0 };
}

async function placeFeed(executor: Executor, source: Address | typeof MOCK, mock: MockFeed): Promise<Address> {
  if (source !== MOCK) return source;
  const feed = await executor.deploy('MockAggregator', [MOCK_FEED_DECIMALS, mock.description], mock.label);
  const answer = scale(startPriceOf(mock.config), MOCK_FEED_DECIMALS);
  await executor.call(feed, 'push', [answer], mock.label);
  return feed.address;
}

/** Quote a whole token; the schema demands it wherever a feed or a pool is made. */
export function startPriceOf({ symbol, feed: { startPrice } }: CollateralConfig): number {
  if (startPrice === undefined) throw new Error(`${symbol} has no start price`);
  return startPrice;
}
