import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { fillFund, liquidate } from '../fixtures/actions';
import { expectFutile } from '../fixtures/expectFutile';
import { compareGains } from '../fixtures/gain';
import { loadFixture } from '../fixtures/loadFixture';
import { interestFixture, loanFixture, setPrice, withLoan } from '../fixtures/marketFixture';
import { readPortfolio } from '../fixtures/readAccount';
import { readWealth } from '../fixtures/readWealth';
import { accountOf, DAY, HOUR, MarginState, MINUTE, usdc, wad, WAD, weth } from '../fixtures/units';

const RESUME_WINDOW = 10 * MINUTE;

/** The loan where cash costs about 2.2 % a year, and then nobody comes for nine years. */
async function forgottenFixture() {
  const market = await withLoan(await interestFixture());
  await time.increase(9 * 365 * DAY);
  await setPrice(market.weth, 2_000);
  return market;
}

/** Called at 1,700, with 423 seconds of grace. */
async function calledFixture() {
  const market = await loanFixture();
  const { vault, keeper, account, weth: asset } = market;
  await setPrice(asset, 1_700);
  await vault.connect(keeper).call(account);
  const { deadline } = await vault.callOf(account);
  return { ...market, deadline };
}

/** Worth half a unit more than it owes. */
async function pennilessFixture() {
  const market = await loanFixture();
  await setPrice(market.weth, '1400.05');
  return market;
}

