import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { formatEther } from 'ethers';

import { expiredFixture } from '../fixtures/expiredFixture';
import { loadFixture } from '../fixtures/loadFixture';
import { setPrice } from '../fixtures/marketFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import {
  BITCOIN,
  moveTo,
  option,
  optionFixture,
  PERPETUAL,
  publishFlat,
  restAt,
  setTerms,
  STAKE,
  surplusOf,
  trade,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { accountOf, DAY, HOUR, MAX_UINT256, usdc, WAD, wad, weth } from '../fixtures/units';

/** All cash but Alice's: of lender, bidder and Bob. */
const LENT = wad(320_000);
/** What lenders pay at most for one loss, bps. */
const SHARE_BPS = 500n;
const PRICE_STATUS_DEGRADED = 1n;

type Closings = { instrument: bigint; opposites: string[] }[];

describe('Deleveraging', () => {
  const deleverage = (w: TradingWorld, closings: Closings, account = w.aliceAccount) =>
    w.vault.connect(w.keeper).deleverage(account, closings);
  const ofBob = (w: TradingWorld): Closings => [{ instrument: PERPETUAL, opposites: [w.bobAccount] }];
  const lossOf = async ({ vault }: TradingWorld) => {
    const [event] = await vault.queryFilter(vault.filters.LossDeleveraged(), 'latest');
    if (event === undefined) throw new Error('nothing was deleveraged');
    return event.args;
  };
  const pricesOf = async ({ vault }: TradingWorld) => {
    return (await vault.queryFilter(vault.filters.Deleveraged(), 'latest')).map(({ args }) => args);
  };
  const all = (w: TradingWorld) => [w.aliceAccount, w.bobAccount, w.lent, w.bidderAccount, accountOf(w.keeper)];

  /** Alice is long 12 bitcoin from 40,000 on 20,000 of cash, and lacks 28,000 at 36,000; Bob is short as much. */
  async function insolventFixture() {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await moveTo(w, 36_000);
    return w;
  }

  it('reverts with NotInsolvent for who can pay, however unhealthy [ADL-01]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await moveTo(w, 38_400);
    await expect(deleverage(w, ofBob(w)))
      .to.be.revertedWithCustomError(w.vault, 'NotInsolvent')
      .withArgs(w.aliceAccount, wad(800));
  });

  it('reverts with LossCovered where the rest of the waterfall pays [ADL-01]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await moveTo(w, 37_100);
    await expect(deleverage(w, ofBob(w)))
      .to.be.revertedWithCustomError(w.vault, 'LossCovered')
      .withArgs(w.aliceAccount, wad(14_800));
  });

  it('takes collateral without a price for what it was worth last, and leaves it where it is [ADL-01]', async () => {
    const w = await loadFixture(tradingFixture);
    await w.vault.connect(w.alice).deposit(w.aliceAccount, w.weth.address, weth(5));
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await time.increase(2 * DAY);
    await moveTo(w, 39_000);
    const { downLegs } = (await w.vault.assess(w.aliceAccount)).assessment;
    expect(downLegs).to.equal(1n);
    await moveTo(w, 37_500);
    // 20,000 and 10,000 of ether pay for 30,000
    await expect(deleverage(w, ofBob(w)))
      .to.be.revertedWithCustomError(w.vault, 'NotInsolvent')
      .withArgs(w.aliceAccount, 0n);
    await moveTo(w, 35_000);
    await deleverage(w, ofBob(w));
    expect((await lossOf(w)).loss).to.equal(wad(30_000));
    expect(await w.vault.collateralOf(w.aliceAccount, w.weth.address)).to.equal(weth(5));
    expect(await w.vault.cashOf(w.aliceAccount)).to.be.within(-wad(10_000), -wad(10_000) + wad('0.01'));
  });

  it('waits for the price of an option that the account may owe for [ADL-01]', async () => {
    const w = await loadFixture(optionFixture);
    const call = option(w, true, 60_000);
    const [mark] = await w.standardMargin.markOf(call);
    await trade(w, { buyer: w.bob, seller: w.alice, size: 1, price: formatEther(mark), instrument: call });
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await time.increase(DAY);
    await moveTo(w, 36_000);
    await expect(deleverage(w, ofBob(w)))
      .to.be.revertedWithCustomError(w.vault, 'PriceNotLive')
      .withArgs(call, PriceStatus.Down);
  });

  it('reverts while liquidations are closed [ADL-01]', async () => {
    const w = await insolventFixture();
    await w.vault.connect(w.actors.guardian).pause();
    await expect(deleverage(w, ofBob(w))).to.be.revertedWithCustomError(w.vault, 'LiquidationsClosed');
  });

  it('reverts with NothingToDeleverage where no position has lost [ADL-01]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, aliceAccount, weth: asset } = w;
    await vault.connect(alice).deposit(aliceAccount, asset.address, weth(100));
    await vault.connect(alice).borrow(aliceAccount, usdc(60_000), alice);
    await trade(w, { buyer: alice, seller: w.bob, size: '0.1', price: 40_000 });
    await setPrice(asset, 100);
    await moveTo(w, 40_100);
    await expect(deleverage(w, ofBob(w))).to.be.revertedWithCustomError(vault, 'NothingToDeleverage');
  });

  it('has winners go without what nobody else pays, and no more [ADL-02] [ADL-03]', async () => {
    const w = await insolventFixture();
    await deleverage(w, ofBob(w));
    const { loss, covered, haircut } = await lossOf(w);
    expect(loss).to.equal(wad(28_000));
    expect(covered).to.be.within((LENT * SHARE_BPS) / 10_000n - 10n ** 9n, (LENT * SHARE_BPS) / 10_000n);
    expect(haircut).to.be.within(loss - covered, loss - covered + 12n);
    // 1,000 a bitcoin, on the side of the loser
    const [exit] = await pricesOf(w);
    expect(exit!.size).to.equal(wad(-12));
    expect(exit!.price).to.be.closeTo(wad(37_000), 10n ** 9n);
    const bob = await w.vault.cashOf(w.bobAccount);
    expect(bob).to.be.closeTo((wad(STAKE) * 95n) / 100n + wad(48_000 - 12_000), 10n ** 9n);
    expect(await w.vault.cashOf(w.aliceAccount)).to.be.within(0n, 100n);
    for (const account of [w.aliceAccount, w.bobAccount]) {
      expect((await w.vault.portfolio(account)).positions).to.have.length(0);
    }
    const { perpetualLots, unsettled } = await w.vault.marketOf(BITCOIN);
    expect([perpetualLots, unsettled >= -100n && unsettled <= 0n]).to.deep.equal([0n, true]);
    expect(await surplusOf(w, all(w))).to.be.within(0n, 10n ** 10n);
  });

  it('takes of several opposites as many as it needs, in the order they are named [ADL-04]', async () => {
    const w = await loadFixture(tradingFixture);
    const third = accountOf(w.bob, 3n);
    await w.vault.connect(w.bob).transfer(w.bobAccount, third, w.quote, usdc(8_000));
    await trade(w, { buyer: w.alice, seller: w.bob, size: 8, price: 40_000 });
    await trade(w, { buyer: w.alice, seller: w.bob, size: 4, price: 40_000, sellerAccount: third });
    // of somebody else's too, who stays
    await w.vault.connect(w.bidder).deposit(accountOf(w.bidder, 1n), w.quote, usdc(10_000));
    await trade(w, { buyer: w.bidder, seller: w.bob, size: 2, price: 40_000, sellerAccount: third });
    await moveTo(w, 36_000);
    await deleverage(w, [{ instrument: PERPETUAL, opposites: [third, w.bobAccount] }]);
    const sizes = async (account: string) => (await w.vault.positionOf(account, PERPETUAL))[0];
    expect(await sizes(third)).to.equal(0n);
    expect(await sizes(w.bobAccount)).to.equal(wad(-2));
    expect((await w.vault.marketOf(BITCOIN)).perpetualLots).to.equal(wad(2) / 10n ** 9n);
    const exits = await pricesOf(w);
    expect(exits.map(({ size }) => size)).to.deep.equal([wad(-6), wad(-6)]);
    expect(exits[0]!.price).to.equal(exits[1]!.price);
  });

  it('reverts with OppositesMissing where they hold too little, or a leg is left out [ADL-04]', async () => {
    const w = await insolventFixture();
    const [third, alike] = [accountOf(w.bob, 3n), accountOf(w.bidder)];
    await trade(w, { buyer: w.bidder, seller: w.bob, size: 1, price: 36_000 });
    await expect(deleverage(w, []))
      .to.be.revertedWithCustomError(w.vault, 'OppositesMissing')
      .withArgs(PERPETUAL, wad(12));
    await expect(deleverage(w, [{ instrument: PERPETUAL, opposites: [] }]))
      .to.be.revertedWithCustomError(w.vault, 'OppositesMissing')
      .withArgs(PERPETUAL, wad(12));
    // who holds nothing, or the same side, is passed over
    await expect(deleverage(w, [{ instrument: PERPETUAL, opposites: [third, alike, w.aliceAccount] }]))
      .to.be.revertedWithCustomError(w.vault, 'OppositesMissing')
      .withArgs(PERPETUAL, wad(12));
    expect((await w.vault.positionOf(w.aliceAccount, PERPETUAL))[0]).to.equal(wad(12));
  });

  it('takes nothing of who has not won so much [ADL-03]', async () => {
    const w = await insolventFixture();
    // at 36,100 somebody takes over a part of Bob's position, and has won 100 a bitcoin
    const late = accountOf(w.bidder);
    await trade(w, { buyer: w.bob, seller: w.bidder, size: 6, price: 36_100 });
    await expect(deleverage(w, [{ instrument: PERPETUAL, opposites: [late, w.bobAccount] }]))
      .to.be.revertedWithCustomError(w.vault, 'OppositesMissing')
      .withArgs(PERPETUAL, wad(6));
  });

  it('leaves alone by what the account has won, and shares the loss among what it has lost [ADL-02]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, alice, bob, aliceAccount, bobAccount } = w;
    const [call, put] = [option(w, true, 38_000), option(w, false, 38_000)];
    const premium = async (id: bigint) => Number((await w.standardMargin.markOf(id))[0] / WAD);
    const [callPrice, putPrice] = [await premium(call), await premium(put)];
    await trade(w, { buyer: alice, seller: bob, size: 4, price: 40_000 });
    await trade(w, { buyer: bob, seller: alice, size: 3, price: putPrice, instrument: put });
    await trade(w, { buyer: bob, seller: alice, size: '0.5', price: callPrice, instrument: call });
    // by this one she wins
    const hedge = option(w, false, 36_000);
    await trade(w, { buyer: alice, seller: bob, size: '0.1', price: await premium(hedge), instrument: hedge });
    await moveTo(w, 29_000);
    const [putMark] = await w.standardMargin.markOf(put);
    const [callMark] = await w.standardMargin.markOf(call);
    const losses = { perpetual: wad(44_000), call: callMark / 2n, put: 3n * putMark };
    const opposites = [bobAccount];
    await deleverage(w, [
      { instrument: PERPETUAL, opposites },
      { instrument: call, opposites },
      { instrument: put, opposites },
    ]);
    const { loss, covered } = await lossOf(w);
    const missing = loss - covered;
    const sum = losses.perpetual + losses.call + losses.put;
    const haircuts = (await pricesOf(w)).map(({ haircut }) => haircut);
    const parts = [losses.perpetual, losses.call, losses.put].map((each) => (missing * each) / sum);
    // a block's time changes what options are worth a little
    parts.forEach((part, i) => expect(haircuts[i]).to.be.closeTo(part, part / 1_000n));
    const { positions } = await vault.portfolio(aliceAccount);
    expect(positions.map(({ instrument, size }) => [instrument, size])).to.deep.equal([[hedge, wad('0.1')]]);
    expect((await vault.assess(aliceAccount)).assessment.mark.equity).to.be.closeTo(0n, wad('0.01'));
    expect((await vault.marketOf(BITCOIN)).optionLots).to.equal(wad('0.1') / 10n ** 9n);
  });

  it('waits until the loss of a position is told by a Live price [ADL-01]', async () => {
    const w = await insolventFixture();
    await restAt(w, 36_000);
    await time.increase(2 * HOUR);
    await expect(deleverage(w, ofBob(w)))
      .to.be.revertedWithCustomError(w.vault, 'PriceNotLive')
      .withArgs(PERPETUAL, PRICE_STATUS_DEGRADED);
    await moveTo(w, 36_000);
    await deleverage(w, ofBob(w));
  });

  it('passes over an option that has expired and waits to be settled [ADL-02]', async () => {
    const w = await loadFixture(expiredFixture);
    // what she has won by the call is 6,000, and by the perpetual she loses it and all her cash
    await restAt(w, 44_000);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 8, price: 44_000 });
    await moveTo(w, 39_000);
    await deleverage(w, ofBob(w));
    const { positions } = await w.vault.portfolio(w.aliceAccount);
    expect(positions.map(({ instrument, size }) => [instrument, size])).to.deep.equal([[w.call, wad(2)]]);
    expect((await w.vault.assess(w.aliceAccount)).assessment.mark.equity).to.be.within(0n, 100n);
    await w.vault.settle(w.bobAccount, w.call);
    await w.vault.settle(w.aliceAccount, w.call);
    expect(await w.vault.cashOf(w.aliceAccount)).to.be.within(0n, 100n);
  });

  it('passes over a perpetual that is closed and still owed for [ADL-02]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, alice, bob, aliceAccount, bobAccount } = w;
    await setTerms(w, { unsettledCap: 0 });
    await trade(w, { buyer: alice, seller: bob, size: 1, price: 40_000 });
    await restAt(w, 40_500);
    await trade(w, { buyer: w.lender, seller: alice, size: 1, price: 40_500 });
    expect(await vault.positionOf(aliceAccount, PERPETUAL)).to.deep.equal([0n, wad(-500)]);
    await publishFlat(w);
    const call = option(w, true, 42_000);
    const price = Number((await w.standardMargin.markOf(call))[0] / WAD);
    await trade(w, { buyer: bob, seller: alice, size: 2, price, instrument: call });
    await moveTo(w, 65_000);
    await deleverage(w, [{ instrument: call, opposites: [bobAccount] }]);
    const { positions } = await vault.portfolio(aliceAccount);
    expect(positions.map(({ instrument, size }) => [instrument, size])).to.deep.equal([[PERPETUAL, 0n]]);
    expect((await vault.assess(aliceAccount)).assessment.mark.equity).to.be.within(0n, 100n);
  });

  it('pays for no more than positions have lost, whatever else is owed [ADL-01]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, aliceAccount, weth: asset } = w;
    await vault.connect(alice).deposit(aliceAccount, asset.address, weth(100));
    await vault.connect(alice).borrow(aliceAccount, usdc(60_000), alice);
    await trade(w, { buyer: alice, seller: w.bob, size: '0.1', price: 40_000 });
    await setPrice(asset, 100);
    await moveTo(w, 39_000);
    await expect(deleverage(w, ofBob(w)))
      .to.be.revertedWithCustomError(vault, 'LossCovered')
      .withArgs(aliceAccount, wad(100));
  });

  it('pays the winner out of what the loser has lost, whatever the cap [ADL-05]', async () => {
    const w = await loadFixture(tradingFixture);
    await setTerms(w, { unsettledCap: 0 });
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await restAt(w, 36_000);
    await deleverage(w, ofBob(w));
    expect((await w.vault.portfolio(w.bobAccount)).positions).to.have.length(0);
    await w.vault.connect(w.bob).withdraw(w.bobAccount, w.quote, MAX_UINT256, w.bob);
    const { unsettled } = await w.vault.marketOf(BITCOIN);
    expect(unsettled <= 0n).to.equal(true);
  });

  it('judges no account in the middle of a call that changes it [ADL-06]', async () => {
    const w = await insolventFixture();
    const { vault, alice, bob } = w;
    const own = vault.interface.encodeFunctionData('deleverage', [w.aliceAccount, ofBob(w)]);
    const deposit = (account: string) =>
      vault.interface.encodeFunctionData('deposit', [account, w.quote.target, usdc(1)]);
    await expect(vault.connect(alice).batch([deposit(w.aliceAccount), own])).to.be.revertedWithCustomError(
      vault,
      'Unsettled',
    );
    await expect(vault.connect(bob).batch([deposit(w.bobAccount), own])).to.be.revertedWithCustomError(
      vault,
      'Unsettled',
    );
  });
});
