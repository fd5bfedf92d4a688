import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { MINUTE } from '../fixtures/units';
import {
  publish,
  publishedFixture,
  signedUpdate,
  SMILE,
  times,
  VOLATILITY_CONFIG,
  surfaceFixture,
} from '../fixtures/surfaceFixture';

describe('VolatilityFeed', () => {
  describe('configure', () => {
    it('is for the role that governs the feed alone, and so is forget [VOL-01] [VOL-02]', async () => {
      const { feed, publisher, stranger, underlying, expiry } = await loadFixture(surfaceFixture);
      for (const caller of [publisher, stranger]) {
        await expect(feed.connect(caller).configure(underlying, VOLATILITY_CONFIG))
          .to.be.revertedWithCustomError(feed, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
        await expect(feed.connect(caller).forget(underlying, expiry))
          .to.be.revertedWithCustomError(feed, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
      }
    });

    it('keeps each parameter within bounds, and says which and why [VOL-01]', async () => {
      const { feed, underlying } = await loadFixture(surfaceFixture);
      const bad: readonly [keyof typeof VOLATILITY_CONFIG, number, number, number][] = [
        ['liquidationAge', 1, 2, 86_400],
        ['liquidationAge', 86_401, 2, 86_400],
        ['openAge', 0, 1, 7_199],
        ['openAge', 7_200, 1, 7_199],
        ['nearExpiry', 2_592_001, 0, 2_592_000],
        ['nearLiquidationAge', 1, 2, 7_200],
        ['nearLiquidationAge', 7_201, 2, 7_200],
        ['nearOpenAge', 0, 1, 899],
        ['nearOpenAge', 900, 1, 899],
        ['relayDelay', 0, 1, 300],
        ['relayDelay', 301, 1, 300],
        ['confidenceBps', 0, 1, 5_000],
        ['confidenceBps', 5_001, 1, 5_000],
        ['jumpBpsPerHour', 0, 1, 60_000],
        ['jumpBpsPerHour', 60_001, 1, 60_000],
      ];
      for (const [parameter, value, least, most] of bad) {
        await expect(feed.configure(underlying, { ...VOLATILITY_CONFIG, [parameter]: value }))
          .to.be.revertedWithCustomError(feed, 'VolatilityConfigOutOfBounds')
          .withArgs(underlying, ethers.encodeBytes32String(parameter), value, least, most);
      }
      const long = { ...VOLATILITY_CONFIG, openAge: 1_800, nearOpenAge: 1_800, nearLiquidationAge: 7_200 };
      await expect(feed.configure(underlying, { ...long, relayDelay: 601 }))
        .to.be.revertedWithCustomError(feed, 'VolatilityConfigOutOfBounds')
        .withArgs(underlying, ethers.encodeBytes32String('relayDelay'), 601, 1, 600);
      await feed.configure(underlying, { ...long, relayDelay: 600 });
      expect((await feed.configOf(underlying)).relayDelay).to.equal(600n);
    });
  });

  describe('forget', () => {
    it('makes a slice Down until the next one, which may be anywhere within bounds [VOL-02]', async () => {
      const world = await loadFixture(publishedFixture);
      const { feed, underlying, expiry } = world;
      await feed.forget(underlying, expiry);
      expect(await feed.read(underlying, expiry)).to.deep.equal([0n, 0n, 0n, PriceStatus.Down]);
      await time.increase(MINUTE);
      await publish(world, times(SMILE, 10));
      expect((await feed.read(underlying, expiry)).status).to.equal(PriceStatus.Live);
    });

    it('opens no door to messages that are as old as what is forgotten [VOL-02]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed, underlying, expiry } = world;
      const older = await signedUpdate(world, times(SMILE, 2));
      await time.increase(MINUTE);
      await publish(world, SMILE);
      await feed.forget(underlying, expiry);
      await expect(feed.publish(...older)).to.be.revertedWithCustomError(feed, 'PublicationNotNewer');
    });
  });
});
