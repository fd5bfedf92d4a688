import type { Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginVaultAbi, marginPolicyAbi } from '../abi';
import { pinBlock, readReport, type AtBlock } from '../client';
import type { Manifest } from '../deployment';
import type { AccountId } from '../math';
import { explainAccount, type Explanation } from './explainAccount';

export interface ReadExplanationParameters extends AtBlock {
  readonly manifest: Pick<Manifest, 'contracts' | 'assets'>;
  readonly account: AccountId;
}

/** Reads one account, at one block, and explains its margin. */
export async function readExplanation(
  client: Client,
  { manifest, account, ...block }: ReadExplanationParameters,
): Promise<Explanation> {
  const { MarginVault, MarginPolicy, MarginLens } = manifest.contracts;
  const at = await pinBlock(client, block);
  const vault = { address: MarginVault.address, abi: marginVaultAbi, ...at } as const;
  const [report, liquidationTerms, liveTime, liquidity, quoteScale] = await Promise.all([
    readReport(client, { lens: MarginLens.address, account, ...at }),
    readContract(client, {
      address: MarginPolicy.address,
      abi: marginPolicyAbi,
      functionName: 'liquidationTerms',
      ...at,
    }),
    readContract(client, { address: MarginVault.address, abi: marginVaultAbi, functionName: 'liveTime', ...at }),
    readContract(client, { ...vault, functionName: 'liquidity' }),
    readContract(client, { ...vault, functionName: 'quoteScale' }),
  ]);
  return explainAccount({
    report,
    liquidationTerms,
    liveTime,
    poolLiquidity: liquidity * quoteScale,
    symbolOf: (asset) => manifest.assets.find(({ address }) => address === asset)?.symbol ?? asset,
  });
}
