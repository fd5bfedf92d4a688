import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginLensAbi } from '../abi';
import type { AccountId } from '../math';
import type { AtBlock } from './atBlock';
import { decodeMargins, type MaybeMarginRow } from './decodeMargins';
import { pinBlock } from './pinBlock';

/** Fits the 30 million gas that development nodes give a call, with every account holding eight collaterals. */
const DEFAULT_BATCH = 50;

export interface ReadMarginsParameters extends AtBlock {
  readonly lens: Address;
  readonly accounts: readonly AccountId[];
  /** Accounts in one call to the node. */
  readonly batchSize?: number | undefined;
}

/** Equity, requirements and state of many accounts, in the order asked, at one block. */
export async function readMargins(client: Client, parameters: ReadMarginsParameters): Promise<MaybeMarginRow[]> {
  const { lens, accounts, batchSize = DEFAULT_BATCH } = parameters;
  if (accounts.length === 0) return [];
  const block = await pinBlock(client, parameters);
  const rows: MaybeMarginRow[] = [];
  for (let start = 0; start < accounts.length; start += batchSize) {
    const batch = accounts.slice(start, start + batchSize);
    const packed = await readContract(client, {
      address: lens,
      abi: marginLensAbi,
      functionName: 'margins',
      args: [batch],
      ...block,
    });
    rows.push(...decodeMargins(packed, batch.length));
  }
  return rows;
}
