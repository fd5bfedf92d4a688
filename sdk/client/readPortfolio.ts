import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginVaultAbi } from '../abi';
import type { AccountId, Portfolio } from '../math';
import { atBlock, type AtBlock } from './atBlock';

export interface ReadPortfolioParameters extends AtBlock {
  readonly vault: Address;
  readonly account: AccountId;
}

/** What an account holds and owes, interest accrued to the block. An account that nobody has used is empty. */
export function readPortfolio(
  client: Client,
  { vault, account, ...block }: ReadPortfolioParameters,
): Promise<Portfolio> {
  return readContract(client, {
    address: vault,
    abi: marginVaultAbi,
    functionName: 'portfolio',
    args: [account],
    ...atBlock(block),
  });
}
