import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { averageSoFar, settlementAt, type SettlementRecord } from '../../sdk/math';
import { countSlots } from '../fixtures/countSlots';
import { loadFixture } from '../fixtures/loadFixture';
import { FeedMode, LIQUIDATION_AGE, OPEN_AGE, PriceStatus } from '../fixtures/oracleFixture';
import {
  MAX_HOLD,
  sample,
  sampleEachMinute,
  settlementFixture,
  SettlementStatus,
  WINDOW,
  type SettlementWorld,
} from '../fixtures/settlementFixture';
import { DAY, MINUTE, wad } from '../fixtures/units';

const NO_RECORD = [0n, 0n, 0n, 0n, false, false];

describe('SettlementFeed', () => {
  describe('record', () => {
    it('takes no sample before the window, at its end or after it [SET-01]', async () => {
      const world = await loadFixture(settlementFixture);
      const { feed, primary, asset, expiry, from } = world;
      for (const moment of [from - DAY + 2 * WINDOW, from - 1, expiry, expiry + 5]) {
        await time.increaseTo(moment - 2);
        await primary.push(2_000n * 10n ** 8n);
        await time.setNextBlockTimestamp(moment);
        await expect(feed.record(asset, expiry))
          .to.be.revertedWithCustomError(feed, 'OutsideWindow')
          .withArgs(from, expiry);
      }
      expect(await feed.recordOf(asset, expiry)).to.deep.equal(NO_RECORD);
    });

    it('takes the first and the last second of the window [SET-01]', async () => {
      const world = await loadFixture(settlementFixture);
      const { feed, asset, expiry } = world;
      await sample(world, 0, 2_000);
      await sample(world, WINDOW - 1, 3_000);
      await time.increaseTo(expiry);
      const { weightedSum, covered } = await feed.recordOf(asset, expiry);
      expect([weightedSum, covered]).to.deep.equal([wad(2_000 * MAX_HOLD), BigInt(MAX_HOLD)]);
      expect((await feed.averageSoFar(asset, expiry))[1]).to.equal((wad(2_000 * MAX_HOLD) + wad(3_000)) / 181n);
    });

    it('takes whole minutes for expiries and nothing else [SET-01]', async () => {
      const { feed, asset, expiry } = await loadFixture(settlementFixture);
      for (const wrong of [expiry - 1, expiry + 59, 1]) {
        await expect(feed.record(asset, wrong))
          .to.be.revertedWithCustomError(feed, 'ExpiryNotWholeMinute')
          .withArgs(wrong);
        expect(await feed.settlementOf(asset, wrong)).to.deep.equal([0n, SettlementStatus.None]);
      }
      await expect(feed.record(asset, 0)).to.be.revertedWithCustomError(feed, 'OutsideWindow').withArgs(0, 0);
    });

    it('takes no price that is in doubt, and changes nothing by trying [SET-02]', async () => {
      const world = await loadFixture(settlementFixture);
      const { oracle, feed, primary, second, config, asset, expiry } = world;
      await sample(world, 0, 2_000);
      const before = await feed.recordOf(asset, expiry);
      const refused = async (status: bigint) => {
        await expect(feed.record(asset, expiry))
          .to.be.revertedWithCustomError(feed, 'IndexNotLive')
          .withArgs(asset, status);
        expect(await feed.recordOf(asset, expiry)).to.deep.equal(before);
      };
      await primary.setMode(FeedMode.Reverts);
      await refused(PriceStatus.Down);
      await primary.setMode(FeedMode.Answers);
      await primary.pushAt(2_000n * 10n ** 8n, (await time.latest()) - OPEN_AGE - 1); // old
      await refused(PriceStatus.Degraded);
      await primary.push(2_000n * 10n ** 8n);
      await second.push(wad(2_000));
      await oracle.configure(asset, { ...config, second: await second.getAddress() });
      await second.push(wad(2_100)); // contradicts
      await refused(PriceStatus.Degraded);
      await second.pushAt(wad(2_000), (await time.latest()) - LIQUIDATION_AGE - 1); // lost
      await refused(PriceStatus.Degraded);
      await second.push(wad(2_000));
      await feed.record(asset, expiry);
    });

    it('counts a sample until the next, three minutes at most, and leaves the rest of a gap out [SET-03]', async () => {
      const world = await loadFixture(settlementFixture);
      const { feed, asset, expiry } = world;
      const recorded = async () => {
        const { weightedSum, lastPrice, covered, lastSecond } = await feed.recordOf(asset, expiry);
        return [weightedSum, lastPrice, covered, lastSecond];
      };
      await sample(world, 100, 2_000);
      expect(await recorded()).to.deep.equal([0n, wad(2_000), 0n, 100n]);
      await sample(world, 160, 2_200);
      expect(await recorded()).to.deep.equal([wad(60 * 2_000), wad(2_200), 60n, 160n]);
      await sample(world, 160 + MAX_HOLD + 1, 2_100);
      const sum = wad(60 * 2_000 + MAX_HOLD * 2_200);
      expect(await recorded()).to.deep.equal([sum, wad(2_100), 240n, 341n]);
      await sample(world, 1_341, 2_050);
      expect(await recorded()).to.deep.equal([sum + wad(MAX_HOLD * 2_100), wad(2_050), 420n, 1_341n]);
    });

    it('does nothing a second time within a second [SET-04]', async () => {
      const world = await loadFixture(settlementFixture);
      const { feed, asset, expiry, from } = world;
      await sample(world, 100, 2_000);
      await sample(world, 160, 2_100, [2_500, 2_600]);
      expect(await time.latest()).to.equal(from + 160);
      expect((await feed.recordOf(asset, expiry)).lastPrice).to.equal(wad(2_100));
      const events = await feed.queryFilter(feed.filters.SampleRecorded(asset, expiry));
      expect(events.map(({ args }) => args.price)).to.deep.equal([wad(2_000), wad(2_100)]);
    });

    it('keeps underlyings and expiries apart [SET-01]', async () => {
      const world = await loadFixture(settlementFixture);
      const { feed, asset, stranger, expiry } = world;
      await sample(world, 0, 2_000);
      expect(await feed.recordOf(asset, expiry + MINUTE)).to.deep.equal(NO_RECORD);
      expect(await feed.recordOf(stranger, expiry)).to.deep.equal(NO_RECORD);
      await sample(world, 5 * MINUTE, 2_000);
      await feed.record(asset, expiry + MINUTE); // windows overlap
      expect((await feed.recordOf(asset, expiry + MINUTE)).lastPrice).to.equal(wad(2_000));
    });
  });

  describe('averageSoFar', () => {
    it('is nothing before the window and while nothing was seen [SET-05]', async () => {
      const { feed, asset, expiry, from } = await loadFixture(settlementFixture);
      expect(await feed.averageSoFar(asset, expiry)).to.deep.equal([0n, 0n]);
      await time.increaseTo(from + 600);
      expect(await feed.averageSoFar(asset, expiry)).to.deep.equal([0n, 0n]);
      await time.increaseTo(expiry);
      expect(await feed.averageSoFar(asset, expiry)).to.deep.equal([0n, 0n]);
    });

    it('is the part of the window that was seen, the last sample counted up to now [SET-05]', async () => {
      const world = await loadFixture(settlementFixture);
      const { feed, asset, expiry, from } = world;
      await sample(world, 0, 2_000);
      await sample(world, 120, 2_300);
      const at = async (second: number) => {
        await time.increaseTo(from + second);
        const [weight, average] = await feed.averageSoFar(asset, expiry);
        return [weight, average];
      };
      expect(await at(180)).to.deep.equal([wad('0.1'), wad(2_100)]);
      // nobody saw what comes after five minutes: of what will be seen, more is fixed
      expect(await at(300)).to.deep.equal([wad(300) / 1_800n, wad(2_180)]);
      expect(await at(800)).to.deep.equal([wad(300) / 1_300n, wad(2_180)]);
      expect(await at(1_800)).to.deep.equal([wad(1), wad(2_180)]);
      expect(await at(9_000)).to.deep.equal([wad(1), wad(2_180)]);
    });
  });

  it('is one slot to read [SET-12]', async () => {
    const world = await loadFixture(settlementFixture);
    const { feed, asset, expiry } = world;
    await sample(world, 0, 2_000);
    for (const data of [
      feed.interface.encodeFunctionData('averageSoFar', [asset, expiry]),
      feed.interface.encodeFunctionData('settlementOf', [asset, expiry]),
    ]) {
      expect(await countSlots(await feed.getAddress(), data)).to.equal(1);
    }
  });

  it('says at any second what the sdk says of its record [SET-11]', async () => {
    const world = await loadFixture(settlementFixture);
    const { from, expiry } = world;
    const prices = [2_000.123456, 1_900, 2_345.6789, 3_000.00000001, 12];
    await expectSame(world);
    for (const [i, price] of prices.entries()) {
      await sample(world, 7 + 97 * i, price);
      await expectSame(world);
      await time.increaseTo(from + 50 + 97 * i);
      await expectSame(world);
    }
    await sampleEachMinute(world, 2_000, 600);
    for (const later of [0, 60, 2 * 3_600 - 1, 2 * 3_600]) {
      await time.increaseTo(expiry + later);
      await expectSame(world);
    }
  });
});

async function expectSame({ feed, asset, expiry }: SettlementWorld): Promise<void> {
  const stored = await feed.recordOf(asset, expiry);
  const record: SettlementRecord = {
    weightedSum: stored.weightedSum,
    lastPrice: stored.lastPrice,
    covered: stored.covered,
    lastSecond: stored.lastSecond,
    isDisputed: stored.isDisputed,
    isResolved: stored.isResolved,
  };
  const now = BigInt(await time.latest());
  const { fixedWeight, fixedAverage } = averageSoFar(record, BigInt(expiry), now);
  expect(await feed.averageSoFar(asset, expiry)).to.deep.equal([fixedWeight, fixedAverage]);
  const { price, status } = settlementAt(record, BigInt(expiry), now);
  expect(await feed.settlementOf(asset, expiry)).to.deep.equal([price, BigInt(status)]);
}
