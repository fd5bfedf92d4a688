import { loadFixture, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { asContract, enter, fillReserves, liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { interestFixture, marketFixture, openMarket, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { developmentConfig, openSystem } from '../fixtures/systemFixture';
import { testPolicy } from '../fixtures/testPolicy';
import { accountOf, DAY, MAX_UINT256, OperatorRight, usdc, wad } from '../fixtures/units';

const COOLDOWN = 7 * DAY;
const WINDOW = 2 * DAY;
/** Shares of one quote token unit in an empty fund: three more digits. */
const SHARES = 1_000n;

const ENTRY_DELAY = DAY;

/** The market as it is deployed for development: whoever enters waits for a day. */
async function patientFixture() {
  return openMarket(await openSystem({ policy: testPolicy(), config: developmentConfig() }));
}

/** The stranger's 3,000 are the fund. */
async function fundFixture() {
  return fill(await marketFixture());
}

/** And he has given notice for all of it, which is due. */
async function dueFixture() {
  const market = await fundFixture();
  const { fund, stranger } = market;
  await fund.connect(stranger).requestRedeem(usdc(3_000) * SHARES);
  await time.increase(COOLDOWN);
  await setPrice(market.weth, 2_000);
  return market;
}

async function fill<M extends Market>(market: M) {
  const { junior: fund, stranger } = market;
  await enter(fund, stranger, usdc(3_000));
  return { ...market, fund };
}

describe('DefaultFund', () => {
  describe('deposit', () => {
    it('reverts with ERC4626ExceededMaxDeposit for what was not requested, or not long enough ago [FND-10]', async () => {
      const market = await loadFixture(patientFixture);
      const { junior: fund, quote, borrower, lender } = market;
      await expectUntouched(market, () =>
        expect(fund.connect(lender).deposit(1n, lender))
          .to.be.revertedWithCustomError(fund, 'ERC4626ExceededMaxDeposit')
          .withArgs(lender.address, 1n, 0n),
      );
      await quote.connect(borrower).approve(fund, MAX_UINT256);
      await fund.connect(borrower).requestDeposit(usdc(100));
      const { claimableFrom, claimableUntil } = await fund.depositRequestOf(borrower);
      expect(claimableUntil - claimableFrom).to.equal(WINDOW);
      for (const [at, most] of [
        [claimableFrom - 1n, 0n],
        [claimableFrom, usdc(100)],
        [claimableUntil, usdc(100)],
        [claimableUntil + 1n, 0n],
      ] as const) {
        await time.increaseTo(at);
        expect(await fund.maxDeposit(borrower)).to.equal(most);
        expect(await fund.maxMint(borrower)).to.equal(most * SHARES);
      }
      await expect(fund.connect(borrower).mint(5n, borrower))
        .to.be.revertedWithCustomError(fund, 'ERC4626ExceededMaxMint')
        .withArgs(borrower.address, 5n, 0n);
    });

    it('starts the delay anew for all of it when more is requested [FND-10]', async () => {
      const { junior: fund, quote, borrower } = await loadFixture(patientFixture);
      await quote.connect(borrower).approve(fund, MAX_UINT256);
      await fund.connect(borrower).requestDeposit(usdc(100));
      await time.increase(ENTRY_DELAY - 10);
      await fund.connect(borrower).requestDeposit(usdc(1));
      await time.increase(20);
      expect(await fund.maxDeposit(borrower)).to.equal(0n);
      await time.increase(ENTRY_DELAY);
      expect(await fund.maxDeposit(borrower)).to.equal(usdc(101));
    });

    it('does not count what is put beside the request without waiting [FND-10]', async () => {
      const { junior: fund, vault, quote, borrower } = await loadFixture(patientFixture);
      await quote.connect(borrower).approve(fund, MAX_UINT256);
      await fund.connect(borrower).requestDeposit(usdc(100));
      await time.increase(ENTRY_DELAY);
      await vault.connect(borrower).deposit(accountOf(await fund.getAddress(), 1), quote, usdc(900));
      expect(await fund.maxDeposit(borrower)).to.equal(usdc(100));
      await fund.connect(borrower).deposit(usdc(60), borrower);
      expect(await fund.maxDeposit(borrower)).to.equal(usdc(40));
      // it is still his
      await expect(fund.connect(borrower).cancelDeposit(MAX_UINT256, borrower)).to.changeTokenBalance(
        quote,
        borrower,
        usdc(940),
      );
      expect(await fund.maxDeposit(borrower)).to.equal(0n);
    });

    it('gives shares at the price of the claim, not of the request [FND-10]', async () => {
      const market = await loadFixture(fundFixture);
      const { fund, quote, waterfall, account, borrower } = market;
      await quote.connect(borrower).approve(fund, MAX_UINT256);
      await fund.connect(borrower).requestDeposit(usdc(300));
      const payer = await asContract(await waterfall.getAddress());
      await fund.connect(payer).pay(account, wad(1_500));
      await fund.connect(borrower).deposit(usdc(300), borrower);
      expect(await fund.balanceOf(borrower)).to.be.closeTo(usdc(600) * SHARES, 1_000_000n);
    });

    it("puts the assets into the vault as cash of the fund's account [FND-01]", async () => {
      const { fund, vault, quote, borrower, stranger } = await loadFixture(fundFixture);
      expect(await fund.fundAccount()).to.equal(accountOf(await fund.getAddress()));
      await quote.connect(borrower).approve(fund, MAX_UINT256);
      const requesting = fund.connect(borrower).requestDeposit(usdc(100));
      await expect(requesting).to.changeTokenBalances(quote, [borrower, vault, fund], [-usdc(100), usdc(100), 0n]);
      expect(await fund.totalAssets()).to.equal(usdc(3_000));
      await fund.connect(borrower).deposit(usdc(100), stranger);
      expect(await vault.cashOf(await fund.fundAccount())).to.equal(wad(3_100));
      expect(await fund.totalAssets()).to.equal(usdc(3_100));
      expect(await fund.balanceOf(stranger)).to.equal(usdc(3_100) * SHARES);
      expect([await fund.asset(), await fund.decimals()]).to.deep.equal([await quote.getAddress(), 9n]);
    });

    it('gives nothing away to a round trip [FND-01]', async () => {
      const { fund } = await loadFixture(fundFixture);
      for (const assets of [1n, 7n, usdc('123.456789')]) {
        expect(await fund.previewRedeem(await fund.previewDeposit(assets))).to.be.at.most(assets);
        expect(await fund.previewMint(await fund.previewWithdraw(assets))).to.be.at.least(assets);
      }
    });
  });

  describe('requestDeposit', () => {
    it("reverts with the token's own error without allowance or balance [FND-01]", async () => {
      const market = await loadFixture(fundFixture);
      const { fund, quote, lender, borrower } = market;
      await quote.connect(borrower).approve(fund, MAX_UINT256);
      await expectUntouched(market, async () => {
        await expect(fund.connect(lender).requestDeposit(1n))
          .to.be.revertedWithCustomError(quote, 'ERC20InsufficientAllowance')
          .withArgs(fund, 0n, 1n);
        const balance = await quote.balanceOf(borrower);
        await expect(fund.connect(borrower).requestDeposit(balance + 1n))
          .to.be.revertedWithCustomError(quote, 'ERC20InsufficientBalance')
          .withArgs(borrower.address, balance, balance + 1n);
      });
    });

    it('reverts with NoDepositRequest when there is nothing to cancel, and with ZeroAmount when all is claimed [FND-11]', async () => {
      const { fund, vault, stranger, lender } = await loadFixture(fundFixture);
      await expect(fund.connect(lender).cancelDeposit(1n, lender))
        .to.be.revertedWithCustomError(fund, 'NoDepositRequest')
        .withArgs(lender.address);
      for (const attempt of [
        fund.connect(stranger).cancelDeposit(MAX_UINT256, stranger),
        fund.connect(stranger).deposit(0n, stranger),
      ]) {
        await expect(attempt).to.be.revertedWithCustomError(vault, 'ZeroAmount');
      }
    });

    it('earns the lending rate meanwhile and pays for no loss of the fund [FND-11]', async () => {
      const market = await withLoan(await fill(await interestFixture()));
      const { fund, quote, borrower, waterfall, account } = market;
      await quote.connect(borrower).approve(fund, MAX_UINT256);
      await fund.connect(borrower).requestDeposit(usdc(1_000));
      const payer = await asContract(await waterfall.getAddress());
      await fund.connect(payer).pay(account, wad(3_000));
      await time.increase(365 * DAY);
      const before = await quote.balanceOf(borrower);
      await fund.connect(borrower).cancelDeposit(MAX_UINT256, borrower);
      expect((await quote.balanceOf(borrower)) - before).to.be.above(usdc(1_000));
    });
  });

  describe('requestRedeem', () => {
    it('reverts with RequestAboveBalance for more shares than there are [FND-03]', async () => {
      const { fund, stranger, borrower } = await loadFixture(fundFixture);
      const shares = usdc(3_000) * SHARES;
      await expect(fund.connect(stranger).requestRedeem(shares + 1n))
        .to.be.revertedWithCustomError(fund, 'RequestAboveBalance')
        .withArgs(stranger.address, shares + 1n, shares);
      await expect(fund.connect(borrower).requestRedeem(1n))
        .to.be.revertedWithCustomError(fund, 'RequestAboveBalance')
        .withArgs(borrower.address, 1n, 0n);
    });

    it('makes shares redeemable from the end of the cool-down to the end of the window [FND-02]', async () => {
      const { fund, stranger } = await loadFixture(fundFixture);
      expect(await fund.maxRedeem(stranger)).to.equal(0n);
      const requesting = fund.connect(stranger).requestRedeem(5n);
      const from = (await (await requesting).getBlock())!.timestamp + COOLDOWN;
      await expect(requesting)
        .to.emit(fund, 'RedeemRequested')
        .withArgs(stranger.address, 5n, from, from + WINDOW);
      expect(await fund.requestOf(stranger)).to.deep.equal([5n, BigInt(from), BigInt(from + WINDOW)]);
      for (const [at, most] of [
        [from - 1, 0n],
        [from, 5n],
        [from + WINDOW, 5n],
        [from + WINDOW + 1, 0n],
      ] as const) {
        await time.increaseTo(at);
        expect(await fund.maxRedeem(stranger)).to.equal(most);
      }
    });

    it('replaces the notice before it, with a cool-down of its own [FND-02]', async () => {
      const { fund, stranger } = await loadFixture(dueFixture);
      await fund.connect(stranger).requestRedeem(usdc(3_000) * SHARES);
      expect(await fund.maxRedeem(stranger)).to.equal(0n);
      await fund.connect(stranger).requestRedeem(0n);
      await time.increase(COOLDOWN);
      expect(await fund.maxRedeem(stranger)).to.equal(0n);
    });

    it('goes with the shares: none others brought come under an old notice [FND-03]', async () => {
      const { fund, stranger, borrower } = await loadFixture(dueFixture);
      const shares = usdc(3_000) * SHARES;
      await fund.connect(stranger).transfer(borrower, usdc(1_000) * SHARES);
      await fund.connect(borrower).transfer(stranger, usdc(1_000) * SHARES);
      expect(await fund.balanceOf(stranger)).to.equal(shares);
      expect(await fund.maxRedeem(stranger)).to.equal(usdc(2_000) * SHARES);
      expect(await fund.maxRedeem(borrower)).to.equal(0n);
    });
  });

  describe('redeem', () => {
    it('reverts with ERC4626ExceededMaxRedeem without notice, and beyond it [FND-02]', async () => {
      const market = await loadFixture(fundFixture);
      const { fund, stranger } = market;
      await expectUntouched(market, () =>
        expect(fund.connect(stranger).redeem(1n, stranger, stranger))
          .to.be.revertedWithCustomError(fund, 'ERC4626ExceededMaxRedeem')
          .withArgs(stranger.address, 1n, 0n),
      );
      await fund.connect(stranger).requestRedeem(usdc(10) * SHARES);
      await time.increase(COOLDOWN);
      await expect(fund.connect(stranger).redeem(usdc(10) * SHARES + 1n, stranger, stranger))
        .to.be.revertedWithCustomError(fund, 'ERC4626ExceededMaxRedeem')
        .withArgs(stranger.address, usdc(10) * SHARES + 1n, usdc(10) * SHARES);
      await expect(fund.connect(stranger).withdraw(usdc(10) + 1n, stranger, stranger))
        .to.be.revertedWithCustomError(fund, 'ERC4626ExceededMaxWithdraw')
        .withArgs(stranger.address, usdc(10) + 1n, usdc(10));
    });

    it('pays out of the vault and uses the notice up [FND-02]', async () => {
      const { fund, quote, stranger, borrower } = await loadFixture(dueFixture);
      await expect(fund.connect(stranger).redeem(usdc(1_000) * SHARES, borrower, stranger)).to.changeTokenBalance(
        quote,
        borrower,
        usdc(1_000),
      );
      expect((await fund.requestOf(stranger)).shares).to.equal(usdc(2_000) * SHARES);
      await fund.connect(stranger).withdraw(usdc(2_000), stranger, stranger);
      expect([await fund.totalAssets(), await fund.totalSupply()]).to.deep.equal([0n, 0n]);
    });

    it('reverts with ERC20InsufficientAllowance for anybody else, and serves whom the holder allows [FND-09]', async () => {
      const market = await loadFixture(dueFixture);
      const { fund, stranger, borrower } = market;
      await expectUntouched(market, () =>
        expect(fund.connect(borrower).redeem(5n, borrower, stranger))
          .to.be.revertedWithCustomError(fund, 'ERC20InsufficientAllowance')
          .withArgs(borrower.address, 0n, 5n),
      );
      await fund.connect(stranger).approve(borrower, usdc(1) * SHARES);
      await fund.connect(borrower).redeem(usdc(1) * SHARES, borrower, stranger);
      expect(await fund.allowance(stranger, borrower)).to.equal(0n);
    });

    it('reverts with ZeroRecipient for the zero address [FND-02]', async () => {
      const { fund, vault, stranger } = await loadFixture(dueFixture);
      await expect(
        fund.connect(stranger).redeem(usdc(1) * SHARES, ethers.ZeroAddress, stranger),
      ).to.be.revertedWithCustomError(vault, 'ZeroRecipient');
    });

    it('is bounded by what the vault has not lent [FND-07]', async () => {
      const {
        fund,
        vault,
        lender,
        bidder,
        lent,
        bidderAccount,
        borrower,
        account,
        quote,
        stranger,
        weth: asset,
      } = await loadFixture(dueFixture);
      await asset.feed.push(2_000n * 10n ** 8n);
      await vault.connect(bidder).withdraw(bidderAccount, quote, MAX_UINT256, bidder);
      await vault.connect(lender).withdraw(lent, quote, usdc(190_000), lender);
      await vault.connect(borrower).deposit(account, asset.address, 10n ** 19n);
      await vault.connect(borrower).borrow(account, usdc(11_500), borrower);
      expect(await vault.liquidity()).to.equal(usdc(1_500));
      expect(await fund.maxRedeem(stranger)).to.equal(usdc(1_500) * SHARES);
      await fund.connect(stranger).redeem(usdc(1_500) * SHARES, stranger, stranger);
      expect(await vault.liquidity()).to.equal(0n);
    });

    it('pays what a loss left, also of shares under notice [FND-04]', async () => {
      const market = await withLoan(await loadFixture(fundFixture));
      const { fund, quote, stranger, weth: asset } = market;
      await fund.connect(stranger).requestRedeem(usdc(3_000) * SHARES);
      await setPrice(asset, 1_200); // a shortfall of 2,240
      await liquidate(market);
      await time.increase(COOLDOWN);
      await expect(fund.connect(stranger).redeem(usdc(3_000) * SHARES, stranger, stranger)).to.changeTokenBalance(
        quote,
        stranger,
        usdc(760),
      );
    });
  });

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

  describe('open losses', () => {
    /** A loan that is 2,000 short, and the stranger's notice is due. */
    async function openLossFixture() {
      const market = await withLoan(await loadFixture(dueFixture));
      await setPrice(market.weth, 1_200);
      return market;
    }

    it('hold back those whose shares will pay for them [FND-13]', async () => {
      const market = await openLossFixture();
      const { fund, senior, openLosses, stranger, bidder, account } = market;
      expect(await fund.maxRedeem(stranger)).to.equal(usdc(3_000) * SHARES);
      await expect(openLosses.connect(bidder).report(account))
        .to.emit(openLosses, 'LossReported')
        .withArgs(account, bidder.address, wad(2_000), wad(2_000));
      expect([await fund.lossOpen(), await senior.lossOpen()]).to.deep.equal([true, false]);
      expect([await fund.maxRedeem(stranger), await fund.maxWithdraw(stranger)]).to.deep.equal([0n, 0n]);
      await expect(fund.connect(stranger).redeem(1n, stranger, stranger))
        .to.be.revertedWithCustomError(fund, 'ERC4626ExceededMaxRedeem')
        .withArgs(stranger.address, 1n, 0n);
    });

    it('hold back nobody whom they do not reach: the reserves and the junior tranche pay first [FND-13]', async () => {
      const market = await openLossFixture();
      const { fund, senior, openLosses, account, weth: asset } = market;
      await fillReserves(market, wad(2_000));
      await openLosses.report(account);
      expect(await fund.lossOpen()).to.equal(false);
      await setPrice(asset, 800); // 6,000 short: reserves and junior have 5,000
      await openLosses.report(account);
      expect([await fund.lossOpen(), await senior.lossOpen()]).to.deep.equal([true, true]);
    });

    it('end when the account is closed, or well again, and anyone says so [FND-13]', async () => {
      const market = await openLossFixture();
      const { fund, openLosses, account, stranger } = market;
      await openLosses.report(account);
      await liquidate(market);
      expect(await fund.lossOpen()).to.equal(true);
      await openLosses.connect(stranger).report(account);
      expect([await fund.lossOpen(), await openLosses.total(), await openLosses.lossOf(account)]).to.deep.equal([
        false,
        0n,
        0n,
      ]);
      expect(await fund.maxRedeem(stranger)).to.equal(usdc(3_000) * SHARES);
    });

    it('are none of an account that has more than it owes [FND-13]', async () => {
      const market = await withLoan(await loadFixture(dueFixture));
      await setPrice(market.weth, 1_500);
      await market.openLosses.report(market.account);
      expect(await market.openLosses.total()).to.equal(0n);
    });
  });
});
