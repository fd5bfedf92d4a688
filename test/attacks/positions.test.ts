import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { COVERING } from '../fixtures/covering';
import { loadFixture } from '../fixtures/loadFixture';
import { FeedMode } from '../fixtures/oracleFixture';
import {
  FLAT,
  moveTo,
  option,
  optionFixture,
  orderOf,
  PERPETUAL,
  publishFlat,
  restAt,
  signOrder,
  STAKE,
  trade,
  tradeArguments,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { signUpdate, toUnits } from '../fixtures/surfaceFixture';
import { listToken } from '../fixtures/listToken';
import { MockERC20__factory } from '../../typechain-types';
import {
  OperatorRight,
  accountOf,
  DAY,
  HOUR,
  MAX_INT256,
  MAX_UINT256,
  MINUTE,
  usdc,
  WAD,
  wad,
  weth,
} from '../fixtures/units';

describe('Attacks by positions on what holds of loans', () => {
  const liquidate = (w: TradingWorld, fraction = WAD) =>
    w.vault.connect(w.bidder).liquidate(w.aliceAccount, w.bidderAccount, fraction, MAX_INT256, '0x');
  const equityOf = async (w: TradingWorld, account: string) => (await w.vault.assess(account)).assessment.mark.equity;

  // Parts so small that no lot of a position moves: the bidder is paid for a loss that he does not take over.
  it('V25 pays no bidder for a part of a loss that he leaves [BKL-07]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob } = w;
    await trade(w, { buyer: bob, seller: alice, size: 12, price: 40_000 });
    await restAt(w, 41_300);
    await vault.connect(w.keeper).call(w.aliceAccount);
    await time.increase(11 * MINUTE);
    const before = await equityOf(w, w.bidderAccount);
    for (let i = 0; i < 3; i += 1) await liquidate(w, 83_000_000n); // of 12 less than a lot
    expect((await equityOf(w, w.bidderAccount)) - before).to.be.below(1n);
    expect((await vault.positionOf(w.bidderAccount, PERPETUAL))[0]).to.be.below(0n);
  });

  // A collateral whose feed is dead stands in front of one that is an index as well: each of the two would be sold as if it
  // had the market for itself.
  it('V22 sells no more in a market for a dead feed beside it [BKL-04]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob, aliceAccount } = w;
    await vault.connect(alice).deposit(aliceAccount, w.weth.address, weth('0.5'));
    await w.wbtc.token.mint(alice, 10n ** 8n);
    await w.wbtc.token.connect(alice).approve(vault, MAX_UINT256);
    await vault.connect(alice).deposit(aliceAccount, w.wbtc.address, 10n ** 7n);
    await trade(w, { buyer: alice, seller: bob, size: 12, price: 40_000 });
    await vault.connect(alice).withdraw(aliceAccount, w.quote, usdc(2_500), alice);
    await restAt(w, 38_500);
    await w.weth.feed.setMode(FeedMode.Reverts);
    await vault.connect(w.keeper).call(aliceAccount);
    await time.increase(11 * MINUTE);
    await w.policy.connect(w.actors.risk).setPace(w.wbtc.address, { capacity: wad(40_000), refillPerSecond: wad(2) });
    await liquidate(w);
    const [size] = await vault.positionOf(w.bidderAccount, PERPETUAL);
    const sold =
      size * 38_500n + ((await vault.collateralOf(w.bidderAccount, w.wbtc.address)) * 38_500n * WAD) / 10n ** 8n;
    expect(sold).to.be.within(wad(39_900), wad(40_000));
  });

  // An operator who may move collateral about trades the account away to himself.
  it('V43 trades for nobody who has not let him [TRD-01]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob, aliceAccount } = w;
    const thief = w.keeper;
    const rights = OperatorRight.WITHDRAW | OperatorRight.TOP_UP;
    await vault.connect(alice).setOperator(aliceAccount, thief, rights, MAX_UINT40);
    const order = orderOf(thief, { account: aliceAccount, size: wad(4), limitPrice: wad(41_200) });
    const [maker, makerSignature] = await tradeArguments(vault, { buyer: alice, seller: bob, size: 4, price: 41_200 });
    const fill = vault.connect(thief).fill(maker, makerSignature, order, await signOrder(vault, thief, order), wad(4));
    await expect(fill).to.be.revertedWithCustomError(vault, 'NotAuthorised');
    expect(await equityOf(w, aliceAccount)).to.equal(wad(STAKE));
  });

  // An order is filled, and brought again; it is withdrawn, and brought all the same; its deadline is over.
  it('V49 fills nothing twice, after it was taken back, or late [TRD-02]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob, bobAccount } = w;
    const maker = orderOf(bob, { size: wad(-2), limitPrice: wad(38_900) });
    const signature = await signOrder(vault, bob, maker);
    const take = async (size: number) => {
      const taker = orderOf(alice, { size: wad(size), limitPrice: wad(40_000) });
      return vault.connect(w.keeper).fill(maker, signature, taker, await signOrder(vault, alice, taker), wad(size));
    };
    await take(1);
    await take(1);
    await expect(take(1)).to.be.revertedWithCustomError(vault, 'OrderUsedUp');
    expect((await vault.positionOf(bobAccount, PERPETUAL))[0]).to.equal(wad(-2));
    const next = orderOf(bob, { size: wad(-2), limitPrice: wad(38_900) });
    const signed = await signOrder(vault, bob, next);
    await vault.connect(bob).cancelOrders(bobAccount);
    const taker = orderOf(alice, { size: wad(1), limitPrice: wad(40_000) });
    const late = vault.fill(next, signed, taker, await signOrder(vault, alice, taker), wad(1));
    await expect(late).to.be.revertedWithCustomError(vault, 'OrderOfOtherEpoch');
    expect((await vault.positionOf(bobAccount, PERPETUAL))[0]).to.equal(wad(-2));
  });

  // The short waits until its option has expired, when there is no margin model for it any more, and takes his cash out.
  it('V79 lets nobody out before what he owes for an expired option is paid [STD-12] [PNL-04]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, bob, bobAccount } = w;
    const call = option(w, true, 38_000);
    const price = Number((await w.standardMargin.markOf(call))[0] / WAD);
    await trade(w, { buyer: w.alice, seller: bob, size: 2, price, instrument: call });
    for (let at = Number(w.expiry) - 30 * MINUTE; at < Number(w.expiry); at += 2 * MINUTE) {
      await time.increaseTo(at);
      await moveTo(w, 43_000);
      await w.settlementFeed.record(w.wbtc.address, w.expiry);
    }
    await time.increaseTo(Number(w.expiry) + MINUTE);
    await moveTo(w, 38_000);
    const everything = () => vault.connect(bob).withdraw(bobAccount, w.quote, MAX_UINT256, bob);
    await expect(everything()).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    const free = BigInt(STAKE) + 2n * BigInt(price) - 10_000n;
    await vault.connect(bob).withdraw(bobAccount, w.quote, usdc(Number(free)), bob);
    const more = vault.connect(bob).withdraw(bobAccount, w.quote, 1n, bob);
    await expect(more).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    await time.increaseTo(Number(w.expiry) + 2 * HOUR);
    await vault.settle(bobAccount, call);
    await vault.settle(w.aliceAccount, call);
    expect(await vault.cashOf(bobAccount)).to.equal(0n);
    expect(await vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE) - 2n * wad(price) + wad(10_000));
  });

  // The same where nobody has recorded the window, so that nobody knows the price yet.
  it('V79 holds all that an expired option may pay until its price is known [STD-12]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, bob, bobAccount } = w;
    const put = option(w, false, 42_000);
    const price = Number((await w.standardMargin.markOf(put))[0] / WAD);
    await trade(w, { buyer: w.alice, seller: bob, size: '0.2', price, instrument: put });
    await time.increaseTo(Number(w.expiry) + 2 * HOUR);
    await moveTo(w, 45_000);
    const most = 8_400n * 10n ** 6n; // all of the strike
    const cash = (await vault.cashOf(bobAccount)) / 10n ** 12n;
    const escape = vault.connect(bob).withdraw(bobAccount, w.quote, cash - most + 1n, bob);
    await expect(escape).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    await w.settlementFeed.connect(w.actors.governor).resolve(w.wbtc.address, w.expiry, wad(41_000));
    await vault.settle(bobAccount, put);
    expect(await vault.cashOf(bobAccount)).to.be.closeTo((cash - 200n * 10n ** 6n) * 10n ** 12n, wad('0.001'));
  });

  // Rysk, grappa: margin in steps of time falls by a half overnight, and whoever waits for that is short for next to nothing.
  it('V79 asks at every minute of the last day no less than an option pays [STD-04]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, bobAccount } = w;
    const call = option(w, true, 38_000);
    const price = Number((await w.standardMargin.markOf(call))[0] / WAD);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price, instrument: call });
    let last: bigint | undefined;
    for (let left = DAY; left > MINUTE; left -= left > HOUR ? HOUR : MINUTE) {
      await time.increaseTo(Number(w.expiry) - left);
      await moveTo(w, 40_000);
      if (left <= 30 * MINUTE) await w.settlementFeed.record(w.wbtc.address, w.expiry);
      await publishFlat(w);
      const { worse } = (await vault.assess(bobAccount)).assessment;
      const asked = (await vault.cashOf(bobAccount)) - worse.equity + worse.maintenance;
      expect(asked, `${left}`).to.be.above(wad(2_000 + 2_900)); // 7.5 % of the index on top
      if (last !== undefined) expect(asked, `${left}`).to.be.within(last - wad(60), last + wad(1));
      last = asked;
    }
  });

  // Lyra: one position more than anybody can afford to look at.
  it('V24 holds no more positions than its mode can be sold with [POS-01]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, alice, bob, aliceAccount } = w;
    await vault.connect(alice).setMode(aliceAccount, 1);
    await trade(w, { buyer: alice, seller: bob, size: 1, price: 40_000 });
    const instrument = option(w, true, 42_000);
    const second = trade(w, { buyer: alice, seller: bob, size: 1, price: 700, instrument });
    await expect(second).to.be.revertedWithCustomError(vault, 'TooManyPositions').withArgs(aliceAccount, 1n);
    expect((await vault.portfolio(aliceAccount)).positions).to.have.length(1);
  });

  // An account is made as dear to sell as the rules allow. Eight collaterals, a perpetual, and an option of each of
  // thirty-one expiries; the bidder holds the same, so that each of them is looked at once more for him.
  it('V24 sells thirty-two positions beside eight collaterals, of which there cannot be more, within a third of a block [BKL-08]', async function () {
    if (COVERING) this.skip(); // instrumented contracts cost more
    const w = await loadFixture(dearestBookFixture);
    const before = await w.vault.portfolio(w.aliceAccount);
    expect([before.positions.length, before.collateral.length, before.cash < 0n]).to.deep.equal([32, 8, true]);
    const price = Number((await w.standardMargin.markOf(w.another))[0] / WAD);
    const more = trade(w, { buyer: w.bob, seller: w.actors.lender, size: 1, price, instrument: w.another });
    await expect(more).to.be.revertedWithCustomError(w.vault, 'TooManyPositions').withArgs(w.bobAccount, 32n);
    const receipt = (await (await liquidate(w)).wait())!;
    expect(receipt.gasUsed).to.be.below(GAS_BUDGET);
    const after = await w.vault.portfolio(w.aliceAccount);
    expect([after.positions.length, after.collateral.length]).to.deep.equal([0, 0]);
    const bidder = await w.vault.portfolio(w.bidderAccount);
    expect([bidder.positions.length, bidder.collateral.length, bidder.cash < 0n]).to.deep.equal([32, 8, true]);
  });
});

