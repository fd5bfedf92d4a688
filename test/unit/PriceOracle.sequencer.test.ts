import { setCode, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ZeroAddress } from 'ethers';

import { countSlots } from '../fixtures/countSlots';
import { loadFixture } from '../fixtures/loadFixture';
import {
  FeedMode,
  OPEN_AGE,
  oracleFixture,
  PriceStatus,
  SEQUENCER_GRACE,
  sequencedChainFixture,
  sequencerFixture,
  WAD,
} from '../fixtures/oracleFixture';

const UP = 0n;
const DOWN = 1n;

describe('PriceOracle', () => {
  describe('sequencer', () => {
    it('leaves prices alone while it has been up for longer than the grace', async () => {
      const { oracle, asset } = await loadFixture(sequencerFixture);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
    });

    it('costs one slot more than on a chain without one [ORC-14] [ORC-16]', async () => {
      const { oracle, asset } = await loadFixture(sequencerFixture);
      const to = await oracle.getAddress();
      expect(await countSlots(to, oracle.interface.encodeFunctionData('read', [asset]))).to.equal(3);
      const plain = (await loadFixture(oracleFixture)).oracle;
      expect(await countSlots(await plain.getAddress(), plain.interface.encodeFunctionData('outageTime'))).to.equal(0);
    });

    it('takes a price Down while it is down, with the feed answer still in the band [ORC-12]', async () => {
      const { oracle, primary, uptime, asset } = await loadFixture(sequencerFixture);
      await primary.push(2_200n * 10n ** 8n);
      await uptime.push(DOWN);
      const { spot, high, status } = await oracle.read(asset);
      expect([spot, high, status]).to.deep.equal([2_000n * WAD, 2_200n * WAD, PriceStatus.Down]);
    });

    it('keeps prices Down until the grace after the restart is over [ORC-12]', async () => {
      const { oracle, uptime, asset } = await loadFixture(sequencerFixture);
      await uptime.push(DOWN);
      await uptime.push(UP);
      const restartedAt = await time.latest();
      await time.increaseTo(restartedAt + SEQUENCER_GRACE - 1);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Down);
      await time.increaseTo(restartedAt + SEQUENCER_GRACE);
      expect((await oracle.read(asset)).status).to.not.equal(PriceStatus.Down);
    });

    it('is Degraded, not Down, where the feed answered after the report of a stop: V7 [ORC-19]', async () => {
      const { oracle, primary, uptime, asset } = await loadFixture(sequencerFixture);
      await uptime.push(DOWN);
      const stoppedAt = await time.latest();
      await primary.pushAt(1_500n * 10n ** 8n, stoppedAt);
      expect((await oracle.read(asset)).status, 'not before it, nor at once').to.equal(PriceStatus.Down);
      await primary.pushAt(1_500n * 10n ** 8n, stoppedAt + 1);
      const { spot, low, high, status } = await oracle.read(asset);
      expect([spot, low, high, status]).to.deep.equal([1_500n * WAD, 1_500n * WAD, 2_000n * WAD, PriceStatus.Degraded]);
      await time.increaseTo(stoppedAt + 1 + OPEN_AGE);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Degraded);
      await time.increaseTo(stoppedAt + 2 + OPEN_AGE);
      expect((await oracle.read(asset)).status, 'silent since').to.equal(PriceStatus.Down);
      expect(await oracle.outageTime(), 'the owner still has his time').to.equal(BigInt(OPEN_AGE) + 2n);
    });

    it('opens nothing in the grace, whatever answers [ORC-19]', async () => {
      const { oracle, primary, uptime, asset } = await loadFixture(sequencerFixture);
      await uptime.push(DOWN);
      await uptime.push(UP);
      const restartedAt = await time.latest();
      await primary.push(2_000n * 10n ** 8n);
      await time.increaseTo(restartedAt + SEQUENCER_GRACE - 1);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Degraded);
      await time.increaseTo(restartedAt + SEQUENCER_GRACE);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
    });

    it('says when it is up and its grace over, and that there is none [ORC-19]', async () => {
      const { oracle, uptime } = await loadFixture(sequencerFixture);
      expect(await oracle.isSequencerUp()).to.equal(true);
      await uptime.push(DOWN);
      expect(await oracle.isSequencerUp()).to.equal(false);
      await uptime.push(UP);
      expect(await oracle.isSequencerUp()).to.equal(false);
      await time.increase(SEQUENCER_GRACE);
      expect(await oracle.isSequencerUp()).to.equal(true);
      await uptime.setReverting(true);
      expect(await oracle.isSequencerUp()).to.equal(false);
      for (const fixture of [oracleFixture, sequencedChainFixture]) {
        expect(await (await loadFixture(fixture)).oracle.isSequencerUp()).to.equal(true);
      }
    });

    it('counts an uptime feed that cannot be read, or has not begun, as down [ORC-12]', async () => {
      const { oracle, uptime, asset } = await loadFixture(sequencerFixture);
      const { Answers, ...misbehaviours } = FeedMode;
      for (const [name, mode] of Object.entries(misbehaviours)) {
        await uptime.setMode(mode);
        expect((await oracle.read(asset)).status, name).to.equal(PriceStatus.Down);
        expect(await oracle.outageTime(), name).to.equal(0n);
      }
      await uptime.setMode(Answers);
      const now = await time.latest();
      for (const startedAt of [0, now + 1_000]) {
        await uptime.setRound(2, UP, startedAt, now, 2);
        expect((await oracle.read(asset)).status).to.equal(PriceStatus.Down);
      }
      await setCode(await uptime.getAddress(), '0x');
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Down);
    });

    it('records no price from before it went down, and one that was written since [ORC-12] [ORC-20]', async () => {
      const { oracle, primary, uptime, asset } = await loadFixture(sequencerFixture);
      await uptime.push(DOWN);
      await expect(oracle.update([asset])).not.to.emit(oracle, 'PriceRecorded');
      await primary.push(1_500n * 10n ** 8n);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Degraded);
      await expect(oracle.update([asset]))
        .to.emit(oracle, 'PriceRecorded')
        .withArgs(asset, 1_500n * WAD, 2_000n * WAD);
    });
  });

  describe('configureSequencer', () => {
    it('reverts with AccessManagedUnauthorized for anyone but the role [ORC-01]', async () => {
      const { oracle, stranger } = await loadFixture(sequencedChainFixture);
      await expect(oracle.connect(stranger).configureSequencer(ZeroAddress, 0))
        .to.be.revertedWithCustomError(oracle, 'AccessManagedUnauthorized')
        .withArgs(stranger.address);
    });

    it('reverts with NoSequencer on a chain without one [ORC-16]', async () => {
      const { oracle, uptime } = await loadFixture(oracleFixture);
      expect(await oracle.hasSequencer()).to.equal(false);
      await expect(oracle.configureSequencer(uptime, 0)).to.be.revertedWithCustomError(oracle, 'NoSequencer');
    });

    it('reverts with SequencerGraceOutOfBounds above a day [ORC-01]', async () => {
      const { oracle, uptime } = await loadFixture(sequencedChainFixture);
      await expect(oracle.configureSequencer(uptime, 86_401))
        .to.be.revertedWithCustomError(oracle, 'SequencerGraceOutOfBounds')
        .withArgs(86_401, 86_400);
    });

    it('reverts with SequencerNotReady where nothing answers, or of a round that never began [ORC-02]', async () => {
      const { oracle, stranger, uptime } = await loadFixture(sequencedChainFixture);
      await uptime.setRound(9, 0, 0, await time.latest(), 9);
      await expect(oracle.configureSequencer(uptime, 0))
        .to.be.revertedWithCustomError(oracle, 'SequencerNotReady')
        .withArgs(await uptime.getAddress());
      await expect(oracle.configureSequencer(stranger, 0))
        .to.be.revertedWithCustomError(oracle, 'SequencerNotReady')
        .withArgs(stranger.address);
    });

    it('sets the feed and the grace, emits SequencerConfigured, and can be undone [ORC-22]', async () => {
      const { oracle, uptime, asset } = await loadFixture(sequencedChainFixture);
      const feed = await uptime.getAddress();
      await expect(oracle.configureSequencer(feed, 600)).to.emit(oracle, 'SequencerConfigured').withArgs(feed, 600);
      expect(await oracle.sequencer()).to.deep.equal([feed, 600n]);
      await uptime.push(DOWN);
      await oracle.configureSequencer(ZeroAddress, 0);
      expect((await oracle.read(asset)).status).to.equal(PriceStatus.Live);
    });
  });

  describe('outageTime', () => {
    it('is zero without a sequencer, and before its first outage', async () => {
      expect(await (await loadFixture(oracleFixture)).oracle.outageTime()).to.equal(0n);
      expect(await (await loadFixture(sequencedChainFixture)).oracle.outageTime()).to.equal(0n);
      expect(await (await loadFixture(sequencerFixture)).oracle.outageTime()).to.equal(0n);
    });

    it('runs while the sequencer is down and in its grace, and then stands still [ORC-13]', async () => {
      const { oracle, uptime } = await loadFixture(sequencerFixture);
      await uptime.push(DOWN);
      const stoppedAt = await time.latest();
      await time.increaseTo(stoppedAt + 500);
      expect(await oracle.outageTime()).to.equal(500n);
      await uptime.pushAt(UP, stoppedAt + 900);
      await time.increaseTo(stoppedAt + 1_000);
      expect(await oracle.outageTime()).to.equal(1_000n);
      await time.increaseTo(stoppedAt + 900 + SEQUENCER_GRACE + 1_234);
      expect(await oracle.outageTime()).to.equal(900n + BigInt(SEQUENCER_GRACE));
    });

    it('counts the same whether it is recorded at every step, once, or never [ORC-13]', async () => {
      for (const recorded of ['always', 'once', 'never']) {
        const { oracle, uptime } = await loadFixture(sequencerFixture);
        const from = (await time.latest()) + 100;
        const steps = [
          [0, DOWN],
          [400, DOWN],
          [1_000, UP],
          [1_000 + SEQUENCER_GRACE - 100, UP],
          [1_000 + SEQUENCER_GRACE + 100, UP],
          [20_000, DOWN],
          [20_050, UP],
          [20_050 + 2 * SEQUENCER_GRACE, UP],
        ] as const;
        let last = 0n;
        let answer: bigint = UP;
        for (const [at, next] of steps) {
          await time.increaseTo(from + at);
          if (next !== answer) await uptime.pushAt(next, from + at);
          answer = next;
          if (recorded === 'always') await oracle.update([]);
          const now = await oracle.outageTime();
          expect(now, `${recorded}: never falls`).to.be.at.least(last);
          last = now;
        }
        if (recorded === 'once') await oracle.update([]);
        expect(await oracle.outageTime(), recorded).to.equal(1_050n + 2n * BigInt(SEQUENCER_GRACE));
      }
    });

    it('counts no second twice when the sequencer stops again within its grace [ORC-13]', async () => {
      const { oracle, uptime } = await loadFixture(sequencerFixture);
      const from = (await time.latest()) + 1;
      await uptime.pushAt(DOWN, from);
      await uptime.pushAt(UP, from + 100);
      await uptime.pushAt(DOWN, from + 200);
      await uptime.pushAt(UP, from + 300);
      await time.increaseTo(from + 3 * SEQUENCER_GRACE);
      expect(await oracle.outageTime()).to.equal(300n + BigInt(SEQUENCER_GRACE));
    });

    it('emits OutageRecorded when there is something to record [ORC-13]', async () => {
      const { oracle, uptime, stranger } = await loadFixture(sequencerFixture);
      await expect(oracle.update([])).not.to.emit(oracle, 'OutageRecorded');
      await uptime.push(DOWN);
      const stoppedAt = await time.latest();
      await time.setNextBlockTimestamp(stoppedAt + 60);
      await expect(oracle.connect(stranger).update([]))
        .to.emit(oracle, 'OutageRecorded')
        .withArgs(stoppedAt, stoppedAt + 60, 60);
    });

    it('does not count what happened before the feed was configured [ORC-22]', async () => {
      const { oracle, uptime } = await loadFixture(sequencedChainFixture);
      await uptime.push(DOWN);
      await time.increase(1_000);
      await oracle.configureSequencer(uptime, 0);
      const configuredAt = await time.latest();
      await time.increaseTo(configuredAt + 10);
      expect(await oracle.outageTime()).to.equal(10n);
    });

    it('keeps what it counted when the feed is replaced or removed [ORC-22]', async () => {
      const { oracle, uptime } = await loadFixture(sequencerFixture);
      await uptime.push(DOWN);
      const stoppedAt = await time.latest();
      await time.setNextBlockTimestamp(stoppedAt + 250);
      await oracle.configureSequencer(ZeroAddress, 0);
      await time.increase(1_000);
      expect(await oracle.outageTime()).to.equal(250n);
    });

    it('looks no further back than round 0 [ORC-13]', async () => {
      const { oracle, uptime } = await loadFixture(sequencerFixture);
      const now = await time.latest();
      await uptime.setRound(0, DOWN, now + 5, now + 5, 0);
      await time.increaseTo(now + 105);
      expect(await oracle.outageTime()).to.equal(100n);
    });

    it('stops looking where earlier rounds cannot be had [ORC-13]', async () => {
      const { oracle, uptime } = await loadFixture(sequencerFixture);
      const now = await time.latest();
      await uptime.setRound(2n ** 64n, UP, now + 5, now + 5, 2n ** 64n); // a new phase: no round before it
      await time.increaseTo(now + 5 + SEQUENCER_GRACE);
      expect(await oracle.outageTime()).to.equal(BigInt(SEQUENCER_GRACE));
    });
  });
});
