import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ZeroAddress } from 'ethers';

import { enter, fillReserves } from '../fixtures/actions';
import { COOLDOWN, SHARES } from '../fixtures/fundFixtures';
import { hookQuoteFixture } from '../fixtures/hostileTokens';
import { exampleFixture, nextAt } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { deployAttacker } from '../fixtures/scriptedAttacker';
import { accountOf, DAY, HOUR, MAX_UINT256, usdc, WAD, wad, weth } from '../fixtures/units';

/**
 * The attacker's contract has 3,000 in the junior tranche, under notice that is due, a loan that is 2,000 short (account
 * 1), and one that anybody may liquidate and that pays for itself (account 2).
 */
async function insolventBackerFixture() {
  const market = await marketFixture();
  const { vault, junior, quote, weth: asset } = market;
  const attacker = await deployAttacker(market);
  const { run, act, own, self } = attacker;
  await run([
    await act(quote, 'approve', [junior, MAX_UINT256]),
    await act(junior, 'requestDeposit', [usdc(3_000)]),
    await act(junior, 'deposit', [usdc(3_000), self]),
    await act(junior, 'requestRedeem', [usdc(3_000) * SHARES]),
  ]);
  await time.increase(COOLDOWN);
  await setPrice(asset, 2_000);
  await run([
    await act(vault, 'deposit', [own[0], quote, usdc(10_000)]),
    await act(vault, 'deposit', [own[1], asset.address, weth(10)]),
    await act(vault, 'borrow', [own[1], usdc(14_000), self]),
    await act(vault, 'deposit', [own[2], asset.address, weth(2)]),
    await act(vault, 'borrow', [own[2], usdc(2_250), self]),
  ]);
  await setPrice(asset, 1_200);
  return { ...market, attacker };
}

/** The stranger has 3,000 in the junior tranche, the bidder 30,000 that he may turn into shares of it any time. */
async function advanceFixture() {
  const market = await marketFixture();
  const { vault, junior, closeOut, quote, stranger, bidder, borrower, account, weth: asset } = market;
  await enter(junior, stranger, usdc(3_000));
  await quote.connect(bidder).approve(junior, MAX_UINT256);
  await quote.connect(bidder).approve(closeOut, MAX_UINT256);
  await junior.connect(bidder).requestDeposit(usdc(30_000));
  await vault.connect(borrower).deposit(account, asset.address, weth('0.18'));
  await vault.connect(borrower).borrow(account, usdc(250), borrower);
  await setPrice(asset, 1_463);
  await market.oracle.update([asset.address]);
  return market;
}

async function buyStock({ oracle, closeOut, bidder, weth: asset }: Market): Promise<void> {
  await time.increase(3 * HOUR);
  await setPrice(asset, 1_463);
  await oracle.update([asset.address]);
  await closeOut.connect(bidder).buy(asset.address, MAX_UINT256, MAX_UINT256, bidder);
}

