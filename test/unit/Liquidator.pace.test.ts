import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { MockERC20__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { beforeSealing } from '../fixtures/beforeSealing';
import { expectUntouched } from '../fixtures/expectUntouched';
import { EXAMPLE_ELAPSED, exampleFixture, nextAt } from '../fixtures/liquidationFixtures';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice } from '../fixtures/marketFixture';
import { HOUR, usdc, wad, WAD, wbtc, weth } from '../fixtures/units';

/** The example where 3,200 of WETH may be sold at once and 2 more each second: a fifth of the account. */
async function pacedFixture() {
  const market = await exampleFixture();
  const { policy, actors, weth: asset } = market;
  await policy.connect(actors.risk).setPace(asset.address, { capacity: wad(3_200), refillPerSecond: wad(2) });
  return market;
}

describe('Liquidator', () => {
  describe('pace limit', () => {
    it('lets an account above hCritical be sold only as far as the bucket has room [LIQ-14]', async () => {
      const market = await loadFixture(pacedFixture);
      const { vault, bidderAccount, weth: asset } = market;
      expect(await vault.paceAvailable(asset.address)).to.equal(wad(3_200));
      await nextAt(market, EXAMPLE_ELAPSED);
      await expect(liquidate(market)).to.emit(vault, 'PaceUsed').withArgs(asset.address, wad(3_200), 0n);
      expect(await vault.collateralOf(bidderAccount, asset.address)).to.equal(weth(2));
      expect(await vault.paceAvailable(asset.address)).to.equal(0n);
    });

    it('reverts with PaceExceeded when the bucket is empty, and refills with time [LIQ-14]', async () => {
      const market = await loadFixture(pacedFixture);
      const { vault, policy, actors, account, weth: asset } = market;
      await nextAt(market, EXAMPLE_ELAPSED);
      await liquidate(market);
      await policy.connect(actors.risk).setPace(asset.address, { capacity: 1n, refillPerSecond: 1n });
      await expectUntouched(market, async () => {
        await expect(liquidate(market))
          .to.be.revertedWithCustomError(vault, 'PaceExceeded')
          .withArgs(asset.address, 0n);
        await expect(vault.preview(account, WAD)).to.be.revertedWithCustomError(vault, 'PaceExceeded');
      });
      await policy.connect(actors.risk).setPace(asset.address, { capacity: wad(3_200), refillPerSecond: wad(2) });
      await time.increaseTo(market.deadline + EXAMPLE_ELAPSED + 100n);
      expect(await vault.paceAvailable(asset.address)).to.equal(wad(200));
      await nextAt(market, EXAMPLE_ELAPSED + 200n);
      await liquidate(market);
      expect(await vault.collateralOf(account, asset.address)).to.equal(weth('7.75')); // 400 more
      await time.increaseTo(market.deadline + EXAMPLE_ELAPSED + 200n + 10_000n);
      expect(await vault.paceAvailable(asset.address)).to.equal(wad(3_200));
    });

    it('counts a smaller bid as what it sold [LIQ-14]', async () => {
      const market = await loadFixture(pacedFixture);
      const { vault, weth: asset } = market;
      await nextAt(market, EXAMPLE_ELAPSED);
      await liquidate(market, WAD / 10n);
      expect(await vault.paceAvailable(asset.address)).to.equal(wad(1_600));
    });

    it('does not hold up an account below hCritical, but counts it [LIQ-15]', async () => {
      const market = await loadFixture(pacedFixture);
      const { vault, bidderAccount, weth: asset } = market;
      await setPrice(asset, 1_500); // health 0.467
      await liquidate(market);
      const sold = ((await vault.collateralOf(bidderAccount, asset.address)) * wad(1_500)) / WAD;
      expect(sold).to.be.above(wad(10_000));
      expect(await vault.paceAvailable(asset.address)).to.equal(0n);
    });

    it('owes nothing for what was sold beyond the bucket: it is full again in its own time [LIQ-15]', async () => {
      const market = await loadFixture(pacedFixture);
      const { vault, weth: asset } = market;
      await setPrice(asset, 1_500);
      await liquidate(market); // three times what the bucket holds
      await time.increase(1_600);
      expect(await vault.paceAvailable(asset.address)).to.equal(wad(3_200));
    });

    it('does not hold up a close of an account for its smallness, but counts it [LIQ-15]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, policy, actors, borrower, keeper, account, weth: asset } = market;
      await vault.connect(borrower).deposit(account, asset.address, weth('0.18'));
      await vault.connect(borrower).borrow(account, usdc(250), borrower);
      await setPrice(asset, 1_510);
      await vault.connect(keeper).call(account);
      await policy.connect(actors.risk).setPace(asset.address, { capacity: wad(10), refillPerSecond: wad(1) });
      await time.increase(700);
      await setPrice(asset, 1_510);
      await liquidate(market);
      expect(await vault.collateralOf(account, asset.address)).to.equal(0n);
      expect(await vault.paceAvailable(asset.address)).to.equal(0n);
    });

    it('does not hold up a fraction of which a smaller one would leave a debt too small to stand [LIQ-15]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, policy, actors, borrower, account, keeper, weth: asset } = market;
      const { depth, supplyCap } = await policy.collateralRisk(asset.address);
      const thin = { listed: true, decimals: 18, maintenanceHaircutBps: 9_000, initialHaircutBps: 9_400 };
      const risk = { ...thin, depth, supplyCap };
      await beforeSealing(policy, () => policy.connect(actors.risk).setCollateral(asset.address, risk));
      await vault.connect(borrower).deposit(account, asset.address, weth(10));
      await vault.connect(borrower).borrow(account, usdc(900), borrower);
      await setPrice(asset, 890);
      await vault.connect(keeper).call(account);
      await time.increase(HOUR);
      // three tenths of it repay the debt and more; a seventh, as the pace would have it, leaves some tens of it
      await policy.connect(actors.risk).setPace(asset.address, { capacity: wad(1_246), refillPerSecond: wad(1) });
      const { fraction } = await vault.preview(account, WAD);
      expect(fraction).to.be.within(WAD / 5n, WAD / 3n);
      await liquidate(market);
      expect(await vault.cashOf(account)).to.be.above(0n);
      expect(await vault.paceAvailable(asset.address)).to.equal(0n);
    });

    it('is the tightest of all collaterals of the account [LIQ-14]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, policy, actors, borrower, account, bidderAccount, weth: eth, wbtc: btc } = market;
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.005')); // 200
      await policy.connect(actors.risk).setPace(eth.address, { capacity: wad(8_000), refillPerSecond: wad(2) });
      await policy.connect(actors.risk).setPace(btc.address, { capacity: wad(20), refillPerSecond: wad(1) });
      await nextAt(market, EXAMPLE_ELAPSED);
      await liquidate(market);
      expect(await vault.collateralOf(bidderAccount, eth.address)).to.equal(weth(1));
      expect(await vault.collateralOf(bidderAccount, btc.address)).to.equal(wbtc('0.0005'));
      expect(await vault.paceAvailable(eth.address)).to.equal(wad(8_000 - 1_600));
      expect(await vault.paceAvailable(btc.address)).to.equal(0n);
    });

    it('is none for an asset that policy has only just listed [LIQ-14] [POL-14]', async () => {
      const market = await loadFixture(marketFixture);
      const token = await new MockERC20__factory(market.deployer).deploy('New', 'NEW', 18);
      await listToken(market, token, { price: 1, depth: 1n, supplyCap: 1n });
      expect(await market.vault.paceAvailable(token)).to.equal(2n ** 128n - 1n);
    });
  });
});
