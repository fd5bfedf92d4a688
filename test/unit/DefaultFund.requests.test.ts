import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { asContract } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { COOLDOWN, dueFixture, fill, fundFixture, patientFixture, SHARES, WINDOW } from '../fixtures/fundFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { interestFixture, withLoan } from '../fixtures/marketFixture';
import { DAY, HOUR, MAX_UINT256, usdc, wad } from '../fixtures/units';

describe('DefaultFund', () => {
  describe('deployment', () => {
    it('reverts with FundDelayOutOfBounds for delays that protect nobody, or lock in [FND-18]', async () => {
      const { vault, junior } = await loadFixture(patientFixture);
      const factory = await ethers.getContractFactory('DefaultFund');
      const deploy = ([entryDelay, cooldown, window]: readonly [number, number, number]) =>
        factory.deploy(vault, ethers.ZeroAddress, ethers.ZeroAddress, 'Fund', 'F', entryDelay, cooldown, window);
      for (const [parameter, delays, value, least] of [
        ['entryDelay', [90 * DAY + 1, DAY, HOUR], 90 * DAY + 1, 0],
        ['cooldown', [HOUR, DAY - 1, HOUR], DAY - 1, DAY],
        ['window', [HOUR, DAY, HOUR - 1], HOUR - 1, HOUR],
        ['window', [HOUR, DAY, 90 * DAY + 1], 90 * DAY + 1, HOUR],
      ] as const) {
        await expect(deploy(delays))
          .to.be.revertedWithCustomError(junior, 'FundDelayOutOfBounds')
          .withArgs(ethers.encodeBytes32String(parameter), value, least, 90 * DAY);
      }
      await deploy([HOUR, DAY, HOUR]);
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
});
