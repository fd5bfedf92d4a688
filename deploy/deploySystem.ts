import { join } from 'node:path';

import { createClient, custom, getAddress, type Address, type Client, type LocalAccount } from 'viem';
import { getChainId } from 'viem/actions';

import type { Manifest } from '../sdk/deployment/schema';
import { AppError } from '../sdk/errors';
import { buildManifest, firstBlock } from './buildManifest';
import { MOCK, type NetworkConfig } from './config/networkConfig';
import type { PolicyFile } from './config/policyFile';
import { createExecutor, type Executor, type StepDone } from './createExecutor';
import { createMemoryJournal, type JournalStore } from './journal/journal';
import { openJournal } from './journal/openJournal';
import { DEVELOPMENT_CHAIN } from './developmentChain';
import { createArtifactLoader } from './loadArtifact';
import { deployAssets } from './plan/deployAssets';
import { deployCore } from './plan/deployCore';
import { deployPools } from './plan/deployPools';
import { listedUnderlyings } from './plan/instrumentSettings';
import { intendedSettings, type Setting } from './plan/intended';
import { checkSymbols } from './plan/policyParams';
import { checkDelays, checkHolders, finalGrants, handOver, type RoleHolders } from './plan/roles';
import { verifySystem } from './verify/verifySystem';

const ARTIFACTS = join(__dirname, '..', 'artifacts');

/** Anything that speaks JSON-RPC as EIP-1193 has it. */
export interface RpcProvider {
  request(request: { method: string; params?: unknown[] }): Promise<unknown>;
}

/** What is done one after the other. */
export type Phase = 'tokens and feeds' | 'contracts' | 'markets' | 'settings' | 'roles';

export interface Progress extends StepDone {
  readonly phase: Phase;
}

export interface DeployParameters {
  /** What the manifest calls the network. */
  readonly network: string;
  readonly provider: RpcProvider;
  readonly config: NetworkConfig;
  readonly policy: PolicyFile;
  /** What messages call the policy; its name unless given. */
  readonly policyTitle?: string;
  /** On a development chain the node's second to fifth account unless given; elsewhere all are needed. */
  readonly holders?: Partial<RoleHolders>;
  /** On a development chain the node's first account unless given. */
  readonly deployer?: LocalAccount;
  /** What earlier runs did; nothing unless given. */
  readonly store?: JournalStore;
  /** Hardhat's artifacts folder. */
  readonly artifacts?: string;
  readonly onProgress?: (progress: Progress) => void;
  /** Something worth a line happened. */
  readonly onNotice?: (line: string) => void;
}

export interface DeployResult {
  readonly manifest: Manifest;
  /** Steps done by this run, and by earlier ones. */
  readonly steps: { readonly now: number; readonly before: number };
  readonly deployer: Address;
  readonly holders: RoleHolders;
}

/**
 * Deploys the system, configures it, hands every role over and verifies on chain that all is as intended. Run again on
 * the same journal it goes on where it stopped, and does nothing where all is done. The one way in which commands, tests
 * and simulations deploy.
 * @throws AppError what is wrong in one line
 */
