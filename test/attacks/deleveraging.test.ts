import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { formatEther } from 'ethers';

import { loadFixture } from '../fixtures/loadFixture';
import { setPrice } from '../fixtures/marketFixture';
import {
  moveTo,
  option,
  optionFixture,
  PERPETUAL,
  restAt,
  STAKE,
  trade,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { accountOf, DAY, MAX_INT256, MAX_UINT256, usdc, WAD, wad, weth } from '../fixtures/units';

describe('Attacks by deleveraging', () => {
  const deleverage = (w: TradingWorld, ...opposites: string[]) =>
    w.vault.connect(w.keeper).deleverage(w.aliceAccount, [{ instrument: PERPETUAL, opposites }]);
  const equityOf = async (w: TradingWorld, account: string) => (await w.vault.assess(account)).assessment.mark.equity;

  /** Alice's loss of 28,000 beyond what she has stands beside a far call, whose volatility nobody has published for a day. */
  async function shieldedFixture() {
    const w = await loadFixture(optionFixture);
    const call = option(w, true, 60_000);
    const [mark] = await w.standardMargin.markOf(call);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: formatEther(mark), instrument: call });
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await time.increase(DAY);
    await moveTo(w, 36_000);
    return { ...w, call };
  }

  // A rival of the winner has him thrown out of his position, below the mark, while the loser could still pay: by a wick that
  // leaves him something, or while reserves and lenders would pay for him.
  it('A17 throws no winner out while anybody else pays [ADL-01]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await moveTo(w, 37_100);
    const won = await equityOf(w, w.bobAccount);
    expect(won).to.equal(wad(STAKE) + wad(12) * 2_900n);
    await expect(deleverage(w, w.bobAccount)).to.be.revertedWithCustomError(w.vault, 'LossCovered');
    expect((await w.vault.positionOf(w.bobAccount, PERPETUAL))[0]).to.equal(wad(-12));
    expect(await equityOf(w, w.bobAccount)).to.equal(won);
  });

  // The winner names somebody in his place who has only just come in on his side, and has won next to nothing: to close
  // below the mark costs that one more than he has gained.
  it('A18 has nobody pay who has not won [ADL-03]', async () => {
    const w = await loadFixture(tradingFixture);
    const late = accountOf(w.bidder);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await moveTo(w, 36_000);
    await trade(w, { buyer: w.bob, seller: w.bidder, size: 12, price: 36_100 });
    const before = await equityOf(w, late);
    await expect(deleverage(w, late)).to.be.revertedWithCustomError(w.vault, 'OppositesMissing');
    expect(await equityOf(w, late)).to.equal(before);
  });

  // The winner takes all his cash out, so that lenders alone bear their share of the loss, is thrown out of his position in
  // the same call, and so passes its end check.
  it('A19 lets no winner take his cash out of the way in the call that shares the loss out [ADL-06]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, bob, bobAccount } = w;
    await trade(w, { buyer: w.alice, seller: bob, size: 12, price: 40_000 });
    await moveTo(w, 36_000);
    const cash = (await vault.cashOf(bobAccount)) / 10n ** 12n;
    const step = vault.interface.encodeFunctionData('withdraw', [
      bobAccount,
      await w.quote.getAddress(),
      cash,
      bob.address,
    ]);
    const closings = [{ instrument: PERPETUAL, opposites: [bobAccount] }];
    const exit = vault.interface.encodeFunctionData('deleverage', [w.aliceAccount, closings]);
    await expect(vault.connect(bob).batch([step, exit])).to.be.revertedWithCustomError(vault, 'Unsettled');
    expect(await vault.cashOf(bobAccount)).to.equal(cash * 10n ** 12n);
    // on his own account he bears his share like everybody
    await vault.connect(bob).deleverage(w.aliceAccount, closings);
    expect(await vault.cashOf(bobAccount)).to.be.below((wad(STAKE) * 96n) / 100n + wad(36_000));
  });

  // The loser has lenders and winners pay in a batch, and takes his collateral out in the same call: compared with how he
  // stood before, anything is an improvement.
  it('A19b lets a loser take nothing out of what others have paid [ADL-06]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, aliceAccount, weth: asset } = w;
    await vault.connect(alice).deposit(aliceAccount, asset.address, weth(5));
    await trade(w, { buyer: alice, seller: w.bob, size: 12, price: 40_000 });
    await vault.connect(alice).borrow(aliceAccount, usdc(2_000), alice);
    await moveTo(w, 35_000);
    const closings = [{ instrument: PERPETUAL, opposites: [w.bobAccount] }];
    const exit = vault.interface.encodeFunctionData('deleverage', [aliceAccount, closings]);
    const step = vault.interface.encodeFunctionData('withdraw', [aliceAccount, asset.address, weth(1), alice.address]);
    await expect(vault.connect(alice).batch([exit, step])).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    expect(await vault.collateralOf(aliceAccount, asset.address)).to.equal(weth(5));
    await vault.connect(alice).deleverage(aliceAccount, closings);
    expect(await equityOf(w, aliceAccount)).to.be.within(0n, wad('0.01'));
  });

  // A winner who is short of margin closes a loser against himself, and borrows on what is left of his collateral as if what
  // he was just paid had made him safer.
  it('A19c lets a winner borrow no more than his own margin allows [ADL-06]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, bob, bobAccount, weth: asset } = w;
    await vault.connect(bob).deposit(bobAccount, asset.address, weth(10));
    await trade(w, { buyer: w.alice, seller: bob, size: 12, price: 40_000 });
    await vault.connect(bob).withdraw(bobAccount, w.quote, usdc(STAKE), bob);
    await setPrice(asset, 1_000);
    await moveTo(w, 37_000);
    const { worse } = (await vault.assess(bobAccount)).assessment;
    expect(worse.equity).to.be.below(worse.initial);
    const exit = vault.interface.encodeFunctionData('deleverage', [
      w.aliceAccount,
      [{ instrument: PERPETUAL, opposites: [bobAccount] }],
    ]);
    const quote = await w.quote.getAddress();
    const withdraw = vault.interface.encodeFunctionData('withdraw', [bobAccount, quote, MAX_UINT256, bob.address]);
    const borrow = (amount: number) =>
      vault.interface.encodeFunctionData('borrow', [bobAccount, usdc(amount), bob.address]);
    // 10,000 of ether carry 8,000
    await expect(vault.connect(bob).batch([exit, withdraw, borrow(8_100)])).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
    await vault.connect(bob).batch([exit, withdraw, borrow(7_000)]);
    expect(await vault.cashOf(bobAccount)).to.be.within(-wad('7000.01'), -wad(6_999));
  });

  // A loser holds an option that is worth next to nothing, in an expiry whose volatility nobody publishes any more. While that
  // has no price, nothing is a shortfall and nobody deleverages: his winner's other account takes the perpetual over, and is
  // paid all its loss by an account that has nothing, which makes it a debt to lenders.
  it('A23 makes no debt to lenders of a loss beside an option without a price [LIQ-16]', async () => {
    const w = await shieldedFixture();
    const { vault, bidder, aliceAccount, bidderAccount } = w;
    const { downLegs, better } = (await vault.assess(aliceAccount)).assessment;
    expect(downLegs).to.equal(2n);
    const plan = await vault.preview(aliceAccount, WAD);
    expect(plan.shortfall).to.equal(plan.bonus - better.equity);
    await vault.connect(bidder).liquidate(aliceAccount, bidderAccount, WAD, MAX_INT256, '0x');
    expect(await vault.cashOf(aliceAccount)).to.be.within(0n, wad('0.01'));
  });

  // The same, to keep winners from being asked: the option need only be there.
  it('A23b keeps no winner from going without by an option without a price [ADL-01]', async () => {
    const { call, ...w } = await shieldedFixture();
    const { vault, aliceAccount } = w;
    await deleverage(w, w.bobAccount);
    expect(await vault.cashOf(aliceAccount)).to.be.within(0n, wad('0.01'));
    expect((await vault.positionOf(aliceAccount, call))[0]).to.equal(wad(1));
  });

  // The winner has his loser's loss made a debt before anyone deleverages him: then there is no losing position any more that
  // he would have to pay for, and lenders are left with the debt.
  it('A20 makes no debt to lenders of a loss that its loser cannot pay [PNL-06]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await restAt(w, 36_000);
    const settlement = w.vault.connect(w.bob).settle(w.aliceAccount, PERPETUAL);
    await expect(settlement)
      .to.be.revertedWithCustomError(w.vault, 'Insolvent')
      .withArgs(w.aliceAccount, -wad(12) * 4_000n + wad(STAKE));
    expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE));
    await deleverage(w, w.bobAccount);
    expect(await equityOf(w, w.aliceAccount)).to.be.within(0n, wad('0.01'));
  });

  // The loser owns the winner as well, and closes the one against the other.
  it('A20b lets nobody who cannot pay his loss close against himself [TRD-07]', async () => {
    const w = await loadFixture(tradingFixture);
    const [buyer, seller] = [w.bob, w.alice];
    await trade(w, { buyer: seller, seller: buyer, size: 12, price: 40_000 });
    await moveTo(w, 36_000);
    await expect(trade(w, { buyer, seller, size: 12, price: 36_000 })).to.be.revertedWithCustomError(
      w.vault,
      'Undercollateralised',
    );
    await moveTo(w, 38_400);
    await trade(w, { buyer, seller, size: 12, price: 38_400 });
    expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE) - wad(12) * 1_600n);
  });
});
