import { expect } from 'chai';

import { BTC_RISK, CALM, positionMathFixture, SOL_RISK } from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';
import { WAD, wad } from '../fixtures/units';

describe('StandardRates', () => {
  describe('perpetual', () => {
    for (const [name, risk, size, price, initial, maintenance] of [
      ['25 BTC', BTC_RISK, 25, 100_000, '53125', '28125'],
      ['350 BTC', BTC_RISK, 350, 100_000, '1312500', '962500'],
      ['6,000 SOL', SOL_RISK, 6_000, 200, '84000', '60000'],
    ] as const) {
      it(`requires of ${name} what Deribit's rules say, long and short [STD-01]`, async () => {
        const { math } = await loadFixture(positionMathFixture);
        for (const side of [1n, -1n]) {
          const held = side * wad(size);
          const margin = await math.perpetual(risk, CALM, held, held * BigInt(price), wad(price));
          expect([...margin]).to.deep.equal([0n, wad(initial), wad(maintenance)]);
        }
      });
    }

    it('counts of a profit what the policy leaves of it, and all of a loss [STD-02]', async () => {
      const { math } = await loadFixture(positionMathFixture);
      const risk = { ...BTC_RISK, profitInitialBps: 6_000, profitMaintenanceBps: 2_500 };
      for (const [size, price] of [
        [1n, 110_000],
        [-1n, 90_000],
      ] as const) {
        const margin = await math.perpetual(risk, CALM, size * WAD, size * wad(100_000), wad(price));
        const rate = price / 100_000;
        expect(margin.equity).to.equal(wad(10_000));
        expect(margin.initial).to.equal(wad(6_000) + wad((2_005 * rate).toFixed(6)));
        expect(margin.maintenance).to.equal(wad(2_500) + wad((1_005 * rate).toFixed(6)));
      }
      const loss = await math.perpetual(risk, CALM, WAD, wad(100_000), wad(90_000));
      expect([...loss]).to.deep.equal([wad(-10_000), wad('1804.5'), wad('904.5')]);
    });

    it('rounds up what of the least profit does not count [STD-02] [STD-03]', async () => {
      const { math } = await loadFixture(positionMathFixture);
      const risk = { ...BTC_RISK, profitInitialBps: 6_000, profitMaintenanceBps: 2_500 };
      expect([...(await math.perpetual(risk, CALM, 0n, -1n, wad(100_000)))]).to.deep.equal([1n, 1n, 1n]);
      expect([...(await math.perpetual(risk, CALM, 0n, 0n, wad(100_000)))]).to.deep.equal([0n, 0n, 0n]);
    });

    it('scales the rates and not the slope [STD-09]', async () => {
      const { math } = await loadFixture(positionMathFixture);
      const scales = { initial: wad(2), maintenance: wad('1.5') };
      const margin = await math.perpetual(BTC_RISK, scales, wad(25), wad(2_500_000), wad(100_000));
      expect([margin.initial, margin.maintenance]).to.deep.equal([wad(103_125), wad(40_625)]);
    });

    it('rounds equity down and requirements up [STD-03]', async () => {
      const { math } = await loadFixture(positionMathFixture);
      const long = await math.perpetual(BTC_RISK, CALM, 1n, 0n, WAD / 2n);
      expect([...long]).to.deep.equal([0n, 1n, 1n]);
      const short = await math.perpetual(BTC_RISK, CALM, -1n, 0n, WAD / 2n);
      expect([...short]).to.deep.equal([-1n, 1n, 1n]);
    });
  });

  describe('option', () => {
    // margin with the mark: what it requires and what it is worth
    for (const [name, isCall, strike, index, price, initial, maintenance] of [
      ['call at the money', true, 100_000, 100_000, 3_000, '18000', '10500'],
      ['call near it', true, 103_000, 100_000, 2_000, '14000', '9500'],
      ['call far out of it', true, 120_000, 100_000, 400, '10400', '7900'],
      ['put near it', false, 98_000, 100_000, 2_100, '15100', '9600'],
      ['put deep in it', false, 250_000, 100_000, 150_500, '165500', '161787.5'],
      ['call on ether', true, 3_100, 3_000, 90, '440', '315'],
      ['put on ether deep in the money', false, 6_500, 3_000, 3_505, '3955', '3767.875'],
    ] as const) {
      it(`requires of a short ${name} what Deribit's rules say [STD-04]`, async () => {
        const { math } = await loadFixture(positionMathFixture);
        for (const units of [1n, 7n]) {
          const one = { isCall, size: -units * WAD, strike: wad(strike), index: wad(index), price: wad(price) };
          const margin = await math.option(BTC_RISK, CALM, one);
          expect(margin.equity).to.equal(-units * wad(price));
          expect(margin.initial - margin.equity).to.equal(units * wad(initial));
          expect(margin.maintenance - margin.equity).to.equal(units * wad(maintenance));
        }
      });
    }

    it('requires of a long one no more than it is worth [STD-05]', async () => {
      const { math } = await loadFixture(positionMathFixture);
      for (const isCall of [true, false]) {
        const one = { isCall, size: wad(2), strike: wad(100_000), index: wad(100_000), price: wad(3_000) };
        const margin = await math.option(BTC_RISK, CALM, one);
        expect([...margin]).to.deep.equal([wad(6_000), wad(6_000), wad(3_000)]);
      }
    });

    it('never requires less to come than to stay [STD-06]', async () => {
      const { math } = await loadFixture(positionMathFixture);
      const scales = { initial: WAD, maintenance: WAD };
      // 7.5 % of a put's price, which is far above the index
      const one = { isCall: false, size: -WAD, strike: wad(500_000), index: wad(100_000), price: wad(400_000) };
      const margin = await math.option(BTC_RISK, scales, one);
      expect([margin.initial, margin.maintenance]).to.deep.equal([wad(30_000), wad(30_000)]);
    });
  });
});