export async function deploySystem(parameters: DeployParameters): Promise<DeployResult> {
  const { network, config, policy, store = createMemoryJournal(), artifacts = ARTIFACTS } = parameters;
  const titled = { ...policy, name: parameters.policyTitle ?? policy.name };
  checkSymbols(config, titled);
  const client = createClient({ transport: custom(parameters.provider, { retryCount: 0 }) });
  await checkChain(client, config);
  const { account, deployer, holders } = await resolveAccounts(client, config, parameters);
  checkHolders(holders, deployer);
  const journal = await openJournal({
    client,
    store,
    chainId: config.chainId,
    deployer,
    onNotice: parameters.onNotice,
  });
  let phase: Phase = 'tokens and feeds';
  const executor = await createExecutor({
    client,
    account,
    journal,
    store,
    load: createArtifactLoader(artifacts),
    onStep: (done) => parameters.onProgress?.({ ...done, phase }),
  });

  const assets = await deployAssets(executor, config, listedUnderlyings(config, titled));
  phase = 'contracts';
  const core = await deployCore(executor, assets, config);
  phase = 'markets';
  const { factory } = await deployPools(executor, assets, config.uniswapV2Factory, holders.admin);
  const flashLiquidator = await executor.deploy('UniswapV2FlashLiquidator', [core.vault.address, factory]);
  phase = 'settings';
  const settings = intendedSettings(core, assets, config, titled);
  const grants = finalGrants(holders, config.executionDelaySeconds);
  await configure(executor, settings);
  phase = 'roles';
  await handOver(executor, core, grants, config);

  const made = [...executor.made.values()];
  const startBlock = firstBlock(made);
  const intended = { config, core, assets, made, flashLiquidator, factory, settings, grants, deployer, startBlock };
  await verifySystem(client, intended);
  const manifest = buildManifest({
    network,
    chainId: config.chainId,
    genesisHash: journal.genesisHash,
    policyName: policy.name,
    assets,
    made,
    grants,
  });
  return { manifest, steps: executor.counts, deployer, holders };
}

/** While the deployer is the admin, and no function has a role of its own yet. */
async function configure(executor: Executor, settings: readonly Setting[]): Promise<void> {
  for (const { target, setter, setterArgs, label, source } of settings) {
    try {
      await executor.call(target, setter, setterArgs, label);
    } catch (error) {
      if (source === undefined || !(error instanceof AppError && error.code === 'reverted')) throw error;
      throw new AppError(`${source} is refused: ${error.message}`, { code: 'config_invalid', cause: error });
    }
  }
}

async function checkChain(client: Client, config: NetworkConfig): Promise<void> {
  const chainId = await getChainId(client);
  if (chainId !== config.chainId) {
    throw new AppError(`the node serves chain ${chainId}, the configuration is for chain ${config.chainId}`, {
      code: 'wrong_chain',
    });
  }
  if (chainId !== DEVELOPMENT_CHAIN) checkDelays(config);
  const { quote, collaterals, underlyings = [] } = config;
  const feeds = [...collaterals, ...underlyings.map(({ symbol, perpetual }) => ({ symbol, feed: perpetual }))];
  const sources = feeds.flatMap(({ symbol, feed: { primary, second } }) =>
    [primary, second].map((address) => ({ symbol, address })),
  );
  const mocked = [quote, ...collaterals, ...sources];
  const mock = mocked.find(({ address }) => address === MOCK);
  if (mock !== undefined && chainId !== DEVELOPMENT_CHAIN) {
    throw new AppError(`${mock.symbol}: mocks are for development chains (${DEVELOPMENT_CHAIN}), not for ${chainId}`, {
      code: 'mock_refused',
    });
  }
}

async function resolveAccounts(client: Client, { chainId }: NetworkConfig, given: DeployParameters) {
  const unlocked = chainId === DEVELOPMENT_CHAIN ? await readAccounts(client) : [];
  const account: Address | LocalAccount | undefined = given.deployer ?? unlocked[0];
  if (account === undefined) {
    throw new AppError('no account to deploy with is known', { code: 'deployer_missing' });
  }
  const holder = (role: keyof RoleHolders, index: number): Address => {
    const address = given.holders?.[role] ?? unlocked[index];
    if (address === undefined)
      throw new AppError(`nobody is named to hold the role ${role}`, { code: 'holder_missing' });
    return getAddress(address);
  };
  const holders: RoleHolders = {
    admin: holder('admin', 1),
    guardian: holder('guardian', 2),
    risk: holder('risk', 3),
    governor: holder('governor', 4),
    publisher: holder('publisher', 5),
  };
  return { account, deployer: typeof account === 'string' ? account : account.address, holders };
}

async function readAccounts(client: Client): Promise<Address[]> {
  const accounts = await client.request<{ Method: 'eth_accounts'; Parameters?: undefined; ReturnType: Address[] }>({
    method: 'eth_accounts',
  });
  return accounts.map((account) => getAddress(account));
}
