import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { decodeSlice, varianceAt } from '../../sdk/math';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { DAY, HOUR, MINUTE, wad } from '../fixtures/units';
import {
  publish,
  publishedFixture,
  signedUpdate,
  SMILE,
  times,
  VOLATILITY_CONFIG,
  surfaceFixture,
  type VolatilityWorld,
} from '../fixtures/surfaceFixture';

/** Volatility in percent at log-moneyness `k`, as whoever reads the feed has it. */
async function volatilityAt({ feed, underlying, expiry }: VolatilityWorld, k = 0n): Promise<number> {
  const { svi } = await feed.read(underlying, expiry);
  return 100 * Math.sqrt(Number(varianceAt(decodeSlice(svi), k)) / 1e18);
}

async function statusOf({ feed, underlying, expiry }: VolatilityWorld) {
  return (await feed.read(underlying, expiry)).status;
}

describe('Option attacks: volatility', () => {
  // The market's volatility doubles, the publisher is silent, and whoever sells options is margined on yesterday's.
  it('V78 opens nothing on a volatility that has stopped, and decides nothing by it later [VOL-08]', async () => {
    const world = await loadFixture(publishedFixture);
    await time.increase(VOLATILITY_CONFIG.openAge + 1);
    expect(await volatilityAt(world)).to.be.closeTo(60.24, 0.01);
    expect(await statusOf(world)).to.equal(PriceStatus.Degraded);
    await time.increase(VOLATILITY_CONFIG.liquidationAge);
    expect(await statusOf(world)).to.equal(PriceStatus.Down);
  });

  // On the last day half an hour is long: a volatility that is good enough for a month is not for an afternoon.
  it('V78 is stricter on the last day [VOL-08]', async () => {
    const world = await loadFixture(surfaceFixture);
    await time.increaseTo(world.expiry - HOUR);
    await publish(world, SMILE);
    await time.increase(VOLATILITY_CONFIG.nearOpenAge + 1);
    expect(await statusOf(world)).to.equal(PriceStatus.Degraded);
    await time.increase(VOLATILITY_CONFIG.nearLiquidationAge);
    expect(await statusOf(world)).to.equal(PriceStatus.Down);
  });

  // The publisher signs each minute. After a shock the seller brings the message of before, which nobody had brought.
  it('V78 takes no message that was kept back until it suited somebody [VOL-04]', async () => {
    const world = await loadFixture(publishedFixture);
    const { feed, stranger } = world;
    await time.increase(MINUTE);
    const calm = await signedUpdate(world, times(SMILE, 0.9));
    await time.increase(VOLATILITY_CONFIG.relayDelay + 1);
    const old = feed.connect(stranger).publish(...calm);
    await expect(old).to.be.revertedWithCustomError(feed, 'PublicationTooOld');
    expect(await volatilityAt(world)).to.be.closeTo(60.24, 0.01); // 57.2 with the message of before
  });

  // As above and within the delay: the message of the shock is there already, and the calm one would undo it.
  it('V78 is not taken back to an earlier message [VOL-04]', async () => {
    const world = await loadFixture(publishedFixture);
    const { feed, stranger } = world;
    await time.increase(MINUTE);
    const calm = await signedUpdate(world, SMILE);
    await time.increase(30);
    await publish(world, times(SMILE, 1.01));
    await expect(feed.connect(stranger).publish(...calm)).to.be.revertedWithCustomError(feed, 'PublicationNotNewer');
    expect(await volatilityAt(world)).to.be.closeTo(60.54, 0.01);
  });

  // A stolen key publishes 5 % where the market has 60 %, to sell itself options with hardly any margin: at once, or in
  // small steps, each with a timestamp of its own in the two minutes that a message may wait.
  it('V78 lets a stolen key move volatility no faster than the bound, in one message or in many [VOL-07]', async () => {
    const world = await loadFixture(publishedFixture);
    const { feed } = world;
    await time.increase(VOLATILITY_CONFIG.relayDelay);
    const crash = publish(world, times(SMILE, 1 / 144));
    await expect(crash).to.be.revertedWithCustomError(feed, 'VolatilityJump');

    const first = (await time.latest()) - VOLATILITY_CONFIG.relayDelay + 60; // each message takes a second
    const step = 10;
    let level = 1;
    for (let i = 1; i <= 5; i += 1) {
      const tooMuch = publish(world, times(SMILE, level / 1.05), { timestamp: first + i * step });
      await expect(tooMuch).to.be.revertedWithCustomError(feed, 'VolatilityJump');
      level /= 1 + (VOLATILITY_CONFIG.jumpBpsPerHour / 10_000) * (step / HOUR) - 1e-7; // a hair less than the bound
      await publish(world, times(SMILE, level), { timestamp: first + i * step });
    }
    expect(await volatilityAt(world)).to.be.closeTo(59.99, 0.01);
    await expect(publish(world, times(SMILE, level / 1.05))).to.be.revertedWithCustomError(feed, 'VolatilityJump');
  });

  // The key leaves the money alone and flattens the wings, where the options are that it wants to sell.
  it('V78 holds the wings as well as the money [VOL-07]', async () => {
    const world = await loadFixture(publishedFixture);
    const { feed } = world;
    await time.increase(MINUTE);
    const before = await volatilityAt(world, wad('0.5'));
    const flat = { ...SMILE, a: 0.36293, b: 0, rho: 0 };
    await expect(publish(world, flat)).to.be.revertedWithCustomError(feed, 'VolatilityJump');
    expect(await volatilityAt(world, wad('0.5'))).to.equal(before);
    await time.increase(DAY);
    await publish(world, flat); // what a day has made of the market is no jump
  });

  // The publisher itself says that it does not know: a market without quotes.
  it('V78 opens nothing on a volatility that its publisher doubts [VOL-09]', async () => {
    const world = await loadFixture(surfaceFixture);
    await publish(world, SMILE, { confidenceBps: VOLATILITY_CONFIG.confidenceBps + 1 });
    expect(await statusOf(world)).to.equal(PriceStatus.Degraded);
  });

  // An expiry that nobody publishes is priced like its neighbours, and sold by whoever knows better.
  it('V78 says nothing of an expiry that nobody published [VOL-10]', async () => {
    const world = await loadFixture(publishedFixture);
    expect(await statusOf({ ...world, expiry: world.expiry - DAY })).to.equal(PriceStatus.Down);
  });
});
