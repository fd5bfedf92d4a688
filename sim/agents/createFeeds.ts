import { mockAggregatorAbi } from '../../sdk/abi';
import { toAddress } from '../population/createPopulation';
import { act } from '../world/act';
import type { World } from '../world/world';

const ORACLE_NODE = toAddress('oracle node');
/** What the feeds of the development chain answer in. */
const FEED_DECIMALS = 8;

export interface Feeds {
  /** Each feed that has moved far enough, or is old enough, answers with what the market was `delay` seconds ago. */
  readonly push: (second: number) => Promise<void>;
}

/** Price feeds with the deviation threshold, heartbeat and delay of the scenario. */
export function createFeeds({ chain, scenario, assets }: World): Feeds {
  const { deviationBps, heartbeat, delay } = scenario.oracle;
  const last = new Map(assets.map(({ symbol, path }) => [symbol, { second: 0, price: path.at(0) }]));
  return {
    push: async (second) => {
      for (const { symbol, feed, path } of assets) {
        const known = last.get(symbol);
        const price = path.at(second - delay);
        const moved = known === undefined ? Infinity : Math.abs(price / known.price - 1) * 10_000;
        if (known !== undefined && moved < deviationBps && second - known.second < heartbeat) continue;
        const answer = BigInt(Math.round(price * 10 ** FEED_DECIMALS));
        await act(chain, { from: ORACLE_NODE, to: feed, abi: mockAggregatorAbi, functionName: 'push', args: [answer] });
        last.set(symbol, { second, price });
      }
    },
  };
}
