import type { Address } from 'viem';

import {
  describeInstrument,
  InstrumentKind,
  isOption,
  optionPayoff,
  SETTLEMENT_WINDOW,
  type AccountId,
  type InstrumentId,
} from '../../sdk/math';
import type { HeldPosition } from '../accounts/accountIndex';
import type { MarketRecord } from '../accounts/marketIndex';

/** Somebody's option. */
export interface OpenOption extends HeldPosition {
  readonly account: AccountId;
}

/** An expiry of which somebody has options. */
export interface OpenExpiry {
  readonly underlying: number;
  readonly index: Address;
  /** seconds */
  readonly expiry: bigint;
  readonly options: readonly OpenOption[];
}

/** What is known of a market whose funding runs. */
export interface FundingFacts extends MarketRecord {
  /** Seconds, of the last look. */
  readonly fundingAt: bigint;
}

/** What is known of an expiry whose window is open. */
export interface WindowFacts extends OpenExpiry {
  /** Seconds, of the last sample; zero where there is none. */
  readonly sampledAt: bigint;
}

/** An expiry with its final price. */
export interface FinalFacts extends OpenExpiry {
  /** quote WAD */
  readonly price: bigint;
}

export interface VolatilityFacts {
  readonly asset: Address;
  /** Seconds; zero before the first sample. */
  readonly sampledAt: bigint;
  /** Least seconds between two samples. */
  readonly minInterval: bigint;
}

export interface Settlement {
  readonly account: AccountId;
  readonly instrument: InstrumentId;
  readonly reason: 'lost' | 'worthless' | 'won';
}

/** Options by expiry, of what accounts hold; none of an underlying whose feeds are not known. */
export function groupExpiries(options: readonly OpenOption[], markets: readonly MarketRecord[]): readonly OpenExpiry[] {
  const expiries = new Map<string, OpenExpiry & { options: OpenOption[] }>();
  for (const option of options) {
    const described = describeInstrument(option.instrument);
    if (!isOption(described)) continue;
    const { underlying, expiry } = described;
    const index = markets.find((market) => market.underlying === underlying)?.feeds?.index;
    if (index === undefined) continue;
    const key = `${underlying} ${expiry}`;
    const known = expiries.get(key) ?? { underlying, index, expiry, options: [] };
    known.options.push(option);
    expiries.set(key, known);
  }
  return [...expiries.values()].sort((a, b) => Number(a.expiry - b.expiry) || a.underlying - b.underlying);
}

/** Whether the window before an expiry is open: samples are taken, and not at its end. */
export function isWindowOpen({ expiry }: OpenExpiry, now: bigint): boolean {
  return now < expiry && now >= expiry - SETTLEMENT_WINDOW;
}

/** Markets that somebody holds perpetuals in and nobody has looked at for `interval` seconds. */
export function decideFunding(markets: readonly FundingFacts[], now: bigint, interval: number): FundingFacts[] {
  return markets.filter(({ perpetuals, fundingAt }) => perpetuals > 0n && now - fundingAt >= BigInt(interval));
}

/** Windows in which no sample was taken for `interval` seconds. */
export function decideSamples(windows: readonly WindowFacts[], now: bigint, interval: number): WindowFacts[] {
  return windows.filter((each) => isWindowOpen(each, now) && now - each.sampledAt >= BigInt(interval));
}

/** Assets whose volatility may be sampled again, and was not for `interval` seconds. */
export function decideVolatility(assets: readonly VolatilityFacts[], now: bigint, interval: number): Address[] {
  return assets
    .filter(({ sampledAt, minInterval }) => {
      const wait = minInterval > BigInt(interval) ? minInterval : BigInt(interval);
      return minInterval > 0n && now - sampledAt >= wait;
    })
    .map(({ asset }) => asset);
}

/** Expired options whose price is final: who has lost first, so that winners can be paid; then what is worth nothing. */
export function decideSettlements(expiries: readonly FinalFacts[]): Settlement[] {
  const all = expiries.flatMap(({ options, price }) =>
    options.map(({ account, instrument, size }): Settlement => {
      const { kind, strike } = describeInstrument(instrument);
      const pays = optionPayoff(kind === InstrumentKind.Call, price, strike);
      return { account, instrument, reason: pays === 0n ? 'worthless' : size < 0n ? 'lost' : 'won' };
    }),
  );
  const order = ['lost', 'won', 'worthless'];
  return all.sort((a, b) => order.indexOf(a.reason) - order.indexOf(b.reason));
}
