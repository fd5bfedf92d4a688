import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { MockAggregator__factory } from '../../typechain-types';
import { loadFixture } from '../fixtures/loadFixture';
import { FeedMode } from '../fixtures/oracleFixture';
import {
  DISPUTE_DELAY,
  sample,
  sampleEachMinute,
  settlementFixture,
  SettlementStatus,
  WINDOW,
  type SettlementWorld,
} from '../fixtures/settlementFixture';
import { MINUTE, wad } from '../fixtures/units';

const STRIKE = 2_000;
/** Calls that the attacker holds, one whole unit of the index each. */
const CALLS = 100n;

/** What the attacker's calls pay at the settlement price, quote WAD. */
async function payoffOf({ feed, asset, expiry }: SettlementWorld): Promise<bigint> {
  const [price] = await feed.settlementOf(asset, expiry);
  return price > wad(STRIKE) ? CALLS * (price - wad(STRIKE)) : 0n;
}

describe('Option attacks: settlement', () => {
  // The index is above the strike for one block after expiry. Whoever may fetch the price then is paid for all of it.
  it('V77 gives nobody the choice of a later moment [SET-01] [SET-06]', async () => {
    const world = await loadFixture(settlementFixture);
    const { feed, stranger, primary, asset, expiry } = world;
    await sampleEachMinute(world, 1_990);
    await time.increaseTo(expiry);
    await primary.push(2_200n * 10n ** 8n); // 20,000 for the calls
    const late = feed.connect(stranger).record(asset, expiry);
    await expect(late).to.be.revertedWithCustomError(feed, 'OutsideWindow');
    expect(await payoffOf(world)).to.equal(0n);
    expect(await feed.settlementOf(asset, expiry)).to.deep.equal([wad(1_990), SettlementStatus.Pending]);
    await time.increase(DISPUTE_DELAY);
    expect(await feed.settlementOf(asset, expiry)).to.deep.equal([wad(1_990), SettlementStatus.Final]);
  });

  // The index prints 10 % high for one block in the middle of the window, and the attacker records it at once.
  it('V77 counts a wick for the seconds until somebody else records [SET-03]', async () => {
    const world = await loadFixture(settlementFixture);
    await sampleEachMinute(world, 2_000, 0, 900);
    await sample(world, 912, 2_200);
    await sample(world, 924, 2_000); // the next block, by whoever minds
    await sampleEachMinute(world, 2_000, 960);
    await time.increaseTo(world.expiry);
    // 12 seconds of 1,800: a hundred and fiftieth of the 20,000 that the wick would pay
    expect(await payoffOf(world)).to.equal(CALLS * ((wad(200) * 12n) / 1_800n));
  });

  // The same, with everybody else asleep: one good moment is not to make the whole price.
  it('V77 counts one sample for a tenth of the window at most, and none alone makes a price [SET-03]', async () => {
    const world = await loadFixture(settlementFixture);
    const { feed, asset, expiry } = world;
    await sample(world, 600, 2_200);
    await time.increaseTo(expiry);
    expect((await feed.settlementOf(asset, expiry)).status).to.equal(SettlementStatus.Unresolved);

    const attended = await loadFixture(settlementFixture);
    await sampleEachMinute(attended, 2_000, 0, 900);
    await sample(attended, 912, 2_200); // and the keepers stop for ten minutes
    await sampleEachMinute(attended, 2_000, 1_512);
    await time.increaseTo(attended.expiry);
    expect((await attended.feed.settlementOf(asset, expiry)).status).to.equal(SettlementStatus.Unresolved);
  });

  // The price is high an hour before the window and is recorded early, to count from there on.
  it('V77 counts no time before the window [SET-01]', async () => {
    const world = await loadFixture(settlementFixture);
    const { feed, stranger, primary, asset, expiry, from } = world;
    await time.increaseTo(from - MINUTE);
    await primary.push(2_200n * 10n ** 8n);
    const early = feed.connect(stranger).record(asset, expiry);
    await expect(early).to.be.revertedWithCustomError(feed, 'OutsideWindow');
    await sampleEachMinute(world, 2_000);
    await time.increaseTo(expiry);
    expect(await payoffOf(world)).to.equal(0n);
  });

  // One block with a thousand samples of a high price is to weigh no more than one.
  it('V77 counts time and not samples [SET-03] [SET-04]', async () => {
    const world = await loadFixture(settlementFixture);
    await sampleEachMinute(world, 2_000, 0, 900);
    await sample(world, 900, 2_000, Array<number>(20).fill(2_200));
    await sampleEachMinute(world, 2_000, 960);
    await time.increaseTo(world.expiry);
    expect(await payoffOf(world)).to.equal(0n);
  });

  // A pricer is replaced shortly before expiry by one of other decimals, and every option is in the money at once.
  it('V77 settles at no re-scaled feed [SET-02]', async () => {
    const world = await loadFixture(settlementFixture);
    const { admin, oracle, feed, primary, asset, config, expiry, from } = world;
    await sampleEachMinute(world, 1_990, 0, WINDOW / 2);
    const rescaled = await new MockAggregator__factory(admin).deploy(8, 'eighteen digits, says eight');
    await rescaled.push(1_990n * 10n ** 10n);
    const replacement = { ...config, primary: await rescaled.getAddress(), ceiling: wad(1_000_000) };
    await expect(oracle.configure(asset, replacement)).to.be.revertedWithCustomError(oracle, 'FeedJump');
    // the feed itself is upgraded under everybody's feet: its answer is out of its band, and no price
    await time.increaseTo(from + WINDOW / 2);
    await primary.push(1_990n * 10n ** 10n);
    const wrong = feed.record(asset, expiry);
    await expect(wrong).to.be.revertedWithCustomError(feed, 'IndexNotLive');
    await sampleEachMinute(world, 1_990, WINDOW / 2 + MINUTE);
    await time.increaseTo(expiry);
    expect(await payoffOf(world)).to.equal(0n);
  });

  // The feed is stopped, or made to look so, while the price is against the attacker.
  it('V77 is not helped by a feed that is dead for a while [SET-02] [SET-03]', async () => {
    const world = await loadFixture(settlementFixture);
    const { feed, primary, asset, expiry, from } = world;
    await sampleEachMinute(world, 1_900, 0, 900);
    await time.increaseTo(from + 900);
    await primary.setMode(FeedMode.Reverts);
    const dead = feed.record(asset, expiry);
    await expect(dead).to.be.revertedWithCustomError(feed, 'IndexNotLive');
    await time.increaseTo(from + 1_750);
    await primary.setMode(FeedMode.Answers);
    await sample(world, 1_760, 2_500); // 40 seconds at a price that pays 50,000
    await time.increaseTo(expiry);
    expect(await payoffOf(world)).to.equal(0n);
    expect((await feed.settlementOf(asset, expiry)).status).to.equal(SettlementStatus.Unresolved);
    await time.increase(DISPUTE_DELAY);
    expect((await feed.settlementOf(asset, expiry)).status).to.equal(SettlementStatus.Unresolved);
  });

  // A wrong price came through, and whoever gains by it hurries to have it made final.
  it('V77 leaves two hours to dispute a price, and what is disputed is not final by waiting [SET-06] [SET-07]', async () => {
    const world = await loadFixture(settlementFixture);
    const { feed, guardian, asset, expiry } = world;
    await sampleEachMinute(world, 2_200); // and the market was at 2,000
    await time.increaseTo(expiry + DISPUTE_DELAY - 2);
    expect((await feed.settlementOf(asset, expiry)).status).to.equal(SettlementStatus.Pending);
    await feed.connect(guardian).dispute(asset, expiry);
    await time.increase(365 * 24 * 3_600);
    expect((await feed.settlementOf(asset, expiry)).status).to.equal(SettlementStatus.Unresolved);
  });

  // In 2025 an upgrade of a pricer let anybody set the prices of expired options, in other units than before.
  it('V77 lets nobody set a price, and the governor none of another scale [SET-08]', async () => {
    const world = await loadFixture(settlementFixture);
    const { oracle, feed, stranger, governor, primary, asset, expiry } = world;
    await time.increaseTo(expiry);
    await primary.push(1_990n * 10n ** 8n);
    await oracle.update([asset]);
    const set = (who: typeof stranger, price: bigint) => feed.connect(who).resolve(asset, expiry, price);
    await expect(set(stranger, wad(1_990))).to.be.revertedWithCustomError(feed, 'AccessManagedUnauthorized');
    for (const price of [wad(1_990) * 10n ** 9n, wad(1_990) / 10n ** 10n]) {
      await expect(set(governor, price)).to.be.revertedWithCustomError(feed, 'ResolutionTooFar');
    }
    expect(await payoffOf(world)).to.equal(0n);
    await set(governor, wad(1_990));
    await expect(set(governor, wad(2_100))).to.be.revertedWithCustomError(feed, 'WrongSettlementStatus');
    expect(await payoffOf(world)).to.equal(0n);
  });
});