describe('Attacks on the time of a liquidation', () => {
  // A debtor whom nobody has touched for years passes at the debt of then, and his creditors wait for somebody to accrue.
  it('V27 calls by the debt of now, without an accrual before it [VLT-27]', async () => {
    const market = await loadFixture(forgottenFixture);
    const { vault, engine, keeper, account } = market;
    const debt = -(await vault.cashOf(account));
    expect(debt).to.be.above(wad(16_000)); // of 14,000
    const seen = await engine.health(await readPortfolio(market, account));
    expect(seen).to.be.below(WAD);
    const calling = vault.connect(keeper).call(account);
    let named = 0n;
    await expect(calling)
      .to.emit(vault, 'MarginCalled')
      .withArgs(
        account,
        keeper.address,
        (health: bigint) => (named = health) < WAD,
        () => true,
        () => true,
        wad(1),
      );
    // what the views said is what was acted on, but for a second of interest; and neither did an accrual change it
    expect(named).to.be.closeTo(seen, 10n ** 13n);
    const called = await engine.health(await readPortfolio(market, account));
    await vault.accrue();
    expect(await engine.health(await readPortfolio(market, account))).to.be.closeTo(called, 10n ** 13n);
  });

  // The guardian pauses in a crash; when he ends it, bots are faster than owners (Venus, May 2022).
  it('V28 lets an owner act first after a pause [VLT-25]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, actors, borrower, account, weth: asset } = market;
    await vault.connect(actors.guardian).pause();
    await setPrice(asset, 1_500); // below hCritical: no call is needed
    await vault.connect(borrower).repay(account, usdc(500)); // open in the pause too
    await time.increase(HOUR);
    await setPrice(asset, 1_500);
    await vault.connect(actors.governor).unpause();
    const resumed = await time.latest();
    const before = await readWealth(market, borrower);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'LiquidationsClosed');
    await time.setNextBlockTimestamp(resumed + RESUME_WINDOW - 2);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'LiquidationsClosed');
    await vault.connect(borrower).repay(account, usdc(2_000));
    await time.increaseTo(resumed + RESUME_WINDOW + HOUR / 2);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    expect(await readWealth(market, borrower)).to.equal(before);
  });

  // The call is made in the last block before a pause, whose time then eats up the grace (raac).
  it('V29 takes no second of grace for a pause [CALL-08]', async () => {
    const market = await loadFixture(calledFixture);
    const { vault, actors, account, weth: asset, deadline } = market;
    await vault.connect(actors.guardian).pause();
    const left = deadline - (await vault.liveTime());
    expect(left).to.be.above(420n);
    await time.increase(6 * HOUR);
    await setPrice(asset, 1_700);
    await vault.connect(actors.governor).unpause();
    const opens = (await time.latest()) + RESUME_WINDOW;
    for (const second of [0n, left - 1n]) {
      await time.setNextBlockTimestamp(BigInt(opens) + second);
      await expectFutile(market, () => liquidate(market), vault, 'NotLiquidatable');
    }
    await time.setNextBlockTimestamp(BigInt(opens) + left);
    await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    expect(await vault.collateralOf(account, asset.address)).to.be.below(weth(10));
  });

  // The owner has himself called early, at the longest grace, and sinks under its protection at his lenders' cost.
  it('V29b ends the grace of an account that sinks [CALL-10]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, borrower, account, bidder, lent, weth: asset } = market;
    await setPrice(asset, 1_749);
    await vault.connect(borrower).call(account);
    await setPrice(asset, 1_450);
    expect(await vault.stateOf(account)).to.equal(MarginState.Liquidatable);
    const attack = async (isSold: boolean) => {
      const [before, lenders] = [await readWealth(market, bidder), await vault.cashOf(lent)];
      if (isSold) await liquidate(market).catch(() => undefined);
      const gain = (await readWealth(market, bidder)) - before;
      await time.increase(600); // the end of the grace that he has asked for
      await setPrice(asset, 1_200);
      await liquidate(market).catch(() => undefined);
      return [gain > 0n, (await vault.cashOf(lent)) - lenders];
    };
    const { unguarded, guarded } = await compareGains(attack);
    // sold only then, the account lacks 2,000 and the bonus of 240: two thirds of it are this lender's
    expect(unguarded[0]).to.equal(false);
    expect(unguarded[1]).to.be.closeTo((wad(-2_240) * 2n) / 3n, 10n);
    expect(guarded).to.deep.equal([true, 0n]);
  });

  // A keeper makes the same call again and again, for a fee each time.
  it('V32 pays for one call an episode [CALL-03]', async () => {
    const market = await loadFixture(calledFixture);
    const { vault, keeper, stranger, account, deadline } = market;
    const before = await vault.cashOf(account);
    for (let i = 0; i < 5; ++i) {
      for (const caller of [keeper, stranger]) {
        await expect(vault.connect(caller).call(account))
          .to.be.revertedWithCustomError(vault, 'AlreadyCalled')
          .withArgs(account, deadline);
      }
    }
    expect(await vault.cashOf(account)).to.equal(before);
    expect(await vault.cashOf(accountOf(keeper))).to.equal(wad(1));
  });

  // At a price that flutters about health one, calls and clears alternate, each call for a fee.
  it('V32b pays for no second call before the first is cured by more than a flutter [CALL-06]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, keeper, account, weth: asset } = market;
    for (let i = 0; i < 4; ++i) {
      await setPrice(asset, 1_745); // 0.989
      await vault
        .connect(keeper)
        .call(account)
        .catch(() => undefined);
      await setPrice(asset, 1_753); // 1.008
      await vault
        .connect(keeper)
        .clear(account)
        .catch(() => undefined);
    }
    expect(await vault.cashOf(accountOf(keeper))).to.equal(wad(1));
    expect(await vault.cashOf(account)).to.equal(wad(-14_001));
  });

  // Calls of accounts that have nothing left to pay with are paid for by whoever pays for their losses.
  it('V32c pays for no call out of the fund [CALL-05]', async () => {
    const market = await loadFixture(pennilessFixture);
    const { vault, junior, keeper, account } = market;
    await fillFund(market, usdc(1_000));
    await vault.connect(keeper).call(account);
    expect(await vault.cashOf(accountOf(keeper))).to.equal(wad('0.5'));
    await liquidate(market);
    // the least bonus of 280.01, and no fee of a call beside it
    expect(usdc(1_000) - (await junior.totalAssets())).to.be.closeTo(usdc('280.01'), 2n);
  });
});
