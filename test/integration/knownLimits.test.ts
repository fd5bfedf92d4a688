import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { MockAggregator__factory } from '../../typechain-types';
import { enter, fillReserves, liquidate } from '../fixtures/actions';
import { COOLDOWN, dueFixture, SHARES } from '../fixtures/fundFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, openMarket, setPrice, withLoan } from '../fixtures/marketFixture';
import { listOwn, tradeOwn } from '../fixtures/ownUnderlying';
import { readFeed, reconfigure } from '../fixtures/reconfigure';
import { openSystem } from '../fixtures/systemFixture';
import { STAKE, tradingFixture } from '../fixtures/tradingFixture';
import { accountOf, DAY, HOUR, MAX_UINT256, NANO, usdc, WAD, wad, weth } from '../fixtures/units';

// What docs/threat-model.md says does not hold, by its numbers: each is shown as it is, so that the page stays true.

/** The default policy; the borrower owes all that 10 WETH at 2,000 may open. */
async function fullLoanFixture() {
  const market = await openMarket(await openSystem());
  const { vault, lens, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth(10));
  const { largestBorrow } = await lens.report(account);
  await vault.connect(borrower).borrow(account, largestBorrow / 10n ** 12n, borrower);
  return market;
}

/** LINK by what its books say, 15, and by the market, 6; 10,000 are owed on 1,000 of it. */
async function bookValueFixture() {
  const market = await marketFixture();
  const { vault, borrower, account, deployer, link: asset } = market;
  const second = await new MockAggregator__factory(deployer).deploy(8, 'the market');
  const answer = (price: number) => second.push(ethers.parseUnits(String(price), 8));
  await answer(15);
  await reconfigure(market, asset, { second });
  const recordedAt = await time.latest();
  await vault.connect(borrower).deposit(account, asset.address, wad(1_000));
  await vault.connect(borrower).borrow(account, usdc(10_000), borrower);
  await answer(6);
  return { ...market, second, answer, recordedAt };
}

/** 0.18 WETH on the shelf, for which the junior tranche has advanced most. */
async function shelfFixture() {
  const market = await marketFixture();
  const { vault, junior, stranger, borrower, keeper, account, closeOut, weth: asset } = market;
  await enter(junior, stranger, usdc(3_000));
  await vault.connect(borrower).deposit(account, asset.address, weth('0.18'));
  await vault.connect(borrower).borrow(account, usdc(250), borrower);
  await setPrice(asset, 1_463);
  await closeOut.connect(keeper).closeOut(account, WAD, accountOf(keeper));
  return market;
}

