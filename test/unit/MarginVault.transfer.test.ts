import { anyValue } from '@nomicfoundation/hardhat-chai-matchers/withArgs';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture } from '../fixtures/marketFixture';
import {
  accountOf,
  MarginMode,
  MAX_UINT256,
  MAX_UINT40,
  OperatorRight,
  usdc,
  wad,
  wbtc,
  weth,
} from '../fixtures/units';

/** The borrower's account 0 with 10 WETH and 1,000 in cash; his account 1 is empty. */
async function twoAccountsFixture() {
  const market = await marketFixture();
  const { vault, borrower, account, quote, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth(10));
  await vault.connect(borrower).deposit(account, quote, usdc(1_000));
  return { ...market, other: accountOf(borrower, 1) };
}

describe('MarginVault', () => {
  describe('transfer', () => {
    it('reverts with SameAccount from an account to itself [VLT-17]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, account, weth: asset } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).transfer(account, account, asset.address, 1n))
          .to.be.revertedWithCustomError(vault, 'SameAccount')
          .withArgs(account),
      );
    });

    it('reverts with ZeroAmount for nothing, and for all of nothing [VLT-17]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, account, other, quote, weth: asset } = market;
      await expectUntouched(market, async () => {
        for (const token of [await quote.getAddress(), asset.address]) {
          await expect(vault.connect(borrower).transfer(account, other, token, 0n)).to.be.revertedWithCustomError(
            vault,
            'ZeroAmount',
          );
          await expect(
            vault.connect(borrower).transfer(other, account, token, MAX_UINT256),
          ).to.be.revertedWithCustomError(vault, 'ZeroAmount');
        }
      });
    });

    it('reverts with ZeroRecipient to an account that nobody owns [VLT-12]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, account, quote } = market;
      await expectUntouched(market, () =>
        expect(
          vault.connect(borrower).transfer(account, accountOf(ethers.ZeroAddress), quote, 1n),
        ).to.be.revertedWithCustomError(vault, 'ZeroRecipient'),
      );
    });

    it('reverts with InsufficientCash and InsufficientCollateral for more than there is [VLT-17]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, account, other, quote, weth: eth, wbtc: btc } = market;
      await expectUntouched(market, async () => {
        await expect(vault.connect(borrower).transfer(account, other, quote, usdc(1_000) + 1n))
          .to.be.revertedWithCustomError(vault, 'InsufficientCash')
          .withArgs(account, usdc(1_000) + 1n, wad(1_000));
        await expect(vault.connect(borrower).transfer(account, other, eth.address, weth(10) + 1n))
          .to.be.revertedWithCustomError(vault, 'InsufficientCollateral')
          .withArgs(account, eth.address, weth(10) + 1n, weth(10));
        await expect(vault.connect(borrower).transfer(account, other, btc.address, 1n))
          .to.be.revertedWithCustomError(vault, 'InsufficientCollateral')
          .withArgs(account, btc.address, 1n, 0n);
      });
    });

    it('reverts with DifferentOwners for a stranger who takes, and NotAuthorised between accounts [VLT-17]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, stranger, account, other, strangerAccount, quote } = market;
      await expectUntouched(market, async () => {
        await expect(vault.connect(stranger).transfer(account, strangerAccount, quote, 1n))
          .to.be.revertedWithCustomError(vault, 'DifferentOwners')
          .withArgs(account, strangerAccount);
        await expect(vault.connect(stranger).transfer(account, other, quote, 1n))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, stranger.address, OperatorRight.TOP_UP);
      });
    });

    it('reverts with CollateralNotHeld to the account of another owner who does not hold it [VLT-09]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, account, strangerAccount, weth: asset } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).transfer(account, strangerAccount, asset.address, 1n))
          .to.be.revertedWithCustomError(vault, 'CollateralNotHeld')
          .withArgs(strangerAccount, asset.address),
      );
    });

    it('reverts with TooManyCollaterals into a full account [VLT-10]', async () => {
      const { vault, borrower, account, other, weth: eth, wbtc: btc } = await loadFixture(twoAccountsFixture);
      await vault.connect(borrower).setMode(other, MarginMode.ISOLATED);
      await vault.connect(borrower).deposit(other, btc.address, 1n);
      await expect(vault.connect(borrower).transfer(account, other, eth.address, 1n))
        .to.be.revertedWithCustomError(vault, 'TooManyCollaterals')
        .withArgs(other, 1n);
    });

    it('reverts with Undercollateralised beyond what margin of the giver allows [VLT-03]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, weth: asset, lens } = market;
      const other = accountOf(borrower, 1);
      const [largest] = (await lens.report(account)).largestWithdrawals;
      await expectUntouched(market, () =>
        expect(
          vault.connect(borrower).transfer(account, other, asset.address, largest! + 1n),
        ).to.be.revertedWithCustomError(vault, 'Undercollateralised'),
      );
      await vault.connect(borrower).transfer(account, other, asset.address, largest!);
      expect(await vault.collateralOf(other, asset.address)).to.equal(largest);
    });

    it('reverts with DebtBelowMinimum when it leaves the taker a smaller debt [VLT-14]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, lender, lent, account, quote } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(lender).transfer(lent, account, quote, usdc(13_801)))
          .to.be.revertedWithCustomError(vault, 'DebtBelowMinimum')
          .withArgs(account, wad(199), wad(200)),
      );
      await vault.connect(lender).transfer(lent, account, quote, usdc(13_800));
      expect(await vault.cashOf(account)).to.equal(wad(-200));
    });

    it('moves between accounts of one owner and moves no token [VLT-17]', async () => {
      const { vault, borrower, account, other, quote, weth: asset } = await loadFixture(twoAccountsFixture);
      const moving = vault.connect(borrower).transfer(account, other, asset.address, weth(4));
      await expect(moving).to.changeTokenBalances(asset.token, [vault, borrower], [0n, 0n]);
      expect(await vault.connect(borrower).transfer.staticCall(account, other, quote, MAX_UINT256)).to.equal(
        usdc(1_000),
      );
      await vault.connect(borrower).transfer(account, other, quote, MAX_UINT256);
      expect(await vault.collateralOf(account, asset.address)).to.equal(weth(6));
      expect(await vault.collateralOf(other, asset.address)).to.equal(weth(4));
      expect(await vault.totalCollateral(asset.address)).to.equal(weth(10));
      expect([await vault.cashOf(account), await vault.cashOf(other)]).to.deep.equal([0n, wad(1_000)]);
    });

    it('moves to another owner what the owner gives: cash, and more of what is held [VLT-17]', async () => {
      const {
        vault,
        borrower,
        stranger,
        account,
        strangerAccount,
        quote,
        weth: asset,
      } = await loadFixture(twoAccountsFixture);
      await vault.connect(stranger).deposit(strangerAccount, asset.address, 1n);
      await vault.connect(borrower).transfer(account, strangerAccount, asset.address, weth(1));
      await vault.connect(borrower).transfer(account, strangerAccount, quote, usdc(1));
      expect(await vault.collateralOf(strangerAccount, asset.address)).to.equal(weth(1) + 1n);
      expect(await vault.cashOf(strangerAccount)).to.equal(wad(1));
    });
  });

  describe('transfer by an operator', () => {
    it('reverts with DifferentOwners to anybody but the owner, with all rights [VLT-21]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, stranger, account, strangerAccount, quote } = market;
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40);
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).transfer(account, strangerAccount, quote, 1n))
          .to.be.revertedWithCustomError(vault, 'DifferentOwners')
          .withArgs(account, strangerAccount),
      );
    });

    it('reverts with NotAuthorised without TOP_UP, or with it on the taker only [VLT-21]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, stranger, account, other, quote } = market;
      const others = OperatorRight.ALL - OperatorRight.TOP_UP;
      await vault.connect(borrower).setOperator(account, stranger, others, MAX_UINT40);
      await vault.connect(borrower).setOperator(other, stranger, OperatorRight.ALL, MAX_UINT40);
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).transfer(account, other, quote, 1n))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, stranger.address, OperatorRight.TOP_UP),
      );
    });

    it("moves between the owner's accounts with TOP_UP alone [VLT-21]", async () => {
      const { vault, borrower, stranger, account, other, quote, wbtc: btc } = await loadFixture(twoAccountsFixture);
      await vault.connect(borrower).deposit(account, btc.address, wbtc(1));
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.TOP_UP, MAX_UINT40);
      await vault.connect(stranger).transfer(account, other, quote, usdc(10));
      await vault.connect(stranger).transfer(account, other, btc.address, wbtc(1));
      expect(await vault.cashOf(other)).to.equal(wad(10));
      expect(await vault.collateralOf(other, btc.address)).to.equal(wbtc(1));
    });
  });

  describe('contribute', () => {
    it('reverts with NotAuthorised for anybody but the owner [VLT-31]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, stranger, account } = market;
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40);
      await expect(vault.connect(stranger).contribute(account, 1n))
        .to.be.revertedWithCustomError(vault, 'NotAuthorised')
        .withArgs(account, stranger.address, OperatorRight.ALL);
    });

    it('moves at most all cash to the reserves [VLT-31]', async () => {
      const { vault, borrower, account } = await loadFixture(twoAccountsFixture);
      await expect(vault.connect(borrower).contribute(account, wad(1)))
        .to.emit(vault, 'PoolChanged')
        .withArgs(anyValue, anyValue, anyValue, wad(1));
      expect(await vault.connect(borrower).contribute.staticCall(account, MAX_UINT256)).to.equal(wad(999));
      await vault.connect(borrower).contribute(account, MAX_UINT256);
      expect(await vault.cashOf(account)).to.equal(0n);
      expect(await vault.reserves()).to.equal(wad(1_000));
    });

    it('takes nothing from an account that owes [VLT-31]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account } = market;
      await expectUntouched(market, () => vault.connect(borrower).contribute(account, MAX_UINT256));
    });
  });
});
