import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import { readAssessment, sides } from '../fixtures/readAccount';
import { HOUR, MarginState, MAX_INT256, MINUTE, wad, WAD, wbtc, weth } from '../fixtures/units';

/** The borrower's loan with 0.01 WBTC (400) beside the WETH, whose feed is dead. */
async function deadLegFixture() {
  const market = await loanFixture();
  const { vault, borrower, account, wbtc: btc } = market;
  await vault.connect(borrower).deposit(account, btc.address, wbtc('0.01'));
  await btc.feed.setReverting(true);
  return market;
}

/** The borrower's loan at 1,500, recorded, and then late: the smoothed price is 1,505.5. */
async function lateFixture() {
  const market = await loanFixture();
  const { oracle, weth: asset } = market;
  await setPrice(asset, 1_500);
  await oracle.update([asset.address]);
  await time.increase(65 * MINUTE + 1);
  return market;
}

describe('Liquidator', () => {
  describe('a late feed', () => {
    it('reverts with NotLiquidatable while the price could be good enough [LIQ-17]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, account, weth: asset } = market;
      await asset.feed.pushAt(1_500n * 10n ** 8n, (await time.latest()) - 2 * HOUR);
      await expectUntouched(market, () =>
        expect(liquidate(market))
          .to.be.revertedWithCustomError(vault, 'NotLiquidatable')
          .withArgs(account, (WAD * 3n) / 2n),
      );
    });

    it('is judged at its good end and paid for at spot [LIQ-17]', async () => {
      const market = await loadFixture(lateFixture);
      const { vault, account } = market;
      const assessment = await readAssessment(market, account);
      const { mark, better } = sides(assessment);
      expect(mark).to.deep.equal([wad(1_000), wad(4_200), wad(3_000)]);
      expect(better[0]! > mark[0]!).to.equal(true);
      const plan = await vault.preview(account, WAD / 2n);
      const healthBetter = (better[0]! * WAD) / better[2]!;
      const depth = wad('0.6') - healthBetter;
      const bonusRate = wad('0.1') + (wad('0.3') * depth) / wad('0.6');
      expect(plan.bonusRate).to.be.closeTo(bonusRate, 2n);
      expect(plan.bonus).to.be.closeTo((wad(1_500) * bonusRate) / WAD, 10_000n);
      expect(plan.pay).to.be.closeTo(wad(500) - plan.bonus, 10_000n);
    });

    it('adds no borrowing power to the bidder who takes the leg [LIQ-17] [LIQ-21]', async () => {
      const market = await loadFixture(lateFixture);
      const { vault, stranger, account, strangerAccount, quote } = market;
      await vault.connect(stranger).deposit(strangerAccount, quote, 6_000n * 10n ** 6n);
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).liquidate(account, strangerAccount, WAD / 2n, MAX_INT256, '0x'))
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(strangerAccount, (equity: bigint) => equity < 0n, 0n),
      );
    });
  });

  describe('a dead feed', () => {
    it('reverts with NotLiquidatable where it is the only one [LIQ-16] [CALL-12]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, account, weth: asset } = market;
      await setPrice(asset, 1_000);
      await asset.feed.setReverting(true);
      await expectUntouched(market, () =>
        expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable').withArgs(account, MAX_INT256),
      );
    });

    it('reverts with NotLiquidatable where its last good price would carry the account [LIQ-16]', async () => {
      const market = await loadFixture(deadLegFixture);
      const { vault, account, weth: asset } = market;
      await setPrice(asset, 1_740); // without the 400 of WBTC health is 0.977, with them 1.092
      await expect(liquidate(market))
        .to.be.revertedWithCustomError(vault, 'NotLiquidatable')
        .withArgs(account, (wad(3_800) * WAD) / wad(3_480));
    });

    it('leaves its leg with the account while the others are sold [LIQ-16]', async () => {
      const market = await loadFixture(deadLegFixture);
      const { vault, account, bidderAccount, weth: eth, wbtc: btc } = market;
      await setPrice(eth, 1_450); // better: E 900, Rm 2,900, health 0.3103; mark: E 500
      const plan = await vault.preview(account, WAD);
      const health = (wad(900) * WAD) / wad(2_900);
      // the bonus ramp gives 0.2448, kappa * h less the fee 0.2293
      expect(plan.bonusRate).to.be.closeTo((health * 9n) / 10n - wad('0.05'), 1n);
      expect(plan.fraction).to.be.closeTo(((wad('1.25') - health) * WAD) / (wad('1.25') - (health * 9n) / 10n), 10n);
      expect(plan.pay).to.be.closeTo((wad(500) * plan.fraction) / WAD - plan.bonus, 10n);
      await liquidate(market);
      expect(await vault.collateralOf(account, btc.address)).to.equal(wbtc('0.01'));
      expect(await vault.collateralOf(bidderAccount, btc.address)).to.equal(0n);
      expect(await vault.collateralOf(bidderAccount, eth.address)).to.equal((weth(10) * plan.fraction) / WAD);
    });

    it('keeps debt against the leg that stays after all else is sold, and no loss is booked [LIQ-16]', async () => {
      const market = await loadFixture(deadLegFixture);
      const { vault, waterfall, account, weth: eth, wbtc: btc } = market;
      await setPrice(eth, 1_390); // better: E 300, Rm 2,780; mark: E -100; the least bonus is 278
      await expect(liquidate(market)).to.not.emit(waterfall, 'ShortfallCovered');
      expect(await vault.collateralOf(account, eth.address)).to.equal(0n);
      expect(await vault.collateralOf(account, btc.address)).to.equal(wbtc('0.01'));
      expect(await vault.cashOf(account)).to.equal(wad(-378));
      // nothing more is to be had while the feed is dead
      await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
      expect(await vault.stateOf(account)).to.equal(MarginState.Restricted);
    });

    it('is settled when it comes back, with the waterfall [LIQ-16]', async () => {
      const market = await loadFixture(deadLegFixture);
      const { vault, waterfall, account, weth: eth, wbtc: btc } = market;
      await setPrice(eth, 1_390);
      await liquidate(market);
      await btc.feed.setReverting(false);
      await setPrice(btc, 36_000); // 360 against 378
      expect(await vault.stateOf(account)).to.equal(MarginState.Insolvent);
      await expect(liquidate(market))
        .to.emit(waterfall, 'ShortfallCovered')
        .withArgs(
          account,
          btc.address,
          () => true,
          0n,
          0n,
          0n,
          () => true,
          0n,
        );
      expect(await vault.cashOf(account)).to.equal(0n);
      expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
    });
  });
});
