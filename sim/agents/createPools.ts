import { readContract } from 'viem/actions';

import { erc20Abi, mockERC20Abi, uniswapV2PairAbi } from '../../sdk/abi';
import type { SimChain } from '../chain/createSimChain';
import { toAddress } from '../population/createPopulation';
import { act } from '../world/act';
import type { SimAsset, World } from '../world/world';
import { liquidityShares, reservesAt, swapOutput, toPrice, type Reserves } from './poolMath';

const ARBITRAGEUR = toAddress('arbitrageur');
/** Nearer to its aim than the pool's fee nobody earns by trading, part of one. */
const WORTHWHILE = 0.003;

export interface Pools {
  /** Arbitrage, and providers who come and go. Call once a step, before anything is sold in it. */
  readonly follow: (second: number) => Promise<void>;
  /** By symbol, quote for one whole unit, as the reserves stand now. */
  readonly prices: () => Promise<ReadonlyMap<string, number>>;
}

/**
 * The markets in which seized collateral is sold: real Uniswap V2 pairs. Arbitrage carries every move of the market into
 * the pool at once; what sales have pushed the pool away from the market comes back with the scenario's half-life.
 */
export function createPools(world: World): Pools {
  const { chain, assets } = world;
  const before = new Map(assets.map(({ symbol }) => [symbol, 0]));

  const priceOf = async (asset: SimAsset): Promise<number> =>
    toPrice(await readReserves(chain, asset), asset.decimals, world.manifest.quote.decimals);

  return {
    follow: async (second) => {
      for (const asset of assets) {
        const { symbol, path, pool } = asset;
        const last = before.get(symbol) ?? 0;
        before.set(symbol, second);
        await provide(world, asset, last, second);
        const price = await priceOf(asset);
        const gap = Math.log(price / path.at(last)) * 2 ** (-(second - last) / pool.halfLife);
        const aim = path.at(second) * Math.exp(gap);
        if (Math.abs(Math.log(aim / price)) > WORTHWHILE)
          await trade(world, asset, await readReserves(chain, asset), aim);
      }
    },
    prices: async () => {
      const prices = new Map<string, number>();
      for (const asset of assets) prices.set(asset.symbol, await priceOf(asset));
      return prices;
    },
  };
}

export async function readReserves({ client }: SimChain, { pair, isFirst }: SimAsset): Promise<Reserves> {
  const [first, second] = await readContract(client, {
    address: pair,
    abi: uniswapV2PairAbi,
    functionName: 'getReserves',
  });
  return isFirst ? { asset: first, quote: second } : { asset: second, quote: first };
}

/** Swaps until the pool stands at `aim`. */
async function trade({ chain, manifest }: World, asset: SimAsset, reserves: Reserves, aim: number): Promise<void> {
  const { quote } = manifest;
  const wanted = reservesAt(reserves, aim, asset.decimals, quote.decimals);
  const sells = wanted.asset > reserves.asset;
  const paid = sells ? wanted.asset - reserves.asset : wanted.quote - reserves.quote;
  const out = sells
    ? swapOutput(paid, reserves.asset, reserves.quote)
    : swapOutput(paid, reserves.quote, reserves.asset);
  if (paid <= 0n || out <= 0n) return;
  const token = sells ? asset.address : quote.address;
  await act(chain, { from: ARBITRAGEUR, to: token, abi: mockERC20Abi, functionName: 'mint', args: [asset.pair, paid] });
  const takesFirst = sells ? !asset.isFirst : asset.isFirst;
  const args = [takesFirst ? out : 0n, takesFirst ? 0n : out, ARBITRAGEUR, '0x'] as const;
  await act(chain, { from: ARBITRAGEUR, to: asset.pair, abi: uniswapV2PairAbi, functionName: 'swap', args });
}

/** Liquidity providers take out a part when the scenario says so, and bring as much back. */
async function provide(world: World, asset: SimAsset, last: number, second: number): Promise<void> {
  const { from: shareBefore, to: shareNow } = liquidityShares(asset.pool.thinning, last, second);
  if (shareBefore === shareNow) return;
  const { chain, manifest } = world;
  const { pair } = asset;
  const holder = manifest.roles.find(({ name }) => name === 'admin')?.holders[0];
  if (holder === undefined) throw new Error('nobody holds the pool shares');
  const read = { address: pair, abi: uniswapV2PairAbi } as const;
  if (shareNow < shareBefore) {
    const held = await readContract(chain.client, { ...read, functionName: 'balanceOf', args: [holder] });
    const gone = (held * BigInt(Math.round((1 - shareNow / shareBefore) * 1e9))) / 1_000_000_000n;
    await act(chain, { from: holder, to: pair, abi: erc20Abi, functionName: 'transfer', args: [pair, gone] });
    await act(chain, { from: holder, to: pair, abi: uniswapV2PairAbi, functionName: 'burn', args: [holder] });
    return;
  }
  const more = BigInt(Math.round((shareNow / shareBefore - 1) * 1e9));
  for (const token of [asset.address, manifest.quote.address]) {
    const reserve = await readContract(chain.client, {
      address: token,
      abi: erc20Abi,
      functionName: 'balanceOf',
      args: [pair],
    });
    const args = [pair, (reserve * more) / 1_000_000_000n] as const;
    await act(chain, { from: holder, to: token, abi: mockERC20Abi, functionName: 'mint', args });
  }
  await act(chain, { from: holder, to: pair, abi: uniswapV2PairAbi, functionName: 'mint', args: [holder] });
}
