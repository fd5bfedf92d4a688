import { expect } from 'chai';

import { booksFixture } from '../fixtures/books';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { wad } from '../fixtures/units';

describe('StandardMargin', () => {
  describe('markOf', () => {
    it('is Down for what is no instrument [STD-14]', async () => {
      const { standard } = await loadFixture(booksFixture);
      // a kind that there is not, and an underlying without a number
      for (const id of [2n ** 64n - 1n, 0n]) {
        expect(await standard.markOf(id)).to.deep.equal([0n, 0n, PriceStatus.Down]);
      }
    });

    it('is that of the worst price in an option, and none without a volatility or after its expiry [STD-14]', async () => {
      const { standard, tell, option } = await loadFixture(booksFixture);
      const call = option(true, 100_000, 1).instrument;
      const [mark, index, status] = await standard.markOf(call);
      expect([index, status]).to.deep.equal([wad(100_000), PriceStatus.Live]);
      expect(mark).to.be.within(wad(5_000), wad(6_500));
      await tell({ volatilityStatus: PriceStatus.Degraded });
      // by the second it is worth a little less
      const [now, , doubtful] = await standard.markOf(call);
      expect(now).to.be.closeTo(mark, wad('0.1'));
      expect(doubtful).to.equal(PriceStatus.Degraded);
      await tell({ volatilityStatus: PriceStatus.Down });
      expect(await standard.markOf(call)).to.deep.equal([0n, index, PriceStatus.Down]);
      const expired = option(true, 100_000, 1, -1).instrument;
      expect(await standard.markOf(expired)).to.deep.equal([0n, index, PriceStatus.Down]);
    });
  });
});
