import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { toOption, toPerpetual } from '../../sdk/math';
import type { InstrumentPolicy } from '../../typechain-types';
import {
  BTC_RISK,
  instrumentPolicyFixture,
  InstrumentKind,
  sealedPolicyFixture,
  TRADE_TERMS,
} from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';
import { DAY, HOUR, wad } from '../fixtures/units';

// the terms of the fixtures: a depth of 5,000, of which two and five times may be open, and a million unsettled
const CAPS = [wad(10_000), wad(25_000), 1_000_000n] as const;
const NONE = [0n, 0n, 0n] as const;

const capsOf = async (policy: InstrumentPolicy, number = 1) => [...(await policy.capsOf(number))];

describe('InstrumentPolicy', () => {
  describe('caps', () => {
    it('hold at once before the seal [INP-07]', async () => {
      const { policy } = await loadFixture(instrumentPolicyFixture);
      expect(await capsOf(policy)).to.deep.equal(CAPS);
      await expect(
        policy.setTradeTerms(1, { ...TRADE_TERMS, depth: wad(50_000), unsettledCap: 2_000_000 }),
      ).not.to.emit(policy, 'TradeCapGrowthStarted');
      expect(await capsOf(policy)).to.deep.equal([wad(100_000), wad(250_000), 2_000_000n]);
    });

    it('of a new underlying are zero for three days, and then grow [INP-07]', async () => {
      const { policy, index, perpetual } = await loadFixture(sealedPolicyFixture);
      await expect(policy.listUnderlying(index, perpetual, BTC_RISK, TRADE_TERMS)).to.emit(
        policy,
        'TradeCapGrowthStarted',
      );
      const at = await time.latest();
      const expiry = BigInt(Math.floor(at / DAY + 50) * DAY);
      expect((await policy.tradeTerms(2)).unsettledCap).to.equal(1_000_000);
      for (const [elapsed, expected] of [
        [0, NONE],
        [3 * DAY, NONE],
        [3 * DAY + 6 * HOUR, [wad(1_250), wad(3_125), 12_500n]],
        [4 * DAY, [wad(5_000), wad(12_500), 50_000n]],
        [5 * DAY, [wad(10_000), wad(25_000), 100_000n]],
        [22 * DAY, [wad(10_000), wad(25_000), 950_000n]],
        [23 * DAY, CAPS],
        [40 * DAY, CAPS],
      ] as const) {
        if (elapsed !== 0) await time.increaseTo(at + elapsed);
        expect(await capsOf(policy, 2), `${elapsed} s`).to.deep.equal(expected);
        const option = { kind: Number(InstrumentKind.Call), underlying: 2, expiry, strike: wad(100) };
        const [terms, cap] = await policy.tradeOf(toPerpetual(2));
        expect([cap, terms.unsettledCap]).to.deep.equal([expected[0], expected[2]]);
        expect((await policy.tradeOf(toOption(option))).cap).to.equal(expected[1]);
      }
    });

    it('that are raised grow from where they are by half a day, the others hold at once [INP-07]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      // 40,000 of perpetuals, 10,000 of options
      const terms = { ...TRADE_TERMS, depth: wad(20_000), optionCapBps: 5_000, unsettledCap: 5_000_000 };
      await policy.setTradeTerms(1, terms);
      const at = await time.latest();
      expect(await capsOf(policy)).to.deep.equal([wad(10_000), wad(10_000), 1_000_000n]);
      const growth = await policy.capGrowthOf(1);
      expect([growth.perpetuals.from, growth.perpetuals.perDay]).to.deep.equal([wad(10_000), wad(5_000)]);
      expect([growth.options.from, growth.options.perDay]).to.deep.equal([wad(10_000), 0n]);
      expect([growth.unsettled.from, growth.unsettled.perDay]).to.deep.equal([1_000_000n, 500_000n]);
      await time.increaseTo(at + DAY);
      expect(await capsOf(policy)).to.deep.equal([wad(15_000), wad(10_000), 1_500_000n]);
      // again, from there; and a lower one is at once, as is what is no cap
      await time.setNextBlockTimestamp(at + 2 * DAY);
      await policy.setTradeTerms(1, { ...terms, bandBps: 100, unsettledCap: 10 });
      expect(await capsOf(policy)).to.deep.equal([wad(20_000), wad(10_000), 10n]);
      expect((await policy.capGrowthOf(1)).perpetuals.perDay).to.equal(wad(10_000));
      expect((await policy.tradeTerms(1)).bandBps).to.equal(100);
      await policy.setTradeTerms(1, { ...TRADE_TERMS, unsettledCap: 10 });
      expect(await capsOf(policy)).to.deep.equal([wad(10_000), wad(10_000), 10n]);
    });

    it('wait for three days where they are raised from zero, and small ones of quote grow as 100,000 do [INP-07]', async () => {
      const { policy } = await loadFixture(sealedPolicyFixture);
      await policy.setTradeTerms(1, { ...TRADE_TERMS, perpetualCapBps: 0, unsettledCap: 1 });
      expect(await capsOf(policy)).to.deep.equal([0n, wad(25_000), 1n]);
      await policy.setTradeTerms(1, TRADE_TERMS);
      const at = await time.latest();
      await time.increaseTo(at + DAY);
      expect(await capsOf(policy)).to.deep.equal([0n, wad(25_000), 50_001n]);
      await time.increaseTo(at + 4 * DAY);
      expect(await capsOf(policy)).to.deep.equal([wad(5_000), wad(25_000), 200_001n]);
    });

    it('are settled by anyone once all have grown, and cost nothing more to look up [INP-07]', async () => {
      const { policy, stranger } = await loadFixture(sealedPolicyFixture);
      const as = policy.connect(stranger);
      await policy.setTradeTerms(1, { ...TRADE_TERMS, depth: wad(10_000), unsettledCap: 3_000_000 });
      await time.increase(2 * DAY);
      await expect(as.settle([1])).not.to.emit(policy, 'TradeCapsSettled');
      await time.increase(2 * DAY);
      const growing = await policy.tradeOf.estimateGas(toPerpetual(1));
      await expect(as.settle([1]))
        .to.emit(policy, 'TradeCapsSettled')
        .withArgs(1);
      await expect(as.settle([1])).not.to.emit(policy, 'TradeCapsSettled');
      expect(await policy.tradeOf.estimateGas(toPerpetual(1))).to.be.below(growing - 6_000n);
      expect((await policy.capGrowthOf(1)).unsettled.startedAt).to.equal(0n);
      expect(await capsOf(policy)).to.deep.equal([wad(20_000), wad(50_000), 3_000_000n]);
    });
  });
});
