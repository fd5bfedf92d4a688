import { encodeFunctionData } from 'viem';

import { priceOracleAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import type { Poke } from '../decide/decidePokes';
import type { PricedAction, Skip } from './action';
import { priceAction, type Situation } from './situation';

/** Records prices in one transaction. It earns nothing. */
export async function planPoke(
  situation: Situation,
  deployment: Manifest,
  pokes: readonly Poke[],
): Promise<PricedAction | Skip> {
  const symbolOf = new Map(deployment.assets.map(({ address, symbol }) => [address, symbol]));
  const assets = pokes.map(({ asset }) => asset);
  return priceAction(situation, {
    kind: 'poke',
    reason: pokes.some(({ reason }) => reason === 'price_moved') ? 'price_moved' : 'interval_passed',
    to: deployment.contracts.PriceOracle.address,
    data: encodeFunctionData({ abi: priceOracleAbi, functionName: 'update', args: [assets] }),
    gain: 0n,
    reserved: 0n,
    facts: {
      assets: assets.map((asset) => symbolOf.get(asset) ?? asset),
      moved_bps: pokes.map(({ movedBps }) => Number(movedBps)),
    },
  });
}
