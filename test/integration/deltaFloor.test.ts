import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { loadFixture } from '../fixtures/loadFixture';
import {
  BITCOIN,
  option,
  optionFixture,
  publishFlat,
  restAt,
  trade,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { MarginState, MAX_INT256, MINUTE, WAD, wad } from '../fixtures/units';

// The way of an account through a policy that makes delta margin the floor of standard margin.

const FLOOR = {
  moveInitialPpm: 300_000,
  moveMaintenancePpm: 180_000,
  volatilityInitialBps: 1_200,
  volatilityMaintenanceBps: 600,
  isFloor: true,
};

/** Alice is short three calls at the money, for which standard margin asks 18,000 of her 20,000, and then 9,000. */
async function shortFixture() {
  const w = await optionFixture();
  const instrument = option(w, true, 40_000);
  const [mark] = await w.standardMargin.markOf(instrument);
  await trade(w, { buyer: w.bob, seller: w.alice, size: 3, price: ethers.formatEther(mark), instrument });
  return { ...w, instrument };
}

const stateOf = async ({ lens, aliceAccount }: TradingWorld) => (await lens.report(aliceAccount)).state;
const marginOf = async ({ vault, aliceAccount }: TradingWorld) => (await vault.assess(aliceAccount)).assessment;

describe('a floor by delta margin', () => {
  it('holds new risk back at once, and turns nobody in its block [DLT-03] [DLT-06] [P29]', async () => {
    const w = await loadFixture(shortFixture);
    expect(await stateOf(w)).to.equal(MarginState.Healthy);
    const before = await marginOf(w);
    await w.instruments.connect(w.actors.risk).setDeltaTerms(BITCOIN, FLOOR);
    const after = await marginOf(w);
    expect(after.worse.initial).to.be.above(before.worse.initial + wad(5_000));
    expect(after.mark.maintenance).to.equal(before.mark.maintenance);
    expect(await stateOf(w)).to.equal(MarginState.Restricted);
    const quoted = { size: 1, price: 1_700, instrument: w.instrument };
    await expect(trade(w, { buyer: w.bob, seller: w.alice, ...quoted })).to.be.revertedWithCustomError(
      w.vault,
      'Undercollateralised',
    );
    await trade(w, { buyer: w.alice, seller: w.bob, ...quoted });
  });

  it('calls and sells whoever falls below it once the ramp is over, in a part that restores health [DLT-03] [DLT-10]', async () => {
    const w = await loadFixture(shortFixture);
    await w.instruments.connect(w.actors.risk).setDeltaTerms(BITCOIN, FLOOR);
    await restAt(w, 40_000);
    await publishFlat(w);
    expect(await stateOf(w)).to.equal(MarginState.Callable);
    const [required] = await w.standardMargin.deltaMarginOf([
      { instrument: w.instrument, size: wad(-3), costBasis: 0n },
    ]);
    const { mark } = await marginOf(w);
    expect(mark.maintenance).to.equal(required!.maintenance);
    await w.vault.connect(w.keeper).call(w.aliceAccount);
    await time.increase(20 * MINUTE);
    await w.vault.connect(w.bidder).liquidate(w.aliceAccount, w.bidderAccount, WAD, MAX_INT256, '0x');
    const [left] = await w.vault.positionOf(w.aliceAccount, w.instrument);
    expect(left).to.be.within(wad(-3) + 1n, -1n);
    const after = await marginOf(w);
    expect((after.mark.equity * WAD) / after.mark.maintenance).to.be.within(wad('1.24'), wad('1.4'));
    // by the formula the part that is left requires its part
    const part = (mark.maintenance * -left) / wad(3);
    expect(after.mark.maintenance).to.be.closeTo(part, part / 100n);
  });
});
