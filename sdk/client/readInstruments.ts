import type { Address, Client, ContractFunctionReturnType } from 'viem';
import { readContract } from 'viem/actions';

import { marginLensAbi } from '../abi';
import { decodeSlice, type BookInputs, type ExpiryInputs, type InstrumentId, type SettlementStatus } from '../math';
import { atBlock, type AtBlock } from './atBlock';

export interface ReadInstrumentsParameters extends AtBlock {
  readonly lens: Address;
  /** In any order. */
  readonly instruments: readonly InstrumentId[];
}

/** What positions in one underlying are measured with, and where its prices come from. */
export interface UnderlyingReport extends BookInputs {
  /** Number in the instrument policy. */
  readonly underlying: number;
  /** The price oracle's key of the perpetual. */
  readonly perpetualKey: Address;
}

/** As the lens gives it. */
export type EncodedUnderlying = ContractFunctionReturnType<typeof marginLensAbi, 'view', 'instruments'>[number];

/** What positions in `instruments` are measured with, by the number of the underlying, in every margin mode. */
export async function readInstruments(
  client: Client,
  { lens, instruments, ...block }: ReadInstrumentsParameters,
): Promise<ReadonlyMap<number, UnderlyingReport>> {
  const encoded = await readContract(client, {
    address: lens,
    abi: marginLensAbi,
    functionName: 'instruments',
    args: [[...instruments].sort((a, b) => (a < b ? -1 : Number(a > b)))],
    ...atBlock(block),
  });
  return decodeInstruments(encoded);
}

/** The lens's answer as inputs of the margin models. */
export function decodeInstruments(encoded: readonly EncodedUnderlying[]): ReadonlyMap<number, UnderlyingReport> {
  return new Map(encoded.map((each) => [each.underlying, decodeUnderlying(each)]));
}

function decodeUnderlying({ underlying, index, perpetual, ...rest }: EncodedUnderlying): UnderlyingReport {
  const { indexPrice, perpetualPrice, risk, delta, initialScale, maintenanceScale, scenarios, expiries } = rest;
  return {
    underlying,
    indexKey: index,
    perpetualKey: perpetual,
    index: indexPrice,
    perpetual: perpetualPrice,
    rates: { terms: risk, initialScale, maintenanceScale },
    delta,
    // no grid that was ever set has no range
    ...(scenarios.rangeBps > 0 && { scenarios }),
    expiries: new Map(expiries.map((each) => [each.expiry, decodeExpiry(each)])),
  };
}

function decodeExpiry(expiry: EncodedUnderlying['expiries'][number]): ExpiryInputs {
  const { svi, volatilityStatus, fixedWeight, fixedAverage, settlementPrice, settlementStatus } = expiry;
  return {
    slice: decodeSlice(svi),
    volatilityStatus,
    window: { fixedWeight, fixedAverage },
    settlementPrice,
    // the contract's enum has no other values
    settlementStatus: settlementStatus as SettlementStatus,
  };
}
