import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import {
  configureVolatility,
  sampleVolatility,
  scalesAt,
  volatilityOf,
  type VolatilityState,
  type VolatilityTerms,
} from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import { createRandom } from '../../sim/random';
import { loadFixture } from '../fixtures/loadFixture';
import { volatilityFixture } from '../fixtures/volatilityFixture';

const STEPS = 300;

describe(`realised volatility against the sdk (seed ${SEED}, ${STEPS} steps)`, function () {
  this.timeout(120_000);

  it('is to the wei what the sdk makes of the same prices, terms and times [DYN-12]', async () => {
    const { volatility, primary, asset, terms: first } = await loadFixture(volatilityFixture);
    const { next: random } = createRandom(SEED);
    const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
    // small and large alike
    const spread = (least: number, most: number): number => Math.round(least * (most / least) ** random());
    const read = async (): Promise<VolatilityState> => {
      const { price, recent, variance, initial, from, since, sampledAt } = await volatility.stateOf(asset);
      return { price, recent, variance, initial, from, since: Number(since), sampledAt: Number(sampledAt) };
    };

    let terms: VolatilityTerms = first;
    let state = await read();
    let printed = 2_000 * 10 ** 8;
    for (let i = 0; i < STEPS; ++i) {
      await time.increase(spread(1, 40_000));
      if (random() < 0.15) {
        const referenceBps = spread(500, 50_000);
        const fastHalfLife = spread(3_600, 86_400);
        const next: VolatilityTerms = {
          referenceBps,
          floorBps: between(Math.floor(referenceBps / 8), referenceBps),
          capBps: between(referenceBps, 4 * referenceBps),
          rampBpsPerHour: between(1, 1_000),
          minInterval: between(60, Math.floor(fastHalfLife / 16)),
          fastHalfLife,
          slowHalfLife: between(fastHalfLife, 14 * 86_400),
        };
        await volatility.configure(asset, next);
        state = configureVolatility({ state, terms }, next, BigInt(await time.latest()));
        terms = next;
      } else {
        if (random() < 0.8) printed = Math.round(printed * (1 + (random() - 0.5) * 10 ** -spread(1, 4)));
        printed = Math.min(Math.max(printed, 20 * 10 ** 8), 90_000 * 10 ** 8);
        await primary.push(printed);
        await volatility.sample([asset]);
        state = sampleVolatility(state, terms, BigInt(printed) * 10n ** 10n, BigInt(await time.latest()));
      }
      expect(await read(), `step ${i}`).to.deep.equal(state);
      expect(await volatility.volatility(asset)).to.equal(volatilityOf(state.variance));
      await time.increase(spread(1, 40_000));
      const { initial, maintenance } = scalesAt(state, terms, BigInt(await time.latest()));
      expect(await volatility.scales(asset), `step ${i}`).to.deep.equal([initial, maintenance]);
    }
  });

  it('begins where the sdk begins [DYN-12]', async () => {
    const { volatility, oracle, terms } = await loadFixture(volatilityFixture);
    const key = await oracle.getAddress(); // an asset that nobody has priced
    await volatility.configure(key, terms);
    const expected = configureVolatility(undefined, terms, BigInt(await time.latest()));
    const { price, recent, variance, initial, from, since, sampledAt } = await volatility.stateOf(key);
    expect({
      price,
      recent,
      variance,
      initial,
      from,
      since: Number(since),
      sampledAt: Number(sampledAt),
    }).to.deep.equal(expected);
  });
});
