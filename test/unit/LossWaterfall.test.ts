import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String } from 'ethers';

import { asContract, enter, fillFund, fillReserves, liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { BIDDER_CASH, LENT, loanFixture, marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { DAY, INDEX_ONE, NANO, usdc, wad, weth } from '../fixtures/units';

/** 12,000 of collateral less 14,000 of debt. */
const EQUITY = wad(-2_000);
/** 10 % of the requirement of 20 % of 12,000. */
const BONUS = wad(240);
const SHORTFALL = BONUS - EQUITY;
const SUPPLIED = (LENT + BIDDER_CASH) * 10n ** 12n;
const SOCIALISATION_CAP_BPS = 500n;
/** Terms of the tranches, as in `deployments/config/development.json`. */
const TERMS = {
  marketCapBps: 5_000,
  dayCapBps: 7_500,
  reserveTargetBps: 200,
  juniorShareBps: 7_000,
  carryCapBps: 2_000,
};

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
    it('reverts with OnlyVault for anyone else [WTF-01]', async () => {
      const market = await loadFixture(sunkFixture);
      const { waterfall, stranger, account } = market;
      await expectUntouched(market, () =>
        expect(waterfall.connect(stranger).cover(account, SHORTFALL))
          .to.be.revertedWithCustomError(waterfall, 'OnlyVault')
          .withArgs(stranger.address),
      );
    });

    it('takes from the reserves first [WTF-02]', async () => {
      const market = await loadFixture(sunkFixture);
      await fillReserves(market, wad(3_000));
      await fillFund(market, usdc(3_000));
      await expectCovered(market, { fromReserves: SHORTFALL, fromJunior: 0n, socialised: 0n, unpaid: 0n });
      expect(await market.vault.reserves()).to.equal(wad(3_000) - SHORTFALL);
      expect(await market.junior.totalAssets()).to.equal(usdc(3_000));
    });

    it('takes from the fund what the reserves lack [WTF-02]', async () => {
      const market = await loadFixture(sunkFixture);
      await fillReserves(market, wad(500));
      await fillFund(market, usdc(3_000));
      const fromJunior = SHORTFALL - wad(500);
      await expectCovered(market, { fromReserves: wad(500), fromJunior, socialised: 0n, unpaid: 0n });
      expect(await market.vault.reserves()).to.equal(0);
      expect(await market.junior.totalAssets()).to.equal(usdc(3_000) - fromJunior / 10n ** 12n);
    });

    it('spreads over all lent cash what reserves and fund lack [WTF-02] [WTF-03]', async () => {
      const market = await loadFixture(sunkFixture);
      await fillReserves(market, wad(500));
      await fillFund(market, usdc(700));
      const socialised = SHORTFALL - wad(1_200);
      await expectCovered(market, { fromReserves: wad(500), fromJunior: wad(700), socialised, unpaid: 0n });
      const { supplyIndex } = await market.vault.pool();
      expect(supplyIndex).to.equal((INDEX_ONE * (SUPPLIED - socialised)) / SUPPLIED);
      // each lender loses the same part
      expect(await market.vault.cashOf(market.lent)).to.equal((wad(200_000) * supplyIndex) / INDEX_ONE);
    });

    it('takes at most the policy part of all lent cash and leaves the rest unpaid [WTF-03] [WTF-04]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, lender, bidder, lent, bidderAccount, quote } = market;
      await vault.connect(lender).withdraw(lent, quote, LENT - usdc(15_000), lender);
      await vault.connect(bidder).withdraw(bidderAccount, quote, BIDDER_CASH - usdc(10_000), bidder);
      await sink(market);
      const socialised = (wad(25_000) * SOCIALISATION_CAP_BPS) / 10_000n;
      const unpaid = SHORTFALL - socialised;
      await expectCovered(market, { fromReserves: 0n, fromJunior: 0n, socialised, unpaid });
    });

    it('says how much of the loss came from where, and the parts sum to it [WTF-04]', async () => {
      const market = await loadFixture(sunkFixture);
      await fillReserves(market, NANO);
      await fillFund(market, 1n);
      const socialised = SHORTFALL - NANO - 10n ** 12n;
      await expectCovered(market, { fromReserves: NANO, fromJunior: 10n ** 12n, socialised, unpaid: 0n });
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
      await expect(liquidate(market)).to.emit(market.junior, 'PaidOut');
      expect(await vault.cashOf(account)).to.equal(0);
    });

    it('credits no more than the shortfall it was asked for [WTF-04]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, waterfall, lent } = market;
      await fillReserves(market, wad(100));
      const caller = await asContract(await vault.getAddress());
      await waterfall.connect(caller).cover(lent, wad(40));
      expect(await vault.cashOf(lent)).to.equal(wad(200_040));
      expect(await vault.reserves()).to.equal(wad(60));
    });
  });

  describe('tranches', () => {
    it('pay from the senior one alone where nobody is in the junior one [WTF-07]', async () => {
      const market = await loadFixture(sunkFixture);
      await enter(market.senior, market.stranger, usdc(3_000));
      await expectCovered(market, {
        fromReserves: 0n,
        fromJunior: 0n,
        fromSenior: SHORTFALL,
        socialised: 0n,
        unpaid: 0n,
      });
      expect(await market.senior.totalAssets()).to.equal(usdc(3_000) - SHORTFALL / 10n ** 12n);
    });

    it('pay the junior before the senior one [WTF-07]', async () => {
      const market = await loadFixture(sunkFixture);
      await enter(market.junior, market.stranger, usdc(1_000));
      await enter(market.senior, market.stranger, usdc(3_000));
      const fromSenior = SHORTFALL - wad(1_000);
      await expectCovered(market, { fromReserves: 0n, fromJunior: wad(1_000), fromSenior, socialised: 0n, unpaid: 0n });
      expect(await market.junior.totalAssets()).to.equal(0n);
      expect(await market.senior.totalAssets()).to.equal(usdc(3_000) - fromSenior / 10n ** 12n);
    });

    it('pay no more than their part for one collateral, and for all, until a day has passed [WTF-08]', async () => {
      const market = await loadFixture(marketFixture);
      const { waterfall, actors, junior, senior, stranger, vault, lent, weth: asset } = market;
      await waterfall.connect(actors.risk).setTerms({ ...TERMS, marketCapBps: 2_000, dayCapBps: 3_000 });
      await enter(junior, stranger, usdc(4_000));
      await enter(senior, stranger, usdc(6_000));
      expect(await waterfall.coverLeft(asset.address)).to.equal(wad(2_000));
      await sink(market);
      const socialised = SHORTFALL - wad(2_000);
      await expectCovered(market, { fromReserves: 0n, fromJunior: wad(2_000), socialised, unpaid: 0n });
      expect(await waterfall.coverLeft(asset.address)).to.be.below(wad(2));
      // of what is left, a tenth for all others together
      expect(await waterfall.coverLeft(market.wbtc.address)).to.be.closeTo(wad(800), wad(2));

      const caller = await asContract(await vault.getAddress());
      await market.vault.connect(stranger).deposit(market.strangerAccount, market.wbtc.address, 1n);
      await waterfall.connect(caller).cover(market.strangerAccount, wad(5_000));
      const { fromJunior, fromSenior } = await waterfall.lossesOf(market.wbtc.address);
      expect(fromJunior + fromSenior).to.be.closeTo(wad(800), wad(2));
      await time.increase(DAY / 2);
      const assets = ((await junior.totalAssets()) + (await senior.totalAssets())) * 10n ** 12n;
      expect(await waterfall.coverLeft(asset.address)).to.be.closeTo(assets / 10n, wad(2));
      await time.increase(DAY);
      expect(await waterfall.coverLeft(asset.address)).to.be.closeTo(assets / 5n, wad(2));
      expect(lent).to.not.equal(market.strangerAccount);
    });

    it('are asked in vain when empty [WTF-08]', async () => {
      const market = await loadFixture(sunkFixture);
      expect(await market.waterfall.coverLeft(market.weth.address)).to.equal(0n);
      await expectCovered(market, { fromReserves: 0n, fromJunior: 0n, socialised: SHORTFALL, unpaid: 0n });
    });
  });

  describe('lossesOf', () => {
    it('keeps what each collateral has cost whom, and the parts are all its losses [WTF-09]', async () => {
      const market = await loadFixture(sunkFixture);
      const { waterfall, weth: asset, wbtc, link } = market;
      await fillReserves(market, wad(500));
      await fillFund(market, usdc(700));
      await liquidate(market);
      const { fromReserves, fromJunior, fromSenior, socialised, unpaid } = await waterfall.lossesOf(asset.address);
      expect([fromReserves, fromJunior, fromSenior, unpaid]).to.deep.equal([wad(500), wad(700), 0n, 0n]);
      expect(fromReserves + fromJunior + fromSenior + socialised + unpaid).to.equal(SHORTFALL);
      for (const { address } of [wbtc, link]) expect((await waterfall.lossesOf(address)).fromReserves).to.equal(0n);
    });

    it('counts a loss under the collateral that is most of the account [WTF-09]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, waterfall, weth: asset, link } = market;
      await vault.connect(borrower).deposit(account, asset.address, weth(1));
      await vault.connect(borrower).deposit(account, link.address, weth(1_000));
      await vault.connect(borrower).borrow(account, usdc(8_000), borrower);
      await setPrice(link, 3);
      await setPrice(asset, 1_500);
      await expect(liquidate(market)).to.emit(waterfall, 'ShortfallCovered');
      expect((await waterfall.lossesOf(link.address)).socialised).to.be.above(0n);
      expect((await waterfall.lossesOf(asset.address)).socialised).to.equal(0n);
    });
  });

  describe('replenish', () => {
    /** 10,000 of reserves beside a debt of 14,000, of which 2 % are the target. */
    async function surplusFixture() {
      const market = await loanFixture();
      await fillReserves(market, wad(10_280));
      return market;
    }

    it('gives nothing while the reserves are no more than their target [WTF-10]', async () => {
      const market = await loadFixture(loanFixture);
      const { waterfall, vault, junior, stranger } = market;
      await enter(junior, stranger, usdc(20_000));
      await fillReserves(market, wad(280));
      await expect(waterfall.replenish()).not.to.emit(waterfall, 'Replenished');
      expect(await vault.reserves()).to.equal(wad(280));
      await fillReserves(market, wad(10));
      await waterfall.replenish();
      expect(await vault.reserves()).to.equal(wad(283));
    });

    it('gives nothing to a tranche without shares [WTF-10]', async () => {
      const market = await loadFixture(surplusFixture);
      const { waterfall, vault, actors } = market;
      await waterfall.replenish();
      expect(await vault.reserves()).to.equal(wad(10_280));
      await enter(market.junior, market.stranger, usdc(100_000));
      await waterfall.connect(actors.risk).setTerms({ ...TERMS, reserveTargetBps: 5_000 });
      await vault.connect(market.lender).transfer(market.lent, market.account, market.quote, usdc(1));
      await waterfall.replenish();
      // half of the debt of 13,999 is kept, and seven tenths of the rest are the junior tranche's
      expect(await vault.reserves()).to.equal(wad(10_280) - ((wad(10_280) - wad('6999.5')) * 7n) / 10n);
    });

    it('gives what is above the target to the tranches by their shares, a tenth of their assets at most [WTF-10]', async () => {
      const market = await loadFixture(surplusFixture);
      const { waterfall, vault, junior, senior, stranger } = market;
      await enter(junior, stranger, usdc(20_000));
      await enter(senior, stranger, usdc(100_000));
      await expect(waterfall.connect(stranger).replenish())
        .to.emit(waterfall, 'Replenished')
        .withArgs(wad(2_000), wad(3_000), wad(5_280));
      expect(await vault.reserves()).to.equal(wad(5_280));
      // and not at once
      expect([await junior.totalAssets(), await senior.totalAssets()]).to.deep.equal([usdc(20_000), usdc(100_000)]);
      expect([(await junior.gainStream()).left, (await senior.gainStream()).left]).to.deep.equal([
        wad(2_000),
        wad(3_000),
      ]);
      await waterfall.replenish();
      expect(await vault.reserves()).to.be.closeTo(wad(3_780), wad('0.1'));
    });
  });

  describe('advance', () => {
    it('reverts with OnlyCloseOut for anybody else, as does returnAdvance [WTF-01]', async () => {
      const market = await loadFixture(marketFixture);
      const { waterfall, stranger, account, weth: asset } = market;
      for (const attempt of [
        waterfall.connect(stranger).advance(account, asset.address, 1n),
        waterfall.connect(stranger).returnAdvance(0n, 0n, 0n),
      ]) {
        await expect(attempt).to.be.revertedWithCustomError(waterfall, 'OnlyCloseOut').withArgs(stranger.address);
      }
    });

    it('reverts with CarryAboveCap beyond the cap, and with AdvanceShort for what the tranches may not pay [WTF-12]', async () => {
      const market = await loadFixture(marketFixture);
      const { waterfall, actors, closeOut, account, junior, stranger, weth: asset } = market;
      await waterfall
        .connect(actors.risk)
        .setTerms({ ...TERMS, marketCapBps: 1_000, dayCapBps: 1_000, carryCapBps: 2_000 });
      await fillReserves(market, wad(1_000));
      await enter(junior, stranger, usdc(9_000));
      const caller = await asContract(await closeOut.getAddress());
      await expect(waterfall.connect(caller).advance(account, asset.address, wad(2_001)))
        .to.be.revertedWithCustomError(waterfall, 'CarryAboveCap')
        .withArgs(wad(2_001), wad(2_000));
      await expect(waterfall.connect(caller).advance(account, asset.address, wad(1_950)))
        .to.be.revertedWithCustomError(waterfall, 'AdvanceShort')
        .withArgs(wad(1_950), wad(1_900));
      await waterfall.connect(caller).advance(account, asset.address, wad(1_800));
      expect([await waterfall.carried(), await junior.totalAssets()]).to.deep.equal([wad(1_800), usdc(8_200)]);
    });
  });

  describe('setTerms', () => {
    it('reverts with BackstopTermOutOfBounds outside of its bounds, and with AccessManagedUnauthorized for anybody but the risk role [WTF-11]', async () => {
      const { waterfall, actors } = await loadFixture(marketFixture);
      for (const [parameter, value, least, most] of [
        ['marketCapBps', 999, 1_000, 7_500],
        ['marketCapBps', 7_501, 1_000, 7_500],
        ['dayCapBps', 10_001, 1_000, 10_000],
        ['reserveTargetBps', 5_001, 0, 5_000],
        ['juniorShareBps', 4_999, 5_000, 9_000],
        ['juniorShareBps', 9_001, 5_000, 9_000],
        ['carryCapBps', 5_001, 0, 5_000],
      ] as const) {
        await expect(waterfall.connect(actors.risk).setTerms({ ...TERMS, [parameter]: value }))
          .to.be.revertedWithCustomError(waterfall, 'BackstopTermOutOfBounds')
          .withArgs(encodeBytes32String(parameter), value, least, most);
      }
      await expect(waterfall.connect(actors.governor).setTerms(TERMS)).to.be.revertedWithCustomError(
        waterfall,
        'AccessManagedUnauthorized',
      );
      await expect(waterfall.connect(actors.risk).setTerms(TERMS)).to.emit(waterfall, 'BackstopTermsChanged');
    });
  });

  describe('vault rights', () => {
    it('reverts with OnlyWaterfall when a stranger draws reserves or socialises [WTF-01]', async () => {
      const market = await loadFixture(sunkFixture);
      const { vault, stranger, account } = market;
      await fillReserves(market, wad(100));
      await expectUntouched(market, async () => {
        for (const attempt of [
          vault.connect(stranger).drawReserves(account, 1n),
          vault.connect(stranger).socialise(account, 1n, 10_000n),
        ]) {
          await expect(attempt).to.be.revertedWithCustomError(vault, 'OnlyWaterfall').withArgs(stranger.address);
        }
      });
    });

    it('reverts with OnlyWaterfall when a stranger asks the fund to pay, or to take something back [FND-05] [FND-06]', async () => {
      const market = await loadFixture(sunkFixture);
      const { junior, stranger, account } = market;
      await fillFund(market, usdc(100));
      await expectUntouched(market, async () => {
        for (const attempt of [junior.connect(stranger).pay(account, 1n), junior.connect(stranger).takeBack(1n)]) {
          await expect(attempt).to.be.revertedWithCustomError(junior, 'OnlyWaterfall').withArgs(stranger.address);
        }
      });
    });
  });
});

interface Parts {
  readonly fromReserves: bigint;
  readonly fromJunior?: bigint;
  readonly fromSenior?: bigint;
  readonly socialised: bigint;
  readonly unpaid: bigint;
}

async function expectCovered(market: Market, parts: Parts): Promise<void> {
  const { fromReserves, fromJunior = 0n, fromSenior = 0n, socialised, unpaid } = parts;
  expect(fromReserves + fromJunior + fromSenior + socialised + unpaid).to.equal(SHORTFALL);
  await expect(liquidate(market))
    .to.emit(market.waterfall, 'ShortfallCovered')
    .withArgs(market.account, market.weth.address, SHORTFALL, fromReserves, fromJunior, fromSenior, socialised, unpaid);
}