const GAS_BUDGET = 10_000_000n;

/** Alice has all that an account can have, is short of all of it, and owes; the bidder has the same, and owes too. */
async function dearestBookFixture() {
  const w = await tradingFixture();
  const { vault, alice, aliceAccount, bob, bobAccount, bidder, bidderAccount, deployer } = w;
  const feeds: Awaited<ReturnType<typeof listToken>>[] = [];
  for (let i = 0; i < 8; i += 1) {
    const token = await new MockERC20__factory(deployer).deploy('Leg', `LEG${i}`, 18);
    feeds.push(await listToken(w, token, { price: 2_000, depth: wad(500), supplyCap: wad(1_000) }));
    for (const [holder, account, amount] of [
      [alice, aliceAccount, wad(2)],
      [bidder, bidderAccount, wad(60)],
    ] as const) {
      await token.mint(holder, amount);
      await token.connect(holder).approve(vault, amount);
      await vault.connect(holder).deposit(account, token, amount);
    }
  }
  await w.quote.mint(bob, usdc(200_000));
  await w.quote.connect(bob).approve(vault, usdc(200_000));
  await vault.connect(bob).deposit(bobAccount, w.quote, usdc(200_000));
  for (const seller of [alice, bidder]) await trade(w, { buyer: bob, seller, size: 1, price: 40_000 });
  for (let days = 1; days <= 31; days += 1) {
    const dated = { ...w, expiry: w.expiry + BigInt((days - 8) * DAY) };
    const update = {
      underlying: w.wbtc.address,
      expiry: dated.expiry,
      parameters: toUnits(FLAT),
      confidenceBps: 100,
      timestamp: await time.latest(),
    };
    const publisher = w.actors.keeper;
    await w.volatilityFeed.publish(update, publisher, await signUpdate(w.volatilityFeed, publisher, update));
    const instrument = option(dated, true, 44_000);
    const price = Number((await w.standardMargin.markOf(instrument))[0] / WAD) + 1;
    for (const seller of [alice, bidder]) await trade(w, { buyer: bob, seller, size: '0.03', price, instrument });
  }
  for (const holder of [alice, bidder]) {
    const account = accountOf(holder);
    const cash = (await vault.cashOf(account)) / 10n ** 12n;
    await vault.connect(holder).borrow(account, cash + usdc(8_000), holder);
  }
  // each token at half, and each price of bitcoin apart from its smoothed one
  for (const feed of feeds) await feed.push(1_000n * 10n ** 8n);
  await moveTo(w, 46_000);
  return { ...w, another: option({ ...w, expiry: w.expiry + BigInt(23 * DAY) }, true, 46_000) };
}

const MAX_UINT40 = 2n ** 40n - 1n;
