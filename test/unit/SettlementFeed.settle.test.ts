import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { loadFixture } from '../fixtures/loadFixture';
import { FeedMode } from '../fixtures/oracleFixture';
import {
  DISPUTE_DELAY,
  MIN_COVERED,
  sample,
  sampleEachMinute,
  settlementFixture,
  SettlementStatus,
  WINDOW,
  type SettlementWorld,
} from '../fixtures/settlementFixture';
import { DAY, HOUR, MINUTE, wad } from '../fixtures/units';

/** All of the window seen at 2,000, and the expiry a second ago. */
async function averagedFixture() {
  const world = await settlementFixture();
  await sampleEachMinute(world, 2_000);
  await time.increaseTo(world.expiry);
  return world;
}

/** Nothing seen, the expiry over, and the index alive at 2,000. */
async function unseenFixture() {
  const world = await settlementFixture();
  await time.increaseTo(world.expiry);
  await world.primary.push(2_000n * 10n ** 8n);
  await world.oracle.update([world.asset]);
  return world;
}

function settlement({ feed, asset, expiry }: SettlementWorld) {
  return feed.settlementOf(asset, expiry);
}

describe('SettlementFeed', () => {
  describe('settlementOf', () => {
    it('is nothing before the window and averages in it [SET-06]', async () => {
      const world = await loadFixture(settlementFixture);
      const { from, expiry } = world;
      await time.increaseTo(from - 1);
      expect(await settlement(world)).to.deep.equal([0n, SettlementStatus.None]);
      await time.increaseTo(from);
      expect(await settlement(world)).to.deep.equal([0n, SettlementStatus.Averaging]);
      await sample(world, 60, 2_000);
      await sample(world, 120, 3_000);
      await time.increaseTo(from + 180);
      expect(await settlement(world)).to.deep.equal([wad(2_500), SettlementStatus.Averaging]);
      await time.increaseTo(expiry - 1);
      expect((await settlement(world)).status).to.equal(SettlementStatus.Averaging);
    });

    it('is the average by time, rounded down, Pending for two hours and then Final [SET-06]', async () => {
      const world = await loadFixture(settlementFixture);
      const { expiry } = world;
      await sampleEachMinute(world, 2_000, 0, 1_740);
      await sample(world, 1_751, 2_500); // the last 49 seconds
      await time.increaseTo(expiry);
      const price = (wad(1_751 * 2_000) + wad(49 * 2_500)) / 1_800n;
      expect(await settlement(world)).to.deep.equal([price, SettlementStatus.Pending]);
      await time.increaseTo(expiry + DISPUTE_DELAY - 1);
      expect(await settlement(world)).to.deep.equal([price, SettlementStatus.Pending]);
      await time.increaseTo(expiry + DISPUTE_DELAY);
      expect(await settlement(world)).to.deep.equal([price, SettlementStatus.Final]);
      await time.increase(365 * DAY);
      expect(await settlement(world)).to.deep.equal([price, SettlementStatus.Final]);
    });

    it('is Unresolved where less than 24 minutes were seen, to the second [SET-06]', async () => {
      for (const [first, status] of [
        [WINDOW - MIN_COVERED + 1, SettlementStatus.Unresolved],
        [WINDOW - MIN_COVERED, SettlementStatus.Pending],
      ] as const) {
        const world = await loadFixture(settlementFixture);
        await sampleEachMinute(world, 2_000, first);
        await time.increaseTo(world.expiry);
        expect(await settlement(world)).to.deep.equal([wad(2_000), status]);
        await time.increase(DISPUTE_DELAY);
        const later = status === SettlementStatus.Pending ? SettlementStatus.Final : status;
        expect((await settlement(world)).status).to.equal(later);
      }
    });
  });

  describe('dispute', () => {
    it('is for the guardian alone [SET-07]', async () => {
      const world = await loadFixture(averagedFixture);
      const { feed, governor, stranger, asset, expiry } = world;
      for (const caller of [governor, stranger]) {
        await expect(feed.connect(caller).dispute(asset, expiry))
          .to.be.revertedWithCustomError(feed, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
      }
    });

    it('is refused before the expiry, a second time, and once the price is Final [SET-07]', async () => {
      const world = await loadFixture(settlementFixture);
      const { feed, guardian, asset, expiry } = world;
      const refused = async (status: bigint) =>
        expect(feed.connect(guardian).dispute(asset, expiry))
          .to.be.revertedWithCustomError(feed, 'WrongSettlementStatus')
          .withArgs(asset, expiry, status, SettlementStatus.Pending);
      await refused(SettlementStatus.None);
      await sampleEachMinute(world, 2_000);
      await refused(SettlementStatus.Averaging);
      await time.increaseTo(expiry + DISPUTE_DELAY - 2);
      await expect(feed.connect(guardian).dispute(asset, expiry))
        .to.emit(feed, 'SettlementDisputed')
        .withArgs(asset, expiry, wad(2_000));
      expect(await settlement(world)).to.deep.equal([wad(2_000), SettlementStatus.Unresolved]);
      await refused(SettlementStatus.Unresolved);
      const second = await loadFixture(averagedFixture);
      await time.increaseTo(second.expiry + DISPUTE_DELAY - 1);
      await expect(second.feed.connect(second.guardian).dispute(second.asset, second.expiry))
        .to.be.revertedWithCustomError(feed, 'WrongSettlementStatus')
        .withArgs(second.asset, second.expiry, SettlementStatus.Final, SettlementStatus.Pending);
    });
  });

  describe('resolve', () => {
    it('is for the governor alone [SET-08]', async () => {
      const { feed, guardian, stranger, asset, expiry } = await loadFixture(unseenFixture);
      for (const caller of [guardian, stranger]) {
        await expect(feed.connect(caller).resolve(asset, expiry, wad(2_000)))
          .to.be.revertedWithCustomError(feed, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
      }
    });

    it('is refused unless the settlement is Unresolved, and so a second time [SET-08]', async () => {
      const world = await loadFixture(averagedFixture);
      const { feed, guardian, governor, asset, expiry, primary } = world;
      const resolve = (price: number) => feed.connect(governor).resolve(asset, expiry, wad(price));
      const refused = async (status: bigint) =>
        expect(resolve(2_100))
          .to.be.revertedWithCustomError(feed, 'WrongSettlementStatus')
          .withArgs(asset, expiry, status, SettlementStatus.Unresolved);
      await refused(SettlementStatus.Pending);
      await feed.connect(guardian).dispute(asset, expiry);
      await primary.push(2_000n * 10n ** 8n);
      await expect(resolve(2_100)).to.emit(feed, 'SettlementResolved').withArgs(asset, expiry, wad(2_100));
      expect(await settlement(world)).to.deep.equal([wad(2_100), SettlementStatus.Final]);
      expect(await feed.averageSoFar(asset, expiry)).to.deep.equal([wad(1), wad(2_100)]);
      await refused(SettlementStatus.Final);
      await time.increase(365 * DAY);
      expect(await settlement(world)).to.deep.equal([wad(2_100), SettlementStatus.Final]);
    });

    it('takes a price within a fifth of the index for each day begun, and no other [SET-08]', async () => {
      const world = await loadFixture(unseenFixture);
      const { feed, governor, asset, expiry, primary } = world;
      const resolve = (price: bigint) => feed.connect(governor).resolve(asset, expiry, price);
      const refused = async (price: bigint, spot: bigint, limitBps: number) =>
        expect(resolve(price))
          .to.be.revertedWithCustomError(feed, 'ResolutionTooFar')
          .withArgs(asset, price, spot, limitBps);
      for (const price of [0n, wad(2_400) + 1n, wad(2_000 / 1.2) - 1_000_000n, wad(2_000) * 10n ** 10n]) {
        await refused(price, wad(2_000), 2_000);
      }
      await time.increaseTo(expiry + DAY + HOUR);
      await primary.push(1_500n * 10n ** 8n);
      await refused(wad(2_100) + 1n, wad(1_500), 4_000);
      await resolve(wad(2_100));
      expect(await settlement(world)).to.deep.equal([wad(2_100), SettlementStatus.Final]);
    });

    it('goes by the last recorded price of a feed that has died since, and needs one [SET-09]', async () => {
      const world = await loadFixture(unseenFixture);
      const { feed, governor, stranger, asset, expiry, primary } = world;
      await primary.setMode(FeedMode.Reverts);
      await time.increase(3 * DAY);
      await feed.connect(governor).resolve(asset, expiry, wad(2_300));
      expect(await settlement(world)).to.deep.equal([wad(2_300), SettlementStatus.Final]);
      await expect(feed.connect(governor).resolve(stranger, expiry, wad(2_300))).to.be.revertedWithCustomError(
        feed,
        'ResolutionTooFar',
      );
    });
  });

  it('tells in its events all that it stores [SET-10]', async () => {
    const world = await loadFixture(settlementFixture);
    const { feed, guardian, governor, asset, expiry, from, primary } = world;
    for (const [second, price] of [
      [0, 2_000],
      [61, 2_100.5],
      [500, 1_999],
    ] as const) {
      await sample(world, second, price);
      const [event] = (await feed.queryFilter(feed.filters.SampleRecorded(asset, expiry))).slice(-1);
      if (event === undefined) throw new Error('no event');
      const { weightedSum, covered, price: recorded } = event.args;
      const { timestamp } = await event.getBlock();
      expect(await feed.recordOf(asset, expiry)).to.deep.equal([
        weightedSum,
        recorded,
        covered,
        BigInt(timestamp - from),
        false,
        false,
      ]);
    }
    await sampleEachMinute(world, 2_000, 510);
    await time.increaseTo(expiry + MINUTE);
    await feed.connect(guardian).dispute(asset, expiry);
    expect((await feed.recordOf(asset, expiry)).isDisputed).to.equal(true);
    await primary.push(2_000n * 10n ** 8n);
    await feed.connect(governor).resolve(asset, expiry, wad(2_020));
    const [resolved] = await feed.queryFilter(feed.filters.SettlementResolved(asset, expiry));
    const { lastPrice, isResolved } = await feed.recordOf(asset, expiry);
    expect([lastPrice, isResolved]).to.deep.equal([resolved?.args.price, true]);
  });
});
