import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginPolicyAbi } from '../abi';
import type { CollateralTerms, GrowingCash, PaceLimit, PairTerms, RampedLiquidation, RampSpeeds } from '../math';
import { pinBlock } from './pinBlock';
import type { ReadPolicyParameters } from './readPolicy';

export interface RampedCollateral {
  readonly asset: Address;
  readonly terms: CollateralTerms;
  readonly pair: PairTerms;
  readonly pace: PaceLimit;
}

/** All risk parameters as they are set: where they are going, from where, and how fast. */
export interface RampedPolicy {
  readonly version: bigint;
  readonly isSealed: boolean;
  readonly speeds: RampSpeeds;
  readonly cash: GrowingCash;
  readonly liquidation: RampedLiquidation;
  /** Every collateral ever listed, in order. */
  readonly collaterals: readonly RampedCollateral[];
}

/** All risk parameters as they are set, at one block; `collateralRiskAt` and its like tell them at any second after. */
export async function readRamps(client: Client, parameters: ReadPolicyParameters): Promise<RampedPolicy> {
  const at = { address: parameters.policy, abi: marginPolicyAbi, ...(await pinBlock(client, parameters)) } as const;
  const [version, isSealed, speeds, [cashTerms, growth], [target, from, span], assets] = await Promise.all([
    readContract(client, { ...at, functionName: 'version' }),
    readContract(client, { ...at, functionName: 'isSealed' }),
    readContract(client, { ...at, functionName: 'rampSpeeds' }),
    readContract(client, { ...at, functionName: 'cashTarget' }),
    readContract(client, { ...at, functionName: 'liquidationTarget' }),
    readContract(client, { ...at, functionName: 'collaterals' }),
  ]);
  const collaterals = await Promise.all(
    assets.map(async (asset): Promise<RampedCollateral> => {
      const [[risk, ramp, capGrowth], [pair, pairRamp], pace] = await Promise.all([
        readContract(client, { ...at, functionName: 'collateralTarget', args: [asset] }),
        readContract(client, { ...at, functionName: 'pairTarget', args: [asset] }),
        readContract(client, { ...at, functionName: 'paceLimit', args: [asset] }),
      ]);
      return { asset, terms: { target: risk, ramp, growth: capGrowth }, pair: { target: pair, ramp: pairRamp }, pace };
    }),
  );
  const cash = { target: cashTerms, growth };
  return { version, isSealed, speeds, cash, liquidation: { target, from, span }, collaterals };
}
