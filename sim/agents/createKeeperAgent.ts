import { createClient, custom, parseUnits } from 'viem';
import { readContract } from 'viem/actions';

import type { RpcProvider } from '../../deploy';
import { createKeeper, createLogger, createMetrics, parseKeeperConfig, type Clock } from '../../keeper';
import { erc20Abi, marginVaultAbi, priceOracleAbi, uniswapV2PairAbi } from '../../sdk/abi';
import { ownerOf, toAccountId, toCashFloor, type AccountId } from '../../sdk/math';
import { toAddress } from '../population/createPopulation';
import type { Moment } from '../record/createAssessor';
import type { Books } from '../record/createBooks';
import { toNumber, wadToNumber } from '../record/numbers';
import type { KeeperFacts } from '../result';
import type { Scenario } from '../scenario/scenarioSchema';
import { act } from '../world/act';
import { fund } from '../world/openWorld';
import type { World } from '../world/world';
import { readReserves } from './createPools';
import { reservesAt, swapOutput } from './poolMath';

/** It sells no lower than this, part of the oracle's price. */
const LOWEST_SALE = 0.97;

/** A keeper in the simulation: the one of the keeper room, on the simulation's chain and clock. */
export interface KeeperAgent extends Pick<KeeperFacts, 'name' | 'funding' | 'maxGasGwei' | 'dead'> {
  /**
   * Looks at the chain once and does what it finds worth doing.
   * @returns whether it called or sold, so that another look may find more
   */
  readonly pass: () => Promise<boolean>;
  /**
   * Everything it has but gas money, quote: collateral at `prices` by symbol, positions as `moment` says.
   */
  readonly worth: (prices: ReadonlyMap<string, number>, moment: Moment) => Promise<number>;
}

export interface KeeperAgentParameters {
  readonly world: World;
  readonly books: Books;
  readonly provider: RpcProvider;
  readonly keeper: Scenario['keepers'][number];
  /** Trades away what positions `account` took over. */
  readonly sellPositions?: ((account: AccountId) => Promise<void>) | undefined;
}

/** Opens a keeper's account with its capital. Its key is the node's: signing would only take time. */
export async function createKeeperAgent(parameters: KeeperAgentParameters): Promise<KeeperAgent> {
  const { world, books, provider, keeper, sellPositions } = parameters;
  const { chain, manifest, assets } = world;
  const { name, funding, capital, maxGasGwei, dead } = keeper;
  const address = toAddress(`keeper ${name}`);
  const account = toAccountId(address, 0n);
  const vault = manifest.contracts.MarginVault.address;
  const quote = manifest.quote;
  await chain.impersonate(address);
  if (capital > 0) {
    const amount = parseUnits(capital.toFixed(quote.decimals), quote.decimals);
    await fund(world, { owner: address, token: quote.address, amount, spender: vault });
    const args = [account, quote.address, amount] as const;
    await act(chain, { from: address, to: vault, abi: marginVaultAbi, functionName: 'deposit', args });
  }

  const transport = custom(provider, { retryCount: 0 });
  const running = createKeeper({
    client: createClient({ transport, cacheTime: 0 }),
    wallet: createClient({ account: address, transport, cacheTime: 0 }),
    deployment: manifest,
    config: parseKeeperConfig({
      flags: {
        liquidate: funding,
        maxGasPrice: String(maxGasGwei),
        // nobody leaves the fund here, so that a report would only cost gas
        reportLosses: false,
        screenBatch: '5000',
        maxInFlight: '1000',
        logLevel: 'silent',
      },
    }),
    logger: createLogger({ level: 'silent' }),
    clock: createChainClock(chain.now),
    metrics: createMetrics(),
  });

  const balanceOf = (token: `0x${string}`): Promise<bigint> =>
    readContract(chain.client, { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [address] });

  return {
    name,
    funding,
    maxGasGwei,
    dead,
    pass: async () => {
      const { actions } = await running.pass();
      if (funding === 'capital') {
        await sellInventory(world, books, account);
        await sellPositions?.(account);
      }
      return actions.some(({ kind, result }) => result === 'mined' && (kind === 'call' || kind === 'liquidate'));
    },
    worth: async (prices, moment) => {
      const pool = await readContract(chain.client, { address: vault, abi: marginVaultAbi, functionName: 'pool' });
      const book = books.accounts.get(account);
      let sum = toNumber(await balanceOf(quote.address), quote.decimals);
      sum += wadToNumber(toCashFloor(pool, book?.principal ?? 0n));
      if (book !== undefined && book.positions.length > 0) {
        const { assessment, cash } = moment.measure(book);
        sum += wadToNumber(assessment.mark.equity - cash - assessment.markCollateral);
      }
      for (const { symbol, address: token, decimals } of assets) {
        const held = book?.collateral.find(({ asset }) => asset.toLowerCase() === token.toLowerCase())?.amount ?? 0n;
        sum += toNumber(held + (await balanceOf(token)), decimals) * (prices.get(symbol) ?? 0);
      }
      return sum;
    },
  };
}

/**
 * What a keeper took over with its capital goes to the pools, so that there is capital for the next account: as much as
 * the pool takes before its price is `LOWEST_SALE` of the oracle's, the rest when arbitrage has brought it back.
 */
async function sellInventory(world: World, books: Books, account: AccountId): Promise<void> {
  const { chain, manifest, assets } = world;
  const owner = ownerOf(account);
  const { MarginVault, PriceOracle } = manifest.contracts;
  for (const holding of books.accounts.get(account)?.collateral ?? []) {
    const asset = assets.find(({ address }) => address.toLowerCase() === holding.asset.toLowerCase());
    if (asset === undefined) continue;
    const { spot } = await readContract(chain.client, {
      address: PriceOracle.address,
      abi: priceOracleAbi,
      functionName: 'read',
      args: [asset.address],
    });
    const reserves = await readReserves(chain, asset);
    const lowest = reservesAt(reserves, wadToNumber(spot) * LOWEST_SALE, asset.decimals, manifest.quote.decimals);
    const most = lowest.asset - reserves.asset;
    const amount = holding.amount < most ? holding.amount : most;
    if (amount <= 0n) continue;
    const out = swapOutput(amount, reserves.asset, reserves.quote);
    const send = { from: owner, to: MarginVault.address, abi: marginVaultAbi } as const;
    await act(chain, { ...send, functionName: 'withdraw', args: [account, asset.address, amount, asset.pair] });
    const amounts = asset.isFirst ? ([0n, out] as const) : ([out, 0n] as const);
    const swap = [...amounts, owner, '0x'] as const;
    await act(chain, { from: owner, to: asset.pair, abi: uniswapV2PairAbi, functionName: 'swap', args: swap });
    await act(chain, { ...send, functionName: 'deposit', args: [account, manifest.quote.address, out] });
  }
}

/** The chain's time; nobody sleeps on it, since the simulation says when to look. */
function createChainClock(now: () => number): Clock {
  return { now: () => now() * 1_000, sleep: () => Promise.resolve() };
}
