import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginPolicyAbi } from '../abi';
import type { CashTerms, CollateralRisk, LiquidationTerms, PaceLimit, PairRisk } from '../math';
import type { AtBlock } from './atBlock';
import { pinBlock } from './pinBlock';

export interface ReadPolicyParameters extends AtBlock {
  readonly policy: Address;
}

export interface CollateralPolicy {
  readonly asset: Address;
  readonly risk: CollateralRisk;
  readonly pair: PairRisk;
  readonly pace: PaceLimit;
  /** most that the vault takes in now, token units; `risk` has what it grows to */
  readonly supplyCap: bigint;
}

/** All risk parameters as they are now. */
export interface Policy {
  /** Raised by one with each change. */
  readonly version: bigint;
  readonly cashTerms: CashTerms;
  readonly liquidationTerms: LiquidationTerms;
  /** Every collateral ever listed, in order. */
  readonly collaterals: readonly CollateralPolicy[];
}

/** All risk parameters as they are at one block. */
export async function readPolicy(client: Client, parameters: ReadPolicyParameters): Promise<Policy> {
  // one block for all calls, or a change between two of them would give a policy that never was
  const at = { address: parameters.policy, abi: marginPolicyAbi, ...(await pinBlock(client, parameters)) } as const;
  const [version, cashTerms, liquidationTerms, assets] = await Promise.all([
    readContract(client, { ...at, functionName: 'version' }),
    readContract(client, { ...at, functionName: 'cashTerms' }),
    readContract(client, { ...at, functionName: 'liquidationTerms' }),
    readContract(client, { ...at, functionName: 'collaterals' }),
  ]);
  const collaterals = await Promise.all(
    assets.map(async (asset): Promise<CollateralPolicy> => {
      const [risk, pair, pace, [, supplyCap]] = await Promise.all([
        readContract(client, { ...at, functionName: 'collateralRisk', args: [asset] }),
        readContract(client, { ...at, functionName: 'pairRisk', args: [asset] }),
        readContract(client, { ...at, functionName: 'paceLimit', args: [asset] }),
        readContract(client, { ...at, functionName: 'intakeOf', args: [asset] }),
      ]);
      return { asset, risk, pair, pace, supplyCap };
    }),
  );
  return { version, cashTerms, liquidationTerms, collaterals };
}
