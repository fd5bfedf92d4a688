import { describe, expect, it } from 'vitest';

import { InstrumentKind, toOption, toPerpetual, WAD } from '../../sdk/math';
import type { MarketRecord } from '../accounts/marketIndex';
import { testAccount } from '../testing/fakeLogs';
import {
  decideFunding,
  decideSamples,
  decideSettlements,
  decideVolatility,
  groupExpiries,
  isWindowOpen,
} from './decideJobs';

const INDEX = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2';
const [ann, bob] = [testAccount(1), testAccount(2)];
const EXPIRY = 1_800_000_000n - (1_800_000_000n % 60n);

const market = (underlying: number, change: Partial<MarketRecord> = {}): MarketRecord => ({
  underlying,
  feeds: { index: INDEX, perpetual: INDEX } as const,
  perpetuals: 0n,
  options: 0n,
  unsettled: 0n,
  fundingIndex: 0n,
  fundingRate: 0n,
  ...change,
});

function option(isCall: boolean, strike: number, expiry = EXPIRY, underlying = 1): bigint {
  const kind = isCall ? InstrumentKind.Call : InstrumentKind.Put;
  return toOption({ kind, underlying, expiry, strike: BigInt(strike) * WAD });
}

const held = (account: `0x${string}`, instrument: bigint, size: bigint) => ({ account, instrument, size, basis: 0n });

describe('groupExpiries', () => {
  it('leaves perpetuals out, and what has no feeds yet', () => {
    const options = [held(ann, toPerpetual(1), 1n), held(ann, option(true, 100, EXPIRY, 2), 1n)];
    expect(groupExpiries(options, [market(1), market(2, { feeds: undefined })])).toEqual([]);
  });

  it('gathers options by underlying and expiry, the earliest first', () => {
    const later = EXPIRY + 86_400n;
    const options = [
      held(ann, option(true, 100, later), 1n),
      held(ann, option(true, 100), 1n),
      held(bob, option(false, 100), -1n),
    ];
    const [first, second] = groupExpiries(options, [market(1)]);
    expect([first?.expiry, first?.options.length]).toEqual([EXPIRY, 2]);
    expect([second?.expiry, second?.options.length]).toEqual([later, 1]);
  });
});

describe('decideFunding', () => {
  it('looks after markets with open perpetuals, once an interval [KPR-16]', () => {
    const open = { ...market(1, { perpetuals: 1n }), fundingAt: 1_000n };
    expect(decideFunding([{ ...market(2), fundingAt: 0n }], 9_000n, 60)).toEqual([]);
    expect(decideFunding([open], 1_059n, 60)).toEqual([]);
    expect(decideFunding([open], 1_060n, 60)).toEqual([open]);
  });
});

describe('decideSamples', () => {
  it('samples in the window only, not at its end, once an interval [KPR-16]', () => {
    const each = { underlying: 1, index: INDEX, expiry: EXPIRY, options: [], sampledAt: 0n } as const;
    expect([EXPIRY - 1_801n, EXPIRY - 1_800n, EXPIRY - 1n, EXPIRY].map((now) => isWindowOpen(each, now))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(decideSamples([each], EXPIRY, 60)).toEqual([]);
    expect(decideSamples([each], EXPIRY - 900n, 60)).toEqual([each]);
    expect(decideSamples([{ ...each, sampledAt: EXPIRY - 959n }], EXPIRY - 900n, 60)).toEqual([]);
    expect(decideSamples([{ ...each, sampledAt: EXPIRY - 960n }], EXPIRY - 900n, 60)).toHaveLength(1);
  });
});

describe('decideVolatility', () => {
  it('keeps to the terms of the asset, and leaves alone what has none [KPR-16]', () => {
    const asset = { asset: INDEX, sampledAt: 1_000n } as const;
    expect(decideVolatility([{ ...asset, minInterval: 0n }], 90_000n, 60)).toEqual([]);
    expect(decideVolatility([{ ...asset, minInterval: 300n }], 1_200n, 60)).toEqual([]);
    expect(decideVolatility([{ ...asset, minInterval: 300n }], 1_300n, 60)).toEqual([INDEX]);
    expect(decideVolatility([{ ...asset, minInterval: 30n }], 1_060n, 60)).toEqual([INDEX]);
  });
});

describe('decideSettlements', () => {
  it('has losers pay before winners are paid, across expiries [KPR-16]', () => {
    const [call, put, far] = [option(true, 100), option(false, 100), option(true, 90, EXPIRY + 86_400n)];
    const expiry = { underlying: 1, index: INDEX } as const;
    const settlements = decideSettlements([
      {
        ...expiry,
        expiry: EXPIRY,
        price: 110n * WAD,
        options: [held(ann, call, 1n), held(ann, put, -1n), held(bob, call, -1n)],
      },
      { ...expiry, expiry: EXPIRY + 86_400n, price: 95n * WAD, options: [held(bob, far, -2n), held(ann, far, 2n)] },
    ]);
    expect(settlements.map(({ account, reason }) => [account, reason])).toEqual([
      [bob, 'lost'],
      [bob, 'lost'],
      [ann, 'won'],
      [ann, 'won'],
      [ann, 'worthless'],
    ]);
  });
});
