import { expect } from 'chai';

import { toPerpetual } from '../../sdk/math';
import { booksFixture } from '../fixtures/books';
import { loadFixture } from '../fixtures/loadFixture';
import { BTC_SCENARIOS } from '../fixtures/instruments';
import { PriceStatus } from '../fixtures/oracleFixture';
import { BITCOIN, tradingFixture, TRADED_RISK, FREE_TERMS } from '../fixtures/tradingFixture';
import { MAX_UINT96, WAD, wad, wbtc } from '../fixtures/units';

const ASSESS = 'assess((bytes32,uint8,int256,(address,uint96)[],(uint64,int256,int256)[]))';
const TAILLESS = { tailWeightsBps: [0, 0, 0, 0] as [number, number, number, number] };
/** `ScenarioVolatility` of contracts/interfaces/IPortfolioMargin.sol. */
const LOWER = 1n;

describe('PortfolioMargin', () => {
  describe('what of a book is known', () => {
    it('leaves out an option whose volatility nobody has published, at its intrinsic value for calls [PFM-08]', async () => {
      const { model, option, perpetual, portfolio } = await loadFixture(booksFixture);
      const [held, unknown] = [perpetual(1), option(true, 90_000, -1, 60)];
      const alone = await model[ASSESS](portfolio([held]));
      const both = await model[ASSESS](portfolio([held, unknown]));
      expect([...both.mark]).to.deep.equal([...alone.mark]);
      expect([both.downLegs, both.legValues[1]]).to.deep.equal([0b10n, 0n]);
      expect(both.better.equity).to.equal(alone.better.equity - wad(10_000));
      // all that the call may pay, and what standard margin asks of the perpetual
      expect(both.worse.initial).to.equal(wad(100_000 + 2_000 + 5));
    });

    it('leaves out a perpetual that is Down, and counts it as the hedge that it was for calls [PFM-08]', async () => {
      const { model, tell, option, perpetual, portfolio } = await loadFixture(booksFixture);
      // a sold call and a bought put are a forward sold
      const [hedge, sold] = [perpetual(1), [option(true, 100_000, -1), option(false, 100_000, 1)]];
      const before = await model[ASSESS](portfolio([hedge, ...sold]));
      await tell({ perpetual: { status: PriceStatus.Down } });
      const hedged = await model[ASSESS](portfolio([hedge, ...sold]));
      const bare = await model[ASSESS](portfolio(sold));
      expect([hedged.downLegs, hedged.legValues[0]]).to.deep.equal([0b01n, 0n]);
      expect(hedged.mark.maintenance).to.be.closeTo(bare.mark.maintenance, wad('0.1'));
      expect(hedged.better.maintenance).to.be.below(bare.mark.maintenance / 8n);
      expect(hedged.better.maintenance).to.be.at.most(before.mark.maintenance + wad('0.1'));
    });

    it('counts nothing of an underlying that nobody has listed', async () => {
      const { model, perpetual, portfolio } = await loadFixture(booksFixture);
      const stray = { ...perpetual(1, 0), instrument: toPerpetual(7) };
      const { worse, mark, better, downLegs } = await model[ASSESS](portfolio([stray]));
      for (const margin of [worse, mark, better]) expect([...margin]).to.deep.equal([0n, 0n, 0n]);
      expect(downLegs).to.equal(1n);
    });

    it('comes back whatever an index, a band and a status say, and bounds nothing by an index that is nothing', async () => {
      const { model, tell, option, perpetual, portfolio } = await loadFixture(booksFixture);
      for (const size of [1, -1]) {
        const book = portfolio([perpetual(size, 0), option(true, 100_000, -size), option(false, 100_000, size)], 1);
        for (const price of [{ low: 0n }, { high: 2n ** 97n }, { spot: 0n }, { spot: 1n, low: 1n, high: 1n }]) {
          for (const status of [PriceStatus.Down, PriceStatus.Degraded, PriceStatus.Live]) {
            await tell({ index: { ...price, status }, perpetual: { status } });
            const { mark } = await model[ASSESS](book);
            expect(mark.initial).to.be.at.least(mark.maintenance);
          }
        }
      }
    });

    it('nets no less than it would in the order of strikes, and never more, of options out of order', async () => {
      const { model, option, portfolio } = await loadFixture(booksFixture);
      const [sold, bought] = [option(true, 100_000, -1), option(true, 110_000, 1)];
      const inOrder = (await model[ASSESS](portfolio([sold, bought]))).mark;
      const outOfOrder = (await model[ASSESS](portfolio([bought, sold]))).mark;
      expect(inOrder.maintenance).to.be.below(wad(10_000));
      expect(outOfOrder.maintenance).to.be.above(inOrder.maintenance);
    });
  });

  describe('scenarios', () => {
    it('are the same for all expiries of an underlying: a later call covers much of an earlier one', async () => {
      const { model, tell, option, portfolio } = await loadFixture(booksFixture);
      await tell({ days: 60 });
      const [sold, bought] = [option(true, 100_000, -1), option(true, 100_000, 1, 60)];
      const alone = (await model[ASSESS](portfolio([sold]))).mark.maintenance;
      const calendar = (await model[ASSESS](portfolio([sold, bought]))).mark.maintenance;
      expect(calendar).to.be.below(alone / 4n);
    });

    it('go on in wider steps as far as dynamic margin scales the range, for each requirement as far as its own', async () => {
      const { model, tell, perpetual, portfolio } = await loadFixture(booksFixture);
      const contingency = 200; // 0.2 % of the notional
      const slope = 5; // 0.005 %
      for (const [scale, range] of [
        ['1.5', 24_000], // a move of its own
        ['2', 32_000], // two moves further out
        ['1.75', 28_000], // between the two
      ] as const) {
        await tell({ scales: [wad(scale), WAD], scenarios: TAILLESS });
        for (const size of [1, -1]) {
          const { mark } = await model[ASSESS](portfolio([perpetual(size)]));
          expect(mark.maintenance).to.equal(wad(16_000 + contingency + slope));
          expect(mark.initial).to.equal(wad(1.25 * (range + contingency * Number(scale) + slope)));
        }
      }
    });

    it('try a bought straddle where it pays least, and that may be where the index is', async () => {
      const { model, option, portfolio } = await loadFixture(booksFixture);
      const straddle = [option(true, 100_000, 1), option(false, 100_000, 1)];
      const [worst] = await model.worstOf(portfolio(straddle));
      expect([worst?.factor, worst?.volatility]).to.deep.equal([WAD, LOWER]);
    });

    it('count a pin as far as each range goes', async () => {
      const { model, tell, option, portfolio } = await loadFixture(booksFixture);
      // worthless now, and 10,000 lost at 125,000
      const book = [option(true, 124_000, -10, 0.1), option(true, 125_000, 20, 0.1), option(true, 126_000, -10, 0.1)];
      const wide = { ...TAILLESS, stepBps: 800 };
      await tell({ days: 0.1, scenarios: wide });
      const beyond = (await model[ASSESS](portfolio(book))).mark;
      expect(beyond.initial).to.be.below(wad(1));
      await tell({ days: 0.1, scenarios: wide, scales: [2n * WAD, WAD] });
      const within = (await model[ASSESS](portfolio(book))).mark;
      expect(within.initial).to.be.above(wad(1_000));
      expect(within.maintenance).to.be.below(wad(1));
    });

    it('lose nothing to a tail that is no move', async () => {
      const { model, tell, perpetual, portfolio } = await loadFixture(booksFixture);
      const book = portfolio([perpetual(1)]);
      await tell({ scenarios: TAILLESS });
      const untailed = (await model[ASSESS](book)).mark;
      await tell({ scenarios: { tailShocksBps: [0, 0, 0, 0], tailWeightsBps: [10_000, 10_000, 10_000, 10_000] } });
      expect([...(await model[ASSESS](book)).mark]).to.deep.equal([...untailed]);
    });
  });

  describe('collateral', () => {
    it('covers a written call inside the scenarios, and is worth the same there [PFM-07]', async () => {
      const { model, option, portfolio } = await loadFixture(booksFixture);
      const book = [option(true, 100_000, -1)];
      const alone = await model[ASSESS](portfolio(book));
      const covered = await model[ASSESS](portfolio(book, 1));
      expect([covered.legValues[0], covered.markCollateral]).to.deep.equal([wad(100_000), wad(100_000)]);
      expect(covered.mark.equity).to.be.closeTo(alone.mark.equity + wad(100_000), wad('0.1'));
      // by itself it would require its haircut on top
      expect(covered.mark.maintenance).to.be.below(alone.mark.maintenance + wad(17_000));
    });

    it('stays outside where the book gains by what it gains by [PFM-07]', async () => {
      const { model, perpetual, portfolio } = await loadFixture(booksFixture);
      const book = [perpetual(1)];
      const alone = await model[ASSESS](portfolio(book));
      const both = await model[ASSESS](portfolio(book, 1));
      expect((await model.worstOf(portfolio(book, 1)))[0]?.hasCollateral).to.equal(false);
      // 17 % and what its amount takes
      expect(both.mark.maintenance - alone.mark.maintenance).to.be.within(wad(17_000), wad(17_001));
    });

    it('covers no new risk while its price is in doubt, and whom it covers is called for nothing [PFM-07] [PFM-08]', async () => {
      const { model, tell, option, perpetual, portfolio } = await loadFixture(booksFixture);
      for (const position of [perpetual(-1), option(true, 100_000, -1)]) {
        const book = portfolio([position], 1);
        await tell();
        const before = await model[ASSESS](book);
        await tell({ index: { status: PriceStatus.Degraded } });
        const { worse, better } = await model[ASSESS](book);
        expect(worse.equity - worse.initial).to.be.below(before.worse.equity - before.worse.initial);
        expect(better.maintenance).to.be.closeTo(before.mark.maintenance, wad('0.1'));
        expect(better.equity).to.be.at.least(before.mark.equity);
      }
    });

    it('is in the book of one underlying only where two have the same index [PFM-07]', async () => {
      const { portfolioMargin, instruments, actors, wbtc: btc, perpetual } = await loadFixture(tradingFixture);
      const by = instruments.connect(actors.risk);
      await by.listUnderlying(btc.address, perpetual.address, TRADED_RISK, FREE_TERMS);
      for (const number of [BITCOIN, BITCOIN + 1]) await by.setScenarios(number, BTC_SCENARIOS);
      const short = (underlying: number) => ({
        instrument: toPerpetual(underlying),
        size: -WAD,
        costBasis: wad(-40_000),
      });
      const worst = await portfolioMargin.worstOf({
        account: `0x${'11'.repeat(32)}`,
        mode: 2,
        cash: 0n,
        collateral: [{ asset: btc.address, amount: wbtc(1) }],
        positions: [short(BITCOIN), short(BITCOIN + 1)],
      });
      expect(worst.map(({ hasCollateral }) => hasCollateral)).to.deep.equal([true, false]);
    });

    it('is in no book where its worth is beyond all sums [PFM-07]', async () => {
      const { model, option, portfolio, underlying } = await loadFixture(booksFixture);
      const account = portfolio([option(true, 100_000, -1)]);
      const endless = { ...account, collateral: [{ asset: underlying, amount: MAX_UINT96 }] };
      const [worst] = await model.worstOf(endless);
      expect(worst?.hasCollateral).to.equal(false);
      expect((await model[ASSESS](endless)).mark.equity).to.be.above(2n ** 120n);
    });
  });
});
