import hre from 'hardhat';
import { encodeDeployData, encodeFunctionData, maxUint256, type Abi, type Address, type Hex } from 'viem';

import {
  deploySystem,
  DEVELOPMENT_CHAIN,
  findNetworkConfig,
  findPolicy,
  withoutSecondSources,
  type NetworkConfig,
  type PolicyFile,
  type RoleHolders,
} from '../../deploy';
import { marginVaultAbi, mockAggregatorAbi, mockERC20Abi, priceOracleAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { createSimChain, type SimChain } from '../../sim/chain/createSimChain';

/** Unix time at which the benches begin; any would do. */
const START = 1_700_000_000;
const GAS_LIMIT = '0x1000000';
const GAS_PRICE = '0x5af3107a4000';
const FEED_DECIMALS = 8;

export interface Call {
  readonly from: Address;
  readonly to: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args: readonly unknown[];
}

/** A deployment on a chain of its own, with hands to move it. */
export interface Bench {
  readonly chain: SimChain;
  readonly manifest: Manifest;
  readonly vault: Address;
  /** Sends and returns the gas of the whole transaction. */
  readonly send: (call: Call) => Promise<bigint>;
  /** The next print of an asset, or of a perpetual's price, whole quote units, with time passing before it. */
  readonly print: (asset: Address, price: number) => Promise<void>;
  /** Every feed says again what it said, and the oracle records it. */
  readonly settle: (seconds: number) => Promise<void>;
  /** Mints, approves once and for all, and deposits. */
  readonly give: (from: Address, account: Hex, token: Address, amount: bigint) => Promise<void>;
}

export interface BenchOptions {
  /** Collaterals like the first one of the development network. */
  readonly collaterals?: number;
  readonly change?: (policy: PolicyFile) => PolicyFile;
  /** What the network is like, with what has to stand on the chain before the system. */
  readonly prepare?: (chain: SimChain, config: NetworkConfig) => Promise<NetworkConfig>;
  /** Who holds roles, if not the node's accounts. */
  readonly holders?: Partial<RoleHolders>;
}

/** Deploys the default policy on a fresh chain. */
export async function openBench({
  collaterals = 3,
  change = (policy) => policy,
  prepare = (_, config) => Promise.resolve(config),
  holders = {},
}: BenchOptions = {}): Promise<Bench> {
  const chain = await createSimChain(START);
  const { config: plain, policy } = multiplied(collaterals);
  const config = await prepare(chain, plain);
  const { manifest } = await deploySystem({
    network: 'gas',
    provider: chain.provider,
    config,
    policy: change(policy),
    holders,
  });
  const vault = manifest.contracts.MarginVault.address;
  const feeds = new Map([
    ...manifest.assets.map(({ address, feed }) => [address, feed] as const),
    ...manifest.underlyings.map(({ perpetual, perpetualFeed }) => [perpetual, perpetualFeed] as const),
  ]);
  const prices = new Map([...feeds.keys()].map((key) => [key, 2_000]));

  const send = sendOn(chain);
  const push = async (asset: Address, price: number): Promise<void> => {
    prices.set(asset, price);
    const feed = feeds.get(asset);
    if (feed === undefined) throw new Error(`${asset} has no feed`);
    const answer = BigInt(Math.round(price * 10 ** FEED_DECIMALS));
    await send({ from: KEEPER, to: feed, abi: mockAggregatorAbi, functionName: 'push', args: [answer] });
  };
  return {
    chain,
    manifest,
    vault,
    send,
    print: async (asset, price) => {
      await chain.advanceTo(chain.now() + 12);
      await push(asset, price);
      await chain.advanceTo(chain.now() + 12);
    },
    settle: async (seconds) => {
      await chain.advanceTo(chain.now() + seconds);
      for (const [asset, price] of prices) await push(asset, price);
      const to = manifest.contracts.PriceOracle.address;
      await send({ from: KEEPER, to, abi: priceOracleAbi, functionName: 'update', args: [[...prices.keys()]] });
      await chain.advanceTo(chain.now() + 12);
    },
    give: async (from, account, token, amount) => {
      await send({ from, to: token, abi: mockERC20Abi, functionName: 'mint', args: [from, amount] });
      await send({ from, to: token, abi: mockERC20Abi, functionName: 'approve', args: [vault, maxUint256] });
      await send({ from, to: vault, abi: marginVaultAbi, functionName: 'deposit', args: [account, token, amount] });
    },
  };
}

/** How a transaction is sent on `chain`; returns its gas, and fails where it reverts. */
export function sendOn(chain: SimChain): Bench['send'] {
  return async ({ from, to, abi, functionName, args }) => {
    await chain.impersonate(from);
    const data = encodeFunctionData({ abi, functionName, args });
    const transaction = { from, to, data, gas: GAS_LIMIT, gasPrice: GAS_PRICE };
    const hash = (await chain.provider.request({ method: 'eth_sendTransaction', params: [transaction] })) as Hex;
    const { status, gasUsed } = await chain.client.getTransactionReceipt({ hash });
    if (status !== 'success') await chain.client.call({ account: from, to, data }); // which says why
    return gasUsed;
  };
}

/** Deploys a mock as the keeper. */
export async function placeMock(chain: SimChain, name: string, args: readonly unknown[] = []): Promise<Address> {
  await chain.impersonate(KEEPER);
  const { abi, bytecode } = await hre.artifacts.readArtifact(name);
  const data = encodeDeployData({ abi: abi as Abi, bytecode: bytecode as Hex, args });
  const transaction = { from: KEEPER, data, gas: GAS_LIMIT, gasPrice: GAS_PRICE };
  const hash = (await chain.provider.request({ method: 'eth_sendTransaction', params: [transaction] })) as Hex;
  const { contractAddress } = await chain.client.getTransactionReceipt({ hash });
  if (contractAddress === undefined || contractAddress === null) throw new Error(`${name} was not deployed`);
  return contractAddress;
}

export const KEEPER: Address = '0x00000000000000000000000000000000000c0ffe';

/** The development network and the default policy with the first collateral so many times over. */
function multiplied(count: number): { config: NetworkConfig; policy: PolicyFile } {
  const config = withoutSecondSources(findNetworkConfig('development', DEVELOPMENT_CHAIN));
  const { policy } = findPolicy('default');
  const [first] = config.collaterals;
  const terms = first === undefined ? undefined : policy.collaterals[first.symbol];
  if (first === undefined || terms === undefined) throw new Error('the development network has no collateral');
  const symbols = Array.from({ length: count }, (_, i) => `C${i}`);
  return {
    config: { ...config, collaterals: symbols.map((symbol) => ({ ...first, symbol, name: symbol })) },
    policy: { ...policy, collaterals: Object.fromEntries(symbols.map((symbol) => [symbol, terms])) },
  };
}
