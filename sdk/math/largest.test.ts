import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { marginInputs, SEED } from '../testing/arbitraries';
import { assess, type MarginInputs } from './assess';
import { largestBorrow, largestWithdrawal } from './largest';
import { excess } from './margin';

const withCollateral = marginInputs.filter(({ portfolio }) => portfolio.collateral.length > 0);

function withdrawn({ portfolio, ...rest }: MarginInputs, amount: bigint): MarginInputs {
  const [first, ...others] = portfolio.collateral;
  if (first === undefined) throw new Error('no collateral');
  const collateral = [{ ...first, amount: first.amount - amount }, ...others];
  return { ...rest, portfolio: { ...portfolio, collateral } };
}

describe('largestBorrow', () => {
  it('is nothing, or exactly what brings excess to zero', () => {
    fc.assert(
      fc.property(marginInputs, (account) => {
        const amount = largestBorrow(account);
        const { portfolio } = account;
        const after = excess(assess({ ...account, portfolio: { ...portfolio, cash: portfolio.cash - amount } }).worse);
        if (amount === 0n) expect(after <= 0n).toBe(true);
        else expect(after).toBe(0n);
      }),
      { seed: SEED },
    );
  });
});

describe('largestWithdrawal', () => {
  it('is nothing for an account that is short already', () => {
    fc.assert(
      fc.property(withCollateral, (account) => {
        fc.pre(excess(assess(account).worse) < 0n);
        expect(largestWithdrawal(account, 0)).toBe(0n);
      }),
      { seed: SEED },
    );
  });

  it('is everything for an account without debt, whatever its prices', () => {
    fc.assert(
      fc.property(withCollateral, (account) => {
        const free = { ...account, portfolio: { ...account.portfolio, cash: 0n } };
        expect(largestWithdrawal(free, 0)).toBe(account.portfolio.collateral[0]?.amount);
      }),
      { seed: SEED },
    );
  });

  it('leaves the account at its initial requirement, and a little more would not', () => {
    fc.assert(
      fc.property(withCollateral, fc.bigInt({ min: 1n, max: 10_000n }), (account, usedBps) => {
        const counted = largestBorrow(withCash(account, 0n));
        const debtor = withCash(account, -(counted * usedBps) / 10_000n - 1n);
        const amount = largestWithdrawal(debtor, 0);
        const held = account.portfolio.collateral[0]?.amount ?? 0n;
        const left = (withdrawal: bigint): bigint => excess(assess(withdrawn(debtor, withdrawal)).worse);
        if (left(0n) < 0n) expect(amount).toBe(0n);
        else expect(left(amount) >= 0n).toBe(true);
        if (amount < held) expect(left(amount + 1n) < 0n).toBe(true);
      }),
      { seed: SEED },
    );
  });
});

function withCash({ portfolio, ...rest }: MarginInputs, cash: bigint): MarginInputs {
  return { ...rest, portfolio: { ...portfolio, cash } };
}
