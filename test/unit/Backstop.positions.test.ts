import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { loadFixture } from '../fixtures/loadFixture';
import { setPrice } from '../fixtures/marketFixture';
import { BITCOIN, moveTo, PERPETUAL, trade, tradingFixture, type TradingWorld } from '../fixtures/tradingFixture';
import { accountOf, DAY, MAX_INT256, usdc, WAD, wad, wbtc, weth } from '../fixtures/units';

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
