import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String } from 'ethers';

import type { InstrumentPolicy } from '../../typechain-types';
import {
  BTC_RISK,
  DELTA_TERMS,
  HARDER_RISK,
  instrumentPolicyFixture,
  RAMP,
  sealedPolicyFixture,
} from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';

const FLOOR = { ...DELTA_TERMS, isFloor: true };
const NO_TERMS = [0n, 0n, 0n, 0n, false];
/** Of the word that margin models read. */
const FLOOR_FLAG = 2n;

describe('InstrumentPolicy', () => {
  describe('setDeltaTerms', () => {
    const flagged = async (policy: InstrumentPolicy): Promise<boolean> =>
      ((await policy.riskWord(1))[2] & FLOOR_FLAG) !== 0n;

    it('reverts at each bound [DLT-06]', async () => {
      const { policy } = await loadFixture(instrumentPolicyFixture);
      for (const [name, change, value, least, most] of [
        ['moveMaintenancePpm', { moveMaintenancePpm: 1_000_001 }, 1_000_001, 0, 1_000_000],
        ['moveMaintenancePpm', { moveMaintenancePpm: 999, isFloor: true }, 999, 1_000, 1_000_000],
        ['moveInitialPpm', { moveInitialPpm: 24_999 }, 24_999, 25_000, 1_000_000],
        ['moveInitialPpm', { moveInitialPpm: 1_000_001 }, 1_000_001, 25_000, 1_000_000],
        ['volatilityMaintenanceBps', { volatilityMaintenanceBps: 20_001 }, 20_001, 0, 20_000],
        ['volatilityInitialBps', { volatilityInitialBps: 799 }, 799, 800, 20_000],
        ['volatilityInitialBps', { volatilityInitialBps: 20_001 }, 20_001, 800, 20_000],
      ] as const) {
        await expect(policy.setDeltaTerms(1, { ...DELTA_TERMS, ...change }), name)
          .to.be.revertedWithCustomError(policy, 'InstrumentParameterOutOfBounds')
          .withArgs(encodeBytes32String(name), value, least, most);
      }
    });

    it('reports at once, and flags the word of requirements only where there is a floor [DLT-06]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      expect([...(await policy.deltaTermsOf(1))]).to.deep.equal(NO_TERMS);
      await expect(policy.setDeltaTerms(1, DELTA_TERMS)).not.to.emit(policy, 'DeltaRampStarted');
      expect([...(await policy.deltaTermsOf(1))]).to.deep.equal([50_000n, 25_000n, 1_600n, 800n, false]);
      expect(await flagged(policy)).to.equal(false);
      await policy.setDeltaTerms(1, FLOOR);
      expect(await flagged(policy)).to.equal(true);
      expect(await policy.deltaTermsOf(2)).to.deep.equal(NO_TERMS);
    });

    it('holds at once before the seal [DLT-06] [INP-04]', async () => {
      const { policy } = await loadFixture(instrumentPolicyFixture);
      await expect(policy.setDeltaTerms(1, FLOOR)).to.emit(policy, 'DeltaTermsChanged');
      expect((await policy.deltaTermsOf(1)).moveMaintenancePpm).to.equal(25_000);
    });

    it('ramps maintenance of a new floor from nothing, and holds the rest at once [DLT-06] [INP-04] [P29]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await policy.setDeltaTerms(1, DELTA_TERMS);
      const at = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(at);
      await expect(policy.setDeltaTerms(1, FLOOR))
        .to.emit(policy, 'DeltaRampStarted')
        .withArgs(1, at, at + RAMP);
      for (const [elapsed, move, volatility] of [
        [0, 0n, 0n],
        [RAMP / 4, 6_250n, 200n],
        [RAMP / 2, 12_500n, 400n],
        [RAMP, 25_000n, 800n],
      ] as const) {
        if (elapsed !== 0) await time.increaseTo(at + elapsed);
        expect([...(await policy.deltaTermsOf(1))]).to.deep.equal([50_000n, move, 1_600n, volatility, true]);
      }
      const { from, span } = await policy.deltaTarget(1);
      expect([from.isFloor, span.endsAt]).to.deep.equal([false, BigInt(at + RAMP)]);
      await expect(policy.settle([1]))
        .to.emit(policy, 'DeltaTermsSettled')
        .withArgs(1);
      expect((await policy.deltaTarget(1)).span.endsAt).to.equal(0n);
      expect([...(await policy.deltaTermsOf(1))]).to.deep.equal([50_000n, 25_000n, 1_600n, 800n, true]);
    });

    it('goes on from where a ramp is, and eases at once [DLT-06] [INP-04]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await policy.setDeltaTerms(1, FLOOR);
      const at = await time.latest();
      await time.increaseTo(at + RAMP / 2 - 1);
      await policy.setDeltaTerms(1, { ...FLOOR, moveInitialPpm: 80_000, moveMaintenancePpm: 60_000 });
      expect((await policy.deltaTermsOf(1)).moveMaintenancePpm).to.equal(12_500);
      await policy.setDeltaTerms(1, { ...FLOOR, moveMaintenancePpm: 10_000 });
      expect((await policy.deltaTermsOf(1)).moveMaintenancePpm).to.equal(10_000);
      await policy.setDeltaTerms(1, DELTA_TERMS);
      expect([...(await policy.deltaTermsOf(1))]).to.deep.equal([50_000n, 25_000n, 1_600n, 800n, false]);
    });

    it('keeps the flag while rates change, ramp and settle [DLT-06]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await policy.setDeltaTerms(1, FLOOR);
      await policy.setRisk(1, HARDER_RISK);
      expect(await flagged(policy), 'ramping').to.equal(true);
      await policy.setDeltaTerms(1, DELTA_TERMS);
      expect(await flagged(policy), 'no floor any more').to.equal(false);
      expect((await policy.riskTarget(1)).target.perpetualMaintenancePpm, 'still ramping').to.equal(30_000);
      await policy.setDeltaTerms(1, FLOOR);
      await time.increase(RAMP);
      expect(await flagged(policy), 'arrived').to.equal(true);
      await policy.settle([1]);
      expect(await flagged(policy), 'settled').to.equal(true);
      await policy.setRisk(1, BTC_RISK);
      expect(await flagged(policy), 'eased').to.equal(true);
      expect((await policy.riskOf(1)).perpetualMaintenancePpm).to.equal(10_000);
    });
  });
});
