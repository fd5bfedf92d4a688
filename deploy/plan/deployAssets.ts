import { erc20Abi, zeroAddress, zeroHash, type Address, type Hex } from 'viem';
import { readContract } from 'viem/actions';

import { AppError } from '../../sdk/errors';
import {
  MOCK,
  type CollateralConfig,
  type NetworkConfig,
  type PriceConfig,
  type TokenConfig,
  type UnderlyingConfig,
} from '../config/networkConfig';
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

/** What perpetuals and options are traded on. */
export interface ListedUnderlying {
  readonly symbol: string;
  /** In `InstrumentPolicy`'s list. */
  readonly number: number;
  /** The collateral whose price is the index. */
  readonly index: Collateral;
  /** Under which the oracle keeps the perpetual's price: its first source. */
  readonly key: Address;
  readonly feeds: Feeds;
  readonly config: UnderlyingConfig;
}

export interface Assets {
  readonly quote: Token;
  readonly collaterals: readonly Collateral[];
  readonly underlyings: readonly ListedUnderlying[];
}

/**
 * Tokens and feeds: those of the configuration, and mocks where it says so.
 * @param listed underlyings of `config` that are to be traded
 */
export async function deployAssets(
  executor: Executor,
  config: NetworkConfig,
  listed: readonly UnderlyingConfig[],
): Promise<Assets> {
  const quote = await placeToken(executor, config.quote);
  const collaterals: Collateral[] = [];
  for (const collateral of config.collaterals) {
    const token = await placeToken(executor, collateral);
    const { feed, symbol } = collateral;
    const description = `${symbol} / ${quote.symbol}`;
    const feeds = await placeFeeds(executor, feed, { label: symbol, description, startPrice: feed.startPrice });
    collaterals.push({ ...token, config: collateral, feeds });
  }
  const underlyings: ListedUnderlying[] = [];
  for (const underlying of listed) {
    const { symbol, perpetual } = underlying;
    const index = collaterals.find((each) => each.symbol === underlying.index);
    if (index === undefined) throw new Error(`${symbol} has no index`);
    const feeds = await placeFeeds(executor, perpetual, {
      label: `${symbol}-perpetual`,
      description: `${symbol} perpetual / ${quote.symbol}`,
      startPrice: perpetual.startPrice ?? index.config.feed.startPrice,
    });
    const number = underlyings.length + 1;
    underlyings.push({ symbol, number, index, key: feeds.primary, feeds, config: underlying });
  }
  return { quote, collaterals, underlyings };
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
  readonly startPrice: number | undefined;
}

async function placeFeeds(executor: Executor, { primary, second }: PriceConfig, mock: MockFeed): Promise<Feeds> {
  const first = await placeFeed(executor, primary, mock);
  const witness = { ...mock, label: `${mock.label}-second` };
  return { primary: first, ...(await placeSecond(executor, second, witness)) };
}

async function placeSecond(
  executor: Executor,
  second: PriceConfig['second'],
  mock: MockFeed,
): Promise<Omit<Feeds, 'primary'>> {
  if (second === undefined) return { second: zeroAddress, secondId: zeroHash, confidenceBps: 0 };
  if (typeof second === 'object') {
    return { second: second.pyth, secondId: second.id, confidenceBps: percentToBps(second.confidencePercent) };
  }
  return { second: await placeFeed(executor, second, mock), secondId: zeroHash, confidenceBps: 0 };
}

async function placeFeed(executor: Executor, source: Address | typeof MOCK, mock: MockFeed): Promise<Address> {
  if (source !== MOCK) return source;
  const feed = await executor.deploy('MockAggregator', [MOCK_FEED_DECIMALS, mock.description], mock.label);
  const answer = scale(known(mock.startPrice, mock.label), MOCK_FEED_DECIMALS);
  await executor.call(feed, 'push', [answer], mock.label);
  return feed.address;
}

/** Quote a whole token; the schema demands it wherever a feed or a pool is made. */
export function startPriceOf({ symbol, feed: { startPrice } }: CollateralConfig): number {
  return known(startPrice, symbol);
}

function known(startPrice: number | undefined, label: string): number {
  if (startPrice === undefined) throw new Error(`${label} has no start price`);
  return startPrice;
}
