import { takeSnapshot, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { loadFixture } from '../fixtures/loadFixture';
import { interestFixture, LENT, withLoan } from '../fixtures/marketFixture';
import { TEST_CASH_TERMS } from '../fixtures/testPolicy';
import { accountOf, DAY, MAX_UINT256, usdc, wad, weth } from '../fixtures/units';

const YEAR = 365 * DAY;
const SCALE = 10n ** 12n;

/** The borrower's loan of 14,000 out of 300,000, at a price: 2 % + 4 % * 4.667 / 80 = 2.2333 % a year. */
async function pricedLoanFixture() {
  const market = await withLoan(await interestFixture());
  return { ...market, since: await time.latest() };
}

describe('MarginVault', () => {
  describe('accrue', () => {
    it('charges the kinked rate on the part that is lent out [VLT-27]', async () => {
      const { vault, account, since } = await loadFixture(pricedLoanFixture);
      await time.setNextBlockTimestamp(since + YEAR);
      await vault.accrue();
      // 2 % + 4 % * (14 / 300) / 80 % = 2.23333 %, kept in millionths
      const interest = (wad(14_000) * 22_333n) / 1_000_000n;
      expect(-(await vault.cashOf(account)) - wad(14_000)).to.be.closeTo(interest, 1_000_000n);
    });

    it('charges the steep part above the kink [VLT-27]', async () => {
      const { vault, lender, bidder, lent, bidderAccount, account, quote } = await loadFixture(pricedLoanFixture);
      await vault.connect(lender).withdraw(lent, quote, LENT - usdc(16_000), lender);
      await vault.connect(bidder).withdraw(bidderAccount, quote, MAX_UINT256, bidder);
      const [start, owed] = [await time.latest(), -(await vault.cashOf(account))];
      await time.setNextBlockTimestamp(start + YEAR);
      await vault.accrue();
      // 14,000 of 16,000 is 87.5 %: 6 % + 60 % * 7.5 / 20 = 28.5 %
      const interest = -(await vault.cashOf(account)) - owed;
      expect(interest).to.be.closeTo((owed * 285n) / 1_000n, wad('0.01'));
    });

    it('gives lenders nine tenths of it and the reserves the rest [VLT-27]', async () => {
      const { vault, account, lent, bidderAccount, since } = await loadFixture(pricedLoanFixture);
      await time.setNextBlockTimestamp(since + YEAR);
      await vault.accrue();
      const interest = -(await vault.cashOf(account)) - wad(14_000);
      const credited = (await vault.cashOf(lent)) + (await vault.cashOf(bidderAccount)) - wad(300_000);
      const reserves = await vault.reserves();
      expect(credited).to.be.closeTo((interest * 9n) / 10n, 1_000_000n);
      expect(reserves).to.be.closeTo(interest / 10n, 1_000_000n);
      expect(interest).to.be.at.least(credited + reserves);
    });

    it('changes nothing that the views did not say already [VLT-27]', async () => {
      const { vault, account, lent, since } = await loadFixture(pricedLoanFixture);
      // all but the rate, which is for the time to come
      const views = async () => {
        const { supplyIndex, borrowIndex, accruedAt, reservesNano } = await vault.pool();
        return [
          await vault.cashOf(account),
          await vault.cashOf(lent),
          supplyIndex,
          borrowIndex,
          accruedAt,
          reservesNano,
        ];
      };
      const beforehand = await takeSnapshot();
      await time.increaseTo(since + YEAR);
      const viewed = await views();
      await beforehand.restore();
      await time.setNextBlockTimestamp(since + YEAR);
      await vault.accrue();
      expect(await views()).to.deep.equal(viewed);
    });

    it('accrues once a block, whatever the steps in it [VLT-27]', async () => {
      const { vault, account, since } = await loadFixture(pricedLoanFixture);
      await time.setNextBlockTimestamp(since + YEAR);
      const step = vault.interface.encodeFunctionData('accrue');
      const { logs } = (await (await vault.batch([step, step, step])).wait())!;
      const events = logs.map((log) => vault.interface.parseLog(log)!);
      expect(events.map(({ name }) => name)).to.deep.equal(['PoolChanged', 'PoolChanged', 'PoolChanged']);
      expect(new Set(events.map(({ args }) => args.join())).size).to.equal(1);
      expect(await vault.cashOf(account)).to.be.below(wad(-14_312));
    });

    it('takes a new curve from the next movement on, and a new reserve factor back to the last one [VLT-37]', async () => {
      const { vault, policy, actors, account, since } = await loadFixture(pricedLoanFixture);
      const owed = async () => -(await vault.cashOf(account));
      const dearer = { ...TEST_CASH_TERMS, baseRateBps: 4_000, reserveFactorBps: 5_000 };
      await time.setNextBlockTimestamp(since + YEAR);
      await policy.connect(actors.risk).setCashTerms(dearer);
      await time.setNextBlockTimestamp(since + 2 * YEAR);
      await vault.accrue();
      // two years at 2.2333 %, as it was when cash moved last; and half of both for the reserves
      const interest = (2n * wad(14_000) * 22_333n) / 1_000_000n;
      expect((await owed()) - wad(14_000)).to.be.closeTo(interest, 1_000_000n);
      expect(await vault.reserves()).to.be.closeTo(interest / 2n, 10n ** 9n);
      const before = await owed();
      await time.increaseTo(since + 3 * YEAR);
      expect((await owed()) - before).to.be.closeTo((before * 4n) / 10n, wad('0.01'));
    });

    it('brings debt up before it judges: the view and the check agree in the same block [VLT-27]', async () => {
      const { vault, borrower, account, since, weth: asset } = await loadFixture(pricedLoanFixture);
      await time.setNextBlockTimestamp(since + 2 * YEAR);
      await asset.feed.push(2_000n * 10n ** 8n);
      // a debt of 14,000 would leave 400 to borrow; the interest of two years has eaten it
      await expect(vault.connect(borrower).borrow(account, 1n, borrower)).to.be.revertedWithCustomError(
        vault,
        'Undercollateralised',
      );
    });

    it('lets everybody out after ten idle years [VLT-30]', async () => {
      const {
        vault,
        borrower,
        lender,
        bidder,
        account,
        lent,
        bidderAccount,
        quote,
        since,
        weth: asset,
      } = await loadFixture(pricedLoanFixture);
      await time.increaseTo(since + 10 * YEAR);
      await vault.connect(borrower).repay(account, MAX_UINT256);
      await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
      await vault.connect(lender).withdraw(lent, quote, MAX_UINT256, lender);
      await vault.connect(bidder).withdraw(bidderAccount, quote, MAX_UINT256, bidder);
      expect(await vault.liquidity()).to.be.at.least((await vault.reserves()) / SCALE);
    });
  });

  describe('rounding', () => {
    /** Two years on, indices are odd numbers. */
    async function oldPoolFixture() {
      const market = await pricedLoanFixture();
      await time.increaseTo(market.since + 2 * YEAR);
      await market.vault.accrue();
      await market.weth.feed.push(2_000n * 10n ** 8n);
      return market;
    }

    it('gives back no more than was put in, in the same block, whatever the amount [VLT-28]', async () => {
      const { vault, stranger, quote } = await loadFixture(oldPoolFixture);
      const abi = vault.interface;
      const asset = await quote.getAddress();
      for (const [index, amount] of [2n, 3n, 7n, 999_999n, usdc(1), usdc('123.456789'), usdc(100_000)].entries()) {
        const account = accountOf(stranger, index);
        const before = await quote.balanceOf(stranger);
        await vault
          .connect(stranger)
          .batch([
            abi.encodeFunctionData('deposit', [account, asset, amount]),
            abi.encodeFunctionData('withdraw', [account, asset, MAX_UINT256, stranger.address]),
          ]);
        const kept = await vault.cashOf(account);
        expect(((await quote.balanceOf(stranger)) - before) * SCALE + kept).to.be.at.most(0n);
        expect(kept).to.be.within(0n, SCALE);
      }
    });

    it('credits a deposit of one unit with no more than that [VLT-28]', async () => {
      const { vault, stranger, strangerAccount, quote } = await loadFixture(oldPoolFixture);
      await vault.connect(stranger).deposit(strangerAccount, quote, 1n);
      expect(await vault.cashOf(strangerAccount)).to.be.within(SCALE - 10n, SCALE);
    });

    it('takes back at least what was borrowed, in the same block [VLT-28]', async () => {
      const { vault, stranger, quote, weth: asset } = await loadFixture(oldPoolFixture);
      const abi = vault.interface;
      for (const [index, amount] of [1n, 3n, usdc(200), usdc('1234.567891')].entries()) {
        const account = accountOf(stranger, index);
        await vault.connect(stranger).deposit(account, asset.address, weth(10));
        const before = await quote.balanceOf(stranger);
        await vault
          .connect(stranger)
          .batch([
            abi.encodeFunctionData('borrow', [account, amount, stranger.address]),
            abi.encodeFunctionData('repay', [account, MAX_UINT256]),
          ]);
        const kept = await vault.cashOf(account);
        expect(((await quote.balanceOf(stranger)) - before) * SCALE + kept).to.be.at.most(0n);
        expect(kept).to.be.within(0n, SCALE);
      }
    });

    it('owes lenders and reserves no more than it has lent and holds [VLT-32]', async () => {
      const { vault, account, lent, bidderAccount, borrower, quote } = await loadFixture(oldPoolFixture);
      const check = async () => {
        const reserves = await vault.reserves();
        const credit = (await vault.cashOf(lent)) + (await vault.cashOf(bidderAccount)) + reserves;
        const debt = -(await vault.cashOf(account));
        expect((await quote.balanceOf(vault)) * SCALE + debt).to.be.at.least(credit);
      };
      await check();
      await vault.connect(borrower).repay(account, usdc('1234.567891'));
      await check();
      await time.increase(12_345);
      await check();
    });
  });
});
