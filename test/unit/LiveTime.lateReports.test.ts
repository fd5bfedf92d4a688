import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { fillReserves, liquidate } from '../fixtures/actions';
import { loadFixture } from '../fixtures/loadFixture';
import { setPrice } from '../fixtures/marketFixture';
import { SEQUENCER_GRACE, sequencedFixture } from '../fixtures/sequencedFixture';
import { accountOf, HOUR, MAX_UINT256, MINUTE, usdc, WAD, wad, weth } from '../fixtures/units';

type World = Awaited<ReturnType<typeof sequencedFixture>>;

const OUTAGE = 3 * HOUR;
const UP = 0;
const DOWN = 1;

/** Reports, only now, an outage of three hours that was over just long enough ago for the grace to be over as well. */
async function reportLate({ uptime }: World): Promise<void> {
  const now = await time.latest();
  const restart = now - SEQUENCER_GRACE - MINUTE;
  const round = await uptime.latestRound();
  await uptime.setRound(round + 1n, DOWN, restart - OUTAGE, now, round + 1n);
  await uptime.setRound(round + 2n, UP, restart, now, round + 2n);
}

/** 0.18 WETH against 230, closed out by the fund a minute before the report. */
async function stockFixture() {
  const market = await sequencedFixture();
  const { vault, borrower, keeper, closeOut, weth: asset } = market;
  const small = accountOf(borrower, 1);
  await fillReserves(market, wad(3_000));
  await vault.connect(borrower).deposit(small, asset.address, weth('0.18'));
  await vault.connect(borrower).borrow(small, usdc(230), borrower);
  await setPrice(asset, 1_340);
  await closeOut.connect(keeper).closeOut(small, WAD, accountOf(keeper));
  await time.increase(MINUTE);
  return market;
}

/** Four hours later, past the deadline of another call, and nobody has taken the loan. */
async function overdueFixture() {
  const market = await sequencedFixture();
  const { vault, keeper, account, weth: asset } = market;
  await time.increase(4 * HOUR);
  await setPrice(asset, 2_000);
  await vault.connect(keeper).clear(account);
  await setPrice(asset, 1_680);
  await vault.connect(keeper).call(account);
  const { deadline } = await vault.callOf(account);
  await time.increase(deadline - (await vault.liveTime()));
  await setPrice(asset, 1_680);
  return market;
}

describe('live time, when an outage comes to light late', () => {
  it('goes back by it, and no further: who was due has grace again [VLT-33]', async () => {
    const market = await loadFixture(overdueFixture);
    const { vault, account } = market;
    expect((await vault.liquidatable(account)).yes).to.equal(true);
    const [before, at] = [await vault.liveTime(), await time.latest()];
    await reportLate(market);
    const passed = BigInt((await time.latest()) - at);
    expect((await vault.liveTime()) - before - passed).to.equal(-BigInt(OUTAGE + SEQUENCER_GRACE));
    expect(await vault.liquidatable(account)).to.deep.equal([false, 0n]);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
  });

  it('leaves stock for sale at its full price until the time is made up for [CLO-05] [VLT-33]', async () => {
    const market = await loadFixture(stockFixture);
    const { vault, closeOut, quote, bidder, weth: asset } = market;
    await reportLate(market);
    await setPrice(asset, 2_000);
    const { since } = await closeOut.shelfOf(asset.address);
    expect(await vault.liveTime()).to.be.below(since);
    const { pay } = await closeOut.quoteOf(asset.address, weth('0.18'));
    expect(pay).to.equal(usdc(360));
    await quote.connect(bidder).approve(closeOut, MAX_UINT256);
    await expect(closeOut.connect(bidder).buy(asset.address, MAX_UINT256, pay, bidder)).to.emit(closeOut, 'Sold');
  });

  it('stays where a pause stopped it, and waits longer after one that ended in the dark [VLT-33]', async () => {
    const market = await loadFixture(overdueFixture);
    const { vault, actors, uptime } = market;
    await vault.connect(actors.guardian).pause();
    const stopped = await vault.liveTime();
    await uptime.setReverting(true);
    await vault.connect(actors.governor).unpause();
    await reportLate(market);
    await time.increase(2 * HOUR);
    expect(await vault.liveTime()).to.be.above(stopped);
    await uptime.setReverting(false);
    expect(await vault.liveTime()).to.equal(stopped);
  });
});
