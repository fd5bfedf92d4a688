import { getAddress, toEventSelector, type Address } from 'viem';

import type { LogReducer } from '../chain/logFollower';
import { signedWordAt, wordAt } from '../chain/readLogs';

export const MARKET_CHANGED = toEventSelector('MarketChanged(uint8,uint256,uint256,int256)');
export const FUNDING_CHANGED = toEventSelector('FundingChanged(uint8,int256,int256)');
export const UNDERLYING_LISTED = toEventSelector('UnderlyingListed(uint64,uint8,address,address)');

/** What all instruments of one underlying have in common. */
export interface MarketRecord {
  /** Number in the instrument policy. */
  readonly underlying: number;
  /** The price oracle's keys; none before the policy's event was read. */
  readonly feeds: { readonly index: Address; readonly perpetual: Address } | undefined;
  /** Long perpetuals of all accounts, WAD. */
  readonly perpetuals: bigint;
  /** Short options of all accounts, WAD. */
  readonly options: bigint;
  /** What winners were paid before losers have paid it, quote WAD. */
  readonly unsettled: bigint;
  /** Quote WAD for one unit, at the last look. */
  readonly fundingIndex: bigint;
  /** Quote WAD a second. */
  readonly fundingRate: bigint;
}

/** The markets that events told of. */
export interface MarketIndex extends LogReducer {
  /** By the number of the underlying. */
  readonly all: () => MarketRecord[];
}

export interface CreateMarketIndexParameters {
  readonly vault: Address;
  readonly instrumentPolicy: Address;
}

/** Learns underlyings from the events of the instrument policy, and markets from those of the vault. */
export function createMarketIndex({ vault, instrumentPolicy }: CreateMarketIndexParameters): MarketIndex {
  const records = new Map<number, MarketRecord>();
  const [vaultKey, policyKey] = [vault.toLowerCase(), instrumentPolicy.toLowerCase()];

  function put(underlying: number, record: MarketRecord | undefined): void {
    if (record === undefined) records.delete(underlying);
    else records.set(underlying, record);
  }

  return {
    apply({ address, topics, data }) {
      const from = address.toLowerCase();
      const [selector, first = '0x0', second = '0x0'] = topics;
      const isListing = from === policyKey && selector === UNDERLYING_LISTED;
      const isMarket = from === vaultKey && (selector === MARKET_CHANGED || selector === FUNDING_CHANGED);
      if (!isListing && !isMarket) return undefined;
      const underlying = Number(BigInt(isListing ? second : first));
      const before = records.get(underlying);
      const known = before ?? emptyMarket(underlying);
      if (isListing) {
        put(underlying, { ...known, feeds: { index: addressAt(data, 0), perpetual: addressAt(data, 1) } });
      } else if (selector === MARKET_CHANGED) {
        const [perpetuals, options, unsettled] = [wordAt(data, 0), wordAt(data, 1), signedWordAt(data, 2)];
        put(underlying, { ...known, perpetuals, options, unsettled });
      } else {
        put(underlying, { ...known, fundingIndex: signedWordAt(data, 0), fundingRate: signedWordAt(data, 1) });
      }
      return () => put(underlying, before);
    },
    reset: () => records.clear(),
    all: () => [...records.values()].sort((a, b) => a.underlying - b.underlying),
  };
}

function emptyMarket(underlying: number): MarketRecord {
  const nothing = { perpetuals: 0n, options: 0n, unsettled: 0n, fundingIndex: 0n, fundingRate: 0n };
  return { underlying, feeds: undefined, ...nothing };
}

function addressAt(data: `0x${string}`, word: number): Address {
  return getAddress(`0x${wordAt(data, word).toString(16).padStart(40, '0')}`);
}
