import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { fillFund, liquidate } from '../fixtures/actions';
import { expectFutile } from '../fixtures/expectFutile';
import { exampleFixture, sunkTo } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, setPrice } from '../fixtures/marketFixture';
import { readAssessment, readPortfolio, sides } from '../fixtures/readAccount';
import { readWealth } from '../fixtures/readWealth';
import { DAY, MAX_INT256, usdc, wad, WAD, wbtc, weth } from '../fixtures/units';

/** Worth 14,400 and owing 14,000: a part of 98.8 % would restore it and leave 177 of collateral. */
async function nearlyAllFixture() {
  return sunkTo(1_440);
}

/** Worth 10,000 and owing 14,000: what is there pays for neither debt nor bonus. */
async function underWaterFixture() {
  const market = await sunkTo(1_000);
  await fillFund(market, usdc(6_000));
  return market;
}

/** 0.0185 of a bonus below the floor of 5, and beside it no more than 1.1 for a fee of 1.35. */
async function poorAndSmallFixture() {
  const market = await marketFixture();
  const { vault, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth('0.18'));
  await vault.connect(borrower).borrow(account, usdc(250), borrower);
  await setPrice(asset, 1_420);
  await fillFund(market, usdc(1_000));
  return market;
}

/** At a third of its requirement, called long ago: by time alone the bonus would be 40 %. */
async function longDueFixture() {
  const market = await loanFixture();
  const { vault, keeper, account, weth: asset } = market;
  await setPrice(asset, 1_700);
  await vault.connect(keeper).call(account);
  await time.increase(3_000);
  await setPrice(asset, 1_500);
  return market;
}

/** 100 WETH, more than the market's depth of 80, at health 0.83; 10,000 of WETH may be sold at once. */
async function whaleFixture() {
  const market = await marketFixture();
  const { vault, policy, actors, borrower, keeper, stranger, strangerAccount, account, quote, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth(100));
  await vault.connect(borrower).borrow(account, usdc(70_000), borrower);
  await vault.connect(stranger).deposit(strangerAccount, quote, usdc(4_000));
  await policy.connect(actors.risk).setPace(asset.address, { capacity: wad(10_000), refillPerSecond: wad(10) });
  await setPrice(asset, 1_400);
  await vault.connect(keeper).call(account);
  await time.increase(601);
  return market;
}