describe('Attacks of our own: backstop', () => {
  // Who is insolvent himself has reported what he owes, and so cannot leave his tranche. In the callback of another
  // liquidation he lends his account collateral, reports it whole, redeems, and takes the collateral out again: the batch
  // has made nothing worse. He would be 3,000 richer, and his loss would be for those who stayed.
  it('A7 does not let an owner report his account whole for the moment in which he leaves his tranche [FND-14] [VLT-36]', async () => {
    const market = await loadFixture(insolventBackerFixture);
    const { vault, junior, openLosses, bidder, bidderAccount, attacker, weth: asset } = market;
    const { act, callBack, own, self } = attacker;
    await openLosses.report(own[1]);
    expect(await openLosses.total()).to.equal(wad(2_000));
    const attack = async (mayFail: boolean) => [
      await act(vault, 'deposit', [own[1], asset.address, weth(10)]),
      await act(openLosses, 'report', [own[1]], mayFail),
      await act(junior, 'redeem', [usdc(3_000) * SHARES, self, self], mayFail),
      await act(vault, 'withdraw', [own[1], asset.address, weth(10), self]),
    ];
    await expect(callBack(own[2], await attack(false)))
      .to.be.revertedWithCustomError(openLosses, 'LossUnsettled')
      .withArgs(own[1]);
    // nor could he take out again what he lent: his account would owe more than it has (VLT-04)
    await expect(callBack(own[2], await attack(true))).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    expect(await openLosses.total()).to.equal(wad(2_000));

    // so the tranche, which is all his, pays the 2,000 and the bonus of 240, but for the fee of his other account
    await vault.connect(bidder).liquidate(own[1], bidderAccount, WAD, wad(20_000), '0x');
    expect(await junior.totalAssets()).to.be.within(usdc(760), usdc(775));
  });

  // While the junior tranche has money in an account that it took over, its shares are cheap. The attacker closes an
  // account out, turns a request that he kept ready into ten times as many shares as there were, and buys the stock
  // himself: what comes back would be ten elevenths his.
  it('A8 sells no shares for less because the tranche has advanced what they are worth [FND-15]', async () => {
    const market = await loadFixture(advanceFixture);
    const { junior, closeOut, waterfall, bidder, stranger, account } = market;
    await closeOut.connect(bidder).closeOut(account, WAD, accountOf(bidder));
    expect(await waterfall.advancedBy(junior)).to.be.closeTo(wad(247), wad(14));
    await junior.connect(bidder).deposit(usdc(30_000), bidder);
    await buyStock(market);
    await time.increase(8 * DAY);
    const worth = async (holder: typeof bidder) => junior.convertToAssets(await junior.balanceOf(holder));
    expect(await worth(bidder), 'the attacker').to.be.within(usdc('29999.99'), usdc(30_000));
    expect(await worth(stranger), 'who was there before').to.be.within(usdc('2999.99'), usdc('3000.01'));
  });

  // The same, an instant later: as if what comes back were a gain, which shares get bit by bit.
  it('A8 sells them for no less when the advance is just back [FND-15]', async () => {
    const market = await loadFixture(advanceFixture);
    const { junior, closeOut, bidder, stranger, account } = market;
    await closeOut.connect(bidder).closeOut(account, WAD, accountOf(bidder));
    await junior.connect(bidder).requestDeposit(0n);
    await buyStock(market);
    await junior.connect(bidder).deposit(usdc(30_000), bidder);
    await time.increase(8 * DAY);
    await junior.harvest();
    const worth = async (holder: typeof bidder) => junior.convertToAssets(await junior.balanceOf(holder));
    expect(await worth(bidder), 'the attacker').to.be.within(usdc('29999.99'), usdc(30_000));
    expect(await worth(stranger), 'who was there before').to.be.within(usdc('2999.99'), usdc('3000.01'));
  });

  // An owner short of initial margin may only make his account safer. He makes it worse first, and has the batch touch the
  // account once more, or in a batch of its own, in the hope that "before" is taken anew. He would have another WETH.
  it('A9 remembers how safe an account was before all of a call, not before its last step [VLT-02] [VLT-04]', async () => {
    const market = await withLoan(await loadFixture(marketFixture));
    const { vault, borrower, account, quote, weth: asset } = market;
    await setPrice(asset, 1_850); // E 4,500, Rm 3,700, Ri 5,180
    const abi = vault.interface;
    const take = abi.encodeFunctionData('withdraw', [account, asset.address, weth(1), borrower.address]);
    const touch = abi.encodeFunctionData('deposit', [account, await quote.getAddress(), 1n]);
    const nest = (...steps: string[]) => abi.encodeFunctionData('batch', [steps]);
    const before = await asset.token.balanceOf(borrower);
    for (const steps of [
      [take, touch],
      [take, touch, touch],
      [nest(take), touch],
      [nest(take), nest(touch)],
      [nest(nest(take), nest()), nest(touch), nest()],
      [touch, nest(take), touch],
    ]) {
      await expect(vault.connect(borrower).batch(steps)).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    }
    expect(await asset.token.balanceOf(borrower)).to.equal(before);
    // what makes it safer passes
    await vault.connect(borrower).batch([touch, nest(touch)]);
  });

  // The quote token calls its sender back. In the middle of a request the attacker makes another one, which both count, so
  // that money put beside it later would be in without the delay: 100 of it, when a gain shows.
  it('A10 counts no request to enter a tranche twice, whatever the quote token calls in between [FND-10]', async () => {
    const market = await loadFixture(hookQuoteFixture);
    const { vault, junior, quote, hookQuote } = market;
    const { run, act, script } = await deployAttacker(market);
    const request = await act(junior, 'requestDeposit', [usdc(100)]);
    await run([await act(quote, 'approve', [junior, MAX_UINT256])]);
    await hookQuote.setHook(script, script.interface.encodeFunctionData('run', [[request]]));
    await run([request]);
    await hookQuote.setHook(ZeroAddress, '0x');
    await time.increase(DAY);
    const waiting = accountOf(await junior.getAddress(), 1);
    await run([await act(vault, 'deposit', [waiting, quote, usdc(100)])]);
    expect(await vault.cashOf(waiting)).to.equal(wad(300));
    expect(await junior.maxDeposit(script)).to.equal(usdc(200));
  });

  // A large account that liquidators have left. The attacker takes it in slices whose bonus is just twice the tip, one
  // after the other, and has half of the bonus of it all.
  it('A24 pays no more in tips for an account in slices than for all of it [CLO-03]', async () => {
    const market = await loadFixture(exampleFixture);
    const { vault, closeOut, deadline, stranger, account, weth: asset } = market;
    const { patience, tipCents } = await closeOut.terms();
    await fillReserves(market, wad(60_000));
    await setPrice(asset, 1_600);
    await nextAt({ deadline }, patience);
    await setPrice(asset, 1_600);
    const tips = async () => vault.cashOf(accountOf(stranger));
    const slice = () => closeOut.connect(stranger).closeOut(account, WAD / 80n, accountOf(stranger));
    const held = await vault.collateralOf(account, asset.address);
    for (let taken = 1; taken <= 16; ++taken) await slice();
    expect(await vault.collateralOf(account, asset.address)).to.be.below((held * 83n) / 100n);
    expect(await tips(), 'a fifth of the account').to.be.within(1n, (tipCents * WAD) / 100n / 5n);
  });
});