describe('known limits', () => {
  it('1: a single low print calls a full loan 6.0 % lower and sells it without a call 8.8 % lower', async () => {
    const market = await loadFixture(fullLoanFixture);
    const { vault, keeper, account, weth: asset } = market;
    await setPrice(asset, 2_000 * (1 - 0.06));
    await expect(vault.connect(keeper).call(account)).to.be.revertedWithCustomError(vault, 'NotCallable');
    await setPrice(asset, 2_000 * (1 - 0.061));
    await vault.connect(keeper).call.staticCall(account);
    await setPrice(asset, 2_000 * (1 - 0.088));
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    await setPrice(asset, 2_000 * (1 - 0.089));
    await expect(liquidate(market)).to.emit(vault, 'Liquidated');
  });

  it('7: a book value keeps an account up, and a market feed may take its place after seven days', async () => {
    const market = await loadFixture(bookValueFixture);
    const { vault, oracle, keeper, account, link: asset, second, answer, recordedAt } = market;
    await setPrice(asset, 15);
    await expect(vault.connect(keeper).call(account)).to.be.revertedWithCustomError(vault, 'NotCallable');
    const replace = () => reconfigure(market, asset, { primary: second, second: ethers.ZeroAddress });
    await expect(replace()).to.be.revertedWithCustomError(oracle, 'FeedJump').withArgs(asset.address, wad(15), wad(6));
    await time.increaseTo(recordedAt + 7 * DAY - HOUR);
    for (const [price, push] of [
      [15, (p: number) => setPrice(asset, p)],
      [6, answer],
    ] as const)
      await push(price);
    await oracle.update([asset.address]);
    await expect(replace()).to.be.revertedWithCustomError(oracle, 'FeedJump');
    await time.increase(HOUR);
    await answer(6);
    await replace();
    await vault.connect(keeper).call.staticCall(account);
    expect((await readFeed(oracle, asset.address)).primary).to.equal(await second.getAddress());
  });

  it('7: a risk role goes from the book value to the market in one block, a fifth at a time', async () => {
    const market = await loadFixture(bookValueFixture);
    const { oracle, deployer, link: asset } = market;
    await setPrice(asset, 15);
    for (const price of [12.6, 10.6, 8.9, 7.5, 6.3, 6]) {
      const adapter = await new MockAggregator__factory(deployer).deploy(8, "the risk role's own");
      await adapter.push(ethers.parseUnits(String(price), 8));
      await reconfigure(market, asset, { primary: adapter, second: ethers.ZeroAddress });
    }
    expect((await oracle.read(asset.address)).spot).to.equal(wad(6));
  });

  it('8: a holder whose notice is due leaves before anybody reports a loss', async () => {
    const market = await withLoan(await loadFixture(dueFixture));
    const { fund, vault, quote, stranger, account } = market;
    await setPrice(market.weth, 1_200);
    expect(-(await vault.cashOf(account))).to.be.above(wad(12_000));
    await expect(fund.connect(stranger).redeem(usdc(3_000) * SHARES, stranger, stranger)).to.changeTokenBalance(
      quote,
      stranger,
      usdc(3_000),
    );
    expect(COOLDOWN).to.equal(7 * DAY);
  });

  it('10: what the junior tranche has advanced for stays on the shelf while another waterfall is linked', async () => {
    const market = await loadFixture(shelfFixture);
    const { vault, quote, closeOut, waterfall, actors, bidder, stranger, weth: asset } = market;
    await quote.connect(bidder).approve(closeOut, MAX_UINT256);
    const buy = () => closeOut.connect(bidder).buy(asset.address, weth(1), MAX_UINT256, bidder);
    await vault.connect(actors.governor).setWaterfall(stranger);
    await expect(buy())
      .to.be.revertedWithCustomError(vault, 'OnlyWaterfall')
      .withArgs(await waterfall.getAddress());
    await vault.connect(actors.governor).setWaterfall(waterfall);
    await expect(buy()).to.emit(closeOut, 'Sold');
  });

  it('11: who repays for a moment has reserves go to the tranches, a tenth of their assets at most', async () => {
    const market = await withLoan(await loadFixture(marketFixture));
    const { vault, waterfall, junior, senior, borrower, stranger, bidder, account } = market;
    await enter(junior, stranger, usdc(1_000));
    await enter(senior, bidder, usdc(1_000));
    await fillReserves(market, wad(280)); // 2 % of 14,000: the target
    const moved = async () => {
      const { toJunior, toSenior } = await waterfall.replenish.staticCall();
      return [toJunior, toSenior];
    };
    expect(await moved()).to.deep.equal([0n, 0n]);
    await vault.connect(borrower).repay(account, MAX_UINT256);
    const [toJunior, toSenior] = await moved();
    expect(toJunior).to.be.closeTo(wad(100), NANO);
    expect(toSenior).to.be.closeTo(wad(84), NANO); // 30 % of 280
    await waterfall.replenish();
    await vault.connect(borrower).borrow(account, usdc(14_000), borrower);
    expect(await vault.reserves()).to.be.closeTo(wad(96), 10n * NANO);
  });

  it('13: a waterfall that the governor links takes from lenders what it likes', async () => {
    const market = await loadFixture(marketFixture);
    const { vault, actors, stranger, strangerAccount, quote, lent } = market;
    const held = await vault.liquidity();
    await vault.connect(actors.governor).setWaterfall(stranger);
    await vault.connect(stranger).socialise(strangerAccount, MAX_UINT256, 9_999);
    expect(await vault.cashOf(lent)).to.be.at.most(wad(20)); // of 200,000
    await expect(vault.connect(stranger).withdraw(strangerAccount, quote, MAX_UINT256, stranger)).to.changeTokenBalance(
      quote,
      stranger,
      (balance: bigint) => balance > (held * 99n) / 100n,
    );
  });

  it('15: a risk role lists two markets of its own and waits, and both pay him what a day lets them', async () => {
    const world = await loadFixture(tradingFixture);
    const { vault, quote, bob: thief, bobAccount: long } = world;
    const [own, other] = [await listOwn(world), await listOwn(world)];
    const listedAt = await time.latest();
    await vault.connect(thief).transfer(long, accountOf(thief, 1), quote, usdc(STAKE / 2));
    await time.increaseTo(listedAt + 3 * DAY + HOUR);
    for (const { say, instrument } of [own, other]) {
      await say(100);
      await tradeOwn(world, instrument, 1_000);
    }
    // a profit is settled at the worse price, so the smoothed one has to follow
    for (const { say } of [own, other]) await say(1_000);
    await world.oracle.update([own.key, other.key]);
    await time.increaseTo(listedAt + 4 * DAY);
    for (const { say, instrument } of [own, other]) {
      await say(1_000);
      await vault.settle(long, instrument);
      await expect(vault.settle(accountOf(thief, 1), instrument)).to.be.revertedWithCustomError(vault, 'Insolvent');
    }
    const paid = (await vault.cashOf(long)) - wad(STAKE / 2);
    expect(paid).to.be.within(wad(100_000), wad(100_020));
    await expect(vault.connect(thief).withdraw(long, quote, usdc(100_000), thief)).to.changeTokenBalance(
      quote,
      thief,
      usdc(100_000),
    );
  });
});
