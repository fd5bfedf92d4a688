import { parseUnits, type Address } from 'viem';

import { mockAggregatorAbi, mockERC20Abi, uniswapV2PairAbi } from '../../sdk/abi';
import type { DeployedAsset } from '../../sdk/deployment';
import { AppError } from '../../sdk/errors';
import { WAD } from '../../sdk/math';
import type { DemoWorld } from './createActors';
import type { Prices } from '../cli/parsePrice';

/** Quote WAD for one whole unit. */
export interface PriceChange {
  readonly symbol: string;
  readonly asset: DeployedAsset;
  readonly from: bigint;
  readonly to: bigint;
}

export interface WantedPrices {
  readonly prices: Prices;
  /** Part of one by which all others move. */
  readonly shock?: number;
}

/** What a number keeps of its digits as a fixed-point integer. */
const DIGITS = 8;

/**
 * Where prices go from where they are.
 * @throws AppError `unknown_symbol`
 */
export async function toNewPrices(world: DemoWorld, { prices, shock }: WantedPrices): Promise<PriceChange[]> {
  const { assets } = world.manifest;
  const unknown = Object.keys(prices).find((symbol) => !assets.some((asset) => asset.symbol === symbol));
  if (unknown !== undefined) {
    throw new AppError(`${unknown} is no collateral: there are ${assets.map(({ symbol }) => symbol).join(', ')}`, {
      code: 'unknown_symbol',
    });
  }
  const changes: PriceChange[] = [];
  for (const asset of assets) {
    const { symbol } = asset;
    const from = (await readFeed(world, asset)).price;
    const wanted = prices[symbol];
    if (wanted !== undefined) changes.push({ symbol, asset, from, to: fixed(wanted) });
    else if (shock !== undefined) changes.push({ symbol, asset, from, to: (from * fixed(1 + shock)) / WAD });
  }
  return changes;
}

/** The world pays other prices from now on: feeds answer them, and in the pools arbitrage has been. */
export async function pushPrices(world: DemoWorld, changes: readonly PriceChange[]): Promise<void> {
  for (const { asset, to } of changes) {
    const { unit } = await readFeed(world, asset);
    await pushAnswer(world, asset, (to * unit) / WAD);
    await movePool(world, asset, to);
  }
}

/** Every feed says again what it said. */
export async function refreshPrices(world: DemoWorld): Promise<void> {
  for (const asset of world.manifest.assets) await pushAnswer(world, asset, (await readFeed(world, asset)).answer);
}

async function readFeed({ client }: DemoWorld, { feed }: DeployedAsset) {
  const at = { address: feed, abi: mockAggregatorAbi } as const;
  const [decimals, [, answer]] = await Promise.all([
    client.readContract({ ...at, functionName: 'decimals' }),
    client.readContract({ ...at, functionName: 'latestRoundData' }),
  ]);
  const unit = 10n ** BigInt(decimals);
  return { unit, answer, price: (answer * WAD) / unit };
}

/** By the feed, and by the other source where the deployment has made one: they answer in the same decimals. */
async function pushAnswer(
  { act, lender, manifest }: DemoWorld,
  { feed, symbol }: DeployedAsset,
  answer: bigint,
): Promise<void> {
  const second = manifest.contracts[`MockAggregator/${symbol}-second`]?.address;
  for (const to of second === undefined ? [feed] : [feed, second]) {
    await act({ from: lender, to, abi: mockAggregatorAbi, functionName: 'push', args: [answer] });
  }
}

/** Gives the pool of made-up tokens what it lacks of one side. */
async function movePool(
  { act, client, lender, manifest }: DemoWorld,
  asset: DeployedAsset,
  price: bigint,
): Promise<void> {
  const pair = manifest.contracts[`UniswapV2Pair/${asset.symbol}`]?.address;
  if (pair === undefined) return;
  const { quote } = manifest;
  const balanceOf = (token: Address): Promise<bigint> =>
    client.readContract({ address: token, abi: mockERC20Abi, functionName: 'balanceOf', args: [pair] });
  const [held, paid] = await Promise.all([balanceOf(asset.address), balanceOf(quote.address)]);
  const scale = 10n ** BigInt(18 + asset.decimals - quote.decimals);
  const worth = (held * price) / scale;
  const [token, missing] =
    worth > paid ? [quote.address, worth - paid] : [asset.address, (paid * scale) / price - held];
  if (missing <= 0n) return;
  await act({ from: lender, to: token, abi: mockERC20Abi, functionName: 'mint', args: [pair, missing] });
  await act({ from: lender, to: pair, abi: uniswapV2PairAbi, functionName: 'sync', args: [] });
}

function fixed(value: number): bigint {
  return parseUnits(value.toFixed(DIGITS), 18);
}
