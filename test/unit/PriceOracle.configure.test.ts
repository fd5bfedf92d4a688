import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String, ZeroAddress } from 'ethers';

import { MockAggregator__factory } from '../../typechain-types';
import { loadFixture } from '../fixtures/loadFixture';
import {
  FeedMode,
  HALF_LIFE,
  OPEN_AGE,
  oracleFixture,
  PriceStatus,
  twoSourceFixture,
  WAD,
} from '../fixtures/oracleFixture';

const FEED_UNIT = 10n ** 8n;
const DAY = 86_400;
const MAX_CEILING = 79_200_000_000n * WAD;

describe('PriceOracle', () => {
  describe('configure', () => {
    it('reverts with AccessManagedUnauthorized for anyone but the role [ORC-01]', async () => {
      const { oracle, asset, config, stranger } = await loadFixture(oracleFixture);
      await expect(oracle.connect(stranger).configure(asset, config))
        .to.be.revertedWithCustomError(oracle, 'AccessManagedUnauthorized')
        .withArgs(stranger.address);
    });

    it('reverts with FeedConfigOutOfBounds and the numbers [ORC-01]', async () => {
      const { oracle, asset, config } = await loadFixture(oracleFixture);
      const cases = [
        ['liquidationAge', { openAge: 1, liquidationAge: 1 }, 1, 2, 7 * DAY],
        ['liquidationAge', { liquidationAge: 7 * DAY + 1 }, 7 * DAY + 1, 2, 7 * DAY],
        ['openAge', { openAge: 0 }, 0, 1, 10_799],
        ['openAge', { openAge: 10_800 }, 10_800, 1, 10_799],
        ['halfLife', { halfLife: 0 }, 0, 1, DAY],
        ['halfLife', { halfLife: DAY + 1 }, DAY + 1, 1, DAY],
        ['disagreementBps', { disagreementBps: 2_001 }, 2_001, 0, 2_000],
        ['ceiling', { ceiling: config.floor }, config.floor, config.floor + 1n, MAX_CEILING],
        ['ceiling', { ceiling: MAX_CEILING + 1n }, MAX_CEILING + 1n, config.floor + 1n, MAX_CEILING],
      ] as const;
      for (const [parameter, change, value, least, most] of cases) {
        await expect(oracle.configure(asset, { ...config, ...change }))
          .to.be.revertedWithCustomError(oracle, 'FeedConfigOutOfBounds')
          .withArgs(asset, encodeBytes32String(parameter), value, least, most);
      }
    });

    it('reverts with SecondFeedIsPrimary where a feed is to confirm itself [ORC-02]', async () => {
      const { oracle, asset, config } = await loadFixture(oracleFixture);
      await expect(oracle.configure(asset, { ...config, second: config.primary }))
        .to.be.revertedWithCustomError(oracle, 'SecondFeedIsPrimary')
        .withArgs(asset, config.primary);
    });

    it('reverts with FeedNotReady where a feed has no code [ORC-02]', async () => {
      const { oracle, asset, config, stranger } = await loadFixture(oracleFixture);
      for (const feed of [ZeroAddress, stranger.address]) {
        await expect(oracle.configure(asset, { ...config, primary: feed }))
          .to.be.revertedWithCustomError(oracle, 'FeedNotReady')
          .withArgs(asset, feed);
      }
      await expect(oracle.configure(asset, { ...config, second: stranger.address }))
        .to.be.revertedWithCustomError(oracle, 'FeedNotReady')
        .withArgs(asset, stranger.address);
    });

    it('reverts with FeedNotReady where the primary misbehaves, is old, or is out of the band [ORC-02]', async () => {
      const { oracle, primary, asset, config } = await loadFixture(oracleFixture);
      const refused = async (change: Partial<typeof config> = {}) =>
        expect(oracle.configure(asset, { ...config, ...change }))
          .to.be.revertedWithCustomError(oracle, 'FeedNotReady')
          .withArgs(asset, config.primary);
      const { Answers, ...misbehaviours } = FeedMode;
      for (const mode of Object.values(misbehaviours)) {
        await primary.setMode(mode);
        await refused();
      }
      await primary.setMode(Answers);
      await primary.setDecimals(19);
      await refused();
      await primary.setDecimals(8);
      await refused({ floor: 2_000n * WAD });
      await refused({ ceiling: 2_000n * WAD });
      await time.increase(OPEN_AGE + 1);
      await refused();
    });

    it('reverts with FeedNotReady where the second source is dead [ORC-02]', async () => {
      const { oracle, second, asset, config } = await loadFixture(twoSourceFixture);
      await second.push(0);
      await expect(oracle.configure(asset, config))
        .to.be.revertedWithCustomError(oracle, 'FeedNotReady')
        .withArgs(asset, config.second);
    });

    it('reverts with FeedsDisagree where the sources are too far apart to begin with [ORC-02]', async () => {
      const { oracle, second, asset, config } = await loadFixture(twoSourceFixture);
      await second.push(2_061n * WAD);
      await expect(oracle.configure(asset, config))
        .to.be.revertedWithCustomError(oracle, 'FeedsDisagree')
        .withArgs(asset, 2_000n * WAD, 2_061n * WAD);
    });

    it('sets the feed, records its first price and emits FeedConfigured [ORC-22]', async () => {
      const { oracle, second, stranger, config } = await loadFixture(twoSourceFixture);
      const asset = stranger.address;
      await expect(oracle.configure(asset, config))
        .to.emit(oracle, 'FeedConfigured')
        .withArgs(asset, Object.values(config), 8, 18)
        .and.to.emit(oracle, 'PriceRecorded')
        .withArgs(asset, 2_000n * WAD, 2_000n * WAD);
      expect(await oracle.feedOf(asset)).to.deep.equal(Object.values(config).map(toBigInts));
      expect((await oracle.feedOf(asset)).second).to.equal(await second.getAddress());
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
    });

    it('keeps three digits of the band, rounded outward, and says so [ORC-15]', async () => {
      const { oracle, primary, asset, config } = await loadFixture(oracleFixture);
      const kept = { ...config, floor: 1_999n * WAD, ceiling: 2_010n * WAD };
      await expect(oracle.configure(asset, { ...config, floor: 1_999n * WAD + 7n, ceiling: 2_000n * WAD + 1n }))
        .to.emit(oracle, 'FeedConfigured')
        .withArgs(asset, Object.values(kept), 8, 0);
      expect(await oracle.feedOf(asset)).to.deep.equal(Object.values(kept).map(toBigInts));
      for (const [answer, status] of [
        [1_999n * FEED_UNIT, PriceStatus.Down],
        [1_999n * FEED_UNIT + 1n, PriceStatus.Live],
        [2_010n * FEED_UNIT - 1n, PriceStatus.Live],
        [2_010n * FEED_UNIT, PriceStatus.Down],
      ] as const) {
        await primary.push(answer);
        expect((await oracle.read(asset)).status).to.equal(status);
      }
    });

    it('drops the second source when it is configured away [ORC-22]', async () => {
      const { oracle, second, asset, config } = await loadFixture(twoSourceFixture);
      await oracle.configure(asset, { ...config, second: ZeroAddress });
      await second.setReverting(true);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
      expect((await oracle.feedOf(asset)).second).to.equal(ZeroAddress);
    });
  });

  describe('replacing a feed', () => {
    /** A new feed of `decimals` that answers `answer` now. */
    async function replacement(answer: bigint, decimals = 8) {
      const world = await loadFixture(oracleFixture);
      const feed = await new MockAggregator__factory(world.admin).deploy(decimals, 'replacement');
      await feed.push(answer);
      return { ...world, feed, config: { ...world.config, primary: await feed.getAddress() } };
    }

    it('reverts with FeedJump where the unit is wrong [ORC-03]', async () => {
      const { oracle, asset, config } = await replacement(2_000n * 10n ** 9n);
      await expect(oracle.configure(asset, config))
        .to.be.revertedWithCustomError(oracle, 'FeedJump')
        .withArgs(asset, 2_000n * WAD, 20_000n * WAD);
    });

    it('allows a fifth up or down, of the lower price, and not a wei more [ORC-03]', async () => {
      for (const [answer, allowed] of [
        [2_400n * WAD, true],
        [2_400n * WAD + 1n, false],
        [1_666_666_666_666_666_666_667n, true],
        [1_666_666_666_666_666_666_666n, false],
      ] as const) {
        const { oracle, asset, config } = await replacement(answer, 18);
        const configured = oracle.configure(asset, config);
        if (allowed) await expect(configured).to.emit(oracle, 'FeedConfigured');
        else await expect(configured).to.be.revertedWithCustomError(oracle, 'FeedJump');
      }
    });

    it('compares with what the old feed says now, recorded or not [ORC-03]', async () => {
      const { oracle, primary, asset, config } = await replacement(2_800n * FEED_UNIT);
      await expect(oracle.configure(asset, config)).to.be.revertedWithCustomError(oracle, 'FeedJump');
      await primary.push(2_700n * FEED_UNIT);
      await expect(oracle.configure(asset, config))
        .to.emit(oracle, 'PriceRecorded')
        .withArgs(asset, 2_800n * WAD, 2_000n * WAD);
    });

    it('allows another fifth for each day that the old feed has been dead [ORC-03]', async () => {
      const { oracle, primary, feed, asset, config } = await replacement(2_000n * FEED_UNIT);
      const { recordedAt } = await oracle.recordOf(asset);
      await primary.setReverting(true);
      await time.increaseTo(recordedAt + BigInt(DAY) - 600n);
      await feed.push(2_700n * FEED_UNIT);
      await expect(oracle.configure(asset, config)).to.be.revertedWithCustomError(oracle, 'FeedJump');
      await time.increaseTo(recordedAt + BigInt(DAY));
      await expect(oracle.configure(asset, config)).to.emit(oracle, 'FeedConfigured');
    });

    it('gives the first price of the new feed no weight in the smoothed one at once [ORC-03]', async () => {
      const { oracle, asset, config } = await replacement(2_400n * FEED_UNIT);
      await oracle.configure(asset, config);
      expect((await oracle.read(asset)).low).to.equal(2_000n * WAD);
      await time.increaseTo((await oracle.recordOf(asset)).recordedAt + BigInt(HALF_LIFE));
      expect((await oracle.read(asset)).low).to.equal(2_200n * WAD);
    });
  });
});

const toBigInts = (field: string | number | bigint) => (typeof field === 'number' ? BigInt(field) : field);
