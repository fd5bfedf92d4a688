import { expect } from 'chai';

import { booksFixture } from '../fixtures/books';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { WAD, wad } from '../fixtures/units';

/** Of the last half hour. */
const FIVE_MINUTES = 5 / (24 * 60);

describe('StandardMargin', () => {
  describe('greeksOf', () => {
    it('moves an option that is certain to pay as the part of the average to come, and one that cannot not at all [GRK-01] [STD-15]', async () => {
      const { standard, tell, option } = await loadFixture(booksFixture);
      // nine tenths are over, at 120,000: 108,000 of the average are certain
      await tell({ days: FIVE_MINUTES, window: { fixedWeight: wad('0.9'), fixedAverage: wad(120_000) } });
      const of = async (isCall: boolean, size: number) => {
        const book = [option(isCall, 100_000, size, FIVE_MINUTES)];
        const [greeks] = await standard.greeksOf(book);
        const { mark } = await standard.assess(book);
        return [greeks!.delta, greeks!.vega, greeks!.gamma, mark.equity];
      };
      expect(await of(true, 2)).to.deep.equal([wad('0.2'), 0n, 0n, wad(36_000)]);
      expect(await of(true, -2)).to.deep.equal([wad('-0.2'), 0n, 0n, wad(-36_000)]);
      expect(await of(false, 2)).to.deep.equal([0n, 0n, 0n, 0n]);
    });

    it('moves nothing once all of the average is known [GRK-01] [STD-15]', async () => {
      const { standard, tell, option } = await loadFixture(booksFixture);
      await tell({ days: FIVE_MINUTES, window: { fixedWeight: WAD, fixedAverage: wad(120_000) } });
      for (const [isCall, strike, pays] of [
        [true, 100_000, 20_000],
        [true, 130_000, 0],
        [false, 130_000, 10_000],
      ] as const) {
        const book = [option(isCall, strike, 1, FIVE_MINUTES)];
        const [greeks] = await standard.greeksOf(book);
        expect([greeks!.delta, greeks!.vega, greeks!.gamma]).to.deep.equal([0n, 0n, 0n]);
        expect((await standard.assess(book)).mark.equity).to.equal(wad(pays));
      }
    });

    it('has what is Down in none of them, by underlying, and says so [GRK-02]', async () => {
      const { standard, tell, option, perpetual } = await loadFixture(booksFixture);
      const book = [perpetual(2), option(true, 100_000, 1)];
      await tell({ volatilityStatus: PriceStatus.Down });
      expect([...(await standard.greeksOf(book))[0]!]).to.deep.equal([1n, PriceStatus.Down, wad(2), 0n, 0n]);
      await tell({ perpetual: { status: PriceStatus.Down } });
      const [greeks] = await standard.greeksOf(book);
      expect(greeks!.status).to.equal(PriceStatus.Down);
      expect(greeks!.delta).to.be.within(wad('0.4'), wad('0.7'));
      // an option that has expired moves no more
      const expired = { ...option(true, 100_000, 1, -1) };
      await tell();
      expect([...(await standard.greeksOf([expired]))[0]!]).to.deep.equal([1n, PriceStatus.Live, 0n, 0n, 0n]);
      expect(await standard.greeksOf([])).to.deep.equal([]);
    });
  });
});
