import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { loadFixture } from '../fixtures/loadFixture';
import { setPrice } from '../fixtures/marketFixture';
import {
  BITCOIN,
  moveTo,
  PERPETUAL,
  restAt,
  setTerms,
  STAKE,
  surplusOf,
  trade,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { accountOf, MarginState, MAX_INT256, MAX_UINT256, MINUTE, usdc, WAD, wad, weth } from '../fixtures/units';

const LOTS = 10n ** 9n;

describe('Attacks by perpetuals', () => {
  const wealthOf = async (w: TradingWorld, accounts: readonly string[]) => {
    let sum = 0n;
    for (const account of accounts) sum += (await w.vault.assess(account)).assessment.mark.equity;
    return sum;
  };

  // YFI on dYdX, November 2023: more than a hundred wallets, one hand, and open interest far beyond what spot could take.
  it('V72 lets many accounts of one hand hold no more than the market can take [TRD-05]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob } = w;
    await setTerms(w, { depth: wad(20), perpetualCapBps: 5_000 });
    const accounts = [1n, 2n, 3n, 4n].map((id) => accountOf(alice, id));
    for (const account of accounts) {
      await vault.connect(alice).transfer(w.aliceAccount, account, w.quote, usdc(STAKE / 5));
    }
    for (const buyerAccount of accounts.slice(0, 2)) {
      await trade(w, { buyer: alice, seller: bob, size: 4, price: 40_000, buyerAccount });
    }
    const more = trade(w, { buyer: alice, seller: bob, size: 4, price: 40_000, buyerAccount: accounts[2]! });
    await expect(more)
      .to.be.revertedWithCustomError(vault, 'OpenInterestCapExceeded')
      .withArgs(PERPETUAL, wad(12), wad(10));
    await trade(w, { buyer: alice, seller: bob, size: 2, price: 40_000, buyerAccount: accounts[2]! });
    expect((await vault.marketOf(BITCOIN)).perpetualLots).to.equal(10n * LOTS);
    // he moves spot by a tenth: all that he can win of others is a tenth of the cap
    expect((await vault.marketOf(BITCOIN)).perpetualLots * 4_000n).to.equal(40_000n * LOTS);
  });

  // Mango, October 2022: buy of oneself far above the market, borrow against the account that has won, leave the other one.
  it('V73 moves no money by a trade with oneself beyond the band [TRD-03]', async () => {
    const w = await loadFixture(tradingFixture);
    const sale = trade(w, { buyer: w.alice, seller: w.bob, size: 4, price: 44_000 });
    await expect(sale)
      .to.be.revertedWithCustomError(w.vault, 'PriceBeyondBand')
      .withArgs(PERPETUAL, wad(44_000), wad(40_000), wad(1_200));
    expect(await wealthOf(w, [w.bobAccount])).to.equal(wad(STAKE));
  });

  // As above at the edge of the band, until the account that loses can carry no more. What the other one has gained counts
  // in half, so that what both can take out is what they brought, less margin, and what is left pays for what is lost.
  it('V73 lends against no more than the policy counts of a profit [STD-02]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob } = w;
    await setTerms(w, { unsettledCap: 0 });
    await trade(w, { buyer: alice, seller: bob, size: 8, price: 41_200 });
    // a profit of 9,600, and margin of 2.04 % of 320,000
    const free = BigInt(STAKE) + 9_600n - 4_800n - 6_528n;
    expect(await w.engine.excess(await readPortfolio(w, w.bobAccount))).to.equal(free * WAD);
    const cash = async () => w.quote.balanceOf(bob.address);
    const before = await cash();
    await vault.connect(bob).withdraw(w.bobAccount, w.quote, usdc(Number(free)), bob);
    const more = vault.connect(bob).withdraw(w.bobAccount, w.quote, 1n, bob);
    await expect(more).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    expect((await cash()) - before).to.be.below(usdc(STAKE));
    // and the loser is not abandoned: he still has what a fall by a hundredth costs him
    expect(await wealthOf(w, [w.aliceAccount])).to.equal(wad(STAKE - 9_600));
  });

  // What half of a profit cannot do, paying it out could: winners are paid before losers have paid.
  it('V73 pays no profit that no loser has paid beyond the cap [PNL-03] [TRD-08]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob } = w;
    await setTerms(w, { unsettledCap: 700 });
    await trade(w, { buyer: alice, seller: bob, size: 8, price: 41_200 });
    await vault.settle(w.bobAccount, PERPETUAL);
    expect(await vault.cashOf(w.bobAccount)).to.equal(wad(STAKE + 700));
    const again = vault.settle(w.bobAccount, PERPETUAL);
    await expect(again).to.be.revertedWithCustomError(vault, 'UnsettledCapReached').withArgs(BITCOIN, wad(8_900), 0n);
    // closing it to a third account of his pays no more
    const third = accountOf(bob, 3n);
    await vault.connect(bob).transfer(w.bobAccount, third, w.quote, usdc(8_000));
    await trade(w, { buyer: bob, seller: bob, size: 8, price: 40_000, sellerAccount: third });
    expect(await vault.cashOf(w.bobAccount)).to.equal(wad(STAKE + 700 - 8_000));
    expect((await vault.marketOf(BITCOIN)).unsettled).to.equal(wad(700));
  });

  // Babylon BF-75: open at the price of before one's own trade, close a part at the one after it.
  it('V74 gains nothing by opening, adding, closing a part and turning round with oneself [TRD-08]', async () => {
    const w = await loadFixture(tradingFixture);
    const own = [w.aliceAccount, w.bobAccount];
    const before = await wealthOf(w, own);
    for (const [size, price] of [
      [2, 39_100],
      [3, 41_150],
      [-4, 40_900],
      [-3, 38_900],
      ['1.5', 41_000],
      ['0.5', 39_500],
    ] as const) {
      const isBought = !String(size).startsWith('-');
      const [buyer, seller] = isBought ? [w.alice, w.bob] : [w.bob, w.alice];
      await trade(w, { buyer, seller, size: String(size).replace('-', ''), price });
      expect(await wealthOf(w, own)).to.be.within(before - 100n, before);
    }
    const [position] = [await w.vault.positionOf(w.aliceAccount, PERPETUAL)];
    expect(position[0]).to.equal(0n);
    const cash = (await w.vault.cashOf(w.aliceAccount)) + (await w.vault.cashOf(w.bobAccount));
    expect(cash).to.be.within(wad(2 * STAKE) - 100n, wad(2 * STAKE));
    expect(await surplusOf(w, [...own, w.lent, w.bidderAccount])).to.be.within(0n, 100n);
  });

  // Hyperliquid, March 2025: take the profit out of a large position until it stands at its edge, and leave it to the pool.
  it('V75 pays no profit out at a price that was printed once [PNL-03]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob } = w;
    await trade(w, { buyer: alice, seller: bob, size: 8, price: 40_000 });
    await moveTo(w, 42_000);
    await expect(vault.settle(w.aliceAccount, PERPETUAL)).to.be.revertedWithCustomError(vault, 'NothingToSettle');
    expect(await vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE));
  });

  it('V75 leaves initial margin in cash behind what is taken out [POS-06]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob } = w;
    await trade(w, { buyer: alice, seller: bob, size: 8, price: 40_000 });
    await restAt(w, 42_000);
    await vault.settle(w.aliceAccount, PERPETUAL);
    const all = await vault.cashOf(w.aliceAccount);
    expect(all).to.be.within(wad(STAKE + 15_900), wad(STAKE + 16_000));
    const everything = vault.connect(alice).withdraw(w.aliceAccount, w.quote, MAX_UINT256, alice);
    await expect(everything).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    const free = await w.engine.excess(await readPortfolio(w, w.aliceAccount));
    await vault.connect(alice).withdraw(w.aliceAccount, w.quote, free / 10n ** 12n, alice);
    expect(await vault.cashOf(w.aliceAccount)).to.be.above(wad(6_850)); // 2.04 % of 336,000
    // the fall that follows is paid by him
    const reserves = await vault.reserves();
    await restAt(w, 41_400);
    const sale = vault.connect(w.bidder).liquidate(w.aliceAccount, w.bidderAccount, WAD, MAX_INT256, '0x');
    await expect(sale).not.to.emit(w.waterfall, 'ShortfallCovered');
    expect((await wealthOf(w, [w.aliceAccount])) > 0n).to.equal(true);
    expect((await vault.reserves()) >= reserves).to.equal(true);
  });

  // Perennial: where a trade is refused, have oneself liquidated by oneself.
  it('V76 takes nobody over to an account without the margin that a trade would take [LIQ-01] [POS-06]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice } = w;
    await trade(w, { buyer: alice, seller: w.bob, size: 12, price: 40_000 });
    await restAt(w, 38_500);
    await w.instruments.connect(w.actors.guardian).close(BITCOIN);
    const empty = accountOf(alice, 5n);
    const sale = vault.connect(alice).liquidate(w.aliceAccount, empty, WAD, MAX_INT256, '0x');
    await expect(sale).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    expect((await vault.positionOf(empty, PERPETUAL))[0]).to.equal(0n);
  });

  it('V76 costs who sells to himself more than a trade, and opens nothing [BKL-01] [LIQ-05]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice } = w;
    const other = accountOf(alice, 5n);
    await vault.connect(alice).transfer(w.aliceAccount, other, w.quote, usdc(1));
    await w.quote.mint(alice, usdc(60_000));
    await w.quote.connect(alice).approve(vault, MAX_UINT256);
    await vault.connect(alice).deposit(other, w.quote, usdc(60_000));
    await trade(w, { buyer: alice, seller: w.bob, size: 12, price: 40_000 });
    await restAt(w, 38_550);
    // the guardian has closed the underlying: nobody opens anything, by no door
    await w.instruments.connect(w.actors.guardian).close(BITCOIN);
    const reserves = await vault.reserves();
    const own = [w.aliceAccount, other];
    const before = await wealthOf(w, own);
    await vault.connect(alice).liquidate(w.aliceAccount, other, WAD, MAX_INT256, '0x');
    const paid = before - (await wealthOf(w, own));
    expect(paid).to.be.above(wad(50)); // a trade would have been free
    expect((await vault.reserves()) - reserves).to.be.closeTo(paid, wad('0.01'));
    expect((await vault.marketOf(BITCOIN)).perpetualLots).to.equal(12n * LOTS);
  });

  // Trade as little as may be with oneself, keep what it requires, and have it sold to oneself for the least bonus, from as
  // many accounts as one likes. The book of 200 requires 4.08 by its rate, and its sale pays 5.
  it('V20d pays nobody for closing the least books of his own [POS-07]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob } = w;
    await vault.connect(w.lender).contribute(w.lent, wad(1_000));
    const own = [w.aliceAccount, w.bobAccount, w.bidderAccount];
    const reserves = await vault.reserves();
    await trade(w, { buyer: alice, seller: bob, size: '0.005', price: 40_000 });
    const free = await w.engine.excess(await readPortfolio(w, w.aliceAccount));
    await vault.connect(alice).withdraw(w.aliceAccount, w.quote, free / 10n ** 12n, alice);
    const before = await wealthOf(w, own);
    await moveTo(w, 37_600);
    await vault.connect(alice).call(w.aliceAccount);
    await time.increase(11 * MINUTE);
    await vault.connect(w.bidder).liquidate(w.aliceAccount, w.bidderAccount, WAD, MAX_INT256, '0x');
    expect((await vault.portfolio(w.aliceAccount)).positions).to.have.length(0);
    expect((await vault.reserves()) >= reserves).to.equal(true);
    expect((await wealthOf(w, own)) <= before).to.equal(true);
  });

  // The same as V40 with positions, whose margin is cash: the owner gives it to the reserves, and takes the book that nothing
  // stands behind any more over at what others pay.
  it('V40b has nobody give away the cash that his positions need [VLT-03] [VLT-31]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, aliceAccount } = w;
    await trade(w, { buyer: alice, seller: w.bob, size: 12, price: 40_000 });
    const reserves = await vault.reserves();
    await expect(vault.connect(alice).contribute(aliceAccount, MAX_UINT256)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
    expect(await vault.reserves()).to.equal(reserves);
    const free = await w.engine.excess(await readPortfolio(w, aliceAccount));
    await vault.connect(alice).contribute(aliceAccount, free);
    expect(await vault.stateOf(aliceAccount)).to.equal(MarginState.Healthy);
  });

  // A loss that was settled leaves a debt of some quote units once the position is closed, which no borrower could have.
  // With next to nothing behind it the next fall has it sold for the least bonus, which the reserves pay.
  it('V20e lets nobody take away what backs a debt below the least [POS-08]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob, aliceAccount, weth: asset } = w;
    await vault.connect(alice).deposit(aliceAccount, asset.address, weth('0.1'));
    await trade(w, { buyer: alice, seller: bob, size: '0.005', price: 40_000 });
    await vault.connect(alice).withdraw(aliceAccount, w.quote, usdc(STAKE), alice);
    await restAt(w, 39_000);
    await setPrice(asset, 2_000);
    await vault.settle(aliceAccount, PERPETUAL);
    await trade(w, { buyer: bob, seller: alice, size: '0.005', price: 39_000 });
    expect(await vault.cashOf(aliceAccount)).to.equal(wad(-5));
    const withdrawal = vault.connect(alice).withdraw(aliceAccount, asset.address, weth('0.09'), alice);
    await expect(withdrawal)
      .to.be.revertedWithCustomError(vault, 'DebtBelowMinimum')
      .withArgs(aliceAccount, (debt: bigint) => debt >= wad(5) && debt < wad('5.01'), wad(200));
    expect(await vault.collateralOf(aliceAccount, asset.address)).to.equal(weth('0.1'));
    await vault.connect(alice).repay(aliceAccount, MAX_UINT256);
    await vault.connect(alice).withdraw(aliceAccount, asset.address, weth('0.1'), alice);
  });

  // A small book requires the least there is, and does so however little is left of it. Who takes it over in slices is paid for
  // each as for a part of all that, which adds up to more than all.
  it('A21 takes a book at the least requirement over as a whole, and not in slices [BKL-03]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, aliceAccount } = w;
    await trade(w, { buyer: alice, seller: w.bob, size: '0.02', price: 40_000 });
    await vault.connect(alice).withdraw(aliceAccount, w.quote, usdc(STAKE - 25), alice);
    await restAt(w, 39_200);
    const { mark } = (await vault.assess(aliceAccount)).assessment;
    expect(mark.maintenance).to.equal(wad(10));
    expect(mark.equity).to.be.within(wad('8.9'), wad('9.1'));
    await vault.connect(alice).call(aliceAccount);
    await time.increase(20 * MINUTE);
    const take = (fraction: bigint) =>
      vault.connect(w.bidder).liquidate(aliceAccount, w.bidderAccount, fraction, MAX_INT256, '0x');
    await expect(take(WAD / 10n)).to.be.revertedWithCustomError(vault, 'FullCloseRequired');
    await take(WAD);
    expect((await vault.portfolio(aliceAccount)).positions).to.have.length(0);
  });

  // A rival settles a loss of cents: a debt below the least one, by which every further trade would fail.
  it('A22 keeps nobody from trading by a small debt that a stranger has made [TRD-10]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob, aliceAccount } = w;
    await vault.connect(alice).deposit(aliceAccount, w.weth.address, weth(5));
    await trade(w, { buyer: alice, seller: bob, size: 1, price: 40_000 });
    await vault.connect(alice).withdraw(aliceAccount, w.quote, usdc(STAKE), alice);
    await restAt(w, 39_990);
    await setPrice(w.weth, 2_000);
    await vault.connect(bob).settle(aliceAccount, PERPETUAL);
    expect(await vault.cashOf(aliceAccount)).to.equal(wad(-10));
    await trade(w, { buyer: alice, seller: bob, size: '0.1', price: 39_990 });
    expect((await vault.positionOf(aliceAccount, PERPETUAL))[0]).to.equal(wad('1.1'));
  });

  // A market is stopped because its price is wrong. Who has won by that price settles those who have lost by it.
  it('A16 has nobody pay at a price for which the guardian has paused [PNL-05]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob } = w;
    await trade(w, { buyer: alice, seller: bob, size: 5, price: 40_000 });
    await restAt(w, 41_000);
    await vault.connect(w.actors.guardian).pause();
    const settlement = vault.connect(alice).settle(w.bobAccount, PERPETUAL);
    await expect(settlement).to.be.revertedWithCustomError(vault, 'Paused').withArgs(w.bobAccount);
    expect(await vault.cashOf(w.bobAccount)).to.equal(wad(STAKE));
  });

  const readPortfolio = async (w: TradingWorld, account: string) => {
    const { mode, cash, collateral, positions } = await w.vault.portfolio(account);
    return {
      account,
      mode,
      cash,
      collateral: collateral.map(({ asset, amount }) => ({ asset, amount })),
      positions: positions.map(({ instrument, size, costBasis }) => ({ instrument, size, costBasis })),
    };
  };
});
