import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom, type Address } from 'viem';

import { readInstrumentRamps, type RampedUnderlying } from '../../sdk/client';
import {
  deltaTermsAt,
  instrumentRiskAt,
  scenarioTermsAt,
  setDeltaTermsAt,
  setInstrumentRiskAt,
  setScenarioTermsAt,
  setTradeAt,
  tradeCapsAt,
  type DeltaTerms,
  type InstrumentRisk,
  type ScenarioTerms,
  type TradeTerms,
} from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import { createRandom } from '../../sim/random';
import { BTC_RISK, BTC_SCENARIOS, DELTA_TERMS, RAMP, sealedPolicyFixture, TRADE_TERMS } from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';
import { DAY, wad } from '../fixtures/units';

const CHANGES = 40;

const client = createPublicClient({
  cacheTime: 0,
  transport: custom(
    { request: (request: { method: string; params?: unknown[] }) => hre.network.provider.request(request) },
    { retryCount: 0 },
  ),
});

/** As plain values, so that what a contract answers and what the sdk says compare. */
function plain(terms: object): string[] {
  return Object.values(terms).map(String);
}

describe(`ramps of instruments against the sdk (seed ${SEED}, ${CHANGES} changes)`, function () {
  this.timeout(120_000);

  it('are what the sdk foresees when they are set, and at any second after [SDK-09] [INP-04] [INP-07]', async () => {
    const { policy } = await loadFixture(sealedPolicyFixture);
    const address = (await policy.getAddress()) as Address;
    const { next: random } = createRandom(SEED);
    const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
    const read = async (): Promise<RampedUnderlying> =>
      (await readInstrumentRamps(client, { policy: address })).underlyings[0]!;
    const changes = {
      setRisk: (): InstrumentRisk => ({
        ...BTC_RISK,
        perpetualInitialPpm: 900_000,
        perpetualMaintenancePpm: between(1_000, 500_000),
        perpetualSlope: BigInt(between(0, 1_000)) * 10n ** 12n,
        optionMaintenancePpm: between(10_000, 90_000),
        profitInitialBps: 9_000,
        profitMaintenanceBps: between(0, 9_000),
        longMaintenanceBps: between(0, 10_000),
      }),
      setScenarios: (): ScenarioTerms => ({
        ...BTC_SCENARIOS,
        rangeBps: between(400, 4_000),
        stepBps: 0,
        volatilityUpBps: between(500, 9_000),
        nakedPpm: between(0, 50_000),
        tailShocksBps: [between(-9_000, -4_000), between(-4_000, 4_000), 5_000, between(10_000, 90_000)],
        tailWeightsBps: [between(0, 10_000), 5_000, between(0, 9_000), 300],
      }),
      setDeltaTerms: (): DeltaTerms => ({
        ...DELTA_TERMS,
        moveInitialPpm: 900_000,
        moveMaintenancePpm: between(1_000, 500_000),
        volatilityInitialBps: 9_000,
        volatilityMaintenanceBps: between(0, 9_000),
        isFloor: between(0, 3) > 0,
      }),
      setTradeTerms: (): TradeTerms => ({
        ...TRADE_TERMS,
        depth: wad(between(0, 5_000)),
        perpetualCapBps: between(0, 2) === 0 ? 0 : between(1, 100_000),
        optionCapBps: between(1, 100_000),
        unsettledCap: between(0, 3) === 0 ? 0 : between(1, 5_000_000),
      }),
    };

    for (let i = 0; i < CHANGES; ++i) {
      const before = await read();
      const name = (Object.keys(changes) as (keyof typeof changes)[])[between(0, 3)]!;
      const at = (await time.latest()) + between(1, 2 * DAY);
      await time.setNextBlockTimestamp(at);
      const now = BigInt(at);
      let foreseen: RampedUnderlying;
      if (name === 'setRisk') {
        const target = changes.setRisk();
        await policy.setRisk(1, target);
        foreseen = { ...before, risk: setInstrumentRiskAt(before.risk, target, RAMP, now) };
      } else if (name === 'setScenarios') {
        const drawn = changes.setScenarios();
        const target = { ...drawn, stepBps: Math.ceil(drawn.rangeBps / between(1, 4)) };
        await policy.setScenarios(1, target as typeof BTC_SCENARIOS);
        foreseen = { ...before, scenarios: setScenarioTermsAt(before.scenarios, target, RAMP, now) };
      } else if (name === 'setDeltaTerms') {
        const target = changes.setDeltaTerms();
        await policy.setDeltaTerms(1, target);
        foreseen = { ...before, delta: setDeltaTermsAt(before.delta, target, RAMP, now) };
      } else {
        const target = changes.setTradeTerms();
        await policy.setTradeTerms(1, target);
        foreseen = { ...before, trade: setTradeAt(before.trade, target, now) };
      }
      const after = await read();
      expect(after.risk.span, `${i} ${name}`).to.deep.equal(foreseen.risk.span);
      expect(after.scenarios.span, `${i} ${name}`).to.deep.equal(foreseen.scenarios.span);
      expect(after.delta.span, `${i} ${name}`).to.deep.equal(foreseen.delta.span);
      expect(after.trade, `${i} ${name}`).to.deep.equal(foreseen.trade);
      for (const wait of [0, between(1, DAY), between(1, 3 * DAY)]) {
        if (wait !== 0) await time.increase(wait);
        const then = BigInt(await time.latest());
        const label = `${i} ${name} ${wait}`;
        for (const known of [after, foreseen]) {
          const [risk, scenarios, delta, caps] = await Promise.all([
            policy.riskOf(1),
            policy.scenariosOf(1),
            policy.deltaTermsOf(1),
            policy.capsOf(1),
          ]);
          expect(plain(instrumentRiskAt(known.risk, then)), label).to.deep.equal(plain(risk));
          expect(plain(scenarioTermsAt(known.scenarios, then)), label).to.deep.equal(plain(scenarios));
          expect(plain(deltaTermsAt(known.delta, then)), label).to.deep.equal(plain(delta));
          expect(plain(tradeCapsAt(known.trade, then)), label).to.deep.equal(plain(caps));
        }
      }
    }
  });
});
