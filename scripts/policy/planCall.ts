import { encodeFunctionData, type Abi, type Address, type Hex } from 'viem';

import {
  instrumentPolicyAbi,
  marginPolicyAbi,
  priceOracleAbi,
  realisedVolatilityAbi,
  volatilityFeedAbi,
} from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';

/** A field that the file has otherwise than the chain. */
export interface FieldChange {
  readonly field: string;
  /** Where it is going today, and where the file wants it. */
  readonly from: unknown;
  readonly to: unknown;
  readonly decimals: number;
  /** What an amount is counted in; tokens where nothing is said. */
  readonly unit?: 'units';
}

/** One call of the risk role. */
export interface PlannedCall {
  /** `WETH`, `cash`, `liquidation` or an underlying */
  readonly subject: string;
  readonly contract: Configured;
  readonly functionName: Setter;
  readonly target: Address;
  readonly data: Hex;
  readonly value: object;
  readonly asset?: Address;
  /** Number in the instrument policy. */
  readonly underlying?: number;
  readonly changes: readonly FieldChange[];
}

export type Setter =
  | 'setCollateral'
  | 'setPair'
  | 'setPace'
  | 'setCashTerms'
  | 'setLiquidationTerms'
  | 'setRisk'
  | 'setScenarios'
  | 'setDeltaTerms'
  | 'setTradeTerms'
  | 'configure'
  | 'release';

const ABIS = {
  MarginPolicy: marginPolicyAbi,
  InstrumentPolicy: instrumentPolicyAbi,
  PriceOracle: priceOracleAbi,
  VolatilityFeed: volatilityFeedAbi,
  RealisedVolatility: realisedVolatilityAbi,
} as const satisfies Readonly<Record<string, Abi>>;

/** Contracts that a policy file says something of. */
export type Configured = keyof typeof ABIS;

export interface Wanted {
  readonly subject: string;
  readonly contract: Configured;
  readonly setter: Setter;
  /** What the setter takes before the terms, if anything. */
  readonly key?: Address | number;
  readonly asset?: Address;
  readonly underlying?: number;
  readonly decimals?: number;
  readonly unit?: 'units';
  readonly known: object;
  readonly wanted: object;
}

/** Plans a call where `wanted` is not what is `known`. */
export function createPlanner({ contracts }: Pick<Manifest, 'contracts'>) {
  return ({ subject, contract, setter, key, decimals = 0, known, wanted, ...rest }: Wanted): PlannedCall[] => {
    const { asset, underlying, unit } = rest;
    const before = known as Readonly<Record<string, unknown>>;
    const changes = Object.entries(wanted).flatMap(([field, to]): FieldChange[] => {
      const from = before[field];
      return String(from) === String(to) ? [] : [{ field, from, to, decimals, ...(unit && { unit }) }];
    });
    if (changes.length === 0) return [];
    const abi: Abi = ABIS[contract];
    const args = key === undefined ? [wanted] : [key, wanted];
    return [
      {
        subject,
        contract,
        functionName: setter,
        target: contracts[contract].address,
        data: encodeFunctionData({ abi, functionName: setter, args }),
        value: wanted,
        changes,
        ...(asset !== undefined && { asset }),
        ...(underlying !== undefined && { underlying }),
      },
    ];
  };
}
