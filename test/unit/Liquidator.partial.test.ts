import { takeSnapshot, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { liquidate } from '../fixtures/actions';
import { beforeSealing } from '../fixtures/beforeSealing';
import { expectUntouched } from '../fixtures/expectUntouched';
import { EXAMPLE_ELAPSED, exampleFixture, nextAt } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import { readAssessment, readPortfolio, sides } from '../fixtures/readAccount';
import { TEST_LIQUIDATION_TERMS } from '../fixtures/testPolicy';
import { accountOf, MAX_UINT256, NANO, usdc, wad, WAD, weth } from '../fixtures/units';

/** The worked example: 0.2 = 10 % + 30 % * 400 / 1,200, and (1.25 - 0.75) / (1.25 - 0.2 - 0.05) = 0.5. */
const EXAMPLE = {
  fraction: WAD / 2n,
  bonusRate: wad('0.2'),
  bonus: wad(320), // 0.2 * 3,200 / 2
  fee: wad(80), // 0.05 * 3,200 / 2
  pay: wad(880), // 2,400 / 2 - 320
  shortfall: 0n,
};

describe('Liquidator', () => {
  describe('liquidate a part', () => {
    it('reverts with FractionOutOfBounds for nothing and for more than all [LIQ-13]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault } = market;
      await nextAt(market, 0n);
      await expectUntouched(market, async () => {
        for (const fraction of [0n, WAD + 1n, MAX_UINT256]) {
          await expect(liquidate(market, fraction))
            .to.be.revertedWithCustomError(vault, 'FractionOutOfBounds')
            .withArgs(fraction);
        }
      });
    });

    it('moves and costs what the worked example says, to the wei [LIQ-04] [LIQ-05]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, bidder, account, bidderAccount, weth: asset } = market;
      expect(sides(await readAssessment(market, account)).mark).to.deep.equal([wad(2_400), wad(4_480), wad(3_200)]);
      await nextAt(market, EXAMPLE_ELAPSED);
      await expect(liquidate(market))
        .to.emit(vault, 'Liquidated')
        .withArgs(account, bidderAccount, bidder.address, wad('0.75'), Object.values(EXAMPLE), 0n);

      expect(await vault.cashOf(account)).to.equal(wad(-13_600 + 6_800 + 880 - 80));
      expect(await vault.collateralOf(account, asset.address)).to.equal(weth(5));
      expect(await vault.cashOf(bidderAccount)).to.equal(wad(100_000 - 6_800 - 880));
      expect(await vault.collateralOf(bidderAccount, asset.address)).to.equal(weth(5));
      expect(await vault.reserves()).to.equal(wad(80));
      const [equity] = sides(await readAssessment(market, account)).mark;
      expect(equity).to.equal(wad(2_400 - 320 - 80));
    });

    it('previews what it does [LIQ-22]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, account, deadline } = market;
      await time.increaseTo(deadline + EXAMPLE_ELAPSED);
      expect(await vault.preview(account, WAD)).to.deep.equal(Object.values(EXAMPLE));
      const fifth = Object.values({ ...EXAMPLE, fraction: WAD / 5n, bonus: wad(128), fee: wad(32), pay: wad(352) });
      expect(await vault.preview(account, WAD / 5n)).to.deep.equal(fifth);
    });

    it('takes no more than restores the target health, and no more than the bidder wants [LIQ-13]', async () => {
      for (const [wanted, taken] of [
        [WAD, weth(5)],
        [WAD / 2n + 1n, weth(5)],
        [WAD / 5n, weth(2)],
        [1n, 10n],
      ] as const) {
        const market = await loadFixture(exampleFixture);
        await nextAt(market, EXAMPLE_ELAPSED);
        await liquidate(market, wanted);
        expect(await market.vault.collateralOf(market.bidderAccount, market.weth.address)).to.equal(taken);
      }
    });

    it('restores the target health where what is left is as concentrated [LIQ-04]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, policy, engine, actors, account, weth: asset } = market;
      // the depth so large, and the haircut so much higher, that 80 % count of any amount
      const risk = {
        listed: true,
        decimals: 18,
        maintenanceHaircutBps: 2_000,
        initialHaircutBps: 2_800,
        depth: 2n ** 96n - 1n,
        supplyCap: weth(1_000),
      };
      await beforeSealing(policy, () => policy.connect(actors.risk).setCollateral(asset.address, risk));
      await nextAt(market, EXAMPLE_ELAPSED);
      await liquidate(market);
      const health = await engine.health(await readPortfolio(market, account));
      expect(health).to.be.closeTo(wad('1.25'), 10n ** 10n);
      expect(await vault.cashOf(account)).to.be.closeTo(wad(-6_000), 10n ** 13n);
    });

    for (const [price, elapsed] of [
      [1_740, 0],
      [1_740, 1_200],
      [1_650, 0],
      [1_650, 600],
      [1_595, 1_200],
      [1_500, 0],
      [1_440, 1_200],
    ] as const) {
      it(`raises health each time, at ${price} and ${elapsed} seconds [LIQ-06]`, async () => {
        const market = await loadFixture(loanFixture);
        const { vault, engine, keeper, account, weth: asset } = market;
        await setPrice(asset, price);
        await vault.connect(keeper).call(account);
        const { deadline } = await vault.callOf(account);
        await time.increaseTo(deadline + BigInt(elapsed) + 1n);
        const healthNow = async () => engine.health(await readPortfolio(market, account));
        for (let last = await healthNow(), round = 0; last < WAD && round < 10; ++round) {
          await liquidate(market, WAD / 10n);
          const health = await healthNow();
          expect(health).to.be.above(last);
          last = health;
        }
      });
    }

    it('pays two parts no more than one of the same size [LIQ-28]', async () => {
      const market = await loadFixture(exampleFixture);
      const gainOf = async (fractions: readonly bigint[]) => {
        const snapshot = await takeSnapshot();
        // the same second for each: the ramp is at its end
        await time.increaseTo(market.deadline + 2_000n);
        for (const fraction of fractions) await liquidate(market, fraction);
        const [equity] = sides(await readAssessment(market, market.bidderAccount)).mark;
        await snapshot.restore();
        return equity!;
      };
      const whole = await gainOf([wad('0.4')]);
      expect(await gainOf([wad('0.2'), wad('0.25')])).to.be.at.most(whole); // 0.25 of the remaining 0.8
    });
  });

  describe('bonus', () => {
    for (const [elapsed, bonusRate] of [
      [0n, '0.1'],
      [1n, '0.10025'],
      [300n, '0.175'],
      [600n, '0.25'],
      [1_199n, '0.39975'],
      [1_200n, '0.4'],
      [100_000n, '0.4'],
    ] as const) {
      it(`is ${bonusRate} of the requirement ${elapsed} seconds after the deadline [LIQ-07]`, async () => {
        const market = await loadFixture(exampleFixture);
        await nextAt(market, elapsed);
        await setPrice(market.weth, 1_600);
        expect((await market.vault.preview(market.account, WAD)).bonusRate).to.equal(wad(bonusRate));
      });
    }

    it('does not grow with depth above hCritical: waiting for the deadline is not dearer [LIQ-08]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, account, weth: asset } = market;
      await nextAt(market, 0n);
      await setPrice(asset, '1546'); // health 0.601
      expect((await vault.preview(account, WAD)).bonusRate).to.equal(wad('0.1'));
    });

    for (const [price, bonusRate, fee] of [
      // health, ramp, cap
      [1_500, (WAD * 7n) / 30n, wad('0.05')], // 1/3: 0.1 + 0.3 * 4/9 = 0.2333, within 0.3
      [1_480, undefined, undefined], // 0.2703: 0.2649, above 0.2432 less the fee
      [1_440, wad('0.1'), wad('0.025')], // 0.1389: 0.125 leaves the least bonus, and half of the fee
    ] as const) {
      it(`grows with depth below hCritical within kappa times health, at ${price} [LIQ-08] [LIQ-09]`, async () => {
        const market = await loadFixture(loanFixture);
        const { vault, account, weth: asset } = market;
        await setPrice(asset, price);
        const plan = await vault.preview(account, WAD / 10n);
        const health = (wad(price * 10 - 14_000) * WAD) / wad(price * 2);
        const cap = (health * 9n) / 10n;
        const [expectedBonus, expectedFee] =
          bonusRate === undefined ? [cap - wad('0.05'), wad('0.05')] : [bonusRate, fee];
        expect(plan.bonusRate).to.be.closeTo(expectedBonus, 1n);
        const requirement = wad(price * 2) / 10n;
        expect(plan.bonus).to.be.closeTo((requirement * expectedBonus) / WAD, 1_000n);
        expect(plan.fee).to.be.closeTo((requirement * expectedFee) / WAD, 1_000n);
      });
    }

    it('stays with the fee within kappa times health late on the time ramp too [LIQ-09]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, policy, actors, account, deadline } = market;
      await policy.connect(actors.risk).setLiquidationTerms({ ...TEST_LIQUIDATION_TERMS, kappaBps: 5_000 });
      await time.increaseTo(deadline + 1_200n);
      expect((await vault.preview(account, WAD)).bonusRate).to.equal(wad('0.325')); // 0.375 less the fee
    });
  });

  describe('self-liquidation by another account of the owner', () => {
    it('gains the owner nothing: he is the fee poorer [LIQ-03]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault, borrower, account, quote, deadline } = market;
      const other = accountOf(borrower, 1);
      await vault.connect(borrower).deposit(other, quote, usdc(20_000));
      const worth = async () =>
        sides(await readAssessment(market, account)).mark[0]! + sides(await readAssessment(market, other)).mark[0]!;
      const before = await worth();
      await time.increaseTo(deadline + 600n);
      await vault.connect(borrower).liquidate(account, other, WAD, wad(100_000), '0x');
      expect(await worth()).to.be.closeTo(before - (await vault.reserves()), NANO);
    });
  });
});
