import { loadFixture } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { asContract, fillFund, fillReserves, liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { BIDDER_CASH, LENT, marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { ModuleRight, RAY, usdc, wad, weth } from '../fixtures/units';

/** 12,000 of collateral less 14,000 of debt. */
const EQUITY = wad(-2_000);
/** 10 % of the requirement of 20 % of 12,000. */
const BONUS = wad(240);
const SHORTFALL = BONUS - EQUITY;
const SUPPLIED = (LENT + BIDDER_CASH) * 10n ** 12n;
const SOCIALISATION_CAP_BPS = 500n;

/** The borrower's loan after WETH has fallen from 2,000 to 1,200: 12,000 of collateral, 14,000 of debt. */
async function sunkFixture() {
  return sink(await marketFixture());
}

async function sink(market: Market) {
  const { vault, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth(10));
  await vault.connect(borrower).borrow(account, usdc(14_000), borrower);
  await setPrice(asset, 1_200);
  return market;
}

describe('LossWaterfall', () => {
  describe('cover', () => {
    it('reverts with OnlyLiquidator for anyone else [WTF-01]', async () => {
      const market = await loadFixture(sunkFixture);
      const { waterfall, stranger, account } = market;
      await expectUntouched(market, () =>
        expect(waterfall.connect(stranger).cover(account, SHORTFALL))
          .to.be.revertedWithCustomError(waterfall, 'OnlyLiquidator')
          .withArgs(stranger.address),
      );
    });

    it('takes from the reserves first [WTF-02]', async () => {
      const market = await loadFixture(sunkFixture);
      await fillReserves(market, wad(3_000));
      await fillFund(market, usdc(3_000));
      await expectCovered(market, { fromReserves: SHORTFALL, fromFund: 0n, socialised: 0n, unpaid: 0n });
      expect((await market.vault.pool()).reserves).to.equal(wad(3_000) - SHORTFALL);
      expect(await market.fund.totalAssets()).to.equal(usdc(3_000));
    });

    it('takes from the fund what the reserves lack [WTF-02]', async () => {
      const market = await loadFixture(sunkFixture);
      await fillReserves(market, wad(500));
      await fillFund(market, usdc(3_000));
      const fromFund = SHORTFALL - wad(500);
      await expectCovered(market, { fromReserves: wad(500), fromFund, socialised: 0n, unpaid: 0n });
      expect((await market.vault.pool()).reserves).to.equal(0);
      expect(await market.fund.totalAssets()).to.equal(usdc(3_000) - fromFund / 10n ** 12n);
    });

    it('spreads over all lent cash what reserves and fund lack [WTF-02] [WTF-03]', async () => {
      const market = await loadFixture(sunkFixture);
      await fillReserves(market, wad(500));
      await fillFund(market, usdc(700));
      const socialised = SHORTFALL - wad(1_200);
      await expectCovered(market, { fromReserves: wad(500), fromFund: wad(700), socialised, unpaid: 0n });
      const { supplyIndex } = await market.vault.pool();
      expect(supplyIndex).to.equal((RAY * (SUPPLIED - socialised)) / SUPPLIED);
      // each lender loses the same part
      expect(await market.vault.cashOf(market.lent)).to.equal((wad(200_000) * supplyIndex) / RAY);
    });

    it('takes at most the policy part of all lent cash and leaves the rest unpaid [WTF-03] [WTF-04]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, lender, bidder, lent, bidderAccount, quote } = market;
      await vault.connect(lender).withdraw(lent, quote, LENT - usdc(15_000), lender);
      await vault.connect(bidder).withdraw(bidderAccount, quote, BIDDER_CASH - usdc(10_000), bidder);
      await sink(market);
      const socialised = (wad(25_000) * SOCIALISATION_CAP_BPS) / 10_000n;
      const unpaid = SHORTFALL - socialised;
      await expectCovered(market, { fromReserves: 0n, fromFund: 0n, socialised, unpaid });
    });

    it('says how much of the loss came from where, and the parts sum to it [WTF-04]', async () => {
      const market = await loadFixture(sunkFixture);
      await fillReserves(market, 1n);
      await fillFund(market, 1n);
      const socialised = SHORTFALL - 1n - 10n ** 12n;
      await expectCovered(market, { fromReserves: 1n, fromFund: 10n ** 12n, socialised, unpaid: 0n });
    });

    it('pays the bidder his bonus and leaves the account with nothing [WTF-05]', async () => {
      const market = await loadFixture(sunkFixture);
      const { vault, account, bidderAccount, weth: asset } = market;
      await fillFund(market, usdc(3_000));
      await liquidate(market);
      expect(await vault.cashOf(account)).to.equal(0);
      expect(await vault.collateralOf(account, asset.address)).to.equal(0);
      const gained = (await vault.cashOf(bidderAccount)) - wad(100_000) + wad(12_000);
      expect(gained).to.equal(BONUS);
    });

    it('pays a part that leaves less than the least debt [WTF-06]', async () => {
      // found when the fund paid by a plain transfer, which refused to leave a debt of 115
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, weth: asset } = market;
      await fillFund(market, usdc(1_000));
      await vault.connect(borrower).deposit(account, asset.address, weth('0.15'));
      await vault.connect(borrower).borrow(account, usdc(210), borrower);
      await setPrice(asset, 800);
      await expect(liquidate(market)).to.emit(market.fund, 'LossPaid');
      expect(await vault.cashOf(account)).to.equal(0);
    });

    it('credits no more than the shortfall it was asked for [WTF-04]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, waterfall, liquidator, lent } = market;
      await fillReserves(market, wad(100));
      const caller = await asContract(await liquidator.getAddress());
      await waterfall.connect(caller).cover(lent, wad(40));
      expect(await vault.cashOf(lent)).to.equal(wad(200_040));
      expect((await vault.pool()).reserves).to.equal(wad(60));
    });
  });

  describe('vault rights', () => {
    it('reverts with NotModule when a stranger draws reserves or socialises [WTF-01]', async () => {
      const market = await loadFixture(sunkFixture);
      const { vault, stranger, account } = market;
      await fillReserves(market, wad(100));
      await expectUntouched(market, async () => {
        for (const attempt of [
          vault.connect(stranger).drawReserves(account, 1n),
          vault.connect(stranger).socialise(account, 1n, 10_000n),
        ]) {
          await expect(attempt)
            .to.be.revertedWithCustomError(vault, 'NotModule')
            .withArgs(stranger.address, ModuleRight.COVER_LOSS);
        }
      });
    });

    it('reverts with OnlyWaterfall when a stranger asks the fund to pay [FND-05]', async () => {
      const market = await loadFixture(sunkFixture);
      const { fund, stranger, account } = market;
      await fillFund(market, usdc(100));
      await expectUntouched(market, () =>
        expect(fund.connect(stranger).payLoss(account, 1n))
          .to.be.revertedWithCustomError(fund, 'OnlyWaterfall')
          .withArgs(stranger.address),
      );
    });
  });
});

interface Parts {
  readonly fromReserves: bigint;
  readonly fromFund: bigint;
  readonly socialised: bigint;
  readonly unpaid: bigint;
}

async function expectCovered(market: Market, parts: Parts): Promise<void> {
  const { fromReserves, fromFund, socialised, unpaid } = parts;
  expect(fromReserves + fromFund + socialised + unpaid).to.equal(SHORTFALL);
  await expect(liquidate(market))
    .to.emit(market.waterfall, 'ShortfallCovered')
    .withArgs(market.account, SHORTFALL, fromReserves, fromFund, socialised, unpaid);
}
