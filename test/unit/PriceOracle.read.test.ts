import { setCode, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { answerWith } from '../fixtures/answerWith';
import { countSlots } from '../fixtures/countSlots';
import { COVERING } from '../fixtures/covering';
import { loadFixture } from '../fixtures/loadFixture';
import {
  FeedMode,
  HALF_LIFE,
  LIQUIDATION_AGE,
  OPEN_AGE,
  oracleFixture,
  PriceStatus,
  twoSourceFixture,
  WAD,
} from '../fixtures/oracleFixture';

const FEED_UNIT = 10n ** 8n;
const INT256_MAX = 2n ** 255n - 1n;

describe('PriceOracle', () => {
  describe('read', () => {
    it('says Down and zero of an asset without a feed [ORC-21]', async () => {
      const { oracle, stranger } = await loadFixture(oracleFixture);
      expect(await oracle.read(stranger)).to.deep.equal([0n, 0n, 0n, 0n, PriceStatus.Down]);
    });

    it('says Live of a fresh and sane answer [ORC-07]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      const [, , , updatedAt] = await primary.latestRoundData();
      expect(await oracle.read(asset)).to.deep.equal([
        2_000n * WAD,
        2_000n * WAD,
        2_000n * WAD,
        updatedAt,
        PriceStatus.Live,
      ]);
    });

    it('never takes a feed failure for a price [ORC-04]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      const now = await time.latest();
      const good = 2_000n * FEED_UNIT;
      const failures: readonly [string, bigint, bigint, number, number, bigint][] = [
        ['zero', 2n, 0n, now, now, 2n],
        ['negative', 2n, -good, now, now, 2n],
        ['the most negative number', 2n, -INT256_MAX - 1n, now, now, 2n],
        ['the largest number', 2n, INT256_MAX, now, now, 2n],
        ['from the future', 2n, good, now, now + 1_000, 2n],
        ['never updated', 2n, good, now, 0, 2n],
        ['carried over from an older round', 2n, good, now, now, 1n],
        ['at the floor', 2n, 10n * FEED_UNIT, now, now, 2n],
        ['below the floor', 2n, FEED_UNIT, now, now, 2n],
        ['at the ceiling', 2n, 100_000n * FEED_UNIT, now, now, 2n],
        ['above the ceiling', 2n, 100_001n * FEED_UNIT, now, now, 2n],
      ];
      for (const [name, id, answer, startedAt, updatedAt, answeredIn] of failures) {
        await primary.setRound(id, answer, startedAt, updatedAt, answeredIn);
        const price = await oracle.read(asset);
        expect(price.status, name).to.equal(PriceStatus.Down);
        expect([price.spot, price.low, price.high], name).to.deep.equal([2_000n * WAD, 2_000n * WAD, 2_000n * WAD]);
      }
    });

    it('never takes a round that no aggregator could number for a price [ORC-04]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      const now = BigInt(await time.latest());
      const answer = (round: bigint) => [round, 2_000n * FEED_UNIT, now, now, round];
      await answerWith(await primary.getAddress(), answer(2n ** 80n - 1n));
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
      await answerWith(await primary.getAddress(), answer(2n ** 80n));
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Down);
    });

    it('accepts the first answers inside the band [ORC-04]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      for (const answer of [10n * FEED_UNIT + 1n, 100_000n * FEED_UNIT - 1n]) {
        await primary.push(answer);
        expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
      }
    });

    it('comes back whatever the feed does [ORC-05]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      const { Answers, ...misbehaviours } = FeedMode;
      for (const [name, mode] of Object.entries(misbehaviours)) {
        await primary.setMode(mode);
        expect((await oracle.read(asset)).status, name).to.equal(PriceStatus.Down);
        // instrumented, it costs something else
        if (!COVERING) expect(await oracle.read.estimateGas(asset), name).to.be.below(300_000n);
      }
      await primary.setMode(Answers);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
      await setCode(await primary.getAddress(), '0x');
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Down);
    });

    it('cannot be starved of gas to make a feed look dead [ORC-05]', async () => {
      const { oracle, asset, stranger } = await loadFixture(oracleFixture);
      let answered = 0;
      for (let gasLimit = 24_000n; gasLimit < 200_000n; gasLimit += 2_000n) {
        // out of gas on the way, or what it says with all the gas there is
        const price = await oracle
          .connect(stranger)
          .read(asset, { gasLimit })
          .catch(() => undefined);
        if (price === undefined) continue;
        answered += 1;
        expect(price.status, `gas limit ${gasLimit}`).to.equal(PriceStatus.Live);
      }
      expect(answered).to.be.above(10);
    });

    it('reverts with FeedGasMissing when the feed could not be given its allowance [ORC-05]', async () => {
      const { oracle, asset } = await loadFixture(oracleFixture);
      await expect(oracle.read(asset, { gasLimit: 100_000 })).to.be.revertedWithCustomError(oracle, 'FeedGasMissing');
    });

    it('scales feeds of 0, 6, 8 and 18 decimals to the same price [ORC-06]', async () => {
      const { oracle, primary, config } = await loadFixture(oracleFixture);
      for (const decimals of [0, 6, 8, 18]) {
        const asset = ethers.getAddress(ethers.dataSlice(ethers.id(`asset of ${decimals}`), 12));
        await primary.setDecimals(decimals);
        await primary.push(2_000n * 10n ** BigInt(decimals));
        await oracle.configure(asset, config);
        expect((await oracle.read(asset)).spot, `${decimals} decimals`).to.equal(2_000n * WAD);
      }
    });

    it('keeps the decimals read at configuration when the feed changes its mind [ORC-06]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.setDecimals(18);
      expect((await oracle.read(asset)).spot).to.equal(2_000n * WAD);
    });

    it('reads two slots [ORC-14]', async () => {
      const { oracle, asset } = await loadFixture(oracleFixture);
      expect(
        await countSlots(await oracle.getAddress(), oracle.interface.encodeFunctionData('read', [asset])),
      ).to.equal(2);
    });
  });

  describe('ages', () => {
    it('is Live up to openAge, Degraded up to liquidationAge and Down after [ORC-07]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.push(2_100n * FEED_UNIT);
      const updatedAt = await time.latest();
      const statusAt = async (age: number) => {
        await time.increaseTo(updatedAt + age);
        return (await oracle.read(asset)).status;
      };
      expect(await statusAt(OPEN_AGE)).to.equal(PriceStatus.Live);
      expect(await statusAt(OPEN_AGE + 1)).to.equal(PriceStatus.Degraded);
      expect(await statusAt(LIQUIDATION_AGE)).to.equal(PriceStatus.Degraded);
      expect((await oracle.read(asset)).spot).to.equal(2_100n * WAD);
      expect(await statusAt(LIQUIDATION_AGE + 1)).to.equal(PriceStatus.Down);
    });

    it('keeps the last true answer in the band of a dead feed, and the recorded price as spot [ORC-08]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.push(2_500n * FEED_UNIT); // nobody records it
      await time.increase(LIQUIDATION_AGE + 1);
      const { spot, low, high, status } = await oracle.read(asset);
      expect([spot, low, high, status]).to.deep.equal([2_000n * WAD, 2_000n * WAD, 2_500n * WAD, PriceStatus.Down]);
    });

    it('does not let a dead feed that fell lower the band [ORC-08]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.push(1_500n * FEED_UNIT);
      await time.increase(LIQUIDATION_AGE + 1);
      const { spot, high, updatedAt, status } = await oracle.read(asset);
      expect([spot, high, status]).to.deep.equal([2_000n * WAD, 2_000n * WAD, PriceStatus.Down]);
      expect(updatedAt).to.equal((await oracle.recordOf(asset)).recordedAt);
    });
  });

  describe('second source', () => {
    it('is Degraded over a band of both when they disagree, whichever is higher [ORC-09]', async () => {
      const { oracle, second, asset } = await loadFixture(twoSourceFixture);
      for (const [answer, low, high] of [
        [2_100n, 2_000n, 2_100n],
        [1_900n, 1_900n, 2_000n],
      ] as const) {
        await second.push(answer * WAD);
        const price = await oracle.read(asset);
        expect([price.spot, price.low, price.high]).to.deep.equal([2_000n * WAD, low * WAD, high * WAD]);
        expect(price.status).to.equal(PriceStatus.Degraded);
      }
    });

    it('agrees up to the limit, of the lower price [ORC-09]', async () => {
      const { oracle, second, asset } = await loadFixture(twoSourceFixture);
      await second.push(2_060n * WAD); // 3 % of 2,000
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
      await second.push(2_060n * WAD + 1n);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Degraded);
    });

    it('prices by the primary alone where both agree [ORC-09]', async () => {
      const { oracle, second, asset } = await loadFixture(twoSourceFixture);
      await second.push(2_050n * WAD);
      const { spot, low, high } = await oracle.read(asset);
      expect([spot, low, high]).to.deep.equal([2_000n * WAD, 2_000n * WAD, 2_000n * WAD]);
    });

    it('is Degraded when the second source is lost, as nobody confirms the primary [ORC-09]', async () => {
      const { oracle, primary, second, asset } = await loadFixture(twoSourceFixture);
      await second.setReverting(true);
      const price = await oracle.read(asset);
      expect([price.spot, price.status]).to.deep.equal([2_000n * WAD, PriceStatus.Degraded]);
      await second.setReverting(false);
      await time.increase(LIQUIDATION_AGE + 1);
      await primary.push(2_000n * FEED_UNIT);
      expect((await oracle.read(asset)).status, 'too old').to.equal(PriceStatus.Degraded);
    });

    it('past openAge confirms nothing, nor contradicts a fresh primary [ORC-09]', async () => {
      const { oracle, primary, second, asset } = await loadFixture(twoSourceFixture);
      const pushedAt = await time.latest();
      await second.pushAt(2_000n * WAD, pushedAt);
      await time.increaseTo(pushedAt + OPEN_AGE - 1);
      await primary.push(2_000n * FEED_UNIT);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
      await time.increase(1);
      expect((await oracle.read(asset)).status, 'nobody confirms it').to.equal(PriceStatus.Degraded);
      // the market falls, and nobody pushes the second source: who holds it to the old price calls nobody
      await primary.push(1_500n * FEED_UNIT);
      await oracle.update([asset]);
      await time.increase(4 * HALF_LIFE);
      await primary.push(1_500n * FEED_UNIT);
      const { spot, high, status } = await oracle.read(asset);
      expect([spot, status]).to.deep.equal([1_500n * WAD, PriceStatus.Degraded]);
      expect(high, 'what was recorded at 2,000').to.equal(2_000n * WAD);
    });

    it('takes the place of a dead primary, Degraded [ORC-09]', async () => {
      const { oracle, primary, second, asset } = await loadFixture(twoSourceFixture);
      await second.push(1_800n * WAD);
      await primary.setReverting(true);
      const { spot, low, high, status } = await oracle.read(asset);
      expect([spot, low, high, status]).to.deep.equal([1_800n * WAD, 1_800n * WAD, 2_000n * WAD, PriceStatus.Degraded]);
    });

    it('leaves an old primary Degraded and disagreeing ones over both [ORC-09]', async () => {
      const { oracle, second, asset } = await loadFixture(twoSourceFixture);
      await time.increase(OPEN_AGE + 1);
      await second.push(2_500n * WAD);
      const { spot, high, status } = await oracle.read(asset);
      expect([spot, high, status]).to.deep.equal([2_000n * WAD, 2_500n * WAD, PriceStatus.Degraded]);
    });

    it('is Down when both are gone, with the last answer of either in the band [ORC-08]', async () => {
      const { oracle, primary, second, asset } = await loadFixture(twoSourceFixture);
      await second.push(2_300n * WAD);
      await time.increase(LIQUIDATION_AGE + 1);
      await primary.setReverting(true);
      const { spot, high, status } = await oracle.read(asset);
      expect([spot, high, status]).to.deep.equal([2_000n * WAD, 2_300n * WAD, PriceStatus.Down]);
    });

    it('reads three slots [ORC-14]', async () => {
      const { oracle, asset } = await loadFixture(twoSourceFixture);
      expect(
        await countSlots(await oracle.getAddress(), oracle.interface.encodeFunctionData('read', [asset])),
      ).to.equal(3);
    });
  });

  describe('smoothing', () => {
    it('gives a new print no weight until time passes after its record [ORC-10]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.push(3_000n * FEED_UNIT);
      await oracle.update([asset]);
      const price = await oracle.read(asset);
      expect([price.spot, price.low, price.high]).to.deep.equal([3_000n * WAD, 2_000n * WAD, 3_000n * WAD]);
    });

    it('gives a print that nobody records no weight at all [ORC-10]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.push(3_000n * FEED_UNIT);
      await time.increase(HALF_LIFE);
      expect((await oracle.read(asset)).low).to.equal(2_000n * WAD);
    });

    it('covers half of a rise, and of a fall, in each half-life [ORC-11]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.push(3_000n * FEED_UNIT);
      await oracle.update([asset]);
      const risenAt = await time.latest();
      for (const [halfLives, low] of [
        [1, 2_500n],
        [2, 2_750n],
        [3, 2_875n],
      ] as const) {
        await time.increaseTo(risenAt + halfLives * HALF_LIFE);
        expect((await oracle.read(asset)).low).to.equal(low * WAD);
      }
      await primary.push(1_875n * FEED_UNIT);
      await time.setNextBlockTimestamp(risenAt + 4 * HALF_LIFE);
      await oracle.update([asset]); // smoothed is 2,937.5
      await time.increase(HALF_LIFE);
      const price = await oracle.read(asset);
      expect([price.low, price.high]).to.deep.equal([1_875n * WAD, 2_406_250_000_000_000_000_000n]);
    });

    it('ends in the same place however often it is recorded [ORC-11]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.push(3_000n * FEED_UNIT);
      await oracle.update([asset]);
      const risenAt = await time.latest();
      for (let second = 1; second < 60; ++second) await oracle.update([asset]);
      await time.setNextBlockTimestamp(risenAt + HALF_LIFE);
      await oracle.update([asset]);
      const { smoothed } = await oracle.recordOf(asset);
      expect(smoothed).to.be.closeTo(2_500n * WAD, WAD / 1_000_000n);
    });

    it('records at most once a block [ORC-11]', async () => {
      const { oracle, primary, asset } = await loadFixture(oracleFixture);
      await primary.push(2_100n * FEED_UNIT);
      const before = await oracle.recordOf(asset);
      await time.increase(60);
      const tx = await oracle.update([asset, asset]);
      expect((await tx.wait())?.logs).to.have.lengthOf(1);
      const after = await oracle.recordOf(asset);
      expect([after.spot, after.smoothed]).to.deep.equal([2_100n * WAD, before.smoothed]);
    });

    it('emits PriceRecorded for Live prices and skips all others [ORC-20]', async () => {
      const { oracle, primary, asset, stranger } = await loadFixture(twoSourceFixture);
      await primary.push(2_020n * FEED_UNIT);
      await expect(oracle.connect(stranger).update([stranger, asset]))
        .to.emit(oracle, 'PriceRecorded')
        .withArgs(asset, 2_020n * WAD, 2_000n * WAD);
      const before = await oracle.recordOf(asset);
      await primary.push(2_500n * FEED_UNIT); // the sources disagree
      await expect(oracle.update([asset])).not.to.emit(oracle, 'PriceRecorded');
      await primary.setReverting(true);
      await expect(oracle.update([asset])).not.to.emit(oracle, 'PriceRecorded');
      expect(await oracle.recordOf(asset)).to.deep.equal(before);
    });
  });
});
