import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { asContract } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { ENTRY_DELAY, fundFixture, patientFixture, SHARES, WINDOW } from '../fixtures/fundFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { accountOf, MAX_UINT256, usdc, wad } from '../fixtures/units';

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
});
