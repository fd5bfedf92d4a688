import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { LENT, loanFixture, marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { FeedMode } from '../fixtures/oracleFixture';
import { accountOf, DAY, MAX_UINT256, MAX_UINT40, OperatorRight, usdc, wad, weth } from '../fixtures/units';

/** The borrower's account with 10 WETH and no debt: 14,400 of 20,000 count. */
async function collateralFixture() {
  const market = await marketFixture();
  const { vault, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth(10));
  return market;
}

/** Ways a feed can fail. */
const FAILURES: Readonly<Record<string, (market: Market) => Promise<unknown>>> = {
  stale: async ({ weth: asset }) => asset.feed.pushAt(2_000n * 10n ** 8n, (await time.latest()) - 4_000),
  dead: async ({ weth: asset }) => asset.feed.pushAt(2_000n * 10n ** 8n, (await time.latest()) - 20_000),
  zero: async ({ weth: asset }) => asset.feed.push(0n),
  negative: async ({ weth: asset }) => asset.feed.push(-1n),
  'from the future': async ({ weth: asset }) => asset.feed.pushAt(2_000n * 10n ** 8n, (await time.latest()) + DAY),
  reverting: async ({ weth: asset }) => asset.feed.setReverting(true),
  'burning gas': async ({ weth: asset }) => asset.feed.setMode(FeedMode.BurnsGas),
};

describe('MarginVault', () => {
  describe('borrow', () => {
    it('reverts with ZeroAmount for nothing [VLT-13]', async () => {
      const market = await loadFixture(collateralFixture);
      const { vault, borrower, account } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).borrow(account, 0n, borrower)).to.be.revertedWithCustomError(
          vault,
          'ZeroAmount',
        ),
      );
    });

    it('reverts with ZeroRecipient for the zero address [VLT-12]', async () => {
      const market = await loadFixture(collateralFixture);
      const { vault, borrower, account } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).borrow(account, usdc(200), ethers.ZeroAddress)).to.be.revertedWithCustomError(
          vault,
          'ZeroRecipient',
        ),
      );
    });

    it('reverts with InsufficientLiquidity for more than there is, up to the largest number [VLT-13]', async () => {
      // found when the largest number overflowed on its way to quote WAD and gave a panic
      const market = await loadFixture(collateralFixture);
      const { vault, borrower, account } = market;
      const available = LENT + usdc(100_000);
      await expectUntouched(market, async () => {
        for (const amount of [available + 1n, MAX_UINT256]) {
          await expect(vault.connect(borrower).borrow(account, amount, borrower))
            .to.be.revertedWithCustomError(vault, 'InsufficientLiquidity')
            .withArgs(amount, available);
        }
      });
    });

    it('reverts with NotAuthorised for a stranger and for an operator without WITHDRAW [VLT-19]', async () => {
      const market = await loadFixture(collateralFixture);
      const { vault, borrower, stranger, account } = market;
      const attempt = () =>
        expect(vault.connect(stranger).borrow(account, usdc(200), borrower))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, stranger.address, OperatorRight.WITHDRAW);
      await expectUntouched(market, attempt);
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.TRADE, MAX_UINT40);
      await attempt();
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.TOP_UP, MAX_UINT40);
      await attempt();
    });

    it('reverts with DebtBelowMinimum for a smaller debt, and allows the least one [VLT-14]', async () => {
      const market = await loadFixture(collateralFixture);
      const { vault, borrower, account } = market;
      await expectUntouched(market, async () => {
        for (const amount of [1n, usdc(200) - 1n]) {
          await expect(vault.connect(borrower).borrow(account, amount, borrower))
            .to.be.revertedWithCustomError(vault, 'DebtBelowMinimum')
            .withArgs(account, amount * 10n ** 12n, wad(200));
        }
      });
      await vault.connect(borrower).borrow(account, usdc(200), borrower);
      expect(await vault.cashOf(account)).to.equal(wad(-200));
    });

    it('reverts with BorrowCapExceeded above what all may owe together, and fills it [VLT-13]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, stranger, strangerAccount, weth: asset } = market;
      // 80 WETH are worth 160,000, of which 0.81 * 80 / 160 count: 64,800
      const open = async (signer: typeof borrower, index: number, amount: bigint) => {
        const opened = accountOf(signer, index);
        await vault.connect(signer).deposit(opened, asset.address, weth(80));
        return vault.connect(signer).borrow(opened, amount, signer);
      };
      await open(borrower, 1, usdc(60_000));
      await open(borrower, 2, usdc(60_000));
      await vault.connect(stranger).deposit(strangerAccount, asset.address, weth(80));
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).borrow(strangerAccount, usdc(30_000) + 1n, stranger))
          .to.be.revertedWithCustomError(vault, 'BorrowCapExceeded')
          .withArgs(wad(150_000) + 10n ** 12n, wad(150_000)),
      );
      await vault.connect(stranger).borrow(strangerAccount, usdc(30_000), stranger);
    });

    it('pays out all of an account own cash, whatever others owe [VLT-13]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, policy, actors, stranger, strangerAccount, quote } = market;
      await policy.connect(actors.guardian).lowerBorrowCap(13_999);
      await vault.connect(stranger).deposit(strangerAccount, quote, usdc(100));
      const most = (await vault.cashOf(strangerAccount)) / 10n ** 12n;
      await vault.connect(stranger).borrow(strangerAccount, most, stranger);
      expect(await vault.cashOf(strangerAccount)).to.equal(0n);
      await expect(vault.connect(stranger).borrow(strangerAccount, usdc(200), stranger)).to.be.revertedWithCustomError(
        vault,
        'BorrowCapExceeded',
      );
    });

    it('reverts with Undercollateralised a unit beyond what counts, and allows all of it [VLT-03]', async () => {
      const market = await loadFixture(collateralFixture);
      const { vault, borrower, account } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).borrow(account, usdc(14_400) + 1n, borrower))
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(account, wad(5_600) - 10n ** 12n, wad(5_600)),
      );
      await vault.connect(borrower).borrow(account, usdc(14_400), borrower);
      expect(await vault.debtOf(account)).to.equal(usdc(14_400));
    });

    it('pays out and books the debt [VLT-13]', async () => {
      const { vault, borrower, stranger, account, quote } = await loadFixture(collateralFixture);
      const borrowing = vault.connect(borrower).borrow(account, usdc(1_000), stranger);
      await expect(borrowing).to.changeTokenBalances(quote, [vault, stranger], [-usdc(1_000), usdc(1_000)]);
      await expect(borrowing).to.emit(vault, 'CashChanged').withArgs(account, wad(-1_000), wad(-1_000));
      expect((await vault.pool()).borrowPrincipal).to.equal(wad(1_000));
    });

    it("spends the account's own cash first, without debt, cap or margin [VLT-13]", async () => {
      const { vault, borrower, account, quote } = await loadFixture(marketFixture);
      await vault.connect(borrower).deposit(account, quote, usdc(50));
      await vault.connect(borrower).borrow(account, usdc(50), borrower);
      expect(await vault.cashOf(account)).to.equal(0n);
    });

    for (const [failure, fail] of Object.entries(FAILURES)) {
      it(`reverts with Undercollateralised against a feed that is ${failure}; exit stays open [VLT-03] [VLT-16]`, async () => {
        const market = await loadFixture(loanFixture);
        const { vault, borrower, stranger, account, quote, weth: asset } = market;
        await fail(market);
        await expectUntouched(market, () =>
          expect(vault.connect(borrower).borrow(account, 1n, borrower))
            .to.be.revertedWithCustomError(vault, 'Undercollateralised')
            .withArgs(account, wad(-14_000) - 10n ** 12n, 0n),
        );
        await vault.connect(borrower).deposit(account, asset.address, weth(1));
        await vault.connect(stranger).deposit(account, quote, usdc(1_000));
        await vault.connect(stranger).repay(account, usdc(2_000));
        await vault.connect(borrower).repay(account, MAX_UINT256);
        await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
        expect(await vault.principalOf(account)).to.equal(0n);
        expect(await asset.token.balanceOf(borrower)).to.equal(weth(1_000));
      });
    }

    it('takes a fall into account at once [RSK-12]', async () => {
      const { vault, borrower, account, weth: asset } = await loadFixture(collateralFixture);
      await setPrice(asset, 1_000);
      await expect(vault.connect(borrower).borrow(account, usdc(7_200) + 1n, borrower))
        .to.be.revertedWithCustomError(vault, 'Undercollateralised')
        .withArgs(account, wad(2_800) - 10n ** 12n, wad(2_800));
      await vault.connect(borrower).borrow(account, usdc(7_200), borrower);
    });
  });

  describe('repay', () => {
    it('reverts with NoDebt where nothing is owed [VLT-15]', async () => {
      const market = await loadFixture(collateralFixture);
      const { vault, stranger, account, lent } = market;
      await expectUntouched(market, async () => {
        for (const credited of [account, lent]) {
          await expect(vault.connect(stranger).repay(credited, 1n))
            .to.be.revertedWithCustomError(vault, 'NoDebt')
            .withArgs(credited);
        }
      });
    });

    it('reverts with ZeroAmount for nothing [VLT-15]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).repay(account, 0n)).to.be.revertedWithCustomError(vault, 'ZeroAmount'),
      );
    });

    it('reverts with DebtBelowMinimum when it leaves a smaller debt [VLT-14]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account } = market;
      await expectUntouched(market, async () => {
        for (const left of [1n, usdc(200) - 1n]) {
          await expect(vault.connect(borrower).repay(account, usdc(14_000) - left))
            .to.be.revertedWithCustomError(vault, 'DebtBelowMinimum')
            .withArgs(account, left * 10n ** 12n, wad(200));
        }
      });
    });

    it('takes no more than is owed, from anyone [VLT-15]', async () => {
      const { vault, stranger, account, quote } = await loadFixture(loanFixture);
      expect(await vault.connect(stranger).repay.staticCall(account, MAX_UINT256)).to.equal(usdc(14_000));
      await expect(vault.connect(stranger).repay(account, MAX_UINT256)).to.changeTokenBalances(
        quote,
        [stranger, vault],
        [-usdc(14_000), usdc(14_000)],
      );
      expect(await vault.cashOf(account)).to.equal(0n);
      expect(await vault.debtOf(account)).to.equal(0n);
    });

    it('works for an account that is far under water [VLT-16]', async () => {
      const { vault, borrower, account, weth: asset } = await loadFixture(loanFixture);
      await setPrice(asset, 100);
      await vault.connect(borrower).repay(account, usdc(5_000));
      await vault.connect(borrower).deposit(account, asset.address, weth(1));
      expect(await vault.debtOf(account)).to.equal(usdc(9_000));
    });
  });
});
