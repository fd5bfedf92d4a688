import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { liquidate } from '../fixtures/actions';
import { loadFixture } from '../fixtures/loadFixture';
import { setPrice } from '../fixtures/marketFixture';
import { sequencedFixture } from '../fixtures/sequencedFixture';
import { HOUR, weth } from '../fixtures/units';

/**
 * A minute into a stop that the uptime feed reports, while the price feed goes on: the report may be wrong. The grace of
 * the call was over before.
 */
async function stoppedFixture() {
  const market = await sequencedFixture();
  await time.increaseTo(market.deadline + 1n);
  await market.uptime.pushAt(1, await time.latest());
  await time.increase(60);
  return market;
}

describe('Liquidator', () => {
  describe('while the sequencer is reported down', () => {
    it('reverts with NotLiquidatable for an account of the critical health, though its grace is over [LIQ-30]', async () => {
      const market = await loadFixture(stoppedFixture);
      const { vault, account, weth: asset } = market;
      await setPrice(asset, 1_591); // 10 WETH against 14,000: 1,590.9 is critical
      await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
      expect(await vault.liquidatable(account)).to.deep.equal([false, 0n]);
    });

    it('does not shield who is below it (V7) [LIQ-30]', async () => {
      const market = await loadFixture(stoppedFixture);
      const { oracle, vault, account, weth: asset } = market;
      await setPrice(asset, 1_590);
      await oracle.update([asset.address]);
      await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
      // the smoothed price comes down, and with it the account's better side
      await time.increase(8 * HOUR);
      await setPrice(asset, 1_590);
      expect(await oracle.isSequencerUp()).to.equal(false);
      await expect(liquidate(market)).to.emit(vault, 'Liquidated');
      expect(await vault.collateralOf(account, asset.address)).to.be.below(weth(10));
    });

    it('takes no account by a price that was written before the stop [LIQ-30]', async () => {
      const market = await loadFixture(sequencedFixture);
      const { vault, uptime, weth: asset } = market;
      await setPrice(asset, 1_000);
      await uptime.pushAt(1, await time.latest());
      await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    });
  });

  describe('in the grace after a restart', () => {
    it('sells nobody who is due a grace, and everybody after it [LIQ-30]', async () => {
      const market = await loadFixture(stoppedFixture);
      const { vault, uptime, weth: asset } = market;
      await time.increase(HOUR);
      await uptime.pushAt(0, await time.latest());
      await time.increase(60);
      await setPrice(asset, 1_600);
      await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
      await time.increase(2 * HOUR);
      await setPrice(asset, 1_600);
      await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    });
  });
});
