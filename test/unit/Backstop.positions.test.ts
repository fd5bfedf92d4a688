import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { expiredAt } from '../fixtures/expiredFixture';
import { loadFixture } from '../fixtures/loadFixture';
import { setPrice } from '../fixtures/marketFixture';
import { BITCOIN, moveTo, PERPETUAL, trade, tradingFixture, type TradingWorld } from '../fixtures/tradingFixture';
import { accountOf, DAY, MAX_INT256, usdc, WAD, wad, wbtc, weth } from '../fixtures/units';

/** What rounding may leave, quote WAD. */
const DUST = 10n ** 10n;

describe('Backstop, of accounts with positions', () => {
  const liquidate = (w: TradingWorld) =>
    w.vault.connect(w.bidder).liquidate(w.aliceAccount, w.bidderAccount, WAD, MAX_INT256, '0x');
  const marketOfLoss = async ({ waterfall }: TradingWorld) => {
    const [covered] = await waterfall.queryFilter(waterfall.filters.ShortfallCovered(), 'latest');
    if (covered === undefined) throw new Error('nothing was covered');
    return covered.args.market;
  };

  it('counts a loss for the index of positions, whatever small thing stands beside them [WTF-09]', async () => {
    const w = await loadFixture(tradingFixture);
    await w.vault.connect(w.alice).deposit(w.aliceAccount, w.weth.address, weth('0.01'));
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await moveTo(w, 37_500);
    await liquidate(w);
    expect(await marketOfLoss(w)).to.equal(w.wbtc.address);
    expect((await w.waterfall.lossesOf(w.weth.address)).fromReserves).to.equal(0n);
    const { fromReserves, fromJunior, fromSenior, socialised, unpaid } = await w.waterfall.lossesOf(w.wbtc.address);
    expect(fromReserves + fromJunior + fromSenior + socialised + unpaid).to.be.above(wad(10_000));
  });

  it('counts positions together with the collateral that is their index [WTF-09]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, aliceAccount, weth: ether, wbtc: bitcoin } = w;
    await vault.connect(alice).deposit(aliceAccount, ether.address, weth(1));
    await vault.connect(alice).deposit(aliceAccount, bitcoin.address, wbtc('0.03'));
    await trade(w, { buyer: alice, seller: w.bob, size: '0.03', price: 40_000 });
    // each of the two is 1,200 of bitcoin, and the ether 2,000; a borrower owes what makes it a loss
    await vault.connect(alice).withdraw(aliceAccount, w.quote, usdc(20_000), alice);
    await vault.connect(alice).borrow(aliceAccount, usdc(2_300), alice);
    await setPrice(ether, 1_400);
    await moveTo(w, 30_000);
    await liquidate(w);
    expect(await marketOfLoss(w)).to.equal(bitcoin.address);
  });

  it('takes no share of a loss out of the cash of who has lost [WTF-03]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await moveTo(w, 37_500);
    const others = [w.bobAccount, w.lent, w.bidderAccount];
    const before = await Promise.all(others.map((account) => w.vault.cashOf(account)));
    const plan = await w.vault.preview(w.aliceAccount, WAD);
    await liquidate(w);
    const [, ...after] = await Promise.all([w.aliceAccount, ...others].map((account) => w.vault.cashOf(account)));
    // what Bob and the lender have lost, and the bidder but for what he has taken over, is the same part
    const lost = before.map((cash, i) => cash - after[i]!);
    const part = (lost[1]! * WAD) / before[1]!;
    expect((lost[0]! * WAD) / before[0]!).to.be.closeTo(part, 10n);
    // he has taken over all her cash of 20,000 with the position, and what covers the shortfall
    const taken = after[2]! - before[2]! + (before[2]! * part) / WAD;
    expect(taken).to.be.closeTo(wad(20_000) + plan.shortfall, 10n ** 9n);
    expect(await w.vault.cashOf(w.aliceAccount)).to.be.within(-10n, 0n);
  });

  /** Bob has sold two calls that cost him about a thousand more, in the end, than all that he had. */
  const debtFixture = () => expiredAt(51_200, 2);

  it('closes out the debt that an expired option leaves, with nothing behind it [CLO-02]', async () => {
    const w = await loadFixture(debtFixture);
    const { vault, closeOut, waterfall, keeper, bobAccount } = w;
    await vault.settle(bobAccount, w.call);
    expect(await vault.cashOf(bobAccount)).to.be.within(wad(-2_000), wad(-500));
    await expect(closeOut.connect(keeper).closeOut(bobAccount, WAD, accountOf(keeper))).not.to.emit(
      waterfall,
      'Advanced',
    );
    expect(await vault.cashOf(bobAccount)).to.be.within(0n, DUST);
    expect(await vault.cashOf(accountOf(keeper))).to.be.within(wad(2) - 1n, wad(2));
    expect([await vault.cashOf(await closeOut.hand()), await waterfall.carried()]).to.deep.equal([0n, 0n]);
    expect(await vault.reserves()).to.be.closeTo(wad(3), DUST);
  });

  it('closes it out with a wei each of two tokens beside it that are worth nothing [CLO-02] [CLO-04]', async () => {
    const w = await loadFixture(debtFixture);
    const { vault, oracle, closeOut, keeper, bob, bobAccount, weth: ether, link } = w;
    const tokens = [ether, link];
    const cheap = async () => {
      for (const token of tokens) await setPrice(token, '0.4');
      await oracle.update(tokens.map(({ address }) => address));
    };
    await cheap();
    await time.increase(DAY);
    await cheap();
    for (const { address } of tokens) await vault.connect(bob).deposit(bobAccount, address, 1n);
    await vault.settle(bobAccount, w.call);
    await closeOut.connect(keeper).closeOut(bobAccount, WAD, accountOf(keeper));
    const { cash, collateral } = await vault.portfolio(bobAccount);
    expect([cash >= 0n && cash < DUST, collateral]).to.deep.equal([true, []]);
    const shelves = await Promise.all(tokens.map(({ address }) => closeOut.shelfOf(address)));
    expect(shelves.map(({ cost }) => cost)).to.deep.equal([0n, 0n]);
    // what was earned by it, less the tip, comes off the first one's price
    expect(shelves.map(({ discountLeft }) => discountLeft)).to.deep.equal([wad(3), 0n]);
    for (const { address } of tokens) {
      expect(await vault.collateralOf(await closeOut.shelfAccount(address), address)).to.equal(1n);
    }
  });

  it('does not close out who holds positions, however small and long he waits [CLO-11]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, aliceAccount, closeOut } = w;
    await trade(w, { buyer: alice, seller: w.bob, size: '0.005', price: 40_000 });
    await vault.connect(alice).withdraw(aliceAccount, w.quote, usdc('19979'), alice);
    await moveTo(w, 36_000);
    await vault.connect(w.keeper).call(aliceAccount);
    await time.increase(DAY);
    await moveTo(w, 36_000);
    expect((await vault.liquidatable(aliceAccount))[0]).to.equal(true);
    expect(await closeOut.closable(aliceAccount)).to.equal(false);
    await expect(closeOut.connect(w.keeper).closeOut(aliceAccount, WAD, accountOf(w.keeper)))
      .to.be.revertedWithCustomError(closeOut, 'PositionsHeld')
      .withArgs(aliceAccount, 1n);
    expect((await vault.positionOf(aliceAccount, PERPETUAL))[0]).to.equal(wad('0.005'));
    expect((await vault.marketOf(BITCOIN)).perpetualLots).to.equal(wad('0.005') / 10n ** 9n);
  });
});
