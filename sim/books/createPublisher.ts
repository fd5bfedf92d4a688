import { createWalletClient, custom, type WalletClient } from 'viem';

import { mockAggregatorAbi, volatilityFeedAbi } from '../../sdk/abi';
import { SVI_ONE } from '../../sdk/math';
import { volatilityUpdateTypedData } from '../../sdk/signing';
import { toAddress } from '../population/createPopulation';
import { act } from '../world/act';
import type { World } from '../world/world';
import { createMarketPath, type MarketPath, type MarketState } from './marketPath';
import type { SimMarket } from './market';

const RELAY = toAddress('relay of volatilities');
const ORACLE_NODE = toAddress('oracle node');
const FEED_DECIMALS = 8;
const HOUR = 3_600;
/** Of the guard's bound, so that rounding never reaches it. */
const WITHIN_GUARD = 0.999;

/** What one market is taken to be now, by the world and by its feeds. */
export interface MarketNow extends MarketState {
  /** At the money as last published, a year, of one; by expiry. */
  readonly published: readonly number[];
}

export interface Publisher {
  /** Perpetual and volatility feeds follow the market; the first call publishes everything. */
  readonly push: (second: number) => Promise<void>;
  /** By the number of the market, as of the last push. */
  readonly now: (number: number) => MarketNow;
}

/**
 * The feeds of perpetuals, with the deviation, heartbeat and delay of the price feeds, and a publisher of volatility. It
 * signs what it sees, but no further from its last message than the guard on chain lets it.
 */
export async function createPublisher(world: World, markets: readonly SimMarket[]): Promise<Publisher> {
  const signer = world.manifest.roles.find(({ name }) => name === 'publisher')?.holders[0];
  if (signer === undefined) throw new Error('nobody may publish volatilities');
  const wallet = createWalletClient({ account: signer, transport: custom(world.chain.provider, { retryCount: 0 }) });
  const known = new Map<number, MarketNow>();
  const agents = await Promise.all(
    markets.map(async (market) => ({
      market,
      pushPerpetual: createPerpetualFeed(world, market),
      publish: await createSurface(world, market, wallet),
      path: createMarketPath(market.path, market.terms),
    })),
  );
  return {
    push: async (second) => {
      for (const { market, pushPerpetual, publish, path } of agents) {
        await pushPerpetual(second);
        const state = path.at(second);
        known.set(market.number, { ...state, published: await publish(second, state) });
      }
    },
    now: (number) => {
      const found = known.get(number);
      if (found === undefined) throw new Error(`market ${number} was never pushed`);
      return found;
    },
  };
}

function createPerpetualFeed({ chain, scenario }: World, { perpetualFeed, path, terms }: SimMarket) {
  const { deviationBps, heartbeat, delay } = scenario.oracle;
  const late: MarketPath = createMarketPath(path, terms);
  let last: { second: number; price: number } | undefined;
  return async (second: number): Promise<void> => {
    const price = late.at(Math.max(0, second - delay)).perpetual;
    const moved = last === undefined ? Infinity : Math.abs(price / last.price - 1) * 10_000;
    if (last !== undefined && moved < deviationBps && second - last.second < heartbeat) return;
    const args = [BigInt(Math.round(price * 10 ** FEED_DECIMALS))] as const;
    await act(chain, { from: ORACLE_NODE, to: perpetualFeed, abi: mockAggregatorAbi, functionName: 'push', args });
    last = { second, price };
  };
}

async function createSurface({ chain, manifest }: World, market: SimMarket, wallet: WalletClient) {
  const { index, expiries, terms } = market;
  const { movePercent, everySeconds, confidenceBps, smile } = terms.volatility;
  const to = manifest.contracts.VolatilityFeed.address;
  const read = { address: to, abi: volatilityFeedAbi, functionName: 'configOf', args: [index] } as const;
  const { jumpBpsPerHour } = await chain.client.readContract(read);
  const last = expiries.map((): { second: number; value: number } | undefined => undefined);

  const sign = async (expiry: bigint, volatility: number): Promise<void> => {
    const update = {
      underlying: index,
      expiry: Number(expiry),
      parameters: toParameters(volatility ** 2, smile),
      confidenceBps,
      timestamp: chain.now(),
    };
    const account = wallet.account;
    if (account === undefined) throw new Error('the wallet has no account');
    const signature = await wallet.signTypedData({ account, ...volatilityUpdateTypedData(manifest, update) });
    const args = [update, account.address, signature] as const;
    await act(chain, { from: RELAY, to, abi: volatilityFeedAbi, functionName: 'publish', args });
  };

  return async (second: number, { volatility }: MarketState): Promise<number[]> => {
    const published: number[] = [];
    for (const [i, expiry] of expiries.entries()) {
      const wanted = volatility[i] ?? 0;
      const before = last[i];
      const elapsed = before === undefined ? 0 : second - before.second;
      const off = before === undefined ? Infinity : Math.abs(wanted / before.value - 1) * 100;
      if (before === undefined || (elapsed > 0 && (off >= movePercent || elapsed >= everySeconds))) {
        // the guard bounds how variance moves
        const most = Math.sqrt(1 + ((jumpBpsPerHour / 10_000) * elapsed * WITHIN_GUARD) / HOUR);
        const value =
          before === undefined ? wanted : Math.min(Math.max(wanted, before.value / most), before.value * most);
        await sign(expiry, value);
        last[i] = { second, value };
      }
      published.push(last[i]?.value ?? 0);
    }
    return published;
  };
}

/** Raw SVI whose variance at the money is `variance`: all of it scales with that. */
function toParameters(variance: number, { b, rho, m, sigma }: SimMarket['terms']['volatility']['smile']) {
  const units = (value: number): number => Math.round(value * Number(SVI_ONE));
  const slope = b * variance;
  const a = variance - slope * (-rho * m + Math.hypot(m, sigma));
  return { a: units(a), b: units(slope), rho: units(rho), m: units(m), sigma: units(sigma) };
}
