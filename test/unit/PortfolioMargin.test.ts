import { expect } from 'chai';

import { booksFixture } from '../fixtures/books';
import { COVERING } from '../fixtures/covering';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { wad } from '../fixtures/units';

const ASSESS = 'assess((bytes32,uint8,int256,(address,uint96)[],(uint64,int256,int256)[]))';

describe('PortfolioMargin', () => {
  const itCosts = COVERING ? it.skip : it; // instrumented contracts cost more
  itCosts('measures 16 options of one expiry within 0.70M gas, and 32 within 1.40M [PFM-12]', async () => {
    const { model, standard, meter, tell, option } = await loadFixture(booksFixture);
    await tell({ index: { low: wad(99_000) }, confidenceBps: 500 });
    const book = (count: number) =>
      Array.from({ length: count }, (_, i) => option(i % 2 === 0, 80_000 + 2_000 * i, i % 3 === 0 ? -1 : 1));
    expect(await meter.ofPositions(model, book(16))).to.be.below(700_000n);
    expect(await meter.ofPositions(model, book(32))).to.be.below(1_400_000n);
    expect(await meter.ofPositions(standard, book(16))).to.be.below(450_000n);
  });

  it('names the worst scenario, and whether collateral is inside [PFM-07]', async () => {
    const { model, option, portfolio } = await loadFixture(booksFixture);
    const [spread] = await model.worstOf(portfolio([option(true, 100_000, -1), option(true, 110_000, 1)]));
    expect([spread?.factor, spread?.hasCollateral]).to.deep.equal([wad('1.16'), false]);
    const [covered] = await model.worstOf(portfolio([option(true, 100_000, -1)], 1));
    expect([covered?.factor, covered?.hasCollateral]).to.deep.equal([wad('0.34'), true]);
  });

  it('sees a narrow butterfly between two moves [PFM-04]', async () => {
    const { model, tell, option, portfolio } = await loadFixture(booksFixture);
    await tell({ days: 0.1 });
    const book = [option(true, 101_000, -10, 0.1), option(true, 102_000, 20, 0.1), option(true, 103_000, -10, 0.1)];
    const { mark } = await model[ASSESS](portfolio(book));
    expect(mark.maintenance).to.be.above(wad(1_000));
    expect((await model.worstOf(portfolio(book)))[0]?.factor).to.equal(wad('1.02'));
  });

  it('offsets nothing for new risk on a doubtful price, and calls nobody for it [PFM-08]', async () => {
    const { model, tell, option, perpetual, portfolio } = await loadFixture(booksFixture);
    const hedged = portfolio([perpetual(-1), option(true, 100_000, 1), option(false, 100_000, -1)]);
    const before = await model[ASSESS](hedged);
    for (const status of [PriceStatus.Degraded, PriceStatus.Down]) {
      await tell({ volatilityStatus: status });
      const { worse, better } = await model[ASSESS](hedged);
      expect(worse.initial).to.be.above(wad(90_000));
      expect(better.maintenance).to.equal(before.mark.maintenance);
      expect(better.equity).to.be.at.least(before.mark.equity);
    }
  });

  it('measures an underlying without a grid by the harshest [PFM-09]', async () => {
    const { data, model, perpetual, portfolio } = await loadFixture(booksFixture);
    const none = [0, 0, 0, 0] as [number, number, number, number];
    await data.setScenarios(1, {
      rangeBps: 0,
      stepBps: 0,
      initialBps: 0,
      volatilityUpBps: 0,
      volatilityDownBps: 0,
      nakedPpm: 0,
      basisPpm: 0,
      tailShocksBps: none,
      tailWeightsBps: none,
    });
    const { mark } = await model[ASSESS](portfolio([perpetual(1)]));
    expect(mark.maintenance).to.be.above(wad(100_000));
  });
});
