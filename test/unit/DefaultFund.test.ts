import { loadFixture, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { interestFixture, marketFixture, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { accountOf, DAY, MAX_UINT256, OperatorRight, usdc, wad } from '../fixtures/units';

const COOLDOWN = 7 * DAY;
const WINDOW = 2 * DAY;
/** Shares of one quote token unit in an empty fund: three more digits. */
const SHARES = 1_000n;

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
  return market;
}

async function fill<M extends Market>(market: M): Promise<M> {
  const { fund, quote, borrower, stranger, bidder } = market;
  for (const holder of [borrower, stranger, bidder]) await quote.connect(holder).approve(fund, MAX_UINT256);
  await fund.connect(stranger).deposit(usdc(3_000), stranger);
  return market;
}

describe('DefaultFund', () => {
  describe('deposit', () => {
    it('reverts with ZeroAmount for nothing [FND-01]', async () => {
      const market = await loadFixture(fundFixture);
      const { fund, vault, stranger } = market;
      await expectUntouched(market, async () => {
        for (const attempt of [
          fund.connect(stranger).deposit(0n, stranger),
          fund.connect(stranger).mint(0n, stranger),
        ]) {
          await expect(attempt).to.be.revertedWithCustomError(vault, 'ZeroAmount');
        }
      });
    });

    it("reverts with the token's own error without allowance or balance [FND-01]", async () => {
      const market = await loadFixture(fundFixture);
      const { fund, quote, lender, borrower } = market;
      await expectUntouched(market, async () => {
        await expect(fund.connect(lender).deposit(1n, lender))
          .to.be.revertedWithCustomError(quote, 'ERC20InsufficientAllowance')
          .withArgs(fund, 0n, 1n);
        const balance = await quote.balanceOf(borrower);
        await expect(fund.connect(borrower).deposit(balance + 1n, borrower))
          .to.be.revertedWithCustomError(quote, 'ERC20InsufficientBalance')
          .withArgs(borrower.address, balance, balance + 1n);
      });
    });

    it("puts the assets into the vault as cash of the fund's account [FND-01]", async () => {
      const { fund, vault, quote, borrower, stranger } = await loadFixture(fundFixture);
      expect(await fund.fundAccount()).to.equal(accountOf(await fund.getAddress()));
      const depositing = fund.connect(borrower).deposit(usdc(100), stranger);
      await expect(depositing).to.changeTokenBalances(quote, [borrower, vault, fund], [-usdc(100), usdc(100), 0n]);
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
      const { fund, vault, quote, borrower, bidder } = await loadFixture(marketFixture);
      for (const holder of [borrower, bidder]) await quote.connect(holder).approve(fund, MAX_UINT256);
      await fund.connect(borrower).deposit(1n, borrower);
      await vault.connect(borrower).deposit(await fund.fundAccount(), quote, usdc(10_000));
      await fund.connect(bidder).deposit(usdc(5_000), bidder);
      const worth = async (holder: typeof borrower) => fund.convertToAssets(await fund.balanceOf(holder));
      expect(await worth(bidder)).to.be.at.least(usdc(4_990));
      expect(await worth(borrower)).to.be.at.most(usdc(5_010));
    });

    it('of whoever comes after a total loss are his own [FND-04]', async () => {
      const market = await withLoan(await loadFixture(fundFixture));
      const { fund, stranger, bidder, weth: asset } = market;
      await setPrice(asset, 1_000); // a shortfall of 4,200
      await liquidate(market);
      expect(await fund.totalAssets()).to.equal(0n);
      await fund.connect(bidder).deposit(usdc(500), bidder);
      const worth = async (holder: typeof bidder) => fund.convertToAssets(await fund.balanceOf(holder));
      expect(await worth(bidder)).to.be.at.least(usdc(500) - 2n);
      expect(await worth(stranger)).to.be.at.most(1n);
    });
  });
});
