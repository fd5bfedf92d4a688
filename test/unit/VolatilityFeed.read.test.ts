import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { decodeSlice, varianceAt } from '../../sdk/math';
import { countSlots } from '../fixtures/countSlots';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { DAY, HOUR, MINUTE, wad } from '../fixtures/units';
import {
  exactVariance,
  publish,
  publishedFixture,
  SMILE,
  toUnits,
  VOLATILITY_CONFIG,
  surfaceFixture,
} from '../fixtures/surfaceFixture';

const { openAge, liquidationAge, nearOpenAge, nearLiquidationAge } = VOLATILITY_CONFIG;

describe('VolatilityFeed', () => {
  describe('read', () => {
    it('says Down and zero of what was never published, configured or not [VOL-10]', async () => {
      const { feed, underlying, expiry, stranger } = await loadFixture(surfaceFixture);
      const nothing = [0n, 0n, 0n, PriceStatus.Down];
      expect(await feed.read(underlying, expiry)).to.deep.equal(nothing);
      expect(await feed.read(underlying, ethers.MaxUint256)).to.deep.equal(nothing);
      expect(await feed.read(stranger, 0)).to.deep.equal(nothing);
      expect(await feed.configOf(stranger)).to.deep.equal(Array<bigint>(8).fill(0n));
    });

    it('says of each expiry what was published for it, and of no other [VOL-10]', async () => {
      const world = await loadFixture(publishedFixture);
      const { feed, underlying, expiry, stranger } = world;
      const { svi, confidenceBps, publishedAt, status } = await feed.read(underlying, expiry);
      expect([confidenceBps, status]).to.deep.equal([100n, PriceStatus.Live]);
      expect(decodeSlice(svi)).to.deep.equal({
        ...toUnits(SMILE),
        publishedAt: Number(publishedAt),
        confidenceBps: 100,
      });
      const variance = Number(varianceAt(decodeSlice(svi), wad('0.1'))) / 1e18;
      expect(variance).to.be.closeTo(exactVariance(SMILE, 0.1), 1e-9);
      expect((await feed.read(underlying, expiry + 1)).status).to.equal(PriceStatus.Down);
      expect((await feed.read(stranger, expiry)).status).to.equal(PriceStatus.Down);
    });

    it('reads two slots [VOL-11]', async () => {
      const { feed, underlying, expiry } = await loadFixture(publishedFixture);
      const data = feed.interface.encodeFunctionData('read', [underlying, expiry]);
      expect(await countSlots(await feed.getAddress(), data)).to.equal(2);
    });
  });

  describe('ages', () => {
    it('is Live up to openAge, Degraded up to liquidationAge and Down after, parameters and all [VOL-08]', async () => {
      const { feed, underlying, expiry } = await loadFixture(publishedFixture);
      const { svi, publishedAt } = await feed.read(underlying, expiry);
      const statusAt = async (age: number) => {
        await time.increaseTo(publishedAt + BigInt(age));
        const now = await feed.read(underlying, expiry);
        expect([now.svi, now.publishedAt]).to.deep.equal([svi, publishedAt]);
        return now.status;
      };
      expect(await statusAt(openAge)).to.equal(PriceStatus.Live);
      expect(await statusAt(openAge + 1)).to.equal(PriceStatus.Degraded);
      expect(await statusAt(liquidationAge)).to.equal(PriceStatus.Degraded);
      expect(await statusAt(liquidationAge + 1)).to.equal(PriceStatus.Down);
      expect(await statusAt(60 * DAY)).to.equal(PriceStatus.Down); // the expiry is over
    });

    it('ages faster near the expiry and after it [VOL-08]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed, underlying, expiry } = world;
      const statusAt = async (moment: number) => {
        await time.increaseTo(moment);
        return (await feed.read(underlying, expiry)).status;
      };
      await time.increaseTo(expiry - DAY - 10 * MINUTE);
      await publish(world, SMILE);
      expect(await statusAt(expiry - DAY - 1)).to.equal(PriceStatus.Live);
      expect(await statusAt(expiry - DAY)).to.equal(PriceStatus.Degraded); // ten minutes old

      const published = expiry - 10 * MINUTE;
      await time.increaseTo(published);
      await publish(world, SMILE, { timestamp: published });
      expect(await statusAt(published + nearOpenAge)).to.equal(PriceStatus.Live);
      expect(await statusAt(published + nearOpenAge + 1)).to.equal(PriceStatus.Degraded);
      expect(await statusAt(published + nearLiquidationAge)).to.equal(PriceStatus.Degraded);
      expect(await statusAt(published + nearLiquidationAge + 1)).to.equal(PriceStatus.Down);
    });

    it('goes by what is configured now, of slices that were there before too [VOL-01]', async () => {
      const { feed, underlying, expiry } = await loadFixture(publishedFixture);
      await time.increase(HOUR);
      expect((await feed.read(underlying, expiry)).status).to.equal(PriceStatus.Degraded);
      await feed.configure(underlying, { ...VOLATILITY_CONFIG, openAge: HOUR + MINUTE });
      expect((await feed.read(underlying, expiry)).status).to.equal(PriceStatus.Live);
    });
  });

  describe('confidence', () => {
    it('is Degraded where the publisher doubts more than the limit [VOL-09]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed, underlying, expiry } = world;
      await publish(world, SMILE, { confidenceBps: 501 });
      const { confidenceBps, status } = await feed.read(underlying, expiry);
      expect([confidenceBps, status]).to.deep.equal([501n, PriceStatus.Degraded]);
      await time.increase(MINUTE);
      await publish(world, SMILE, { confidenceBps: 500 });
      expect((await feed.read(underlying, expiry)).status).to.equal(PriceStatus.Live);
    });
  });
});
