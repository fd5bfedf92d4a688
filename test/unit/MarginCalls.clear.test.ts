import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import { HOUR, MarginState, MAX_INT256, MAX_UINT256, MIN_INT256, usdc, wad, WAD, wbtc } from '../fixtures/units';

const CURED = wad('1.02');

/** The borrower's loan at 1,700, called: `E` 2,999, `Rm` 3,400, 423 seconds of grace. */
async function calledFixture() {
  const market = await loanFixture();
  await setPrice(market.weth, 1_700);
  await market.vault.connect(market.keeper).call(market.account);
  return market;
}

describe('MarginCalls', () => {
  describe('clear', () => {
    it('reverts with NotCalled where there is no call [CALL-06]', async () => {
      const { vault, stranger, account } = await loadFixture(loanFixture);
      await expect(vault.connect(stranger).clear(account))
        .to.be.revertedWithCustomError(vault, 'NotCalled')
        .withArgs(account);
    });

    it('reverts with NotCured short of one plus the buffer, by a unit [CALL-06]', async () => {
      const market = await loadFixture(calledFixture);
      const { vault, borrower, stranger, account } = market;
      // 1.02 * 3,400 = 3,468 of equity
      await vault.connect(borrower).repay(account, usdc(469) - 1n);
      const health = ((wad(3_468) - 10n ** 12n) * WAD) / wad(3_400);
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).clear(account))
          .to.be.revertedWithCustomError(vault, 'NotCured')
          .withArgs(account, health, CURED),
      );
      await vault.connect(borrower).repay(account, 1n);
      await expect(vault.connect(stranger).clear(account))
        .to.emit(vault, 'CallCleared')
        .withArgs(account, stranger.address, CURED);
      expect(await vault.callOf(account)).to.deep.equal([0n, 0n]);
    });

    it('reverts with NotCured on a price that is left out: a dead feed cures nobody [CALL-06] [CALL-12]', async () => {
      const { vault, stranger, account, weth: asset } = await loadFixture(calledFixture);
      await asset.feed.setReverting(true);
      await expect(vault.connect(stranger).clear(account))
        .to.be.revertedWithCustomError(vault, 'NotCured')
        .withArgs(account, MIN_INT256, CURED);
    });

    it('clears for anyone once nothing is owed, with every feed dead [CALL-06]', async () => {
      const { vault, borrower, stranger, account, weth: asset } = await loadFixture(calledFixture);
      await asset.feed.setReverting(true);
      await vault.connect(borrower).repay(account, MAX_UINT256);
      await expect(vault.connect(stranger).clear(account))
        .to.emit(vault, 'CallCleared')
        .withArgs(account, stranger.address, MAX_INT256);
    });

    it('clears after the price has come back, also past the deadline [CALL-06]', async () => {
      const { vault, stranger, account, weth: asset } = await loadFixture(calledFixture);
      await time.increase(HOUR);
      await setPrice(asset, 1_800);
      await vault.connect(stranger).clear(account);
      expect(await vault.stateOf(account)).to.equal(MarginState.Restricted);
    });

    it('begins a new episode: the next call has a fee and a grace of its own [CALL-03]', async () => {
      const { vault, keeper, account, weth: asset } = await loadFixture(calledFixture);
      await time.increase(HOUR);
      await setPrice(asset, 1_800);
      await vault.connect(keeper).clear(account);
      await setPrice(asset, 1_700);
      await vault.connect(keeper).call(account);
      expect(await vault.cashOf(account)).to.equal(wad(-14_002));
      expect(await vault.stateOf(account)).to.equal(MarginState.Called);
    });
  });

  describe('a call that nobody clears', () => {
    it('lets nobody liquidate while the account is healthy [CALL-07]', async () => {
      const market = await loadFixture(calledFixture);
      const { vault, account, weth: asset } = market;
      await time.increase(HOUR);
      await setPrice(asset, 1_751);
      expect(await vault.stateOf(account)).to.equal(MarginState.Restricted);
      await expectUntouched(market, () =>
        expect(liquidate(market))
          .to.be.revertedWithCustomError(vault, 'NotLiquidatable')
          .withArgs(account, (wad(3_509) * WAD) / wad(3_502)),
      );
    });

    it('keeps its deadline: the next fall below one has no grace left [CALL-07]', async () => {
      const market = await loadFixture(calledFixture);
      const { vault, account, weth: asset } = market;
      await setPrice(asset, 2_000);
      await time.increase(HOUR);
      await setPrice(asset, 1_700);
      expect(await vault.stateOf(account)).to.equal(MarginState.Liquidatable);
      await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    });
  });

  describe('liquidation', () => {
    it('ends the call of an account that a liquidation restored [CALL-11]', async () => {
      const market = await loadFixture(calledFixture);
      const { vault, account } = market;
      await time.increase(HOUR);
      await liquidate(market);
      expect((await vault.callOf(account)).calledAt).to.equal(0n);
      expect(await vault.stateOf(account)).to.equal(MarginState.Healthy);
    });

    it('keeps the call of an account that a small liquidation did not restore [CALL-11]', async () => {
      const market = await loadFixture(calledFixture);
      const { vault, account } = market;
      await time.increase(HOUR);
      await liquidate(market, WAD / 100n);
      expect(await vault.stateOf(account)).to.equal(MarginState.Liquidatable);
    });

    it('keeps the call of an account whose leg without a price stays [CALL-11] [LIQ-16]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, keeper, account, weth: eth, wbtc: btc } = market;
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.01'));
      await btc.feed.setReverting(true);
      await setPrice(eth, 1_600);
      await vault.connect(keeper).call(account);
      await time.increase(HOUR);
      await liquidate(market);
      expect((await vault.callOf(account)).calledAt).to.be.above(0n);
    });
  });
});
