import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { liquidate } from '../fixtures/actions';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { SEQUENCER_GRACE, sequencedFixture } from '../fixtures/sequencedFixture';
import { HOUR, MarginState, MAX_UINT256, MINUTE, usdc, wbtc, weth } from '../fixtures/units';

const RESUME_WINDOW = 10 * MINUTE;

/** The borrower's loan at 1,700, called: 423 seconds of grace. */
async function calledFixture() {
  const market = await loanFixture();
  await setPrice(market.weth, 1_700);
  await market.vault.connect(market.keeper).call(market.account);
  const { deadline } = await market.vault.callOf(market.account);
  return { ...market, deadline };
}

async function liquidatable({ vault, account }: Market): Promise<readonly [boolean, bigint]> {
  const { yes, elapsed } = await vault.liquidatable(account);
  return [yes, elapsed];
}

describe('MarginCalls', () => {
  describe('stateOf', () => {
    it('goes through every state as the price falls and time passes [CALL-01]', async () => {
      const { vault, keeper, account, weth: asset } = await loadFixture(loanFixture);
      const state = () => vault.stateOf(account);
      expect(await state()).to.equal(MarginState.Healthy);
      await setPrice(asset, 1_900);
      expect(await state()).to.equal(MarginState.Restricted);
      await setPrice(asset, 1_700);
      expect(await state()).to.equal(MarginState.Callable);
      await vault.connect(keeper).call(account);
      expect(await state()).to.equal(MarginState.Called);
      const { deadline } = await vault.callOf(account);
      await time.increaseTo(deadline);
      expect(await state()).to.equal(MarginState.Liquidatable);
      await setPrice(asset, 1_420); // E 199, and the least bonus is 10 % of 2,840
      expect(await state()).to.equal(MarginState.Insolvent);
    });

    it('draws its lines where they are: to the unit [CALL-01]', async () => {
      const { vault, account, weth: asset } = await loadFixture(loanFixture);
      for (const [price, state] of [
        ['1944.44444445', MarginState.Healthy], // 72 % counts: 14,000
        ['1944.44444444', MarginState.Restricted],
        ['1750', MarginState.Restricted],
        ['1749.99999999', MarginState.Callable],
        ['1590.90909091', MarginState.Callable], // health 0.6
        ['1590.9090909', MarginState.Liquidatable],
        ['1428.57142858', MarginState.Liquidatable], // E = Rm / 10
        ['1428.57142857', MarginState.Insolvent],
      ] as const) {
        await setPrice(asset, price);
        expect(await vault.stateOf(account), price).to.equal(state);
      }
    });

    it('is Healthy of an account that owes nothing, whatever its feeds say [CALL-01]', async () => {
      const { vault, borrower, account, lent, weth: asset } = await loadFixture(loanFixture);
      await vault.connect(borrower).repay(account, MAX_UINT256);
      await setPrice(asset, 1);
      expect(await vault.stateOf(account)).to.equal(MarginState.Healthy);
      await asset.feed.setReverting(true);
      expect(await vault.stateOf(account)).to.equal(MarginState.Healthy);
      expect(await vault.stateOf(lent)).to.equal(MarginState.Healthy);
    });

    it('comes back from Called by a top-up, by a repayment, and from Liquidatable by a liquidation [CALL-01]', async () => {
      for (const way of ['topUp', 'repay', 'liquidate'] as const) {
        const market = await loadFixture(calledFixture);
        const { vault, borrower, account, deadline, weth: asset } = market;
        if (way === 'topUp') await vault.connect(borrower).deposit(account, asset.address, weth(3));
        if (way === 'repay') await vault.connect(borrower).repay(account, usdc(3_000));
        if (way === 'liquidate') {
          await time.increaseTo(deadline);
          await liquidate(market);
        }
        // a liquidation restores the target health, 1.25; initial margin asks for 1.4 here
        const back = way === 'liquidate' ? MarginState.Restricted : MarginState.Healthy;
        expect(await vault.stateOf(account), way).to.equal(back);
      }
    });

    it('calls nobody Insolvent for a leg without a price [CALL-01] [CALL-12]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, weth: eth, wbtc: btc } = market;
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.01'));
      await btc.feed.setReverting(true);
      await setPrice(eth, 1_450); // better: E 900, Rm 2,900; without the leg E 500
      expect(await vault.stateOf(account)).to.equal(MarginState.Liquidatable);
      await setPrice(eth, 1_400);
      expect(await vault.stateOf(account)).to.equal(MarginState.Liquidatable);
    });
  });

  describe('liquidatable', () => {
    it('is so from the deadline on, not a second before, and counts the seconds since [CALL-09]', async () => {
      const market = await loadFixture(calledFixture);
      await time.increaseTo(market.deadline - 1n);
      expect(await liquidatable(market)).to.deep.equal([false, 0n]);
      await time.increaseTo(market.deadline);
      expect(await liquidatable(market)).to.deep.equal([true, 0n]);
      await time.increaseTo(market.deadline + 100n);
      expect(await liquidatable(market)).to.deep.equal([true, 100n]);
    });

    it('is so below hCritical without a call and within the grace of one [CALL-10]', async () => {
      const market = await loadFixture(loanFixture);
      await setPrice(market.weth, '1590.9090909');
      expect(await liquidatable(market)).to.deep.equal([true, 0n]);
      const called = await loadFixture(calledFixture);
      await setPrice(called.weth, '1590');
      expect(await liquidatable(called)).to.deep.equal([true, 0n]);
    });

    it('is not so at hCritical without a call, nor at health one with an old one [CALL-09] [CALL-13]', async () => {
      const market = await loadFixture(loanFixture);
      await setPrice(market.weth, '1590.90909091');
      expect(await liquidatable(market)).to.deep.equal([false, 0n]);
      const called = await loadFixture(calledFixture);
      await time.increaseTo(called.deadline + 100n);
      await setPrice(called.weth, 1_751);
      expect(await liquidatable(called)).to.deep.equal([false, 0n]);
    });
  });

  describe('liveTime', () => {
    it('gives back all the grace that a pause and its window took [CALL-08]', async () => {
      const market = await loadFixture(calledFixture);
      const { vault, actors, account, deadline } = market;
      await time.increaseTo(deadline - 200n);
      await vault.connect(actors.guardian).pause();
      const left = deadline - (await vault.liveTime());
      await time.increase(2 * HOUR);
      await setPrice(market.weth, 1_700);
      expect(await vault.stateOf(account)).to.equal(MarginState.Called);
      await vault.connect(actors.governor).unpause();
      const opens = (await time.latest()) + RESUME_WINDOW;
      await time.increaseTo(BigInt(opens) + left - 1n);
      expect(await vault.stateOf(account)).to.equal(MarginState.Called);
      await time.increase(1);
      expect(await liquidatable(market)).to.deep.equal([true, 0n]);
    });

    it('counts a second of pause and outage once, and never goes back [CALL-08] [VLT-33]', async () => {
      const market = await loadFixture(sequencedFixture);
      const { vault, actors, deadline, uptime, weth: asset } = market;
      await time.increaseTo(deadline + 300n);
      expect(await liquidatable(market)).to.deep.equal([true, 300n]);
      await uptime.pushAt(1, await time.latest());
      await vault.connect(actors.guardian).pause();
      const stopped = await vault.liveTime();
      for (let i = 0; i < 4; i++) {
        await time.increase(HOUR);
        expect(await vault.liveTime()).to.equal(stopped);
      }
      await uptime.pushAt(0, await time.latest());
      await vault.connect(actors.governor).unpause();
      await time.increase(RESUME_WINDOW);
      expect(await vault.liveTime()).to.equal(stopped);
      await time.increase(SEQUENCER_GRACE + RESUME_WINDOW);
      await setPrice(asset, 1_700);
      const [yes, elapsed] = await liquidatable(market);
      expect(yes).to.equal(true);
      expect(elapsed).to.be.within(300n, 300n + BigInt(RESUME_WINDOW) + 60n);
    });

    it('lets a call be made in a pause, whose grace begins when it is over [CALL-08]', async () => {
      const { vault, actors, keeper, account, weth: asset } = await loadFixture(loanFixture);
      await setPrice(asset, 1_700);
      await vault.connect(actors.guardian).pause();
      await vault.connect(keeper).call(account);
      await time.increase(HOUR);
      const { calledAt, deadline } = await vault.callOf(account);
      expect([await vault.liveTime(), deadline - calledAt]).to.deep.equal([calledAt, 423n]);
    });

    it('stands still while the sequencer is down and in its grace [CALL-08]', async () => {
      const market = await loadFixture(sequencedFixture);
      const { vault, account, uptime, deadline, weth: asset } = market;
      const [stopped, from] = [await vault.liveTime(), await time.latest()];
      await uptime.pushAt(1, from);
      await time.increase(HOUR);
      expect(await vault.liveTime()).to.equal(stopped);
      const back = from + 2 * HOUR;
      await time.increaseTo(back);
      await uptime.pushAt(0, back);
      await time.increaseTo(back + SEQUENCER_GRACE);
      await setPrice(asset, 1_700);
      expect(await vault.liveTime()).to.equal(stopped + BigInt((await time.latest()) - back - SEQUENCER_GRACE));
      expect(await vault.stateOf(account)).to.equal(MarginState.Called);
      await time.increaseTo(BigInt(back + SEQUENCER_GRACE) + deadline - stopped);
      expect(await vault.stateOf(account)).to.equal(MarginState.Liquidatable);
    });
  });
});
