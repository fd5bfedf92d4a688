import type { Address, Client, Hash } from 'viem';
import { readContract } from 'viem/actions';

import { marginVaultAbi, realisedVolatilityAbi, settlementFeedAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { SETTLEMENT_WINDOW, SettlementStatus } from '../../sdk/math';
import type { MarketRecord } from '../accounts/marketIndex';
import type { FinalFacts, FundingFacts, OpenExpiry, VolatilityFacts, WindowFacts } from './decideJobs';

export interface JobFactsReader {
  funding(markets: readonly MarketRecord[], blockHash: Hash): Promise<FundingFacts[]>;
  windows(expiries: readonly OpenExpiry[], blockHash: Hash): Promise<WindowFacts[]>;
  /** Those of `expiries` whose price is final. */
  finals(expiries: readonly OpenExpiry[], blockHash: Hash): Promise<FinalFacts[]>;
  volatility(assets: readonly Address[], blockHash: Hash): Promise<VolatilityFacts[]>;
}

/** Reads what jobs are decided by, as of one block. */
export function createJobFactsReader(client: Client, { contracts }: Manifest): JobFactsReader {
  const vault = { address: contracts.MarginVault.address, abi: marginVaultAbi } as const;
  const settlement = { address: contracts.SettlementFeed.address, abi: settlementFeedAbi } as const;
  const volatility = { address: contracts.RealisedVolatility.address, abi: realisedVolatilityAbi } as const;

  return {
    funding: (markets, blockHash) =>
      Promise.all(
        markets.map(async (market) => {
          const args = [market.underlying] as const;
          const { fundingAt } = await readContract(client, { ...vault, functionName: 'marketOf', args, blockHash });
          return { ...market, fundingAt: BigInt(fundingAt) };
        }),
      ),
    windows: (expiries, blockHash) =>
      Promise.all(
        expiries.map(async (each) => {
          const args = [each.index, each.expiry] as const;
          const record = await readContract(client, { ...settlement, functionName: 'recordOf', args, blockHash });
          const from = each.expiry - SETTLEMENT_WINDOW;
          return { ...each, sampledAt: record.lastPrice === 0n ? 0n : from + BigInt(record.lastSecond) };
        }),
      ),
    finals: async (expiries, blockHash) => {
      const found = await Promise.all(
        expiries.map(async (each) => {
          const args = [each.index, each.expiry] as const;
          const [price, status] = await readContract(client, {
            ...settlement,
            functionName: 'settlementOf',
            args,
            blockHash,
          });
          return { ...each, price, status };
        }),
      );
      return found.filter(({ status }) => status === SettlementStatus.Final);
    },
    volatility: (assets, blockHash) =>
      Promise.all(
        assets.map(async (asset) => {
          const [{ sampledAt }, { minInterval }] = await Promise.all([
            readContract(client, { ...volatility, functionName: 'stateOf', args: [asset], blockHash }),
            readContract(client, { ...volatility, functionName: 'termsOf', args: [asset], blockHash }),
          ]);
          return { asset, sampledAt: BigInt(sampledAt), minInterval: BigInt(minInterval) };
        }),
      ),
  };
}
