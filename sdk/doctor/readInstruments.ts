import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { instrumentPolicyAbi, marginVaultAbi, settlementFeedAbi, volatilityFeedAbi } from '../abi';
import { readPrices } from '../client';
import type { Manifest } from '../deployment';
import { describeInstrument, isOption, type Position, type Price } from '../math';

/** An expiry of which somebody has options. */
export interface ExpiryFacts {
  /** seconds */
  readonly expiry: bigint;
  /** short options of known accounts, WAD */
  readonly short: bigint;
  /** see `PriceStatus`; of nothing once it has expired */
  readonly volatilityStatus: number;
  readonly publishedAt: bigint;
  /** see `SettlementStatus` */
  readonly settlementStatus: number;
  /** seconds of the window that were seen */
  readonly covered: number;
}

export interface UnderlyingFacts {
  readonly underlying: number;
  readonly symbol: string;
  readonly index: Price;
  readonly perpetual: Price;
  /** the version at which it was closed; zero while it is open */
  readonly closedAt: bigint;
  /** WAD; caps are those of the moment */
  readonly perpetuals: bigint;
  readonly perpetualCap: bigint;
  readonly options: bigint;
  readonly optionCap: bigint;
  /** quote WAD */
  readonly unsettled: bigint;
  readonly unsettledCap: bigint;
  /** timestamp */
  readonly fundingAt: bigint;
  /** the earliest first; undefined where the accounts are not known */
  readonly expiries: readonly ExpiryFacts[] | undefined;
}

export interface InstrumentFacts {
  readonly isSealed: boolean;
  readonly underlyings: readonly UnderlyingFacts[];
}

export interface ReadInstrumentFactsParameters {
  readonly manifest: Pick<Manifest, 'contracts'>;
  readonly symbolOf: (asset: Address) => string;
  /** Of all known accounts; undefined where the node does not tell. */
  readonly positions: readonly Position[] | undefined;
  readonly blockNumber: bigint;
}

const LOT = 10n ** 9n;
const WAD = 10n ** 18n;

/** All instruments of a deployment at one block. */
export async function readInstrumentFacts(
  client: Client,
  { manifest: { contracts }, symbolOf, positions, blockNumber }: ReadInstrumentFactsParameters,
): Promise<InstrumentFacts> {
  const policy = { address: contracts.InstrumentPolicy.address, abi: instrumentPolicyAbi, blockNumber } as const;
  const vault = { address: contracts.MarginVault.address, abi: marginVaultAbi, blockNumber } as const;
  const settlement = { address: contracts.SettlementFeed.address, abi: settlementFeedAbi, blockNumber } as const;
  const volatility = { address: contracts.VolatilityFeed.address, abi: volatilityFeedAbi, blockNumber } as const;
  const [isSealed, count] = await Promise.all([
    readContract(client, { ...policy, functionName: 'isSealed' }),
    readContract(client, { ...policy, functionName: 'underlyingCount' }),
  ]);
  return { isSealed, underlyings: await Promise.all(Array.from({ length: count }, (_, i) => readUnderlying(i + 1))) };

  async function readUnderlying(underlying: number): Promise<UnderlyingFacts> {
    const args = [underlying] as const;
    const [[index, perpetual], caps, closedAt, market] = await Promise.all([
      readContract(client, { ...policy, functionName: 'feedsOf', args }),
      readContract(client, { ...policy, functionName: 'capsOf', args }),
      readContract(client, { ...policy, functionName: 'closedAt', args }),
      readContract(client, { ...vault, functionName: 'marketOf', args }),
    ]);
    const lens = contracts.MarginLens.address;
    const [indexPrice, perpetualPrice] = await readPrices(client, { lens, assets: [index, perpetual], blockNumber });
    if (indexPrice === undefined || perpetualPrice === undefined) throw new RangeError('the lens gave no prices');
    return {
      underlying,
      symbol: symbolOf(index),
      index: indexPrice,
      perpetual: perpetualPrice,
      closedAt,
      perpetuals: market.perpetualLots * LOT,
      perpetualCap: caps.perpetuals,
      options: market.optionLots * LOT,
      optionCap: caps.options,
      unsettled: market.unsettled,
      unsettledCap: caps.unsettled * WAD,
      fundingAt: BigInt(market.fundingAt),
      expiries: positions && (await readExpiries(underlying, index, positions)),
    };
  }

  async function readExpiries(
    underlying: number,
    index: Address,
    held: readonly Position[],
  ): Promise<readonly ExpiryFacts[]> {
    const shorts = new Map<bigint, bigint>();
    for (const { instrument, size } of held) {
      const described = describeInstrument(instrument);
      if (described.underlying !== underlying || !isOption(described)) continue;
      shorts.set(described.expiry, (shorts.get(described.expiry) ?? 0n) + (size < 0n ? -size : 0n));
    }
    const expiries = [...shorts].sort(([a], [b]) => Number(a - b));
    return Promise.all(
      expiries.map(async ([expiry, short]) => {
        const args = [index, expiry] as const;
        const [{ status, publishedAt }, [, settlementStatus], { covered }] = await Promise.all([
          readContract(client, { ...volatility, functionName: 'read', args }),
          readContract(client, { ...settlement, functionName: 'settlementOf', args }),
          readContract(client, { ...settlement, functionName: 'recordOf', args }),
        ]);
        const publication = { volatilityStatus: status, publishedAt: BigInt(publishedAt) };
        return { expiry, short, ...publication, settlementStatus, covered };
      }),
    );
  }
}
