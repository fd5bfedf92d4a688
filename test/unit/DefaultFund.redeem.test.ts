import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { COOLDOWN, dueFixture, fundFixture, SHARES } from '../fixtures/fundFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { setPrice, withLoan } from '../fixtures/marketFixture';
import { MAX_UINT256, usdc } from '../fixtures/units';

describe('DefaultFund', () => {
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

    it('and withdraw, deposit and mint do what their previews say [FND-16]', async () => {
      const { fund, quote, stranger } = await loadFixture(dueFixture);
      const balance = () => quote.balanceOf(stranger);
      const shares = usdc(1_000) * SHARES;
      const [assets, before] = [await fund.previewRedeem(shares), await balance()];
      await fund.connect(stranger).redeem(shares, stranger, stranger);
      expect((await balance()) - before).to.equal(assets);
      const [burnt, held] = [await fund.previewWithdraw(usdc(500)), await fund.balanceOf(stranger)];
      await fund.connect(stranger).withdraw(usdc(500), stranger, stranger);
      expect(held - (await fund.balanceOf(stranger))).to.equal(burnt);

      await quote.connect(stranger).approve(fund, MAX_UINT256);
      await fund.connect(stranger).requestDeposit(usdc(300));
      const minted = usdc(100) * SHARES + 1n;
      const [cost, left] = [await fund.previewMint(minted), await fund.maxDeposit(stranger)];
      const owned = await fund.balanceOf(stranger);
      await fund.connect(stranger).mint(minted, stranger);
      expect((await fund.balanceOf(stranger)) - owned).to.equal(minted);
      expect(left - (await fund.maxDeposit(stranger))).to.equal(cost);
      const bought = await fund.previewDeposit(usdc(50));
      await fund.connect(stranger).deposit(usdc(50), stranger);
      expect((await fund.balanceOf(stranger)) - owned - minted).to.equal(bought);
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
});
