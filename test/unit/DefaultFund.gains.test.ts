import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { asContract, enter, liquidate } from '../fixtures/actions';
import { fill, fundFixture } from '../fixtures/fundFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { interestFixture, marketFixture, setPrice, withLoan } from '../fixtures/marketFixture';
import { DAY, OperatorRight, usdc, wad } from '../fixtures/units';

describe('DefaultFund', () => {
  describe('assets', () => {
    it('are out of reach of everybody else [FND-01]', async () => {
      const { fund, vault, quote, stranger } = await loadFixture(fundFixture);
      const account = await fund.fundAccount();
      await expect(vault.connect(stranger).withdraw(account, quote, 1n, stranger))
        .to.be.revertedWithCustomError(vault, 'NotAuthorised')
        .withArgs(account, stranger.address, OperatorRight.WITHDRAW);
    });

    it('earn interest [FND-08]', async () => {
      const market = await withLoan(await fill(await interestFixture()));
      await time.increase(365 * DAY);
      expect(await market.fund.totalAssets()).to.be.above(usdc(3_000));
    });

    it('do not count tokens that somebody sends to the fund [FND-06]', async () => {
      const { fund, quote, borrower } = await loadFixture(fundFixture);
      await quote.connect(borrower).transfer(fund, usdc(10_000));
      expect(await fund.totalAssets()).to.equal(usdc(3_000));
    });

    it('make a first depositor lose more by a gift than he takes from the next one [FND-06]', async () => {
      const { junior: fund, vault, quote, borrower, bidder } = await loadFixture(marketFixture);
      await enter(fund, borrower, 1n);
      await vault.connect(borrower).deposit(await fund.fundAccount(), quote, usdc(10_000));
      await enter(fund, bidder, usdc(5_000));
      const worth = async (holder: typeof borrower) => fund.convertToAssets(await fund.balanceOf(holder));
      expect(await worth(bidder)).to.be.at.least(usdc(4_990));
      expect(await worth(borrower)).to.be.at.most(2n);
    });

    it('of whoever comes after a total loss are his own [FND-04]', async () => {
      const market = await withLoan(await loadFixture(fundFixture));
      const { fund, stranger, bidder, weth: asset } = market;
      await setPrice(asset, 1_000); // a shortfall of 4,200
      await liquidate(market);
      expect(await fund.totalAssets()).to.equal(0n);
      await enter(fund, bidder, usdc(500));
      const worth = async (holder: typeof bidder) => fund.convertToAssets(await fund.balanceOf(holder));
      expect(await worth(bidder)).to.be.at.least(usdc(500) - 2n);
      expect(await worth(stranger)).to.be.at.most(1n);
    });
  });

  describe('gains', () => {
    const WEEK = 7 * DAY;

    it('are not there for whoever comes for them: they reach the shares over a week [FND-12]', async () => {
      const market = await loadFixture(fundFixture);
      const { fund, vault, quote, bidder } = market;
      await vault.connect(bidder).deposit(await fund.fundAccount(), quote, usdc(300));
      expect(await fund.totalAssets()).to.equal(usdc(3_000));
      await fund.harvest();
      expect(await fund.totalAssets()).to.equal(usdc(3_000));
      await enter(fund, bidder, usdc(3_000));
      expect(await fund.previewRedeem(await fund.balanceOf(bidder))).to.be.at.most(usdc(3_001));
      await time.increase(WEEK / 2);
      expect(await fund.totalAssets()).to.be.closeTo(usdc(6_150), usdc('0.01'));
      await time.increase(WEEK / 2);
      expect(await fund.totalAssets()).to.equal(usdc(6_300));
    });

    it('are a tenth of the assets at a time, and nothing for a fund without shares [FND-12]', async () => {
      const { fund, senior, vault, quote, bidder } = await loadFixture(fundFixture);
      for (const tranche of [fund, senior]) {
        await vault.connect(bidder).deposit(await tranche.fundAccount(), quote, usdc(10_000));
        await tranche.harvest();
      }
      expect((await fund.gainStream()).left).to.equal(wad(300));
      expect((await senior.gainStream()).left).to.equal(0n);
      expect([await fund.gainRoom(), await senior.gainRoom()]).to.deep.equal([0n, 0n]);
    });

    it('are not held up by what comes a little at a time [FND-12]', async () => {
      const { fund, vault, quote, bidder } = await loadFixture(fundFixture);
      await vault.connect(bidder).deposit(await fund.fundAccount(), quote, usdc(200));
      await fund.harvest();
      const { endsAt } = await fund.gainStream();
      for (let i = 0; i < 5; i++) {
        await time.increase(DAY);
        await vault.connect(bidder).deposit(await fund.fundAccount(), quote, 1n);
        await fund.harvest();
      }
      expect((await fund.gainStream()).endsAt).to.be.at.most(endsAt + 5n);
    });

    it('pay for a loss before the shares do [FND-12]', async () => {
      const { fund, vault, quote, bidder, waterfall, account } = await loadFixture(fundFixture);
      await vault.connect(bidder).deposit(await fund.fundAccount(), quote, usdc(500));
      await fund.harvest();
      const payer = await asContract(await waterfall.getAddress());
      await fund.connect(payer).pay(account, wad(400));
      expect(await fund.totalAssets()).to.be.closeTo(usdc(3_000), usdc('0.01'));
      expect((await fund.gainStream()).left).to.be.closeTo(wad(100), wad('0.01'));
      await fund.connect(payer).pay(account, wad(600));
      expect(await fund.totalAssets()).to.be.closeTo(usdc(2_500), usdc('0.01'));
      expect((await fund.gainStream()).left).to.equal(0n);
    });
  });
});
