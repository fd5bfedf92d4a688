import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String, ZeroAddress } from 'ethers';
import { ethers, network } from 'hardhat';

import { countSlots } from '../fixtures/countSlots';
import { loadFixture } from '../fixtures/loadFixture';
import { FeedMode, OPEN_AGE, WAD } from '../fixtures/oracleFixture';
import { asNumber, volatilityFixture, volatilityTerms } from '../fixtures/volatilityFixture';
import { DAY, HOUR } from '../fixtures/units';

const UNKNOWN = ethers.getAddress(ethers.dataSlice(ethers.id('unknown'), 12));

/** The fixture after two moves of two per cent, so that the scales are above one. */
async function restlessFixture() {
  const world = await volatilityFixture();
  await world.sampleAt(2_040, 600);
  await world.sampleAt(2_000, 600);
  return world;
}

describe('RealisedVolatility', () => {
  describe('configure', () => {
    it('reverts with AccessManagedUnauthorized for anyone but the role [DYN-01]', async () => {
      const { volatility, asset, terms, stranger } = await loadFixture(volatilityFixture);
      await expect(volatility.connect(stranger).configure(asset, terms))
        .to.be.revertedWithCustomError(volatility, 'AccessManagedUnauthorized')
        .withArgs(stranger.address);
    });

    it('reverts with VolatilityTermsOutOfBounds and the numbers [DYN-01]', async () => {
      const { volatility, asset, terms } = await loadFixture(volatilityFixture);
      const cases = [
        ['referenceBps', { referenceBps: 499 }, 499, 500, 50_000],
        ['referenceBps', { referenceBps: 50_001 }, 50_001, 500, 50_000],
        ['floorBps', { floorBps: 999 }, 999, 1_000, 8_000],
        ['floorBps', { floorBps: 8_001 }, 8_001, 1_000, 8_000],
        ['capBps', { capBps: 7_999 }, 7_999, 8_000, 32_000],
        ['capBps', { capBps: 32_001 }, 32_001, 8_000, 32_000],
        ['rampBpsPerHour', { rampBpsPerHour: 0 }, 0, 1, 1_000],
        ['rampBpsPerHour', { rampBpsPerHour: 1_001 }, 1_001, 1, 1_000],
        ['fastHalfLife', { fastHalfLife: HOUR - 1 }, HOUR - 1, HOUR, DAY],
        ['fastHalfLife', { fastHalfLife: DAY + 1 }, DAY + 1, HOUR, DAY],
        ['slowHalfLife', { slowHalfLife: 14_399 }, 14_399, 14_400, 14 * DAY],
        ['slowHalfLife', { slowHalfLife: 14 * DAY + 1 }, 14 * DAY + 1, 14_400, 14 * DAY],
        ['minInterval', { minInterval: 59 }, 59, 60, 900],
        ['minInterval', { minInterval: 901 }, 901, 60, 900],
      ] as const;
      for (const [parameter, change, value, least, most] of cases) {
        await expect(volatility.configure(asset, { ...terms, ...change }))
          .to.be.revertedWithCustomError(volatility, 'VolatilityTermsOutOfBounds')
          .withArgs(asset, encodeBytes32String(parameter), value, least, most);
      }
    });

    it('begins at the reference, at scales of one, whatever the reference is [DYN-02]', async () => {
      const { volatility, terms } = await loadFixture(volatilityFixture);
      for (const referenceBps of [500, 3_333, 50_000]) {
        await volatility.configure(UNKNOWN, { ...terms, referenceBps, floorBps: referenceBps, capBps: referenceBps });
        expect(await volatility.scales(UNKNOWN)).to.deep.equal([WAD, WAD]);
        expect(await volatility.volatility(UNKNOWN)).to.equal((BigInt(referenceBps) * WAD) / 10_000n);
      }
    });

    it('raises the initial scale at once and the maintenance scale by the ramp when the reference falls [DYN-08]', async () => {
      const { volatility, asset, terms } = await loadFixture(volatilityFixture);
      await volatility.configure(asset, { ...terms, referenceBps: 4_000, capBps: 16_000 });
      expect(await volatility.scales(asset)).to.deep.equal([2n * WAD, WAD]);
      await time.increase(2 * HOUR);
      expect(await volatility.scales(asset)).to.deep.equal([2n * WAD, (11n * WAD) / 10n]);
      await time.increase(18 * HOUR);
      expect(await volatility.scales(asset)).to.deep.equal([2n * WAD, 2n * WAD]);
    });

    it('lets both scales fall at once when the reference rises or the cap falls [DYN-08]', async () => {
      const { volatility, asset, terms } = await loadFixture(volatilityFixture);
      await volatility.configure(asset, { ...terms, referenceBps: 4_000, capBps: 16_000 });
      await time.increase(30 * HOUR);
      await volatility.configure(asset, { ...terms, referenceBps: 4_000, capBps: 6_000 });
      expect(await volatility.scales(asset)).to.deep.equal([(15n * WAD) / 10n, (15n * WAD) / 10n]);
      await volatility.configure(asset, terms);
      expect(await volatility.scales(asset)).to.deep.equal([WAD, WAD]);
    });

    it('keeps what was measured, within the new bounds [DYN-04]', async () => {
      const { volatility, asset, terms } = await loadFixture(restlessFixture);
      const before = await volatility.stateOf(asset);
      await volatility.configure(asset, { ...terms, rampBpsPerHour: 100 });
      const after = await volatility.stateOf(asset);
      for (const field of ['price', 'recent', 'variance', 'initial', 'sampledAt'] as const) {
        expect(after[field], field).to.equal(before[field]);
      }
      await volatility.configure(asset, { ...terms, capBps: 8_000 });
      const capped = await volatility.stateOf(asset);
      expect([capped.recent, capped.variance]).to.deep.equal([(64n * WAD) / 100n, (64n * WAD) / 100n]);
    });
  });

  describe('sample', () => {
    it('passes over what has no terms, was sampled just now, or has no Live price [DYN-03]', async () => {
      const { volatility, oracle, primary, asset, terms, print } = await loadFixture(volatilityFixture);
      await expect(volatility.sample([UNKNOWN, ZeroAddress])).not.to.emit(volatility, 'VolatilitySampled');
      // twice in one block, and a second too early
      const known = await volatility.stateOf(asset);
      await print(2_100, terms.minInterval - 10);
      await time.setNextBlockTimestamp(Number(known.sampledAt) + terms.minInterval - 1);
      await expect(volatility.sample([asset])).not.to.emit(volatility, 'VolatilitySampled');
      await time.setNextBlockTimestamp(Number(known.sampledAt) + terms.minInterval);
      const twice = await volatility.sample([asset, asset]);
      const logs = (await twice.wait())?.logs ?? [];
      expect(logs.length).to.equal(1);

      const before = await volatility.stateOf(asset);
      await time.increase(OPEN_AGE + 1); // Degraded
      expect((await oracle.read(asset)).status).to.equal(1n);
      await volatility.sample([asset]);
      const { Answers, ...misbehaviours } = FeedMode;
      for (const mode of Object.values(misbehaviours)) {
        await primary.setMode(mode);
        await volatility.sample([asset]);
      }
      expect(await volatility.stateOf(asset)).to.deep.equal(before);
      await primary.setMode(Answers);
      await print(2_100, 1);
      await expect(volatility.sample([asset])).to.emit(volatility, 'VolatilitySampled');
    });

    it('is open to anybody, and takes the first price as where returns begin [DYN-03]', async () => {
      const { volatility, asset, terms, stranger, print } = await loadFixture(volatilityFixture);
      const { price, initial, from, sampledAt } = await volatility.stateOf(asset);
      expect([price, initial, from]).to.deep.equal([2_000n * WAD, WAD, WAD]);
      await print(2_000, terms.minInterval);
      await volatility.connect(stranger).sample([asset]);
      expect((await volatility.stateOf(asset)).sampledAt).to.equal(sampledAt + BigInt(terms.minInterval) + 1n);
    });

    it('weighs a move by its square, whatever time it took, and forgets by half in a half-life [DYN-04]', async () => {
      const world = await loadFixture(volatilityFixture);
      const { volatility, asset, sampleAt, rest } = world;
      const contribution = async (seconds: number): Promise<number> => {
        const before = asNumber((await volatility.stateOf(asset)).recent);
        await sampleAt(2_010, seconds);
        return asNumber((await volatility.stateOf(asset)).recent) - before * 2 ** (-seconds / 14_400);
      };
      const snapshot = (await network.provider.send('evm_snapshot')) as string;
      const jump = (((10 / 2_010) ** 2 * Math.LN2) / 14_400) * 365 * DAY; // r^2 ln 2 / half-life, of a year
      const short = await contribution(300);
      await network.provider.send('evm_revert', [snapshot]);
      expect(short).to.be.closeTo(jump, jump / 100);
      expect(await contribution(900)).to.be.closeTo(jump, jump / 40);

      const { recent } = await volatility.stateOf(asset);
      await rest(2_010, 14_400, 900);
      const left = (await volatility.stateOf(asset)).recent;
      expect(asNumber(left)).to.be.closeTo(asNumber(recent) / 2, 1e-6);
    });

    it('takes the whole return of a long silence, over its whole time, at the weight of a short one [DYN-04]', async () => {
      const { volatility, asset, sampleAt } = await loadFixture(volatilityFixture);
      await sampleAt(2_100, DAY); // a 21st in a day: 91 % a year
      const state = await volatility.stateOf(asset);
      expect(state.price).to.equal(2_100n * WAD);
      const weight = 1 - 2 ** (-1 / 16);
      expect(asNumber(state.recent)).to.be.closeTo(0.64 + weight * ((1 / 21) ** 2 * 365 - 0.64), 1e-4);
    });

    it('stays within floor and cap [DYN-07]', async () => {
      const { volatility, asset, sampleAt, rest } = await loadFixture(volatilityFixture);
      for (let i = 0; i < 40; ++i) await sampleAt(i % 2 === 0 ? 1_000 : 2_000, 900);
      expect(await volatility.scales(asset)).to.include(4n * WAD);
      expect(await volatility.volatility(asset)).to.equal((32n * WAD) / 10n);
      expect((await volatility.stateOf(asset)).recent).to.equal((1_024n * WAD) / 100n);
      await volatility.configure(asset, {
        ...volatilityTerms,
        fastHalfLife: HOUR,
        slowHalfLife: HOUR,
        minInterval: 200,
      });
      await sampleAt(2_000, DAY);
      await rest(2_000, 12 * HOUR, 225);
      expect(await volatility.volatility(asset)).to.equal((4n * WAD) / 10n);
      expect(await volatility.scales(asset)).to.deep.equal([WAD, WAD]);
    });
  });

  describe('scales', () => {
    it('are one without terms, of which nothing is known [DYN-02]', async () => {
      const { volatility, oracle } = await loadFixture(volatilityFixture);
      expect(await volatility.scales(UNKNOWN)).to.deep.equal([WAD, WAD]);
      expect(await volatility.volatility(UNKNOWN)).to.equal(0n);
      expect((await volatility.stateOf(UNKNOWN)).every((field) => field === 0n)).to.be.true;
      expect((await volatility.termsOf(UNKNOWN)).every((field) => field === 0n)).to.be.true;
      expect(await volatility.oracle()).to.equal(await oracle.getAddress());
    });

    it('rise at once for initial margin and by the ramp for maintenance, never within a block [DYN-07] [DYN-08]', async () => {
      const { volatility, asset, sampleAt } = await loadFixture(volatilityFixture);
      await sampleAt(2_040, 600);
      const [initial, maintenance] = await volatility.scales(asset);
      const known = await volatility.volatility(asset);
      expect(initial).to.equal((known * 10_000n) / 8_000n);
      expect(asNumber(initial)).to.be.closeTo(1.1946, 0.0001);
      expect(maintenance).to.equal(WAD);
      await time.increase(HOUR);
      expect(await volatility.scales(asset)).to.deep.equal([initial, (105n * WAD) / 100n]);
      await time.increase(10 * HOUR);
      expect(await volatility.scales(asset)).to.deep.equal([initial, initial]);
    });

    it('fall together as the estimate does, and the ramp goes on through samples [DYN-06] [DYN-08]', async () => {
      const { volatility, asset, rest } = await loadFixture(restlessFixture);
      const [first] = await volatility.scales(asset);
      await rest(2_000, 2 * HOUR, 600);
      const [later, maintenance] = await volatility.scales(asset);
      expect(later).to.be.lessThan(first);
      expect(asNumber(maintenance)).to.be.closeTo(1.1 + 0.05 / 6, 1e-9); // ten minutes before the rest began
      await rest(2_000, 2 * DAY, 900);
      expect(await volatility.scales(asset)).to.deep.equal([WAD, WAD]);
    });

    it('cost one slot and no price [DYN-09]', async () => {
      const { volatility, asset } = await loadFixture(restlessFixture);
      const data = volatility.interface.encodeFunctionData('scales', [asset]);
      expect(await countSlots(await volatility.getAddress(), data)).to.equal(1);
    });
  });

  it('is rebuilt from its events alone [DYN-10]', async () => {
    const { volatility, asset, terms, sampleAt } = await loadFixture(restlessFixture);
    await volatility.configure(asset, { ...terms, referenceBps: 6_000, capBps: 20_000 });
    await sampleAt(1_950, 400);
    await volatility.configure(UNKNOWN, terms);
    for (const key of [asset, UNKNOWN]) {
      const configured = await volatility.queryFilter(volatility.filters.VolatilityConfigured(key));
      const sampled = await volatility.queryFilter(volatility.filters.VolatilitySampled(key));
      const last = [...configured, ...sampled].sort((a, b) => a.blockNumber - b.blockNumber).at(-1)!;
      expect(await volatility.stateOf(key)).to.deep.equal(last.args.state);
      expect(await volatility.termsOf(key)).to.deep.equal(configured.at(-1)!.args.terms);
    }
  });
});
