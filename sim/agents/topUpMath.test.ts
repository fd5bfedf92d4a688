import { describe, expect, it } from 'vitest';

import { WAD } from '../../sdk/math';
import { neededCollateral, neededRepayment, repayable } from './topUpMath';

/** 1,000 of collateral with a haircut of 17 %, 900 of debt: health 100 / 170. */
const margin = { equity: 100n * WAD, initial: 220n * WAD, maintenance: 170n * WAD };
const collateral = 1_000n * WAD;
const aim = (WAD * 11n) / 10n;

describe('neededRepayment', () => {
  it('brings health to the aim [SIM-06]', () => {
    const value = neededRepayment(margin, aim);
    const health = ((margin.equity + value) * WAD) / margin.maintenance;
    expect(health).toBeGreaterThanOrEqual(aim);
    expect(health).toBeLessThan(aim + WAD / 100n);
  });

  it('is nothing where health is there already', () => {
    expect(neededRepayment(margin, WAD / 2n)).toBe(0n);
  });
});

describe('neededCollateral', () => {
  it('brings health to the aim, its own haircut reckoned in [SIM-06]', () => {
    const value = neededCollateral(margin, aim, collateral);
    const maintenance = margin.maintenance + (value * 17n) / 100n;
    expect(((margin.equity + value) * WAD) / maintenance).toBeGreaterThanOrEqual(aim);
  });

  it('is more than anybody has where the haircut eats what is added', () => {
    expect(neededCollateral({ ...margin, maintenance: collateral }, aim, collateral)).toBeGreaterThan(10n ** 37n);
  });
});

describe('repayable', () => {
  const debt = 900n * WAD;
  const least = 200n * WAD;

  it('leaves no debt smaller than the least [SIM-06]', () => {
    expect(repayable(300n * WAD, debt, 400n * WAD, least)).toBe(300n * WAD);
    const left = debt - repayable(800n * WAD, debt, 850n * WAD, least);
    expect(left).toBeGreaterThanOrEqual(least);
  });

  it('repays all of it where the purse allows', () => {
    expect(repayable(800n * WAD, debt, 1_000n * WAD, least)).toBeGreaterThan(debt);
  });
});
