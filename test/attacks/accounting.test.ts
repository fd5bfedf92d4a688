import { takeSnapshot, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { enter, fillReserves, liquidate } from '../fixtures/actions';
import { expectFutile } from '../fixtures/expectFutile';
import { COOLDOWN } from '../fixtures/fundFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { interestFixture, loanFixture, marketFixture, openMarket, setPrice, withLoan } from '../fixtures/marketFixture';
import { openSystem } from '../fixtures/systemFixture';
import { testPolicy } from '../fixtures/testPolicy';
import { accountOf, DAY, INDEX_ONE, MAX_INT256, MAX_UINT256, usdc, wad, WAD, weth } from '../fixtures/units';

const YEAR = 365 * DAY;
const QUOTE_SCALE = 10n ** 12n;
/** Where indices stop: `InterestIndex.MAX_INDEX`. */
const MAX_INDEX = 2n ** 96n - 1n;

/** Cash costs 400 % a year, the most that policy allows, and the borrower owes 14,000. */
async function usuryFixture() {
  const policy = testPolicy();
  const cash = { ...policy.cash, baseRatePercent: 400, slopeLowPercent: 0, slopeHighPercent: 0 };
  const market = await withLoan(await openMarket(await openSystem({ policy: { ...policy, cash } })));
  await market.quote.mint(market.borrower, usdc(10_000_000_000));
  return market;
}

/** A loan that has run for a year, so that neither index is one. */
async function oldLoanFixture() {
  const market = await withLoan(await interestFixture());
  await time.increase(YEAR);
  await setPrice(market.weth, 2_000);
  return market;
}

/** The stranger's 3,000 of the junior tranche have paid 2,240 and earned 100; the bidder's 1,000 may come in. */
async function unevenTrancheFixture() {
  const market = await withLoan(await marketFixture());
  const { vault, junior, quote, stranger, lender, lent, bidder, weth: asset } = market;
  await enter(junior, stranger, usdc(3_000));
  await setPrice(asset, 1_200);
  await liquidate(market);
  await vault.connect(lender).transfer(lent, await junior.fundAccount(), quote, usdc(70));
  await junior.harvest();
  await time.increase(3 * DAY);
  await quote.connect(bidder).approve(junior, MAX_UINT256);
  await junior.connect(bidder).requestDeposit(usdc(1_000));
  return market;
}

describe('Attacks: accounting', () => {
  // The last lender has gone, and reserves are lent. The attacker lends one unit: all interest would be his, and within a
  // day the index at its end, after which nobody would ever earn anything (Hundred, 2023-04-15; Sonne, 2024-05-14).
  it('V35 gives the first lender of an empty pool no more than the rate on what he lends [VLT-27]', async () => {
    const market = await loadFixture(interestFixture);
    const { vault, quote, lender, bidder, lent, bidderAccount, borrower, account, weth: asset } = market;
    await fillReserves(market, wad(10_000));
    await vault.connect(lender).withdraw(lent, quote, MAX_UINT256, lender);
    await vault.connect(bidder).withdraw(bidderAccount, quote, MAX_UINT256, bidder);
    await vault.connect(bidder).deposit(bidderAccount, quote, 1n);
    await vault.connect(borrower).deposit(account, asset.address, weth(10));
    await vault.connect(borrower).borrow(account, usdc(10_000), borrower);
    await time.increase(DAY);
    await vault.accrue();
    expect(await vault.cashOf(bidderAccount), "a day's interest on one unit").to.be.at.most(
      (QUOTE_SCALE * 1_002n) / 1_000n,
    );
    expect((await vault.pool()).supplyIndex).to.be.at.most((INDEX_ONE * 1_002n) / 1_000n);

    await vault.connect(lender).deposit(lent, quote, usdc(20_000));
    await time.increase(YEAR);
    expect(await vault.cashOf(lent), 'who comes after him earns').to.be.above(wad(20_300));
  });

  // The first to enter a tranche buys a share, gives the tranche a fortune, and the next one's shares round to nothing.
  it('V35 lets nobody who is first in a tranche have of the second [FND-06]', async () => {
    const { junior, vault, quote, borrower, stranger } = await loadFixture(marketFixture);
    await enter(junior, borrower, 1n);
    await vault.connect(borrower).deposit(await junior.fundAccount(), quote, usdc(10_000));
    await quote.connect(borrower).transfer(junior, usdc(10_000));
    await enter(junior, stranger, usdc(5_000));
    const worth = async (holder: typeof borrower) => junior.convertToAssets(await junior.balanceOf(holder));
    expect(await worth(stranger), 'the second').to.be.within(usdc(5_000) - 2n, usdc(5_000));
    expect(await worth(borrower), 'the first').to.be.at.most(2n);
  });

  // A wei is rounded each time. The attacker has a batch do the same thing sixty times, or in thirty parts, with debt or
  // with credit, and compares with doing nothing, or with doing it at once (Balancer V2, 2025-11-03, $120M).
  it('V36 gives no cash for doing it often, or in parts [VLT-28]', async () => {
    const market = await loadFixture(oldLoanFixture);
    const { vault, quote, borrower, lender, account, lent } = market;
    const abi = vault.interface;
    const token = await quote.getAddress();
    const times = <T>(count: number, make: () => T[]): T[] => Array.from({ length: count }, make).flat();
    const borrow = (amount: bigint) => abi.encodeFunctionData('borrow', [account, amount, borrower.address]);
    const repay = (amount: bigint) => abi.encodeFunctionData('repay', [account, amount]);
    const deposit = (amount: bigint) => abi.encodeFunctionData('deposit', [lent, token, amount]);
    const withdraw = (amount: bigint) => abi.encodeFunctionData('withdraw', [lent, token, amount, lender.address]);
    const at = (await time.latest()) + 10;
    const snapshot = await takeSnapshot();
    /** Quote WAD that both have, in the vault and in their wallets, after the steps. */
    const wealthAfter = async (who: typeof borrower, own: string, steps: string[]) => {
      await time.setNextBlockTimestamp(at);
      await vault.connect(who).batch([abi.encodeFunctionData('accrue'), ...steps]);
      const wealth = (await vault.cashOf(own)) + (await quote.balanceOf(who)) * QUOTE_SCALE;
      await snapshot.restore();
      return wealth;
    };
    for (const [who, own, often, once] of [
      [borrower, account, times(30, () => [borrow(1n), repay(1n)]), []],
      [borrower, account, times(30, () => [repay(7n)]), [repay(210n)]],
      [borrower, account, times(30, () => [borrow(7n)]), [borrow(210n)]],
      [lender, lent, times(30, () => [deposit(1n), withdraw(1n)]), []],
      [lender, lent, times(30, () => [withdraw(7n)]), [withdraw(210n)]],
    ] as const) {
      expect(await wealthAfter(who, own, [...often])).to.be.at.most(await wealthAfter(who, own, [...once]));
    }
  });

  // The same with collateral, in the smallest units of a token that has few, and with shares of a tranche that has made a
  // loss and a gain, so that a share is no round number.
  it('V36 gives no collateral and no shares for doing it often, or in parts [FND-01]', async () => {
    const market = await loadFixture(unevenTrancheFixture);
    const { vault, junior, quote, borrower, bidder, account, wbtc: coin } = market;
    const abi = vault.interface;
    const put = (amount: bigint) => abi.encodeFunctionData('deposit', [account, coin.address, amount]);
    const take = (amount: bigint) =>
      abi.encodeFunctionData('withdraw', [account, coin.address, amount, borrower.address]);
    const times = (count: number, make: () => string[]): string[] => Array.from({ length: count }, make).flat();
    const snapshot = await takeSnapshot();
    const coinsAfter = async (steps: string[]) => {
      await vault.connect(borrower).batch(steps);
      const coins = [await vault.collateralOf(account, coin.address), await coin.token.balanceOf(borrower)];
      await snapshot.restore();
      return coins;
    };
    expect(await coinsAfter(times(30, () => [put(1n), take(1n)]))).to.deep.equal(await coinsAfter([put(1n), take(1n)]));
    expect(await coinsAfter(times(30, () => [put(7n)]))).to.deep.equal(await coinsAfter([put(210n)]));

    const sharesFor = async (parts: readonly bigint[]) => {
      for (const part of parts) await junior.connect(bidder).deposit(part, bidder);
      return junior.balanceOf(bidder);
    };
    const sevens = Array.from({ length: 30 }, () => 7n);
    const inParts = await sharesFor(sevens);
    await snapshot.restore();
    const atOnce = await sharesFor([210n]);
    expect(atOnce).to.be.above(0n);
    expect(inParts).to.be.at.most(atOnce);
    // and back: the smallest parts of what he has, or all of it
    await junior.connect(bidder).requestRedeem(atOnce);
    await time.increase(COOLDOWN);
    const notice = await takeSnapshot();
    const paidFor = async (parts: readonly bigint[]) => {
      const before = await quote.balanceOf(bidder);
      for (const part of parts) await junior.connect(bidder).redeem(part, bidder, bidder);
      return (await quote.balanceOf(bidder)) - before;
    };
    const piecemeal = await paidFor(Array.from({ length: 10 }, () => atOnce / 10n));
    await notice.restore();
    const whole = await paidFor([atOnce]);
    expect(piecemeal).to.be.at.most(whole);
    expect(whole).to.be.within(210n, 230n); // with his part of the gain
  });

  // Nobody touches the vault for ten years at the highest rate there is (Aave v3.3, a narrow type for deficits).
  it('V39 lets everybody repay, be liquidated and leave after ten idle years at the highest rate [VLT-30]', async () => {
    const market = await loadFixture(usuryFixture);
    const { vault, quote, borrower, lender, bidder, account, lent, bidderAccount, weth: asset } = market;
    await time.increase(10 * YEAR);
    expect(await vault.debtOf(account)).to.be.within(usdc(574_000), usdc('574000.1'));
    await setPrice(asset, 2_000);
    const snapshot = await takeSnapshot();
    await vault.connect(bidder).deposit(bidderAccount, quote, usdc(800_000));
    await expect(vault.connect(bidder).liquidate(account, bidderAccount, WAD, MAX_INT256, '0x')).to.emit(
      vault,
      'Liquidated',
    );
    await snapshot.restore();
    await vault.connect(borrower).repay(account, MAX_UINT256);
    await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
    const before = await quote.balanceOf(lender);
    await vault.connect(lender).withdraw(lent, quote, MAX_UINT256, lender);
    await vault.connect(bidder).withdraw(bidderAccount, quote, MAX_UINT256, bidder);
    // two thirds of 560,000 of interest less a tenth, on 200,000
    expect((await quote.balanceOf(lender)) - before).to.be.closeTo(usdc(536_000), usdc(1));
  });

  // Somebody accrues once a year, so that interest compounds until it would no longer fit. A debt that wraps around is gone.
  it('V39 stops indices at their end, where debts stay what they are and everybody can still leave [VLT-30]', async () => {
    const { vault, quote, borrower, lender, account, lent } = await loadFixture(usuryFixture);
    let owed = await vault.cashOf(account);
    for (let year = 0; year < 12; year++) {
      await time.increase(YEAR);
      await vault.accrue();
      const now = await vault.cashOf(account);
      expect(now, `a debt fell in year ${year}`).to.be.at.most(owed);
      owed = now;
    }
    expect((await vault.pool()).borrowIndex).to.equal(MAX_INDEX);
    expect(-owed).to.be.closeTo((wad(14_000) * MAX_INDEX) / INDEX_ONE, wad(1));
    await vault.connect(borrower).repay(account, MAX_UINT256);
    expect(await vault.cashOf(account)).to.be.at.least(0n);
    await vault.connect(lender).withdraw(lent, quote, MAX_UINT256, lender);
  });

  // The owner makes himself insolvent on purpose, by giving away what he has, and takes himself over at a discount with what
  // others pay (Euler, 2023-03-13, about $200M). Here: 10 WETH and the 14,000 that he has borrowed.
  it('V40 checks an account whatever it loses its equity by [VLT-03] [VLT-31] [VLT-35]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, quote, borrower, account, weth: asset } = market;
    const other = accountOf(borrower, 1);
    await vault.connect(borrower).deposit(other, quote, usdc(20_000));
    const abi = vault.interface;
    const give = abi.encodeFunctionData('transfer', [account, other, asset.address, MAX_UINT256]);
    const fill = abi.encodeFunctionData('transfer', [other, account, await quote.getAddress(), usdc(15_000)]);
    const donate = abi.encodeFunctionData('contribute', [account, MAX_UINT256]);
    const reborrow = abi.encodeFunctionData('borrow', [account, usdc(14_500), borrower.address]);
    const sale = abi.encodeFunctionData('liquidate', [account, other, WAD, MAX_INT256, '0x']);
    for (const [steps, error] of [
      [[give], 'Undercollateralised'],
      [[donate, give], 'Undercollateralised'],
      [[fill, donate, reborrow], 'Undercollateralised'],
      [[give, sale], 'Unsettled'],
      [[fill, donate, reborrow, sale], 'Unsettled'],
    ] as const) {
      await expectFutile(market, () => vault.connect(borrower).batch([...steps]), vault, error);
    }
    const plain = () => vault.connect(borrower).transfer(account, other, asset.address, MAX_UINT256);
    await expectFutile(market, plain, vault, 'Undercollateralised');
  });

  // A batch borrows too much and ends with a step that asks for no check, which clears the flag (MIMSpell3, 2025-10-04), or
  // with a batch of its own, or touches another account last. The attacker would have 6,000 that nothing stands behind.
  it('V41 drops no check, whatever comes after the step that asked for it [VLT-02] [VLT-03]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, quote, borrower, account, weth: asset } = market;
    const other = accountOf(borrower, 1);
    await vault.connect(borrower).deposit(other, asset.address, weth(1));
    const abi = vault.interface;
    const take = abi.encodeFunctionData('borrow', [account, usdc(6_000), borrower.address]);
    const nest = (...steps: string[]) => abi.encodeFunctionData('batch', [steps]);
    const crumb = (to: string) => abi.encodeFunctionData('deposit', [to, asset.address, 1n]);
    const nothing = abi.encodeFunctionData('accrue');
    const back = abi.encodeFunctionData('repay', [account, usdc(1)]);
    const before = await quote.balanceOf(borrower);
    for (const steps of [
      [take],
      [take, crumb(account)],
      [take, crumb(account), nothing],
      [take, back],
      [take, nest()],
      [nest(take), crumb(account)],
      [nest(nest(take)), nest(crumb(account), nest())],
      [crumb(other), take],
      [crumb(other), take, crumb(account), crumb(other)],
      [take, crumb(other), abi.encodeFunctionData('contribute', [other, 0n])],
    ]) {
      await expect(vault.connect(borrower).batch(steps)).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    }
    expect(await quote.balanceOf(borrower)).to.equal(before);
    expect(await vault.debtOf(account)).to.equal(usdc(14_000));
  });
});
