import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import { accountOf, HOUR, MarginMode, MAX_UINT256, MINUTE, usdc, WAD, weth } from '../fixtures/units';

const RESUME_WINDOW = 10 * MINUTE;

/** The borrower's loan in a paused vault. */
async function pausedFixture() {
  const market = await loanFixture();
  await market.vault.connect(market.actors.guardian).pause();
  return market;
}

describe('MarginVault', () => {
  describe('pause', () => {
    it('is for the guardian only, and unpause for the governor only [VLT-24] [VLT-25]', async () => {
      const { vault, actors, stranger } = await loadFixture(loanFixture);
      for (const caller of [actors.admin, actors.governor, actors.risk, actors.deployer, stranger]) {
        await expect(vault.connect(caller).pause())
          .to.be.revertedWithCustomError(vault, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
      }
      await vault.connect(actors.guardian).pause();
      for (const caller of [actors.admin, actors.guardian, actors.risk, actors.deployer, stranger]) {
        await expect(vault.connect(caller).unpause())
          .to.be.revertedWithCustomError(vault, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
      }
    });

    it('reverts with AlreadyPaused or NotPaused the second time [VLT-24] [VLT-25]', async () => {
      const { vault, actors } = await loadFixture(pausedFixture);
      await expect(vault.connect(actors.guardian).pause()).to.be.revertedWithCustomError(vault, 'AlreadyPaused');
      await vault.connect(actors.governor).unpause();
      await expect(vault.connect(actors.governor).unpause()).to.be.revertedWithCustomError(vault, 'NotPaused');
    });

    it('makes every step that adds risk to an indebted account revert with Paused [VLT-24]', async () => {
      const market = await loadFixture(pausedFixture);
      const { vault, borrower, account, weth: asset } = market;
      const steps = [
        () => vault.connect(borrower).withdraw(account, asset.address, 1n, borrower),
        () => vault.connect(borrower).borrow(account, 1n, borrower),
        () => vault.connect(borrower).transfer(account, accountOf(borrower, 1), asset.address, 1n),
        () => vault.connect(borrower).setMode(account, MarginMode.ISOLATED),
        () => vault.connect(borrower).contribute(account, 1n),
      ];
      await expectUntouched(market, async () => {
        for (const step of steps) {
          await expect(step()).to.be.revertedWithCustomError(vault, 'Paused').withArgs(account);
        }
      });
    });

    it('reverts with Paused for a first debt [VLT-24]', async () => {
      const market = await loadFixture(pausedFixture);
      const { vault, stranger, strangerAccount, weth: asset } = market;
      await vault.connect(stranger).deposit(strangerAccount, asset.address, weth(10));
      await expect(vault.connect(stranger).borrow(strangerAccount, usdc(200), stranger))
        .to.be.revertedWithCustomError(vault, 'Paused')
        .withArgs(strangerAccount);
    });

    it('leaves open repayment, top-up, reduction, and withdrawal without debt [VLT-16] [VLT-24]', async () => {
      const { vault, borrower, stranger, lender, account, lent, quote, weth: asset } = await loadFixture(pausedFixture);
      const abi = vault.interface;
      await vault.connect(borrower).deposit(account, asset.address, weth(1));
      await vault.connect(stranger).deposit(account, quote, usdc(1_000));
      await vault.connect(stranger).repay(account, usdc(1_000));
      await vault.connect(lender).transfer(lent, account, quote, usdc(1_000));
      await vault
        .connect(borrower)
        .batch([
          abi.encodeFunctionData('withdraw', [account, asset.address, weth('0.5'), borrower.address]),
          abi.encodeFunctionData('repay', [account, usdc(1_000)]),
        ]);
      await vault.connect(lender).withdraw(lent, quote, usdc(1_000), lender);
      await vault.connect(borrower).repay(account, MAX_UINT256);
      await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
      expect(await vault.principalOf(account)).to.equal(0n);
    });

    it('reverts with Paused when a reduction is not only one [VLT-24]', async () => {
      const { vault, borrower, account, weth: asset } = await loadFixture(pausedFixture);
      const abi = vault.interface;
      await expect(
        vault
          .connect(borrower)
          .batch([
            abi.encodeFunctionData('withdraw', [account, asset.address, weth(5), borrower.address]),
            abi.encodeFunctionData('repay', [account, usdc(1_000)]),
          ]),
      )
        .to.be.revertedWithCustomError(vault, 'Paused')
        .withArgs(account);
    });

    it('closes liquidation until ten minutes after its end [VLT-25] [LIQ-18]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, actors, account, weth: asset } = market;
      await setPrice(asset, 1_500); // below hCritical: no call is needed
      await vault.connect(actors.guardian).pause();
      await expectUntouched(market, async () => {
        await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'LiquidationsClosed');
        await expect(vault.preview(account, WAD)).to.be.revertedWithCustomError(vault, 'LiquidationsClosed');
      });
      await time.increase(MINUTE);
      await vault.connect(actors.governor).unpause();
      const resumed = await time.latest();
      expect(await vault.liquidationsOpen()).to.equal(false);
      await time.setNextBlockTimestamp(resumed + RESUME_WINDOW - 1);
      await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'LiquidationsClosed');
      await time.setNextBlockTimestamp(resumed + RESUME_WINDOW);
      await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    });
  });

  describe('liveTime', () => {
    it('runs with the clock of the chain while nothing is paused [VLT-33]', async () => {
      const { vault } = await loadFixture(loanFixture);
      const [before, at] = [await vault.liveTime(), await time.latest()];
      await time.increase(HOUR);
      expect(await vault.liveTime()).to.equal(before + BigInt((await time.latest()) - at));
    });

    it('stands still from a pause until its window is over [VLT-33]', async () => {
      const { vault, actors } = await loadFixture(loanFixture);
      await vault.connect(actors.guardian).pause();
      const stopped = await vault.liveTime();
      await time.increase(HOUR);
      expect(await vault.liveTime()).to.equal(stopped);
      const resuming = vault.connect(actors.governor).unpause();
      const resumed = (await (await resuming).getBlock())!.timestamp;
      await expect(resuming)
        .to.emit(vault, 'PauseChanged')
        .withArgs(actors.governor.address, false, resumed + RESUME_WINDOW, stopped, 0n);
      expect(await vault.liveTime()).to.equal(stopped);
      await time.increaseTo(resumed + RESUME_WINDOW);
      expect(await vault.liveTime()).to.equal(stopped);
      await time.increaseTo(resumed + RESUME_WINDOW + 100);
      expect(await vault.liveTime()).to.equal(stopped + 100n);
    });

    it('counts the window once when a pause follows inside it [VLT-33]', async () => {
      const { vault, actors } = await loadFixture(loanFixture);
      await vault.connect(actors.guardian).pause();
      const stopped = await vault.liveTime();
      await vault.connect(actors.governor).unpause();
      await time.increase(5 * MINUTE);
      await vault.connect(actors.guardian).pause();
      expect(await vault.liveTime()).to.equal(stopped);
      await time.increase(HOUR);
      expect(await vault.liveTime()).to.equal(stopped);
      await vault.connect(actors.governor).unpause();
      const resumed = await time.latest();
      expect(await vault.liveTime()).to.equal(stopped);
      await time.increaseTo(resumed + RESUME_WINDOW + 7);
      expect(await vault.liveTime()).to.equal(stopped + 7n);
    });

    it('never goes back over many pauses [VLT-33]', async () => {
      const { vault, actors } = await loadFixture(loanFixture);
      let last = await vault.liveTime();
      for (const gap of [1, 30, 599, 600, 601, 3_000]) {
        for (const toggle of ['pause', 'unpause'] as const) {
          const caller = toggle === 'pause' ? actors.guardian : actors.governor;
          await vault.connect(caller)[toggle]();
          await time.increase(gap);
          const now = await vault.liveTime();
          expect(now, `${toggle} and ${gap} s`).to.be.at.least(last);
          last = now;
        }
      }
    });
  });
});
