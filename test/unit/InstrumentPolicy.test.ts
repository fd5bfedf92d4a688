import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String, ZeroAddress } from 'ethers';

import { toOption, toPerpetual } from '../../sdk/math';
import {
  BTC_RISK,
  BTC_SCENARIOS,
  DELTA_TERMS,
  HARDER_RISK,
  instrumentPolicyFixture,
  InstrumentKind,
  RAMP,
  sealedPolicyFixture,
  TRADE_TERMS,
} from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';
import { DAY, HOUR, wad } from '../fixtures/units';

/** The largest depth there may be, units as WAD. */
const DEEPEST = (2n ** 96n - 1n) / 10n;

describe('InstrumentPolicy', () => {
  describe('access', () => {
    it('reverts for whoever has no role, for every setter [INP-01]', async () => {
      const { policy, stranger, index, perpetual } = await loadFixture(instrumentPolicyFixture);
      const as = policy.connect(stranger);
      for (const call of [
        as.listUnderlying(index, perpetual, BTC_RISK, TRADE_TERMS),
        as.setRisk(1, BTC_RISK),
        as.setScenarios(1, BTC_SCENARIOS),
        as.setDeltaTerms(1, DELTA_TERMS),
        as.setTradeTerms(1, TRADE_TERMS),
        as.setRampDuration(DAY),
        as.seal(),
        as.close(1),
        as.open(1, 1),
      ]) {
        await expect(call).to.be.revertedWithCustomError(policy, 'AccessManagedUnauthorized');
      }
    });
  });

  describe('listUnderlying', () => {
    it('numbers underlyings from one and says all of it in events [INP-02]', async () => {
      const { policy, index, perpetual } = await loadFixture(instrumentPolicyFixture);
      await expect(policy.listUnderlying(perpetual, index, HARDER_RISK, TRADE_TERMS))
        .to.emit(policy, 'UnderlyingListed')
        .withArgs(2, 2, perpetual.address, index.address)
        .and.to.emit(policy, 'InstrumentRiskChanged')
        .and.to.emit(policy, 'TradeTermsChanged');
      expect(await policy.underlyingCount()).to.equal(2);
      expect(await policy.feedsOf(2)).to.deep.equal([perpetual.address, index.address]);
      expect((await policy.riskOf(2)).perpetualMaintenancePpm).to.equal(30_000);
      expect((await policy.tradeTerms(2)).depth).to.equal(TRADE_TERMS.depth);
      expect(await policy.feedsOf(3)).to.deep.equal([ZeroAddress, ZeroAddress]);
    });

    it('reverts with InstrumentParameterOutOfBounds at each bound [INP-03]', async () => {
      const { policy, index, perpetual } = await loadFixture(instrumentPolicyFixture);
      for (const [name, change, value, least, most] of [
        ['perpetualMaintenancePpm', { perpetualMaintenancePpm: 999 }, 999, 1_000, 1_000_000],
        ['perpetualInitialPpm', { perpetualInitialPpm: 9_999 }, 9_999, 10_000, 1_000_000],
        ['optionMaintenancePpm', { optionMaintenancePpm: 999 }, 999, 1_000, 1_000_000],
        ['optionFloorPpm', { optionFloorPpm: 74_999 }, 74_999, 75_000, 1_000_000],
        ['optionInitialPpm', { optionInitialPpm: 99_999 }, 99_999, 100_000, 1_000_000],
        ['profitMaintenanceBps', { profitMaintenanceBps: 10_001 }, 10_001, 0, 10_000],
        ['profitInitialBps', { profitMaintenanceBps: 100, profitInitialBps: 99 }, 99, 100, 10_000],
        ['longMaintenanceBps', { longMaintenanceBps: 10_001 }, 10_001, 0, 10_000],
        ['longInitialBps', { longInitialBps: 4_999 }, 4_999, 5_000, 10_000],
      ] as const) {
        for (const call of [
          policy.listUnderlying(index, perpetual, { ...BTC_RISK, ...change }, TRADE_TERMS),
          policy.setRisk(1, { ...BTC_RISK, ...change }),
        ]) {
          await expect(call, name)
            .to.be.revertedWithCustomError(policy, 'InstrumentParameterOutOfBounds')
            .withArgs(encodeBytes32String(name), value, least, most);
        }
      }
      for (const [name, change, value, least, most] of [
        ['depth', { depth: DEEPEST + 1n }, DEEPEST + 1n, 0, DEEPEST],
        ['perpetualCapBps', { perpetualCapBps: 100_001 }, 100_001, 0, 100_000],
        ['optionCapBps', { optionCapBps: 100_001 }, 100_001, 0, 100_000],
        ['bandBps', { bandBps: 0 }, 0, 1, 2_000],
        ['bandBps', { bandBps: 2_001 }, 2_001, 1, 2_000],
        ['takerFeePpm', { takerFeePpm: 10_001 }, 10_001, 0, 10_000],
        ['makerFeePpm', { makerFeePpm: 501 }, 501, 0, 500],
        ['fundingPpmPerDay', { fundingPpmPerDay: 100_001 }, 100_001, 0, 100_000],
        ['expiryMinute', { expiryMinute: 1_440 }, 1_440, 0, 1_439],
        ['maxTenorDays', { maxTenorDays: 731 }, 731, 0, 730],
        ['strikeDigits', { strikeDigits: 0 }, 0, 1, 6],
        ['strikeDigits', { strikeDigits: 7 }, 7, 1, 6],
      ] as const) {
        await expect(policy.setTradeTerms(1, { ...TRADE_TERMS, ...change }), name)
          .to.be.revertedWithCustomError(policy, 'InstrumentParameterOutOfBounds')
          .withArgs(encodeBytes32String(name), value, least, most);
      }
      for (const duration of [DAY - 1, 30 * DAY + 1]) {
        await expect(policy.setRampDuration(duration))
          .to.be.revertedWithCustomError(policy, 'InstrumentParameterOutOfBounds')
          .withArgs(encodeBytes32String('rampDuration'), duration, DAY, 30 * DAY);
      }
    });

    it('reverts with UnknownUnderlying for a number that is none [INP-02]', async () => {
      const { policy } = await loadFixture(instrumentPolicyFixture);
      for (const number of [0, 2]) {
        for (const call of [
          policy.setRisk(number, BTC_RISK),
          policy.setTradeTerms(number, TRADE_TERMS),
          policy.setDeltaTerms(number, DELTA_TERMS),
          policy.close(number),
        ]) {
          await expect(call).to.be.revertedWithCustomError(policy, 'UnknownUnderlying').withArgs(number);
        }
      }
    });

    it('ends with the last number [INP-02]', async () => {
      const { policy, index, perpetual } = await loadFixture(instrumentPolicyFixture);
      for (let number = 2; number <= 255; ++number) {
        await policy.listUnderlying(index, perpetual, BTC_RISK, TRADE_TERMS);
      }
      await expect(policy.listUnderlying(index, perpetual, BTC_RISK, TRADE_TERMS))
        .to.be.revertedWithCustomError(policy, 'TooManyUnderlyings')
        .withArgs(255);
    });
  });

  describe('setRisk', () => {
    it('holds at once before the seal [INP-04]', async () => {
      const { policy } = await loadFixture(instrumentPolicyFixture);
      await expect(policy.setRisk(1, HARDER_RISK)).not.to.emit(policy, 'InstrumentRampStarted');
      expect((await policy.riskOf(1)).perpetualMaintenancePpm).to.equal(30_000);
    });

    it('ramps what asks existing positions for more, and nothing else [INP-04] [P29]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      const harder = {
        ...HARDER_RISK,
        perpetualSlope: BTC_RISK.perpetualSlope * 3n,
        optionFloorPpm: 150_000,
        optionMaintenancePpm: 95_000,
        profitInitialBps: 8_000,
        profitMaintenanceBps: 4_000,
        longMaintenanceBps: 9_000,
      };
      const at = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(at);
      await expect(policy.setRisk(1, harder))
        .to.emit(policy, 'InstrumentRampStarted')
        .withArgs(1, at, at + RAMP);
      const ramping = ['perpetualMaintenancePpm', 'perpetualSlope', 'optionMaintenancePpm'] as const;
      const haircuts = ['profitMaintenanceBps', 'longMaintenanceBps'] as const;
      for (const [elapsed, part] of [
        [0, 0n],
        [RAMP / 4, 1n],
        [RAMP / 2, 2n],
        [RAMP, 4n],
      ] as const) {
        if (elapsed !== 0) await time.increaseTo(at + elapsed);
        const now = await policy.riskOf(1);
        for (const name of [...ramping, ...haircuts]) {
          const [from, to] = [BigInt(BTC_RISK[name]), BigInt(harder[name])];
          expect(now[name], `${name} after ${elapsed}`).to.equal(from + ((to - from) * part) / 4n);
        }
        expect(now.perpetualInitialPpm).to.equal(40_000);
        expect(now.optionFloorPpm).to.equal(150_000);
        expect(now.profitInitialBps).to.equal(8_000);
      }
      const { from, span } = await policy.riskTarget(1);
      expect([from.perpetualMaintenancePpm, span.endsAt]).to.deep.equal([10_000n, BigInt(at + RAMP)]);
      await expect(policy.settle([1]))
        .to.emit(policy, 'InstrumentRiskSettled')
        .withArgs(1);
      await expect(policy.settle([1])).not.to.emit(policy, 'InstrumentRiskSettled');
      expect((await policy.riskTarget(1)).span.endsAt).to.equal(0n);
      expect((await policy.riskOf(1)).perpetualMaintenancePpm).to.equal(30_000);
    });

    it('goes on from where a ramp is, and eases at once [INP-04]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await policy.setRisk(1, HARDER_RISK);
      const at = await time.latest();
      await time.increaseTo(at + RAMP / 2 - 1);
      await policy.setRisk(1, { ...HARDER_RISK, perpetualInitialPpm: 60_000, perpetualMaintenancePpm: 50_000 });
      expect((await policy.riskOf(1)).perpetualMaintenancePpm).to.equal(20_000);
      await policy.setRisk(1, BTC_RISK);
      expect((await policy.riskOf(1)).perpetualMaintenancePpm).to.equal(10_000);
    });
  });

  describe('setScenarios', () => {
    it('reverts at each bound [PFM-09]', async () => {
      const { policy } = await loadFixture(instrumentPolicyFixture);
      for (const [name, value, least, most] of [
        ['rangeBps', 99, 100, 9_000],
        ['rangeBps', 9_001, 100, 9_000],
        ['stepBps', 399, 400, 1_600],
        ['stepBps', 1_601, 400, 1_600],
        ['initialBps', 9_999, 10_000, 20_000],
        ['volatilityUpBps', 499, 500, 20_000],
        ['volatilityDownBps', 20_001, 500, 20_000],
        ['nakedPpm', 100_001, 0, 100_000],
        ['basisPpm', 100_001, 0, 100_000],
      ] as const) {
        await expect(policy.setScenarios(1, { ...BTC_SCENARIOS, [name]: value }), name)
          .to.be.revertedWithCustomError(policy, 'InstrumentParameterOutOfBounds')
          .withArgs(encodeBytes32String(name), value, least, most);
      }
      const heavy = { ...BTC_SCENARIOS, tailWeightsBps: [0, 0, 0, 10_001] as [number, number, number, number] };
      await expect(policy.setScenarios(1, heavy)).to.be.revertedWithCustomError(
        policy,
        'InstrumentParameterOutOfBounds',
      );
      for (const shock of [-9_001, 90_001]) {
        const tailShocksBps = [shock, 0, 0, 0] as [number, number, number, number];
        await expect(policy.setScenarios(1, { ...BTC_SCENARIOS, tailShocksBps }))
          .to.be.revertedWithCustomError(policy, 'TailShockOutOfBounds')
          .withArgs(shock, -9_000, 90_000);
      }
    });

    it('holds at once before the seal [INP-04] [PFM-09]', async () => {
      const { policy } = await loadFixture(instrumentPolicyFixture);
      await policy.setScenarios(1, BTC_SCENARIOS);
      await expect(policy.setScenarios(1, { ...BTC_SCENARIOS, rangeBps: 2_400, stepBps: 600 }))
        .to.emit(policy, 'ScenariosChanged')
        .and.not.to.emit(policy, 'ScenarioRampStarted');
      expect((await policy.scenariosOf(1)).rangeBps).to.equal(2_400);
    });

    it('eases at once after it [INP-04] [PFM-09]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await policy.setScenarios(1, BTC_SCENARIOS);
      const eased = { ...BTC_SCENARIOS, nakedPpm: 5_000, basisPpm: 1_000 };
      await expect(policy.setScenarios(1, eased)).not.to.emit(policy, 'ScenarioRampStarted');
      const { nakedPpm, basisPpm } = await policy.scenariosOf(1);
      expect([nakedPpm, basisPpm]).to.deep.equal([5_000n, 1_000n]);
    });

    it('holds the first grid at once, and ramps what tightens or moves scenarios [PFM-09] [P29]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await policy.setScenarios(1, BTC_SCENARIOS);
      expect((await policy.scenariosOf(1)).rangeBps).to.equal(1_600);
      const next = {
        ...BTC_SCENARIOS,
        rangeBps: 2_400,
        stepBps: 600,
        initialBps: 15_000,
        volatilityDownBps: 2_000,
        nakedPpm: 5_000,
        tailShocksBps: [-8_600, -3_300, 5_000, 50_000] as [number, number, number, number],
        tailWeightsBps: [5_000, 5_000, 4_000, 100] as [number, number, number, number],
      };
      const at = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(at);
      await expect(policy.setScenarios(1, next))
        .to.emit(policy, 'ScenarioRampStarted')
        .withArgs(1, at, at + RAMP);
      await time.increaseTo(at + RAMP / 2);
      const half = await policy.scenariosOf(1);
      expect([half.rangeBps, half.stepBps, half.initialBps, half.volatilityDownBps, half.nakedPpm]).to.deep.equal([
        2_000n,
        500n,
        15_000n,
        2_500n,
        5_000n,
      ]);
      expect([...half.tailShocksBps]).to.deep.equal([-7_600n, -3_300n, 5_000n, 50_000n]);
      expect([...half.tailWeightsBps]).to.deep.equal([4_000n, 5_000n, 4_000n, 100n]);
      const { from, span } = await policy.scenarioTarget(1);
      expect([from.rangeBps, span.endsAt]).to.deep.equal([1_600n, BigInt(at + RAMP)]);
      await time.increaseTo(at + RAMP);
      await expect(policy.settle([1]))
        .to.emit(policy, 'ScenariosSettled')
        .withArgs(1);
      expect((await policy.scenariosOf(1)).rangeBps).to.equal(2_400);
    });
  });

  describe('seal', () => {
    it('reverts with InstrumentsAlreadySealed the second time [INP-04]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await expect(policy.seal()).to.be.revertedWithCustomError(policy, 'InstrumentsAlreadySealed');
    });
  });

  describe('close and open', () => {
    it('opens only what was closed, and only that closure [INP-05]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await expect(policy.open(1, 0)).to.be.revertedWithCustomError(policy, 'OtherClosure').withArgs(1, 0, 0);
      await expect(policy.close(1)).to.emit(policy, 'UnderlyingClosed');
      const first = await policy.closedAt(1);
      expect(first).to.equal(await policy.version());
      await policy.close(1);
      const second = await policy.closedAt(1);
      await expect(policy.open(1, first))
        .to.be.revertedWithCustomError(policy, 'OtherClosure')
        .withArgs(1, first, second);
      await expect(policy.open(1, second)).to.emit(policy, 'UnderlyingOpened');
      expect(await policy.closedAt(1)).to.equal(0n);
    });
  });

  describe('isListed', () => {
    it('takes perpetuals, and options on the grid that are not over [INP-06]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      const today = Math.floor((await time.latest()) / DAY) * DAY;
      const next = today + 2 * DAY + 8 * HOUR;
      const call = { kind: Number(InstrumentKind.Call), underlying: 1, expiry: BigInt(next), strike: wad(103_400) };
      const isListed = (change: object): Promise<boolean> => policy.isListed(toOption({ ...call, ...change }));
      expect(await policy.isListed(toPerpetual(1))).to.equal(true);
      expect(await policy.isListed(toPerpetual(2)), 'unknown').to.equal(false);
      expect(await policy.isListed(0n), 'nothing').to.equal(false);
      expect(await isListed({})).to.equal(true);
      expect(await isListed({ underlying: 2 })).to.equal(false);
      expect(await isListed({ strike: wad(103_450) }), 'five digits').to.equal(false);
      expect(await isListed({ strike: wad('0.01034') })).to.equal(true);
      expect(await isListed({ expiry: BigInt(next + 60) }), 'another minute').to.equal(false);
      expect(await isListed({ expiry: BigInt(next - 30 * DAY) }), 'over').to.equal(false);
      expect(await isListed({ expiry: BigInt(next + 362 * DAY) })).to.equal(true);
      expect(await isListed({ expiry: BigInt(next + 365 * DAY) }), 'too far').to.equal(false);
      await time.increaseTo(next);
      expect(await isListed({}), 'at its expiry').to.equal(false);
    });
  });
});
