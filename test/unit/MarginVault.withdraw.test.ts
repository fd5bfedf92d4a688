import { expect } from 'chai';
import { ethers } from 'hardhat';

import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { BIDDER_CASH, LENT, loanFixture, marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { accountOf, MAX_UINT256, MAX_UINT40, OperatorRight, usdc, wad, wbtc, weth } from '../fixtures/units';

/** The borrower's account with 10 WETH and 1,000 in cash, owing nothing. */
async function savingsFixture() {
  const market = await marketFixture();
  const { vault, borrower, account, quote, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth(10));
  await vault.connect(borrower).deposit(account, quote, usdc(1_000));
  return market;
}

describe('MarginVault', () => {
  describe('withdraw', () => {
    it('reverts with ZeroAmount for nothing, and for all of nothing [VLT-11]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, quote, weth: asset } = market;
      await expectUntouched(market, async () => {
        for (const token of [await quote.getAddress(), asset.address]) {
          for (const amount of [0n, MAX_UINT256]) {
            await expect(
              vault.connect(borrower).withdraw(account, token, amount, borrower),
            ).to.be.revertedWithCustomError(vault, 'ZeroAmount');
          }
        }
      });
    });

    it('reverts with ZeroRecipient for the zero address [VLT-12]', async () => {
      const market = await loadFixture(savingsFixture);
      const { vault, borrower, account, quote, weth: asset } = market;
      await expectUntouched(market, async () => {
        for (const token of [await quote.getAddress(), asset.address]) {
          await expect(
            vault.connect(borrower).withdraw(account, token, 1n, ethers.ZeroAddress),
          ).to.be.revertedWithCustomError(vault, 'ZeroRecipient');
        }
      });
    });

    it('reverts with NotAuthorised for a stranger, also of a stranger to himself [VLT-19]', async () => {
      const market = await loadFixture(savingsFixture);
      const { vault, borrower, stranger, account, weth: asset } = market;
      await expectUntouched(market, async () => {
        for (const to of [stranger, borrower]) {
          await expect(vault.connect(stranger).withdraw(account, asset.address, 1n, to))
            .to.be.revertedWithCustomError(vault, 'NotAuthorised')
            .withArgs(account, stranger.address, OperatorRight.WITHDRAW);
        }
      });
    });

    it('reverts with InsufficientCash for more cash than there is, up to the largest number [VLT-11]', async () => {
      const market = await loadFixture(savingsFixture);
      const { vault, borrower, account, quote } = market;
      await expectUntouched(market, async () => {
        for (const amount of [usdc(1_000) + 1n, MAX_UINT256 - 1n]) {
          await expect(vault.connect(borrower).withdraw(account, quote, amount, borrower))
            .to.be.revertedWithCustomError(vault, 'InsufficientCash')
            .withArgs(account, amount, wad(1_000));
        }
      });
    });

    it('reverts with InsufficientCash for cash of an account that owes [VLT-11]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, quote } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).withdraw(account, quote, 1n, borrower))
          .to.be.revertedWithCustomError(vault, 'InsufficientCash')
          .withArgs(account, 1n, wad(-14_000)),
      );
    });

    it('reverts with InsufficientCollateral for more than there is, and of what is not there [VLT-11]', async () => {
      const market = await loadFixture(savingsFixture);
      const { vault, borrower, account, weth: eth, wbtc: btc } = market;
      await expectUntouched(market, async () => {
        for (const [asset, amount, held] of [
          [eth.address, weth(10) + 1n, weth(10)],
          [eth.address, MAX_UINT256 - 1n, weth(10)],
          [btc.address, 1n, 0n],
        ] as const) {
          await expect(vault.connect(borrower).withdraw(account, asset, amount, borrower))
            .to.be.revertedWithCustomError(vault, 'InsufficientCollateral')
            .withArgs(account, asset, amount, held);
        }
      });
    });

    it('reverts with InsufficientLiquidity for cash that is lent out [VLT-13]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, lender, lent, bidder, bidderAccount, quote } = market;
      await vault.connect(bidder).withdraw(bidderAccount, quote, BIDDER_CASH, bidder);
      await expectUntouched(market, () =>
        expect(vault.connect(lender).withdraw(lent, quote, LENT, lender))
          .to.be.revertedWithCustomError(vault, 'InsufficientLiquidity')
          .withArgs(LENT, LENT - usdc(14_000)),
      );
      await vault.connect(lender).withdraw(lent, quote, LENT - usdc(14_000), lender);
      expect(await vault.liquidity()).to.equal(0n);
    });

    it('reverts with Undercollateralised a unit beyond what margin allows [VLT-03]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, weth: asset, lens } = market;
      const [largest] = (await lens.report(account)).largestWithdrawals;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).withdraw(account, asset.address, largest! + 1n, borrower))
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(
            account,
            (equity: bigint) => equity > 0n,
            (initial: bigint) => initial > 0n,
          ),
      );
      await vault.connect(borrower).withdraw(account, asset.address, largest!, borrower);
      expect(await vault.collateralOf(account, asset.address)).to.equal(weth(10) - largest!);
    });

    it('names equity and requirement when it reverts with Undercollateralised [VLT-03]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, weth: asset } = market;
      // 5 WETH are worth 10,000 beside a debt of 14,000, and 0.81 * 80 / 85 of them count
      const requirement = wad(10_000) - (wad(10_000) * 81n * 80n) / (100n * 85n);
      await expect(vault.connect(borrower).withdraw(account, asset.address, weth(5), borrower))
        .to.be.revertedWithCustomError(vault, 'Undercollateralised')
        .withArgs(account, wad(-4_000), requirement);
    });

    it('sends collateral and cash to whom the owner says [VLT-11]', async () => {
      const { vault, borrower, stranger, account, quote, weth: asset } = await loadFixture(savingsFixture);
      expect(await vault.connect(borrower).withdraw.staticCall(account, asset.address, MAX_UINT256, stranger)).to.equal(
        weth(10),
      );
      await expect(
        vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, stranger),
      ).to.changeTokenBalances(asset.token, [vault, stranger], [-weth(10), weth(10)]);
      await expect(vault.connect(borrower).withdraw(account, quote, usdc(400), stranger)).to.changeTokenBalances(
        quote,
        [vault, stranger],
        [-usdc(400), usdc(400)],
      );
      expect(await vault.cashOf(account)).to.equal(wad(600));
      expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
      expect(await vault.totalCollateral(asset.address)).to.equal(0n);
    });

    it('keeps the list of collaterals without gaps [VLT-10]', async () => {
      const { vault, borrower, account, weth: eth, wbtc: btc, link: chain } = await loadFixture(savingsFixture);
      await vault.connect(borrower).deposit(account, btc.address, wbtc(1));
      await vault.connect(borrower).deposit(account, chain.address, 5n);
      await vault.connect(borrower).withdraw(account, eth.address, MAX_UINT256, borrower);
      const { collateral } = await vault.portfolio(account);
      expect(collateral.map(({ asset, amount }) => [asset, amount])).to.deep.equal([
        [chain.address, 5n],
        [btc.address, wbtc(1)],
      ]);
    });

    it('works with every feed dead for an account that owes nothing [VLT-05]', async () => {
      const market = await loadFixture(savingsFixture);
      const { vault, borrower, account, quote, weth: asset } = market;
      await killFeeds(market);
      await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
      await vault.connect(borrower).withdraw(account, quote, MAX_UINT256, borrower);
      expect(await vault.cashOf(account)).to.equal(0n);
    });

    it('reverts with Undercollateralised for an account that owes, with its feed dead [VLT-03]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, weth: asset } = market;
      await killFeeds(market);
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).withdraw(account, asset.address, 1n, borrower))
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(account, wad(-14_000), 0n),
      );
    });

    it('counts the smoothed price after a rise: a print frees nothing in its block [RSK-12]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, weth: asset, lens } = market;
      const [before] = (await lens.report(account)).largestWithdrawals;
      await setPrice(asset, 4_000);
      const [after] = (await lens.report(account)).largestWithdrawals;
      expect(after).to.equal(before);
      await expect(
        vault.connect(borrower).withdraw(account, asset.address, before! + 1n, borrower),
      ).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    });
  });

  describe('withdraw by an operator', () => {
    it('reverts with RecipientNotOwner for anybody but the owner [VLT-20]', async () => {
      const market = await loadFixture(savingsFixture);
      const { vault, borrower, stranger, account, quote, weth: asset } = market;
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40);
      await expectUntouched(market, async () => {
        for (const token of [await quote.getAddress(), asset.address]) {
          await expect(vault.connect(stranger).withdraw(account, token, 1n, stranger))
            .to.be.revertedWithCustomError(vault, 'RecipientNotOwner')
            .withArgs(account, stranger.address);
        }
        await expect(vault.connect(stranger).borrow(account, 1n, stranger))
          .to.be.revertedWithCustomError(vault, 'RecipientNotOwner')
          .withArgs(account, stranger.address);
      });
    });

    it('reverts with NotAuthorised without WITHDRAW, or on another account of the owner [VLT-19]', async () => {
      const market = await loadFixture(savingsFixture);
      const { vault, borrower, stranger, account, weth: asset } = market;
      const others = OperatorRight.ALL - OperatorRight.WITHDRAW;
      await vault.connect(borrower).setOperator(account, stranger, others, MAX_UINT40);
      await vault.connect(borrower).setOperator(accountOf(borrower, 1), stranger, OperatorRight.ALL, MAX_UINT40);
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).withdraw(account, asset.address, 1n, borrower))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, stranger.address, OperatorRight.WITHDRAW),
      );
    });

    it('sends to the owner with WITHDRAW alone [VLT-20]', async () => {
      const { vault, borrower, stranger, account, quote, weth: asset } = await loadFixture(savingsFixture);
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.WITHDRAW, MAX_UINT40);
      await expect(vault.connect(stranger).withdraw(account, asset.address, weth(1), borrower)).to.changeTokenBalance(
        asset.token,
        borrower,
        weth(1),
      );
      await expect(vault.connect(stranger).borrow(account, usdc(1_500), borrower)).to.changeTokenBalance(
        quote,
        borrower,
        usdc(1_500),
      );
    });
  });
});

async function killFeeds({ weth: eth, wbtc: btc, link: chain }: Market): Promise<void> {
  for (const { feed } of [eth, btc, chain]) await feed.setReverting(true);
}
