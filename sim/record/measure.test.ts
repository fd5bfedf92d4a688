import { describe, expect, it } from 'vitest';

import { delayOf, keeperFigures, measure, ownerCost } from './measure';

const call = { second: 0, account: 'a', health: 0.9, graceSeconds: 60, fee: 1, waited: 4 };
const sale = {
  second: 60,
  account: 'a',
  keeper: 'fast',
  health: 0.8,
  fraction: 0.5,
  collateral: 1_000,
  notional: 0,
  bonus: 20,
  fee: 4,
  shortfall: 0,
  gainNextHour: -30,
  waited: 12,
};
const loss = {
  second: 60,
  account: 'b',
  shortfall: 10,
  fromReserves: 4,
  fromJunior: 2,
  fromSenior: 1,
  socialised: 2,
  unpaid: 1,
};
const run = {
  calls: [call, { ...call, account: 'b' }, call],
  cures: [
    { second: 30, account: 'a', health: 1.1, by: 'owner' as const },
    { second: 30, account: 'b', health: 1.1, by: 'price' as const },
  ],
  topUps: [{ second: 30, account: 'a', kind: 'repayment' as const, value: 50 }],
  liquidations: [sale, { ...sale, gainNextHour: 100 }],
  losses: [loss],
  assets: [{ market: [100, 50], pool: [99, 40] }],
  end: { missed: 1, underwater: 7 },
  collateral: 10_000,
};

describe('measure', () => {
  it('measures nothing in a run in which nothing happened', () => {
    const quiet = {
      ...run,
      calls: [],
      cures: [],
      topUps: [],
      liquidations: [],
      losses: [],
      end: { missed: 0, underwater: 0 },
    };
    const totals = measure(quiet);
    expect(totals.ownerCost.bps).toBe(0);
    expect(totals.delays.callableToCalled).toEqual({ count: 0, median: null, ninetieth: null, worst: null });
  });

  it('counts accounts once and events as often as they came [SIM-04]', () => {
    expect(measure(run)).toMatchObject({
      accountsCalled: 2,
      calls: 3,
      cures: { owner: 1, price: 1, liquidation: 0 },
      accountsLiquidated: 1,
      liquidations: 2,
      collateralSold: 2_000,
      missed: 1,
      debtUnderwater: 7,
    });
  });

  it('adds up what owners paid, a fall after the sale against it', () => {
    expect(measure(run).ownerCost).toEqual({ bonus: 40, fees: 8, callFees: 3, gainNextHour: 70, total: 121, bps: 121 });
  });

  it('makes the shares of the waterfall sum to the loss [SIM-04]', () => {
    const { shortfall, fromReserves, fromJunior, fromSenior, socialised, unpaid } = measure(run).waterfall;
    expect(fromReserves + fromJunior + fromSenior + socialised + unpaid).toBe(shortfall);
  });

  it('finds how far the pool fell below the market at worst', () => {
    expect(measure(run).worstPoolDiscount).toBeCloseTo(0.2, 12);
  });
});

describe('ownerCost', () => {
  it('is nothing of nothing', () => {
    expect(ownerCost({ bonus: 1, fees: 1, callFees: 1, gainNextHour: 1 }, 0).bps).toBe(0);
  });
});

describe('delayOf', () => {
  it('gives waits that were really seen', () => {
    expect(delayOf([30, 10, 20])).toEqual({ count: 3, median: 20, ninetieth: 30, worst: 30 });
    expect(delayOf([10, 20, 30, 40])).toMatchObject({ median: 20, ninetieth: 40 });
  });
});

describe('keeperFigures', () => {
  it('gives each keeper what it called and sold', () => {
    const records = { ...run, callers: ['fast', 'slow', 'fast'] };
    expect(keeperFigures('fast', records)).toEqual({ calls: 2, liquidations: 2, callFees: 2, bonus: 40 });
    expect(keeperFigures('slow', records)).toEqual({ calls: 1, liquidations: 0, callFees: 1, bonus: 0 });
  });
});
