import { expect } from 'chai';

import { booksFixture, BTC_COLLATERAL } from '../fixtures/books';
import { COVERING } from '../fixtures/covering';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { wad } from '../fixtures/units';

const ASSESS_POSITIONS = 'assess((uint64,int256,int256)[])';
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

  it('measures positions by themselves as an account without collateral [PFM-10]', async () => {
    const { model, option, perpetual, portfolio } = await loadFixture(booksFixture);
    const book = [perpetual(-1), option(true, 100_000, 1), option(false, 90_000, -2)];
    const account = await model[ASSESS](portfolio(book));
    const alone = await model[ASSESS_POSITIONS](book);
    for (const side of ['worse', 'mark', 'better'] as const) expect(alone[side]).to.deep.equal(account[side]);
    expect([alone.notionals.length, alone.down]).to.deep.equal([3, 0n]);
    expect([await model.maxPositions(), await model.maxCollaterals()]).to.deep.equal([32n, 8n]);
  });

  it('tries what the settlement has fixed already in no scenario [PFM-05]', async () => {
    const { model, tell, option, portfolio } = await loadFixture(booksFixture);
    const days = 5 / (24 * 60);
    const of = async (position: ReturnType<typeof option>) => (await model[ASSESS](portfolio([position]))).mark;
    const close = (actual: bigint, expected: number) => expect(actual).to.be.closeTo(wad(expected), wad('0.000001'));
    // nine tenths are over, at 120,000: 108,000 of the average are certain, and a tenth of the index comes on top
    await tell({ days, window: { fixedWeight: wad('0.9'), fixedAverage: wad(120_000) } });
    const written = await of(option(true, 100_000, -1, days));
    close(written.equity, -(108_000 + 10_000 - 100_000));
    // the worst is a rise by a half, of which four tenths count: 2,000 of that tenth, and 1,000 because nothing covers it
    close(written.maintenance, 3_000);
    expect((await of(option(false, 100_000, -1, days))).equity).to.equal(0n);
    expect((await of(option(false, 100_000, 1, days))).equity).to.equal(0n);
    // and all of it: nothing moves any more
    await tell({ days, window: { fixedWeight: wad(1), fixedAverage: wad(120_000) } });
    close((await of(option(true, 100_000, -1, days))).equity, -20_000);
    const bought = await of(option(true, 100_000, 1, days));
    expect([bought.equity, bought.maintenance]).to.deep.equal([wad(20_000), 0n]);
  });

  it('counts no collateral inside the scenarios that counts nothing by itself [PFM-07]', async () => {
    const { data, model, option, portfolio, underlying } = await loadFixture(booksFixture);
    const account = portfolio([option(true, 100_000, -1)], 1);
    const inside = await model.worstOf(account);
    await data.setCollateral(underlying, {
      ...BTC_COLLATERAL,
      maintenanceHaircutBps: 10_000,
      initialHaircutBps: 10_000,
    });
    const outside = await model.worstOf(account);
    expect([inside[0]?.hasCollateral, outside[0]?.hasCollateral]).to.deep.equal([true, false]);
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