describe('Attacks on the amounts of a liquidation', () => {
  // A bidder takes all that pays him and leaves a rest that nobody will ever be paid for: dyad, Aave before v3.3.
  it('V14 leaves no dust after a partial close [LIQ-10]', async () => {
    const market = await loadFixture(nearlyAllFixture);
    const { vault, account, bidder, weth: asset } = market;
    const before = await readWealth(market, bidder);
    await expectFutile(market, () => liquidate(market, wad('0.985')), vault, 'FullCloseRequired', [
      account,
      wad('0.985'),
    ]);
    await liquidate(market);
    expect(await vault.collateralOf(account, asset.address)).to.equal(0n);
    expect(await vault.cashOf(account)).to.be.closeTo(wad(40), 10_000n); // 400 less bonus and fee: the owner's
    expect((await readWealth(market, bidder)) - before).to.be.closeTo(wad(288), 10_000n);
  });

  // An owner opens, or leaves over, a debt that costs more to close than there is to earn.
  it('V14b opens no dust, and reduces to none [VLT-14]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, borrower, stranger, account, strangerAccount, weth: asset } = market;
    await vault.connect(stranger).deposit(strangerAccount, asset.address, weth(1));
    const open = () => vault.connect(stranger).borrow(strangerAccount, usdc(1), stranger);
    await expectFutile(market, open, vault, 'DebtBelowMinimum', [strangerAccount, wad(1), wad(200)]);
    const reduce = () => vault.connect(borrower).repay(account, usdc(13_999));
    await expectFutile(market, reduce, vault, 'DebtBelowMinimum', [account, wad(1), wad(200)]);
  });

  // The owner lets his account sink until debt and bonus are more than what is there, which makes naive code underflow
  // and revert for ever (foundry-defi-stablecoin).
  it('V15 closes an account that is worth less than debt and bonus [LIQ-11]', async () => {
    const market = await loadFixture(underWaterFixture);
    const { vault, account, bidder, junior, weth: asset } = market;
    const before = await readWealth(market, bidder);
    await liquidate(market);
    expect(await vault.collateralOf(account, asset.address)).to.equal(0n);
    expect(await vault.cashOf(account)).to.equal(0n);
    // 10 % of the requirement of 2,000 is the bidder's; the fund paid that and the 4,000 that lacked
    expect((await readWealth(market, bidder)) - before).to.equal(wad(200));
    expect(await junior.totalAssets()).to.equal(usdc(6_000 - 4_200));
  });

  // The same by the fee: it would be taken from an account that has just paid its last for the bonus.
  it('V15b takes no fee that the account cannot pay [LIQ-09]', async () => {
    const market = await loadFixture(poorAndSmallFixture);
    const { vault, account } = market;
    const [equity, , maintenance] = sides(await readAssessment(market, account)).mark;
    expect(equity! - wad(5)).to.be.below(maintenance! / 20n);
    await liquidate(market);
    expect(await vault.cashOf(account)).to.equal(0n);
    expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
  });

  // A bidder waits for the largest bonus and takes slices, each of which lowers health and so pays the next better, until
  // nothing is left (Compound's audit of 2019).
  it('V16 raises health by every slice, whatever bonus has come due [LIQ-06]', async () => {
    const market = await loadFixture(longDueFixture);
    const { vault, engine, account, bidder } = market;
    const healthNow = async () => engine.health(await readPortfolio(market, account));
    const before = await readWealth(market, bidder);
    let last = await healthNow();
    expect(last).to.equal(wad('0.333')); // 1,000 less the fee of the call, of 3,000
    for (let round = 0; last < WAD && round < 20; ++round) {
      await liquidate(market, WAD / 4n);
      const health = await healthNow();
      expect(health, `slice ${round}`).to.be.above(last);
      last = health;
    }
    const left = sides(await readAssessment(market, account)).mark[0]!;
    const cost = (await readWealth(market, bidder)) - before + (await vault.reserves());
    expect(left).to.be.above(wad(80));
    expect(cost).to.be.closeTo(wad(999) - left, 10n ** 10n);
  });

  // A whale's account that may only be sold whole moves the market more than it brings (sentiment-v2).
  it('V18 sells a whale in steps that the market can take [LIQ-14]', async () => {
    const market = await loadFixture(whaleFixture);
    const { vault, engine, account, weth: asset } = market;
    const health = async () => engine.health(await readPortfolio(market, account));
    let [steps, last] = [0, await health()];
    for (; last < WAD; ++steps) {
      const before = await vault.collateralOf(account, asset.address);
      await liquidate(market);
      const sold = ((before - (await vault.collateralOf(account, asset.address))) * wad(1_400)) / WAD;
      expect(sold, `step ${steps}`).to.be.at.most(wad(10_010)); // 10,000 and what a second refills
      expect(await health()).to.be.above(last);
      last = await health();
      await time.increase(1_000);
      await setPrice(asset, 1_400);
    }
    expect(steps).to.be.above(1);
  });

  // A bidder who has less than the whale is worth stands by while it sinks.
  it('V18b sells no more of a whale than a small bidder can carry [LIQ-13]', async () => {
    const market = await loadFixture(whaleFixture);
    const { vault, stranger, account, strangerAccount, weth: asset } = market;
    const before = await readWealth(market, stranger);
    const bid = (fraction: bigint) =>
      vault.connect(stranger).liquidate(account, strangerAccount, fraction, MAX_INT256, '0x');
    await bid(WAD / 50n);
    expect(await vault.collateralOf(strangerAccount, asset.address)).to.equal(weth(2));
    expect((await readWealth(market, stranger)) - before).to.be.above(wad(150));
  });

  // A bidder takes parts so small that what he pays, or the units he gets, round in his favour, a thousand times
  // (XocolatlLiquidator, March 2026, whose cost rounded to nothing).
  it('V25 gives a bidder no unit more by parts that round [LIQ-28]', async () => {
    const market = await loadFixture(marketFixture);
    const { vault, borrower, bidder, account, wbtc: asset } = market;
    await vault.connect(borrower).deposit(account, asset.address, wbtc('0.5'));
    await vault.connect(borrower).borrow(account, usdc(14_000), borrower);
    await setPrice(asset, 30_000);
    const before = await readWealth(market, bidder);
    const units = await vault.collateralOf(account, asset.address);
    for (const fraction of [1n, 1n, 2n, 3n, 10n ** 9n, 10n ** 9n + 1n]) await liquidate(market, fraction);
    // a fiftieth of a millionth part would be one unit: they were all less
    expect(await vault.collateralOf(account, asset.address)).to.equal(units);
    expect(await readWealth(market, bidder)).to.be.at.most(before);
  });

  // The keepers are stuck in a gas spike and the one that is not waits until the account sells for nothing: Maker, 12 March
  // 2020, 8.32 million dollars of collateral for no dai.
  it('V30 sells no cheaper for being alone, however late [LIQ-09]', async () => {
    const market = await loadFixture(exampleFixture);
    const { vault, account, bidder, bidderAccount, weth: asset, deadline } = market;
    for (const days of [1n, 3n]) {
      await time.increaseTo(deadline + days * BigInt(DAY));
      await setPrice(asset, 1_600);
      const { bonusRate } = await vault.preview(account, WAD);
      expect(bonusRate).to.equal(wad('0.4'));
    }
    const before = await readWealth(market, bidder);
    await liquidate(market);
    const taken = ((await vault.collateralOf(bidderAccount, asset.address)) * wad(1_600)) / WAD;
    const gained = (await readWealth(market, bidder)) - before;
    // 40 % of a requirement of 20 %: eight in a hundred of what he took, and no more
    expect(gained).to.be.closeTo((taken * 8n) / 100n, 10n ** 9n);
  });
});
