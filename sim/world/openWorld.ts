import { isAddressEqual, maxUint256, encodeFunctionData, type Address } from 'viem';
import { readContract } from 'viem/actions';

import { adaptConfig, deploySystem, withoutSecondSources, type NetworkConfig, type PolicyFile } from '../../deploy';
import {
  defaultFundAbi,
  erc20Abi,
  marginVaultAbi,
  mockERC20Abi,
  uniswapV2FactoryAbi,
  uniswapV2PairAbi,
} from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { AppError } from '../../sdk/errors';
import { MarginMode, toAccountId } from '../../sdk/math';
import { createTraders } from '../books/createTraders';
import { openMarkets } from '../books/openMarkets';
import { createSimChain, type SimChain } from '../chain/createSimChain';
import { createPopulation, toAddress, type Borrower } from '../population/createPopulation';
import { pricePaths, startOf } from '../scenario/loadScenario';
import type { Scenario } from '../scenario/scenarioSchema';
import { act } from './act';
import type { SimAsset, World } from './world';

/** Of the feeds on a development chain. */
const FEED_DECIMALS = 8;
/** What depositors of the fund put into its junior tranche. */
const JUNIOR_PERCENT = 30n;
/** Mints what the world's people bring. */
const BANK = toAddress('bank');

export interface OpenWorldParameters {
  readonly scenario: Scenario;
  readonly policy: PolicyFile;
  /** What the population is drawn by, where it is not `policy`: runs that are compared begin alike. */
  readonly populationPolicy?: PolicyFile;
  /** Tokens and feeds by symbol; prices and pools are the scenario's. */
  readonly config: NetworkConfig;
  readonly seed: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Deploys the system on a chain of its own and opens everybody's accounts.
 * @throws AppError `scenario_mismatch`; what the deployment throws
 */
export async function openWorld(parameters: OpenWorldParameters): Promise<World> {
  const { scenario, seed } = parameters;
  const policy = restrict(parameters.policy, scenario);
  const config = configFor(parameters.config, scenario);
  const start = startOf(scenario);
  const chain = await createSimChain(start);
  const { manifest } = await deploySystem({ network: 'simulation', provider: chain.provider, config, policy });

  const paths = pricePaths(scenario);
  const population = createPopulation({
    scenario,
    policy: restrict(parameters.populationPolicy ?? policy, scenario),
    prices: new Map([...paths].map(([symbol, path]) => [symbol, path.at(0)])),
    decimals: new Map(manifest.assets.map(({ symbol, decimals }) => [symbol, decimals])),
    quoteDecimals: manifest.quote.decimals,
    seed,
  });
  const assets: SimAsset[] = [];
  for (const { symbol, address, decimals, feed } of manifest.assets) {
    const path = paths.get(symbol);
    const pool = scenario.pools[symbol];
    if (path === undefined || pool === undefined) throw new Error(`${symbol} has no path or pool`); // configFor sees to it
    const pair = await pairOf(chain, manifest, address);
    const first = await readContract(chain.client, { address: pair, abi: uniswapV2PairAbi, functionName: 'token0' });
    assets.push({ symbol, address, decimals, feed, pair, isFirst: isAddressEqual(first, address), path, pool });
  }
  const markets = await openMarkets({ chain, manifest, policy, scenario, paths, start });
  const world: World = {
    chain,
    scenario,
    policy,
    population,
    manifest,
    assets,
    start,
    quoteScale: 10n ** BigInt(18 - manifest.quote.decimals),
    ...(scenario.books && { traders: createTraders(scenario, markets, seed) }),
  };
  await openAccounts(world, parameters.onProgress);
  return world;
}

/** Mints `amount` of `token` for `owner`, who lets `spender` take it. */
export async function fund(
  { chain }: Pick<World, 'chain'>,
  { owner, token, amount, spender }: { owner: Address; token: Address; amount: bigint; spender: Address },
): Promise<void> {
  await act(chain, { from: BANK, to: token, abi: mockERC20Abi, functionName: 'mint', args: [owner, amount] });
  await act(chain, { from: owner, to: token, abi: erc20Abi, functionName: 'approve', args: [spender, maxUint256] });
}

async function openAccounts(world: World, onProgress: OpenWorldParameters['onProgress']): Promise<void> {
  const { chain, manifest, population } = world;
  const { lenders, fundDepositors, borrowers } = population;
  const total = lenders.length + fundDepositors.length + borrowers.length;
  const vault = manifest.contracts.MarginVault.address;
  const quote = manifest.quote.address;
  let done = 0;
  for (const { owner, amount } of lenders) {
    await fund(world, { owner, token: quote, amount, spender: vault });
    const args = [toAccountId(owner, 0n), quote, amount] as const;
    await act(chain, { from: owner, to: vault, abi: marginVaultAbi, functionName: 'deposit', args });
    onProgress?.(++done, total);
  }
  const junior = manifest.contracts['DefaultFund/junior'].address;
  const senior = manifest.contracts['DefaultFund/senior'].address;
  for (const { owner, amount } of fundDepositors) {
    await enter(world, junior, owner, (amount * JUNIOR_PERCENT) / 100n);
    await enter(world, senior, owner, amount - (amount * JUNIOR_PERCENT) / 100n);
    onProgress?.(++done, total);
  }
  for (const borrower of borrowers) {
    await openLoan(world, borrower);
    onProgress?.(++done, total);
  }
}

/** Nobody waits: they have been in the fund since before the crash. */
async function enter(world: World, tranche: Address, owner: Address, amount: bigint): Promise<void> {
  const { chain, manifest } = world;
  await fund(world, { owner, token: manifest.quote.address, amount, spender: tranche });
  const to = { from: owner, to: tranche, abi: defaultFundAbi } as const;
  await act(chain, { ...to, functionName: 'requestDeposit', args: [amount] });
  await act(chain, { ...to, functionName: 'deposit', args: [amount, owner] });
}

/** One batch: choose the mode, bring the collateral, take the loan. */
async function openLoan(world: World, { owner, mode, collateral, debt }: Borrower): Promise<void> {
  const { chain, manifest, assets } = world;
  const vault = manifest.contracts.MarginVault.address;
  const account = toAccountId(owner, 0n);
  const steps = [
    ...(mode === MarginMode.Cross
      ? []
      : [encodeFunctionData({ abi: marginVaultAbi, functionName: 'setMode', args: [account, mode] })]),
  ];
  for (const { symbol, amount } of collateral) {
    const asset = assets.find((known) => known.symbol === symbol);
    if (asset === undefined) throw new Error(`${symbol} is not deployed`);
    await fund(world, { owner, token: asset.address, amount, spender: vault });
    const args = [account, asset.address, amount] as const;
    steps.push(encodeFunctionData({ abi: marginVaultAbi, functionName: 'deposit', args }));
  }
  steps.push(encodeFunctionData({ abi: marginVaultAbi, functionName: 'borrow', args: [account, debt, owner] }));
  await act(chain, { from: owner, to: vault, abi: marginVaultAbi, functionName: 'batch', args: [steps] });
}

async function pairOf({ client }: SimChain, { contracts, quote }: Manifest, asset: Address): Promise<Address> {
  const factory = contracts['UniswapV2Factory'];
  if (factory === undefined) throw new Error('the deployment has no Uniswap V2 factory');
  return readContract(client, {
    address: factory.address,
    abi: uniswapV2FactoryAbi,
    functionName: 'getPair',
    args: [asset, quote.address],
  });
}

/** The collaterals that the scenario has prices for, at its prices and with its pools. */
function configFor(config: NetworkConfig, scenario: Scenario): NetworkConfig {
  const startPrices: Record<string, number> = {};
  const poolDepths: Record<string, number> = {};
  for (const [symbol, path] of pricePaths(scenario)) {
    const pool = scenario.pools[symbol];
    if (pool === undefined) throw mismatch(scenario, `${symbol} has no pool to be sold in`);
    startPrices[symbol] = Number(path.at(0).toFixed(FEED_DECIMALS));
    poolDepths[symbol] = pool.quoteDepth;
  }
  const collaterals = config.collaterals.filter(({ symbol }) => startPrices[symbol] !== undefined);
  const defaultFund = { ...config.defaultFund, entryDelaySeconds: 0 };
  const markets = Object.keys(scenario.books?.markets ?? {});
  const underlyings = (config.underlyings ?? []).filter(({ symbol }) => markets.includes(symbol));
  const unknown = markets.find((symbol) => underlyings.every((known) => known.symbol !== symbol));
  if (unknown !== undefined) throw mismatch(scenario, `${unknown} is no underlying of the network`);
  const unpriced = underlyings.find(({ index }) => startPrices[index] === undefined);
  if (unpriced !== undefined)
    throw mismatch(scenario, `${unpriced.symbol} has no price, which is that of ${unpriced.index}`);
  // a replay has one feed a collateral, with the delay and the threshold of the scenario
  return adaptConfig(withoutSecondSources({ ...config, collaterals, underlyings, defaultFund }), {
    startPrices,
    poolDepths,
  });
}

/** The policy without assets that the scenario has no price for, and without underlyings that nobody in it trades. */
function restrict(policy: PolicyFile, scenario: Scenario): PolicyFile {
  const missing = Object.keys(scenario.prices).find((symbol) => policy.collaterals[symbol] === undefined);
  if (missing !== undefined) throw mismatch(scenario, `policy ${policy.name} does not list ${missing}`);
  const collaterals = Object.entries(policy.collaterals).filter(([symbol]) => scenario.prices[symbol] !== undefined);
  const markets = Object.keys(scenario.books?.markets ?? {});
  const unlisted = markets.find((symbol) => policy.underlyings?.[symbol] === undefined);
  if (unlisted !== undefined) {
    throw mismatch(scenario, `policy ${policy.name} does not list the underlying ${unlisted}; derivatives does`);
  }
  const underlyings = Object.entries(policy.underlyings ?? {}).filter(([symbol]) => markets.includes(symbol));
  const { underlyings: _all, ...rest } = policy;
  return {
    ...rest,
    collaterals: Object.fromEntries(collaterals),
    ...(underlyings.length > 0 && { underlyings: Object.fromEntries(underlyings) }),
  };
}

function mismatch({ name }: Scenario, reason: string): AppError {
  return new AppError(`scenario ${name}: ${reason}`, { code: 'scenario_mismatch' });
}
