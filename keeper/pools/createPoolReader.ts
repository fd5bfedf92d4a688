import { isAddressEqual, zeroAddress, type Address, type Client } from 'viem';
import { readContract } from 'viem/actions';

import { uniswapV2FactoryAbi, uniswapV2FlashLiquidatorAbi, uniswapV2PairAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import type { KeeperConfig } from '../config';
import type { Reserves } from './constantProduct';

/** The pools in which the flash liquidator sells. */
export interface PoolReader {
  /** Newest reserves of the pair of `asset` with the quote token; nothing where there is no such pair. */
  read(asset: Address): Promise<Reserves | undefined>;
}

export interface CreatePoolReaderParameters {
  readonly client: Client;
  readonly deployment: Manifest;
  readonly config: Pick<KeeperConfig, 'simulateOn'>;
}

/** Reads reserves each time anew; where the pairs are, once. */
export function createPoolReader({ client, deployment, config }: CreatePoolReaderParameters): PoolReader {
  const { quote, contracts } = deployment;
  const flash = contracts['UniswapV2FlashLiquidator']?.address;
  const pairs = new Map<Address, Address>();
  let factory: Address | undefined;

  async function pairOf(asset: Address): Promise<Address | undefined> {
    const known = pairs.get(asset);
    if (known !== undefined || flash === undefined) return known;
    factory ??= await readContract(client, {
      address: flash,
      abi: uniswapV2FlashLiquidatorAbi,
      functionName: 'factory',
    });
    const args = [asset, quote.address] as const;
    const pair = await readContract(client, {
      address: factory,
      abi: uniswapV2FactoryAbi,
      functionName: 'getPair',
      args,
    });
    if (isAddressEqual(pair, zeroAddress)) return undefined; // it may be created yet
    pairs.set(asset, pair);
    return pair;
  }

  return {
    async read(asset) {
      const address = await pairOf(asset);
      if (address === undefined) return undefined;
      const [first, second] = await readContract(client, {
        address,
        abi: uniswapV2PairAbi,
        functionName: 'getReserves',
        blockTag: config.simulateOn,
      });
      // a pair orders its tokens by address
      const assetIsFirst = BigInt(asset) < BigInt(quote.address);
      return assetIsFirst ? { asset: first, quote: second } : { asset: second, quote: first };
    },
  };
}
