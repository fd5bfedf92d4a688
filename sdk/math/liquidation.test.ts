import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cashTerms, liquidationTerms, magnitude, SEED, signed } from '../testing/arbitraries';
import {
  criticalHealth,
  curedHealth,
  grace,
  largestFraction,
  leavesDust,
  payingHealth,
  planLiquidation,
  rates,
} from './liquidation';
import { health } from './margin';
import type { Assessment, CashTerms, LiquidationTerms, Margin } from './types';
import { WAD } from './units';

const TERMS: LiquidationTerms = {
  bonusMinBps: 1_000,
  bonusMaxBps: 4_000,
  feeBps: 200,
  kappaBps: 9_000,
  targetHealthBps: 12_000,
  criticalHealthBps: 6_000,
  cureBufferBps: 100,
  bonusRamp: 600,
  maxGrace: 1_200,
  callFeeCents: 100,
  floorBonusCents: 500,
  socialisationCapBps: 100,
};
const CASH_TERMS: CashTerms = {
  baseRateBps: 0,
  slopeLowBps: 0,
  slopeHighBps: 0,
  kinkBps: 8_000,
  reserveFactorBps: 0,
  minDebt: 100,
  borrowCap: 0,
};

function account(mark: Margin, markCollateral = mark.equity + 10_000n * WAD): Assessment {
  return {
    worse: mark,
    mark,
    better: mark,
    markCollateral,
    markNotional: 0n,
    legValues: [markCollateral],
    downLegs: 0n,
  };
}

/** At health one half, with a requirement of a thousand. */
const CALLED = account({ equity: 500n * WAD, initial: 1_200n * WAD, maintenance: 1_000n * WAD });

/** Underwater but not sunk, bonus and fee within what policy allows. */
const liquidatable = fc
  .record({
    maintenance: magnitude(10n ** 26n).map((m) => m + WAD),
    healthBps: fc.bigInt({ min: 0n, max: 9_999n }),
    terms: liquidationTerms.filter((t) => t.bonusMaxBps + t.feeBps < t.targetHealthBps),
    elapsed: magnitude(100_000n),
  })
  .map(({ maintenance, healthBps, terms, elapsed }) => {
    const mark = { equity: (maintenance * healthBps) / 10_000n, initial: maintenance, maintenance };
    return { account: account(mark, maintenance * 6n), terms, elapsed };
  });

describe('grace', () => {
  it('is none at and under the critical health, and never longer than the longest', () => {
    expect(grace(criticalHealth(TERMS), TERMS)).toBe(0n);
    expect(grace(-WAD, TERMS)).toBe(0n);
    expect(grace(2n * WAD, TERMS)).toBe(1_200n);
  });

  it('shrinks in proportion on the way', () => {
    expect(grace((WAD * 8n) / 10n, TERMS)).toBe(600n);
  });
});

describe('curedHealth', () => {
  it('is one and the buffer', () => {
    expect(curedHealth(TERMS)).toBe((WAD * 101n) / 100n);
  });
});

describe('rates', () => {
  it('are nothing where nothing is left to pay with', () => {
    expect(rates(0n, 0n, 1_000n, TERMS)).toEqual({ bonus: 0n, fee: 0n });
  });

  it('ramp with time, and with depth below the critical health only', () => {
    const bonusAt = (h: bigint, elapsed: bigint): bigint => (rates(h, WAD, elapsed, TERMS).bonus * 10_000n) / WAD;
    expect(bonusAt((WAD * 9n) / 10n, 0n)).toBe(1_000n);
    expect(bonusAt((WAD * 6n) / 10n, 0n)).toBe(1_000n);
    expect(bonusAt((WAD * 3n) / 10n, 0n)).toBe(2_500n);
    expect(bonusAt((WAD * 9n) / 10n, 300n)).toBe(2_500n);
    expect(bonusAt((WAD * 9n) / 10n, 9_999n)).toBe(4_000n);
  });

  it('stay together within kappa of health', () => {
    fc.assert(
      fc.property(
        signed(2n * WAD),
        magnitude(2n * WAD),
        magnitude(100_000n),
        liquidationTerms,
        (h, paying, t, terms) => {
          const { bonus, fee } = rates(h, paying, t, terms);
          expect((bonus + fee) * 10_000n <= paying * BigInt(terms.kappaBps)).toBe(true);
        },
      ),
      { seed: SEED },
    );
  });
});

describe('largestFraction', () => {
  it('takes all of a sunk account', () => {
    const sunk = account({ equity: -WAD, initial: WAD, maintenance: WAD });
    expect(largestFraction(sunk, -10_000n * WAD, 0n, TERMS, CASH_TERMS)).toEqual({ fraction: WAD, closes: true });
  });

  it('takes all where a part would leave dust, or earn too little', () => {
    const all = { fraction: WAD, closes: true };
    const small = account({ equity: 100n * WAD, initial: 240n * WAD, maintenance: 200n * WAD }, 400n * WAD);
    expect(largestFraction(small, -300n * WAD, 0n, TERMS, CASH_TERMS)).toEqual(all);
    const dear = { ...TERMS, floorBonusCents: 1_000_000 };
    expect(largestFraction(CALLED, -9_500n * WAD, 0n, dear, CASH_TERMS)).toEqual(all);
  });

  it('takes what pays for the work where what restores the target does not', () => {
    const { bonus } = rates(WAD / 2n, WAD / 2n, 0n, TERMS);
    const ofAll = 1_000n * bonus; // of a requirement of a thousand
    const dear = { ...TERMS, floorBonusCents: Number((ofAll * 9n * 100n) / (10n * WAD)) };
    const { fraction, closes } = largestFraction(CALLED, -9_500n * WAD, 0n, dear, { ...CASH_TERMS, minDebt: 1 });
    expect(closes).toBe(false);
    const floor = BigInt(dear.floorBonusCents) * (WAD / 100n);
    expect(fraction).toBe((floor * WAD + ofAll - 1n) / ofAll);
    expect(floor - planLiquidation(CALLED, 0n, fraction, 0n, dear).bonus <= 1n).toBe(true);
  });

  it('takes (T - h) / (T - b - phi) otherwise', () => {
    const { bonus, fee } = rates(WAD / 2n, WAD / 2n, 0n, TERMS);
    expect(largestFraction(CALLED, -9_500n * WAD, 0n, TERMS, CASH_TERMS)).toEqual({
      fraction: (((WAD * 7n) / 10n) * WAD) / ((WAD * 12n) / 10n - bonus - fee),
      closes: false,
    });
  });
});

