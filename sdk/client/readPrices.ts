import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginLensAbi } from '../abi';
import type { Price } from '../math';
import { atBlock, type AtBlock } from './atBlock';

export interface ReadPricesParameters extends AtBlock {
  readonly lens: Address;
  readonly assets: readonly Address[];
}

/** Guarded prices, in the order asked. */
export function readPrices(
  client: Client,
  { lens, assets, ...block }: ReadPricesParameters,
): Promise<readonly Price[]> {
  return readContract(client, {
    address: lens,
    abi: marginLensAbi,
    functionName: 'prices',
    args: [assets],
    ...atBlock(block),
  });
}
