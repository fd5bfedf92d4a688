import { readContract } from 'viem/actions';

import type { PolicyFile } from '../../deploy';
import { instrumentPolicyAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import type { SimChain } from '../chain/createSimChain';
import type { Scenario } from '../scenario/scenarioSchema';
import type { PricePath } from '../scenario/pricePath';
import type { SimMarket } from './market';

const DAY = 86_400;

export interface OpenMarketsParameters {
  readonly chain: SimChain;
  readonly manifest: Manifest;
  readonly policy: PolicyFile;
  readonly scenario: Scenario;
  readonly paths: ReadonlyMap<string, PricePath>;
  /** Unix time of second zero. */
  readonly start: number;
}

/** The scenario's markets as they are deployed, in the order of their numbers. */
export async function openMarkets(parameters: OpenMarketsParameters): Promise<SimMarket[]> {
  const { chain, manifest, policy, scenario, paths, start } = parameters;
  const { address } = manifest.contracts.InstrumentPolicy;
  const markets: SimMarket[] = [];
  for (const { symbol, number, index, perpetual, perpetualFeed } of manifest.underlyings) {
    const terms = scenario.books?.markets[symbol];
    const asset = manifest.assets.find((known) => known.address === index);
    const path = asset && paths.get(asset.symbol);
    const [hours = 0, minutes = 0] = (policy.underlyings?.[symbol]?.options.expiryTime ?? '').split(':').map(Number);
    if (terms === undefined || asset === undefined || path === undefined)
      throw new Error(`${symbol} has no market or no index`); // configFor
    const scenarios = await readContract(chain.client, {
      address,
      abi: instrumentPolicyAbi,
      functionName: 'scenariosOf',
      args: [number],
    });
    const midnight = start - (start % DAY) + hours * 3_600 + minutes * 60;
    markets.push({
      symbol,
      number,
      index,
      indexSymbol: asset.symbol,
      indexDecimals: asset.decimals,
      perpetual,
      perpetualFeed,
      path,
      terms,
      scenarios,
      expiries: terms.volatility.expiries.map(({ days }) => BigInt(midnight + days * DAY)),
    });
  }
  return markets;
}
