import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { ContractWallet__factory } from '../../typechain-types';
import { countSlots } from '../fixtures/countSlots';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { DAY, HOUR, MINUTE, wad } from '../fixtures/units';
import {
  exactVariance,
  publish,
  publishedFixture,
  signedUpdate,
  signUpdate,
  SMILE,
  times,
  updateOf,
  VOLATILITY_CONFIG,
  surfaceFixture,
  type Smile,
} from '../fixtures/surfaceFixture';

const { relayDelay, jumpBpsPerHour } = VOLATILITY_CONFIG;

describe('VolatilityFeed', () => {
  describe('who publishes', () => {
    it('refuses whoever has not the role, has lost it, or would have to wait [VOL-03]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed, manager, publisher, stranger, role } = world;
      const update = await updateOf(world, SMILE);
      const refused = async (key: typeof stranger) =>
        expect(feed.publish(update, key, await signUpdate(feed, key, update)))
          .to.be.revertedWithCustomError(feed, 'PublisherNotAuthorised')
          .withArgs(key.address);
      await refused(stranger);
      await manager.getFunction('grantRole')(role, stranger.address, 1);
      await refused(stranger);
      await manager.getFunction('revokeRole')(role, publisher.address);
      await refused(publisher);
      const nobody = feed.publish(update, ethers.ZeroAddress, '0x');
      await expect(nobody).to.be.revertedWithCustomError(feed, 'PublisherNotAuthorised');
    });

    it('refuses a signature of another message, key, chain or feed [VOL-03]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed, publisher, stranger, underlying, expiry } = world;
      const update = await updateOf(world, SMILE);
      const signature = await signUpdate(feed, publisher, update);
      const other = ethers.Wallet.createRandom().address;
      const forged: [typeof update, string][] = [
        [update, await signUpdate(feed, stranger, update)],
        [update, await signUpdate(feed, publisher, update, { chainId: 1n })],
        [update, await signUpdate(feed, publisher, update, { verifyingContract: other })],
        [{ ...update, expiry: expiry + 60 }, signature],
        [{ ...update, confidenceBps: 0 }, signature],
        [{ ...update, timestamp: BigInt(update.timestamp) - 1n }, signature],
        ...(['a', 'b', 'rho', 'm', 'sigma'] as const).map((field): [typeof update, string] => {
          const parameters = { ...update.parameters, [field]: BigInt(update.parameters[field]) + 1n };
          return [{ ...update, parameters }, signature];
        }),
        [update, '0x'],
      ];
      for (const [message, bytes] of forged) {
        await expect(feed.publish(message, publisher, bytes))
          .to.be.revertedWithCustomError(feed, 'PublicationRefused')
          .withArgs(publisher.address);
      }
      await feed.configure(other, VOLATILITY_CONFIG);
      const moved = feed.publish({ ...update, underlying: other }, publisher, signature);
      await expect(moved).to.be.revertedWithCustomError(feed, 'PublicationRefused');
      expect((await feed.read(underlying, expiry)).status).to.equal(PriceStatus.Down);
    });

    it('refuses everybody while the contract is closed in the AccessManager [VOL-03]', async () => {
      const world = await loadFixture(publishedFixture);
      const { feed, manager, underlying, expiry } = world;
      await manager.getFunction('setTargetClosed')(await feed.getAddress(), true);
      await time.increase(MINUTE);
      await expect(publish(world, SMILE)).to.be.revertedWithCustomError(feed, 'PublisherNotAuthorised');
      expect((await feed.read(underlying, expiry)).status).to.equal(PriceStatus.Live);
    });

    it('takes a contract that signs by ERC-1271, brought by anybody [VOL-03]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed, manager, admin, stranger, underlying, expiry, role } = world;
      const wallet = await new ContractWallet__factory(admin).deploy(admin);
      const update = await updateOf(world, SMILE);
      const signature = await signUpdate(feed, admin, update);
      const relay = () => feed.connect(stranger).publish(update, wallet, signature);
      await expect(relay()).to.be.revertedWithCustomError(feed, 'PublisherNotAuthorised');
      await manager.getFunction('grantRole')(role, await wallet.getAddress(), 0);
      await expect(relay()).to.emit(feed, 'VolatilityPublished');
      expect((await feed.read(underlying, expiry)).status).to.equal(PriceStatus.Live);
    });
  });

  describe('when', () => {
    it('refuses the future, what has waited too long and what is not newer [VOL-04]', async () => {
      const world = await loadFixture(publishedFixture);
      const { feed, underlying, expiry } = world;
      const { publishedAt } = await feed.read(underlying, expiry);
      const first = Number(publishedAt);
      const at = async (now: number, timestamp: number) => {
        const args = await signedUpdate(world, SMILE, { timestamp });
        await time.setNextBlockTimestamp(now);
        return feed.publish(...args);
      };
      await expect(at(first + 20, first + 21))
        .to.be.revertedWithCustomError(feed, 'PublicationFromFuture')
        .withArgs(first + 21);
      for (const timestamp of [first - 1, first]) {
        await expect(at((await time.latest()) + 1, timestamp))
          .to.be.revertedWithCustomError(feed, 'PublicationNotNewer')
          .withArgs(timestamp, first);
      }
      const late = first + HOUR;
      await expect(at(late, late - relayDelay - 1))
        .to.be.revertedWithCustomError(feed, 'PublicationTooOld')
        .withArgs(late - relayDelay - 1, late - relayDelay);
      await expect(at(late + 1, late + 1 - relayDelay)).to.emit(feed, 'VolatilityPublished');
      await expect(at(late + 2, late + 2 - relayDelay)).to.emit(feed, 'VolatilityPublished');
    });

    it('refuses what is over, and what nobody configured [VOL-04]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed, stranger, expiry } = world;
      const unknown = publish(world, SMILE, { underlying: stranger.address });
      await expect(unknown).to.be.revertedWithCustomError(feed, 'VolatilityUnknown').withArgs(stranger.address);
      await time.increaseTo(expiry - 2);
      const args = await signedUpdate(world, SMILE);
      await time.setNextBlockTimestamp(expiry);
      await expect(feed.publish(...args))
        .to.be.revertedWithCustomError(feed, 'PublicationAfterExpiry')
        .withArgs(expiry);
    });
  });

  describe('what', () => {
    it('refuses parameters out of bounds, and volatility below 1 % or above 500 % [VOL-05]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed } = world;
      const flat: Smile = { ...SMILE, b: 0, rho: 0, m: 0 };
      const bad: readonly [string, Smile][] = [
        ['a', { ...SMILE, a: -50.1 }],
        ['a', { ...SMILE, a: 25.1 }],
        ['b', { ...SMILE, b: 100.1 }],
        ['rho', { ...SMILE, rho: 1 }],
        ['rho', { ...SMILE, rho: -1 }],
        ['m', { ...SMILE, m: 4.1 }],
        ['m', { ...SMILE, m: -4.1 }],
        ['sigma', { ...SMILE, sigma: 0 }],
        ['sigma', { ...SMILE, sigma: 0.0009 }],
        ['sigma', { ...SMILE, sigma: 8.1 }],
        ['leastVariance', { ...flat, a: 0.000099 }],
        ['leastVariance', { ...SMILE, a: -0.06 }], // no variance at all left of the money
        ['variance', { ...SMILE, a: 24.5, m: 2 }],
      ];
      for (const [parameter, smile] of bad) {
        await expect(publish(world, smile), JSON.stringify(smile))
          .to.be.revertedWithCustomError(feed, 'SviOutOfBounds')
          .withArgs(ethers.encodeBytes32String(parameter), isAny, isAny, isAny);
      }
      await expect(publish(world, SMILE, { confidenceBps: 10_001 }))
        .to.be.revertedWithCustomError(feed, 'SviOutOfBounds')
        .withArgs(ethers.encodeBytes32String('confidenceBps'), 10_001n, 0n, 10_000n);
      for (const a of [0.0001, 25]) {
        await publish(world, { ...flat, a }, { expiry: (await time.latest()) + DAY });
      }
    });

    it('refuses wings that are steeper than two in total variance, on either side [VOL-06]', async () => {
      const world = await loadFixture(surfaceFixture);
      const { feed } = world;
      const timestamp = await time.latest();
      const year = timestamp + 365 * DAY; // total variance is annualised variance
      const steep = { ...SMILE, a: 0.5, b: 1.6 };
      for (const [smile, expiry] of [
        [{ ...steep, rho: 0.2501 }, year],
        [{ ...steep, rho: -0.2501 }, year],
        [{ ...steep, rho: 0.25 }, year + 1],
      ] as const) {
        await expect(publish(world, smile, { expiry, timestamp }))
          .to.be.revertedWithCustomError(feed, 'WingsTooSteep')
          .withArgs(isAny, isAny, expiry - timestamp);
      }
      await publish(world, { ...steep, rho: 0.25 }, { expiry: year, timestamp });
      await publish(world, { ...steep, rho: -0.25 }, { expiry: year - 60, timestamp });
      // the same smile is sound with less time to live
      await publish(world, { ...steep, rho: 0.9 }, { expiry: timestamp + 30 * DAY, timestamp });
    });
  });

  describe('jump', () => {
    it('moves variance by no more than the bound, up or down, which grows with time [VOL-07]', async () => {
      const world = await loadFixture(publishedFixture);
      const { feed, underlying, expiry } = world;
      const { publishedAt } = await feed.read(underlying, expiry);
      const timestamp = Number(publishedAt) + MINUTE;
      const bound = jumpBpsPerHour / 60 / 10_000;
      await time.increaseTo(timestamp);
      for (const factor of [1 + bound, 1 / (1 + bound)]) {
        await expect(publish(world, times(SMILE, factor > 1 ? factor + 1e-6 : factor - 1e-6), { timestamp }))
          .to.be.revertedWithCustomError(feed, 'VolatilityJump')
          .withArgs(wad('-0.5'), isAny, isAny, MINUTE);
      }
      await publish(world, times(SMILE, 1 + bound - 1e-6), { timestamp });
      // a day later it may be 15.4 times as much
      await time.increaseTo(timestamp + 24 * HOUR);
      await publish(world, times(SMILE, 10), { timestamp: timestamp + 24 * HOUR });
    });

    it('holds the money to it where the wings stay [VOL-07]', async () => {
      const world = await loadFixture(publishedFixture);
      await time.increase(MINUTE);
      // rounder at the bottom, by a third of the variance there
      const round = { ...SMILE, sigma: 0.5, a: SMILE.a };
      const lowered = { ...round, a: SMILE.a + exactVariance(SMILE, 0.5) - exactVariance(round, 0.5) };
      await expect(publish(world, lowered))
        .to.be.revertedWithCustomError(world.feed, 'VolatilityJump')
        .withArgs(wad('-0.1'), isAny, isAny, isAny);
    });

    it('holds the wings to the same bound [VOL-07]', async () => {
      const world = await loadFixture(publishedFixture);
      const { feed } = world;
      await time.increase(MINUTE);
      // the same variance at the money, and twice the slope on either side
      const steeper = { ...SMILE, b: 0.8 };
      const wings = { ...steeper, a: SMILE.a + exactVariance(SMILE, 0) - exactVariance(steeper, 0) };
      await expect(publish(world, wings))
        .to.be.revertedWithCustomError(feed, 'VolatilityJump')
        .withArgs(wad('-0.5'), isAny, isAny, isAny);
    });

    it('has nothing to hold the first slice of an expiry against [VOL-07]', async () => {
      const world = await loadFixture(publishedFixture);
      const { feed, underlying, expiry } = world;
      await publish(world, times(SMILE, 10), { expiry: expiry + DAY, timestamp: await time.latest() });
      expect((await feed.read(underlying, expiry + DAY)).status).to.equal(PriceStatus.Live);
    });
  });

  it('tells in its events what it stores [VOL-14]', async () => {
    const world = await loadFixture(publishedFixture);
    const { feed, underlying, expiry } = world;
    await time.increase(HOUR);
    await publish(world, times(SMILE, 1.05));
    const [event] = (await feed.queryFilter(feed.filters.VolatilityPublished(underlying, expiry))).slice(-1);
    expect(event?.args.svi).to.equal((await feed.read(underlying, expiry)).svi);
    await feed.forget(underlying, expiry);
    const [forgotten] = await feed.queryFilter(feed.filters.VolatilityForgotten());
    expect([forgotten?.args.underlying, forgotten?.args.expiry]).to.deep.equal([underlying, BigInt(expiry)]);
    const [configured] = await feed.queryFilter(feed.filters.SurfaceConfigured(underlying));
    expect(configured?.args.config).to.deep.equal(await feed.configOf(underlying));
  });

  it('costs a slot a slice [VOL-11]', async () => {
    const world = await loadFixture(publishedFixture);
    await time.increase(MINUTE);
    const args = await signedUpdate(world, SMILE);
    const data = world.feed.interface.encodeFunctionData('publish', args);
    // the configuration and the slice; three with who may publish
    expect(await countSlots(await world.feed.getAddress(), data)).to.be.at.most(3);
  });
});

function isAny(): boolean {
  return true;
}
