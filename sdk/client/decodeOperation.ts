import { decodeFunctionData, getAbiItem, type Abi, type AbiFunction, type AbiParameter } from 'viem';

import {
  accessManagerAbi,
  closeOutAbi,
  instrumentPolicyAbi,
  lossWaterfallAbi,
  marginPolicyAbi,
  marginVaultAbi,
  priceOracleAbi,
  realisedVolatilityAbi,
  riskEngineAbi,
  settlementFeedAbi,
  volatilityFeedAbi,
} from '../abi';
import type { CoreContract, Manifest } from '../deployment';
import type { Operation } from './readOperations';

/** Contracts with functions that a role may schedule. */
export const SCHEDULABLE = {
  AccessManager: accessManagerAbi,
  PriceOracle: priceOracleAbi,
  MarginPolicy: marginPolicyAbi,
  InstrumentPolicy: instrumentPolicyAbi,
  VolatilityFeed: volatilityFeedAbi,
  SettlementFeed: settlementFeedAbi,
  RealisedVolatility: realisedVolatilityAbi,
  RiskEngine: riskEngineAbi,
  MarginVault: marginVaultAbi,
  LossWaterfall: lossWaterfallAbi,
  CloseOut: closeOutAbi,
} as const satisfies Partial<Record<CoreContract, Abi>>;

export interface DecodedOperation {
  readonly contract: keyof typeof SCHEDULABLE;
  readonly functionName: string;
  readonly inputs: readonly AbiParameter[];
  /** One an input. */
  readonly args: readonly unknown[];
}

/** What a scheduled call calls; undefined where it is none of the deployment's functions. */
export function decodeOperation(
  { contracts }: Pick<Manifest, 'contracts'>,
  { target, data }: Pick<Operation, 'target' | 'data'>,
): DecodedOperation | undefined {
  const contract = (Object.keys(SCHEDULABLE) as (keyof typeof SCHEDULABLE)[]).find(
    (name) => contracts[name].address.toLowerCase() === target.toLowerCase(),
  );
  if (contract === undefined) return undefined;
  const abi: Abi = SCHEDULABLE[contract];
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi, data });
    const { inputs } = getAbiItem({ abi, name: functionName, args: [...args] }) as AbiFunction;
    return { contract, functionName, inputs, args };
  } catch {
    // another function, or bytes that are no arguments of it
    return undefined;
  }
}
