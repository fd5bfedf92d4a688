import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { MockERC20__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { EXAMPLE_ELAPSED, exampleFixture, nextAt, sunkTo } from '../fixtures/liquidationFixtures';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import {
  accountOf,
  MarginMode,
  MAX_INT256,
  MAX_UINT256,
  MAX_UINT40,
  OperatorRight,
  usdc,
  wad,
  WAD,
  wbtc,
  weth,
} from '../fixtures/units';

async function sunkFixture() {
  return sunkTo(1_500);
}

describe('Liquidator', () => {
  describe('liquidate: whom', () => {
    it('reverts with NotLiquidatable for a healthy account [LIQ-01]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, account, lent } = market;
      await expectUntouched(market, async () => {
        await expect(liquidate(market))
          .to.be.revertedWithCustomError(vault, 'NotLiquidatable')
          .withArgs(account, (WAD * 3n) / 2n);
        await expect(liquidate({ ...market, account: lent }))
          .to.be.revertedWithCustomError(vault, 'NotLiquidatable')
          .withArgs(lent, MAX_INT256);
      });
    });

    it('reverts with NotLiquidatable before the call, and up to its deadline [LIQ-01] [CALL-09]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, account, weth: asset } = market;
      await setPrice(asset, 1_600);
      await expect(liquidate(market))
        .to.be.revertedWithCustomError(vault, 'NotLiquidatable')
        .withArgs(account, wad('0.625'));
      const called = await loadFixture(exampleFixture);
      await expectUntouched(called, async () => {
        await nextAt(called, -1n);
        await expect(liquidate(called))
          .to.be.revertedWithCustomError(vault, 'NotLiquidatable')
          .withArgs(account, wad('0.75'));
      });
      await expect(liquidate(called)).to.emit(called.vault, 'Liquidated');
    });

    it('reverts with NotLiquidatable once the owner has topped up, and the call is cured at once [LIQ-01]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, borrower, stranger, account, weth: asset } = market;
      await time.increaseTo(market.deadline);
      await vault.connect(borrower).deposit(account, asset.address, weth(5));
      await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
      await vault.connect(stranger).clear(account);
    });
  });

  describe('liquidate: for whom', () => {
    it('reverts with SelfLiquidation for the account itself [LIQ-03]', async () => {
      const market = await loadFixture(sunkFixture);
      const { vault, borrower, account } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).liquidate(account, account, WAD, MAX_INT256, '0x'))
          .to.be.revertedWithCustomError(vault, 'SelfLiquidation')
          .withArgs(account),
      );
    });

    it('reverts with NotAuthorisedBidder for the account of somebody else [LIQ-02]', async () => {
      const market = await loadFixture(sunkFixture);
      const { vault, stranger, bidder, account, bidderAccount, lent } = market;
      const others = OperatorRight.ALL - OperatorRight.TRADE;
      await vault.connect(bidder).setOperator(bidderAccount, stranger, others, MAX_UINT40);
      await expectUntouched(market, async () => {
        for (const forced of [bidderAccount, lent, accountOf('0x0000000000000000000000000000000000000000')]) {
          await expect(vault.connect(stranger).liquidate(account, forced, WAD, MAX_INT256, '0x'))
            .to.be.revertedWithCustomError(vault, 'NotAuthorisedBidder')
            .withArgs(forced, stranger.address);
        }
      });
    });

    it('serves an operator with TRADE until his right expires [LIQ-02]', async () => {
      const { vault, stranger, bidder, account, bidderAccount, weth: asset } = await loadFixture(sunkFixture);
      const expiry = (await time.latest()) + 100;
      await vault.connect(bidder).setOperator(bidderAccount, stranger, OperatorRight.TRADE, expiry);
      await vault.connect(stranger).liquidate(account, bidderAccount, WAD / 10n, MAX_INT256, '0x');
      expect(await vault.collateralOf(bidderAccount, asset.address)).to.equal(weth(1));
      await time.setNextBlockTimestamp(expiry);
      await expect(vault.connect(stranger).liquidate(account, bidderAccount, WAD / 10n, MAX_INT256, '0x'))
        .to.be.revertedWithCustomError(vault, 'NotAuthorisedBidder')
        .withArgs(bidderAccount, stranger.address);
    });

    it('reverts with Undercollateralised for a bidder who cannot carry the slice [LIQ-21]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, stranger, account, strangerAccount } = market;
      await expectUntouched(market, async () => {
        await nextAt(market, EXAMPLE_ELAPSED);
        await expect(vault.connect(stranger).liquidate(account, strangerAccount, WAD, MAX_INT256, '0x'))
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          // 8,000 of WETH for 7,680 of debt, of which 0.81 * 80 / 85 count
          .withArgs(strangerAccount, wad(320), wad(8_000) - (wad(8_000) * 81n * 80n) / (100n * 85n));
      });
    });

    it('reverts with DebtBelowMinimum for a bidder left with a small debt [LIQ-21] [VLT-14]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, stranger, account, strangerAccount, quote } = market;
      await vault.connect(stranger).deposit(strangerAccount, quote, usdc(7_600));
      await nextAt(market, EXAMPLE_ELAPSED);
      await expect(vault.connect(stranger).liquidate(account, strangerAccount, WAD, MAX_INT256, '0x'))
        .to.be.revertedWithCustomError(vault, 'DebtBelowMinimum')
        .withArgs(strangerAccount, wad(80), wad(200));
    });

    it('reverts with TooManyCollaterals for a bidder without room [LIQ-21]', async () => {
      const { vault, bidder, account, wbtc: btc, quote } = await loadFixture(sunkFixture);
      const isolated = accountOf(bidder, 1);
      await vault.connect(bidder).setMode(isolated, MarginMode.ISOLATED);
      await vault.connect(bidder).deposit(isolated, btc.address, wbtc(1));
      await vault.connect(bidder).deposit(isolated, quote, usdc(50_000));
      await expect(vault.connect(bidder).liquidate(account, isolated, WAD, MAX_INT256, '0x'))
        .to.be.revertedWithCustomError(vault, 'TooManyCollaterals')
        .withArgs(isolated, 1n);
    });
  });

  describe('liquidate: what nobody can hold up', () => {
    it('a top-up or repayment of a unit by anyone [LIQ-27]', async () => {
      const market = await loadFixture(sunkFixture);
      const { vault, stranger, account, quote, weth: asset } = market;
      await vault.connect(stranger).deposit(account, asset.address, 1n);
      await vault.connect(stranger).deposit(account, quote, 1n);
      await vault.connect(stranger).repay(account, 1n);
      await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    });

    it('eight collaterals, seven of them a wei, within a gas budget [LIQ-27] [LIQ-29]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, deployer, borrower, account, weth: asset } = market;
      const dust = await Promise.all(
        Array.from({ length: 7 }, () => new MockERC20__factory(deployer).deploy('Dust', 'DUST', 18)),
      );
      for (const token of dust) {
        await listToken(market, token, { price: 1, depth: wad(1_000), supplyCap: wad(1_000) });
        await token.mint(borrower, 1n);
        await token.connect(borrower).approve(vault, MAX_UINT256);
        await vault.connect(borrower).deposit(account, token, 1n);
      }
      await setPrice(asset, 1_430);
      const receipt = (await (await liquidate(market)).wait())!;
      expect(receipt.gasUsed).to.be.below(2_000_000n);
      expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
      expect(await vault.paceAvailable(asset.address)).to.equal(wad(20_000_000 - 14_300));
    });
  });
});
