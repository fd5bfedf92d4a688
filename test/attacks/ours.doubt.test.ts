import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { health } from '../../sdk/math';
import { liquidate } from '../fixtures/actions';
import { disputedFixture } from '../fixtures/disputedFixture';
import { expectFutile } from '../fixtures/expectFutile';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { readAssessment } from '../fixtures/readAccount';
import { readWealth } from '../fixtures/readWealth';
import { accountOf, DAY, MarginState, MAX_INT256, usdc, wad, WAD, weth } from '../fixtures/units';

/** The borrower's loan on 10 WETH. LINK was last seen at 15, is worth nothing, and its feed has stopped. */
async function deadLinkFixture() {
  const market = await loanFixture();
  await time.increase(DAY);
  await setPrice(market.weth, 2_000);
  return market;
}

/** Called at 1,740, over its deadline, and since then well by less than the buffer. */
async function standingFixture() {
  const market = await loanFixture();
  const { vault, keeper, account, weth: asset } = market;
  await setPrice(asset, 1_740);
  await vault.connect(keeper).call(account);
  await time.increase(60 * DAY);
  await setPrice(asset, 1_753);
  expect(await vault.stateOf(account)).to.equal(MarginState.Restricted);
  expect(health((await readAssessment(market, account)).mark)).to.be.within(WAD, wad('1.0099'));
  return market;
}

/** Collateral of `account` at the last price of each, alive or not, quote WAD. */
const shielded = async (market: Market) => (await readAssessment(market, market.account)).better.equity;

describe('Attacks of our own with prices in doubt', () => {
  // A token crashes and its feed stops, which leaves it at its last good price against calls and liquidations. Buy it for
  // nothing and put it beside a loan that goes under: the loan cannot be sold as long as the feed is dead.
  it('A11 shields no loan by collateral whose price is dead [VLT-39]', async () => {
    const market = await loadFixture(deadLinkFixture);
    const { vault, borrower, account, weth: asset, link } = market;
    await setPrice(asset, 1_300);
    const before = await shielded(market);
    const hide = () => vault.connect(borrower).deposit(account, link.address, wad(400));
    await expectFutile(market, hide, vault, 'CollateralDown', [account, link.address]);
    expect(await shielded(market)).to.equal(before);
    await expect(liquidate(market)).to.emit(vault, 'Liquidated');
  });

  // The same by way of an account without debt, before there is a loan, and by having the loan first within a batch.
  it('A11b shields no loan that is opened beside dead collateral [VLT-39]', async () => {
    const market = await loadFixture(deadLinkFixture);
    const { vault, borrower, weth: asset, link } = market;
    const fresh = accountOf(borrower, 7);
    const abi = vault.interface;
    const dead = abi.encodeFunctionData('deposit', [fresh, link.address, wad(400)]);
    const good = abi.encodeFunctionData('deposit', [fresh, asset.address, weth(10)]);
    const loan = abi.encodeFunctionData('borrow', [fresh, usdc(14_000), borrower.address]);
    for (const [steps, refused] of [
      [[dead, good, loan], link],
      [[good, dead, loan], link],
      [[dead, loan, good], link],
      [[loan, good, dead], link],
    ] as const) {
      await expectFutile(market, () => vault.connect(borrower).batch([...steps]), vault, 'CollateralDown', [
        fresh,
        refused.address,
      ]);
    }
    // alone it is no use, and does no harm
    await vault.connect(borrower).deposit(fresh, link.address, wad(400));
    const join = () => vault.connect(borrower).transfer(fresh, market.account, link.address, wad(400));
    await expectFutile(market, join, vault, 'CollateralDown', [market.account, link.address]);
  });

  it('A11c tops a debt up by good collateral whatever died beside it [VLT-16]', async () => {
    const market = await loadFixture(marketFixture);
    const { vault, borrower, account, weth: asset, wbtc, link } = market;
    await vault.connect(borrower).deposit(account, link.address, wad(100));
    await vault.connect(borrower).deposit(account, asset.address, weth(10));
    await vault.connect(borrower).borrow(account, usdc(14_000), borrower);
    await time.increase(DAY);
    await setPrice(asset, 1_700);
    await setPrice(wbtc, 60_000);
    await vault.connect(borrower).deposit(account, asset.address, weth(1));
    await vault.connect(borrower).deposit(account, wbtc.address, 10n ** 7n);
    expect(await vault.collateralOf(account, wbtc.address)).to.equal(10n ** 7n);
  });

  // One source says that the account is under water, the other that it is not. The owner closes it by his second account
  // at the lower price, lets the lenders pay the difference, and has collateral that may be worth more than he owed.
  it('A12 takes no shortfall from lenders that only one of two sources sees [LIQ-33]', async () => {
    const market = await loadFixture(disputedFixture);
    const { vault, waterfall, borrower, account, other } = market;
    const { mark, better } = await readAssessment(market, account);
    expect(mark.equity).to.be.below(0n);
    expect(better.equity).to.be.above(wad(600));
    const plan = await vault.preview(account, WAD);
    expect([plan.shortfall, plan.bonus, plan.pay]).to.deep.equal([0n, 0n, 0n]);
    const lenders = (await vault.pool()).supplyIndex;
    await expect(vault.connect(borrower).liquidate(account, other, WAD, MAX_INT256, '0x')).not.to.emit(
      waterfall,
      'ShortfallCovered',
    );
    expect((await vault.pool()).supplyIndex).to.be.at.least(lenders);
    const taken = await readAssessment(market, other);
    // he has what he had and the account as it stood: at spot he has lost what it lacked
    expect(taken.mark.equity - (wad(20_000) + mark.equity)).to.be.within(-wad('0.1'), wad('0.1'));
  });

  it('A12b has the fund take over nothing whose worth is in dispute [LIQ-33]', async () => {
    const market = await loadFixture(disputedFixture);
    const { closeOut, account, keeper, bidderAccount } = market;
    const { mark, better } = await readAssessment(market, account);
    expect(await closeOut.closable(account)).to.equal(false);
    const close = () => closeOut.connect(keeper).closeOut(account, WAD, bidderAccount);
    await expectFutile(market, close, closeOut, 'PriceDisputed', [account, mark.equity, better.equity]);
  });

  // A call whose deadline is over stands on while health is between one and the cure. Wait for the next dip, months
  // later, and sell at once, without a grace and at the highest bonus.
  it('A13 lets the owner end a call that is over, so that the next dip has its grace [CALL-06]', async () => {
    const market = await loadFixture(standingFixture);
    const { vault, borrower, keeper, account, weth: asset } = market;
    await vault.connect(borrower).clear(account);
    await setPrice(asset, 1_745);
    const before = await readWealth(market, borrower);
    await expectFutile(market, () => liquidate(market), vault, 'NotLiquidatable');
    // the dearest bonus would have been 40 % of the requirement; what he pays is the fee of the call
    await vault.connect(keeper).call(account);
    expect((await vault.callOf(account)).deadline).to.be.above((await vault.liveTime()) + 500n);
    expect(before - (await readWealth(market, borrower))).to.equal(wad(1));
  });
});