describe('planLiquidation', () => {
  it('leaves what the account cannot pay of the least bonus as shortfall, and no fee', () => {
    const sunk = account({ equity: 2n * WAD, initial: 5n * WAD, maintenance: 5n * WAD });
    const plan = planLiquidation(sunk, 0n, WAD, 0n, TERMS);
    expect(plan).toMatchObject({ bonus: 5n * WAD, pay: -3n * WAD, shortfall: 3n * WAD, fee: 0n });
  });

  it('leaves no shortfall while a leg without a price still backs the account', () => {
    const mark = { equity: -5n * WAD, initial: 5n * WAD, maintenance: 5n * WAD };
    const better = { ...mark, equity: 4n * WAD };
    const waiting = {
      worse: mark,
      mark,
      better,
      markCollateral: 30n * WAD,
      markNotional: 0n,
      legValues: [],
      downLegs: 1n,
    };
    expect(payingHealth(waiting)).toBe(health(better));
    expect(planLiquidation(waiting, -35n * WAD, WAD, 0n, TERMS)).toMatchObject({ shortfall: 0n, pay: -10n * WAD });
  });

  it('leaves what positions have lost beyond all else as shortfall, though a leg without a price stays', () => {
    const mark = { equity: -90n * WAD, initial: 5n * WAD, maintenance: 5n * WAD };
    const better = { ...mark, equity: -60n * WAD };
    const shielded = {
      worse: mark,
      mark,
      better,
      markCollateral: 0n,
      markNotional: 300n * WAD,
      legValues: [],
      downLegs: 1n,
    };
    // ten of cash and a loss of a hundred, beside a leg that was worth thirty
    const plan = planLiquidation(shielded, 10n * WAD, WAD, 0n, TERMS);
    expect(plan).toMatchObject({ bonus: 5n * WAD, pay: -95n * WAD, shortfall: 65n * WAD, fee: 0n });
    // of a debt of sixty only the other thirty are a loss of positions
    expect(planLiquidation(shielded, -60n * WAD, WAD, 0n, TERMS).shortfall).toBe(30n * WAD);
  });

  it('pays no more bonus than is sold while a leg without a price stays', () => {
    const mark = { equity: -100n * WAD, initial: 0n, maintenance: 0n };
    const waiting = {
      worse: mark,
      mark,
      better: mark,
      markCollateral: 2n * WAD,
      markNotional: 0n,
      legValues: [],
      downLegs: 1n,
    };
    expect(planLiquidation(waiting, -102n * WAD, WAD, 0n, TERMS)).toMatchObject({ bonus: 2n * WAD, pay: -102n * WAD });
    const empty = { ...waiting, markCollateral: 0n };
    expect(planLiquidation(empty, -100n * WAD, WAD, 0n, TERMS)).toMatchObject({ bonus: 0n, pay: -100n * WAD });
  });

  it('raises health by every partial step (P7)', () => {
    fc.assert(
      fc.property(liquidatable, fc.bigInt({ min: 1n, max: WAD - 1n }), ({ account: a, terms, elapsed }, part) => {
        const { bonus, fee, pay } = planLiquidation(a, 0n, part, elapsed, terms);
        const gone = (a.mark.equity * part) / WAD;
        const requirement = a.mark.maintenance - (a.mark.maintenance * part) / WAD;
        const left = { equity: a.mark.equity - gone + pay - fee, initial: requirement, maintenance: requirement };
        // two roundings against the account by a wei each, on a requirement of at least WAD * (1 - part)
        fc.pre(requirement >= WAD / 1_000_000n);
        expect(health(left) >= health(a.mark) - 3n * 1_000_000n).toBe(true);
        expect(bonus >= 0n && fee >= 0n).toBe(true);
      }),
      { seed: SEED },
    );
  });

  it('never charges a solvent account more than it has', () => {
    fc.assert(
      fc.property(liquidatable, ({ account: a, terms, elapsed }) => {
        const { bonus, fee, pay, shortfall } = planLiquidation(a, 0n, WAD, elapsed, terms);
        expect(pay + bonus).toBe(a.mark.equity);
        expect(shortfall > 0n ? fee === 0n && pay === -shortfall : fee <= pay).toBe(true);
      }),
      { seed: SEED },
    );
  });
});

describe('leavesDust', () => {
  it('does not mind what is left of an account without debt', () => {
    fc.assert(
      fc.property(liquidatable, cashTerms, ({ account: a, terms, elapsed }, cashTermsOf) => {
        const plan = planLiquidation(a, 0n, WAD / 2n, elapsed, terms);
        const rich = a.mark.maintenance * 100n + 10n ** 24n;
        expect(leavesDust(a, rich, plan, terms, cashTermsOf)).toBe(false);
      }),
      { seed: SEED },
    );
  });
});
