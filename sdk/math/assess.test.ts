import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { marginInputs, SEED, testAddress } from '../testing/arbitraries';
import { assess, type MarginInputs } from './assess';
import { excess, health } from './margin';
import { MarginMode, PriceStatus, type CollateralRisk, type Price } from './types';
import { WAD } from './units';

const ETHER: CollateralRisk = {
  listed: true,
  decimals: 18,
  maintenanceHaircutBps: 1_700,
  initialHaircutBps: 2_000,
  // far more than the accounts hold, so that concentration is a rounding error
  depth: 10n ** 27n,
  supplyCap: 2n ** 96n - 1n,
};
const PRICE: Price = { spot: 200n * WAD, low: 180n * WAD, high: 210n * WAD, updatedAt: 1, status: PriceStatus.Live };
const PAIR = { listed: true, maintenanceHaircutBps: 1_000, initialHaircutBps: 1_200 };

function inputs(
  change: { price?: Partial<Price>; mode?: number; pairListed?: boolean; cash?: bigint } = {},
): MarginInputs {
  return {
    portfolio: {
      account: `0x${'00'.repeat(32)}`,
      mode: change.mode ?? MarginMode.Cross,
      cash: change.cash ?? -1_000n * WAD,
      collateral: [{ asset: testAddress(1), amount: 10n * WAD }],
      positions: [],
    },
    prices: [{ ...PRICE, ...change.price }],
    risks: [ETHER],
    pairs: [{ ...PAIR, listed: change.pairListed ?? true }],
  };
}

describe('assess', () => {
  it('refuses a mode it has no model for', () => {
    expect(() => assess(inputs({ mode: 7 }))).toThrow('mode 7');
  });

  it('refuses to guess where a leg has no price', () => {
    expect(() => assess({ ...inputs(), prices: [] })).toThrow('collateral leg 0');
  });

  it('leaves a Down leg out of worse and mark, and takes it whole and free into better', () => {
    const { worse, mark, better, markCollateral, downLegs } = assess(inputs({ price: { status: PriceStatus.Down } }));
    expect(worse).toEqual({ equity: -1_000n * WAD, initial: 0n, maintenance: 0n });
    expect(mark).toEqual(worse);
    expect(better).toEqual({ equity: 1_100n * WAD, initial: 0n, maintenance: 0n });
    expect([markCollateral, downLegs]).toEqual([0n, 1n]);
  });

  it('opens nothing on a Degraded leg, marks it at spot and judges it at its high', () => {
    const { worse, mark, better, downLegs } = assess(inputs({ price: { status: PriceStatus.Degraded } }));
    expect(worse).toEqual({ equity: -1_000n * WAD, initial: 0n, maintenance: 0n });
    expect(mark.equity).toBe(1_000n * WAD);
    expect(better.equity).toBe(1_100n * WAD);
    expect(better.maintenance > mark.maintenance).toBe(true);
    expect(downLegs).toBe(0n);
  });

  it('measures a Live leg at its low for new risk and at spot otherwise', () => {
    const { worse, mark, better, markCollateral } = assess(inputs());
    expect(worse.equity).toBe(800n * WAD);
    expect(mark).toEqual(better);
    expect(markCollateral).toBe(2_000n * WAD);
    // 17 % of 2,000 and the hundred-millionth of concentration
    expect(mark.maintenance / 10n ** 12n).toBe(340_000_016n);
  });

  it('takes the haircuts of the pair in an isolated account, and counts nothing initially where it was taken off the list', () => {
    expect(assess(inputs({ mode: MarginMode.Isolated })).mark.maintenance / WAD).toBe(200n);
    const unlisted = assess(inputs({ mode: MarginMode.Isolated, pairListed: false })).mark;
    expect([unlisted.initial, unlisted.maintenance / WAD]).toEqual([2_000n * WAD, 200n]);
  });

  it('requires at least as much initially as for maintenance, and never more than the collateral is worth', () => {
    fc.assert(
      fc.property(marginInputs, (account) => {
        const { worse, mark, better } = assess(account);
        for (const { equity, initial, maintenance } of [worse, mark, better]) {
          expect(initial >= maintenance).toBe(true);
          expect(equity - initial >= account.portfolio.cash).toBe(true);
        }
        expect(worse.equity <= mark.equity || worse.equity <= better.equity).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it('agrees that health below one is equity below the maintenance requirement (P6)', () => {
    fc.assert(
      fc.property(marginInputs, (account) => {
        const { mark } = assess(account);
        expect(health(mark) < WAD).toBe(mark.maintenance === 0n ? mark.equity < 0n : mark.equity < mark.maintenance);
        expect(excess(mark) <= mark.equity - mark.maintenance).toBe(true);
      }),
      { seed: SEED },
    );
  });
});
