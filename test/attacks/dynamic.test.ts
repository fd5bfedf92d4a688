import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { scalesAt } from '../../sdk/math';
import { loadFixture } from '../fixtures/loadFixture';
import { WAD } from '../fixtures/oracleFixture';
import { DAY, HOUR } from '../fixtures/units';
import { asNumber, volatilityFixture, volatilityTerms } from '../fixtures/volatilityFixture';

/** The fixture after a crash that has brought both scales to their highest, four. */
async function crashFixture() {
  const world = await volatilityFixture();
  for (let i = 0; i < 8; ++i) await world.sampleAt(i % 2 === 0 ? 1_500 : 2_000, 900);
  await time.increase(3 * DAY);
  await world.sampleAt(2_000, 900);
  return world;
}

/** The maintenance scale of what is stored, at `timestamp`. */
async function maintenanceAt({ volatility, asset }: Pick<World, 'volatility' | 'asset'>, timestamp: number) {
  const { price, recent, variance, initial, from, since, sampledAt } = await volatility.stateOf(asset);
  const state = { price, recent, variance, initial, from, since: Number(since), sampledAt: Number(sampledAt) };
  return scalesAt(state, volatilityTerms, BigInt(timestamp)).maintenance;
}
type World = Awaited<ReturnType<typeof volatilityFixture>>;

describe('Attacks on dynamic margin', () => {
  // Whoever can have a feed print one wrong price, and it need not be a price that anybody can use, samples it: a single
  // return of a half would be a volatility of thousands of per cent, and everybody's margin four times what it was.
  it('A14 asks nobody for much more margin by a price that is printed once and taken back [DYN-05]', async () => {
    for (const [silence, most] of [
      [300, 1.216],
      [DAY, 1.41],
    ] as const) {
      const { volatility, asset, sampleAt } = await loadFixture(volatilityFixture);
      await sampleAt(1_000, silence);
      expect(await volatility.scales(asset)).to.include(WAD); // maintenance has not moved
      let highest = 0n;
      let dearest = 0n;
      for (let i = 0; i < 100; ++i) {
        await sampleAt(2_000, 300);
        const [initial, maintenance] = await volatility.scales(asset);
        if (initial > highest) highest = initial;
        if (maintenance > dearest) dearest = maintenance;
      }
      expect(asNumber(highest), `after ${silence} s`).to.be.within(1.2, most);
      expect(dearest).to.be.lessThan(highest);
    }
  });

  // A real fall, sampled as often as it goes, or the printed one above: whoever bids on liquidations would have
  // maintenance margin jump in the block in which he also sells whoever it turns.
  it('A14b raises maintenance margin within no block, and by no more than the ramp in an hour [DYN-08]', async () => {
    const world = await loadFixture(volatilityFixture);
    const { volatility, asset, print } = world;
    const start = await time.latest();
    for (let i = 1; i <= 12; ++i) {
      await print(2_000 * 0.9 ** i, 599);
      const next = (await time.latest()) + 1;
      const before = await maintenanceAt(world, next);
      await time.setNextBlockTimestamp(next);
      await volatility.sample([asset]);
      const [initial, maintenance] = await volatility.scales(asset);
      expect(maintenance).to.equal(before);
      expect(initial).to.be.greaterThan(maintenance);
    }
    // new risk costs four times as much; who is there with a tenth more than he needs still has it after two hours
    const [initial, maintenance] = await volatility.scales(asset);
    expect(initial).to.equal(4n * WAD);
    expect(asNumber(maintenance)).to.be.closeTo(1 + (0.05 * ((await time.latest()) - start)) / HOUR, 0.01);
    expect(maintenance).to.be.lessThan((11n * WAD) / 10n);
  });

  // A stolen risk role has no need of a price: it says that a quarter of the volatility is what rates are made for, with
  // the fastest ramp there is, and says it in every block.
  it('A14c raises maintenance margin by no change of terms within a block [DYN-08]', async () => {
    const { volatility, asset, terms } = await loadFixture(volatilityFixture);
    const stolen = { ...terms, referenceBps: 2_000, floorBps: 2_000, capBps: 8_000, rampBpsPerHour: 1_000 };
    const start = await time.latest();
    for (let i = 0; i < 20; ++i) {
      await volatility.configure(asset, { ...stolen, floorBps: 2_000 - i });
      const [initial, maintenance] = await volatility.scales(asset);
      expect(initial).to.equal(4n * WAD);
      const passed = BigInt((await time.latest()) - start);
      expect(maintenance).to.be.lessThanOrEqual(WAD + (passed * WAD) / 10n / BigInt(HOUR));
    }
    await time.increase(HOUR / 2);
    expect(asNumber((await volatility.scales(asset))[1])).to.be.closeTo(1.05, 0.002);
  });

  // After a crash margin is four times what it was, and whoever wants his leverage back waits until nobody has sampled
  // for days, in which prices have come and gone: one sample at the old price would be days of calm.
  it('A15 takes one sample at the same price after a long silence for minutes of calm, not days [DYN-06]', async () => {
    const { volatility, asset, sampleAt } = await loadFixture(crashFixture);
    const [initial] = await volatility.scales(asset);
    expect(initial).to.be.greaterThan((39n * WAD) / 10n);
    await sampleAt(2_000, 10 * DAY);
    const [after] = await volatility.scales(asset);
    expect(after).to.be.greaterThan((initial * 99n) / 100n); // one, had ten days counted
  });

  // He samples alone, and only when the price is back where he sampled last: every ten minutes it is elsewhere.
  it('A15b lets whoever samples alone, at equal prices, take off no more than the slow half-life does [DYN-06]', async () => {
    const { volatility, asset, print, sampleAt } = await loadFixture(crashFixture);
    const [initial] = await volatility.scales(asset);
    for (let hour = 0; hour < 6; ++hour) {
      for (let i = 0; i < 4; ++i) {
        await print(1_900, 450); // which nobody samples
        await sampleAt(2_000, 450);
      }
    }
    const [after] = await volatility.scales(asset);
    expect(asNumber(after)).to.be.greaterThan(asNumber(initial) * 2 ** (-6 / 48));
    // and one honest sample an hour takes it all back
    for (let hour = 0; hour < 6; ++hour) {
      await sampleAt(1_900, 900);
      await sampleAt(2_000, 2_700);
    }
    const [seen] = await volatility.scales(asset);
    expect(seen).to.be.greaterThan(after);
  });

  // The price falls by two per cent, in one step as feeds do, and he samples it in the next block: a move that took a few
  // seconds has the weight of a few seconds and is gone.
  it('A15c lets nobody take the weight off a step by sampling it at once [DYN-03]', async () => {
    const { volatility, asset, sampleAt } = await loadFixture(volatilityFixture);
    await expect(await sampleAt(1_960, 12)).not.to.emit(volatility, 'VolatilitySampled');
    await sampleAt(1_960, 288);
    const [initial] = await volatility.scales(asset);
    expect(asNumber(initial)).to.be.closeTo(1.102, 0.001); // 1.004, had his sample counted
  });
});
