import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { Abi, Hex } from 'viem';

import { marginVaultAbi } from '../sdk/abi';
import { AppError } from '../sdk/errors';

/** A compiled contract, as far as deploying and checking it takes. */
export interface Artifact {
  readonly name: string;
  readonly abi: Abi;
  readonly bytecode: Hex;
  /** Code on chain, with zeros where immutables go. */
  readonly deployedBytecode: Hex;
}

/** Folders under contracts/ of what is deployed. */
const ROOM = {
  PriceOracle: 'oracle',
  MarginPolicy: 'policy',
  VolatilityFeed: 'oracle',
  SettlementFeed: 'oracle',
  InstrumentPolicy: 'policy',
  RiskEngine: 'risk',
  StandardMargin: 'risk',
  PortfolioMargin: 'risk',
  RealisedVolatility: 'risk',
  MarginVault: 'vault',
  VaultSettings: 'vault',
  Trading: 'markets',
  PositionBook: 'markets',
  Liquidator: 'liquidation',
  UniswapV2FlashLiquidator: 'liquidation',
  LossWaterfall: 'backstop',
  DefaultFund: 'backstop',
  OpenLosses: 'backstop',
  CloseOut: 'backstop',
  MarginLens: 'lens',
  MockERC20: 'mocks',
  MockAggregator: 'mocks',
} as const;

/** Compiled by their authors and deployed as published. */
const PUBLISHED = {
  AccessManager: '@openzeppelin/contracts/build/contracts/AccessManager.json',
  UniswapV2Factory: '@uniswap/v2-core/build/UniswapV2Factory.json',
  UniswapV2Pair: '@uniswap/v2-core/build/UniswapV2Pair.json',
} as const;

export type ContractName = keyof typeof ROOM | keyof typeof PUBLISHED;
/** Whether this project has the code of `name`. */
export function isContractName(name: string): name is ContractName {
  return name in ROOM || name in PUBLISHED;
}

export type LoadArtifact = (name: ContractName) => Artifact;

/**
 * Loads artifacts of this project's compiler output and of published packages, each once.
 * @param folder Hardhat's artifacts folder
 */
export function createArtifactLoader(folder: string): LoadArtifact {
  const loaded = new Map<ContractName, Artifact>();
  return (name) => {
    const known = loaded.get(name);
    if (known !== undefined) return known;
    const artifact = name in PUBLISHED ? loadPublished(name as keyof typeof PUBLISHED) : loadCompiled(folder, name);
    loaded.set(name, artifact);
    return artifact;
  };
}

function loadCompiled(folder: string, name: ContractName): Artifact {
  const path = join(folder, 'contracts', ROOM[name as keyof typeof ROOM], `${name}.sol`, `${name}.json`);
  if (!existsSync(path)) {
    throw new AppError(`${name} is not compiled (${path} is missing): run npm run compile`, {
      code: 'artifact_missing',
    });
  }
  const { abi, bytecode, deployedBytecode } = JSON.parse(readFileSync(path, 'utf8')) as Omit<Artifact, 'name'>;
  // the vault answers for code of other contracts too, see contracts/vault/MarginVault.sol
  return { name, abi: name === 'MarginVault' ? marginVaultAbi : abi, bytecode, deployedBytecode };
}

/** Hardhat's format or the compiler's own. */
type PublishedArtifact =
  | { readonly abi: Abi; readonly bytecode: Hex; readonly deployedBytecode: Hex }
  | { readonly abi: Abi; readonly evm: Record<'bytecode' | 'deployedBytecode', { readonly object: string }> };

function loadPublished(name: keyof typeof PUBLISHED): Artifact {
  const published = createRequire(__filename)(PUBLISHED[name]) as PublishedArtifact;
  if (!('evm' in published)) {
    const { abi, bytecode, deployedBytecode } = published;
    return { name, abi, bytecode, deployedBytecode };
  }
  const { abi, evm } = published;
  return { name, abi, bytecode: `0x${evm.bytecode.object}`, deployedBytecode: `0x${evm.deployedBytecode.object}` };
}
