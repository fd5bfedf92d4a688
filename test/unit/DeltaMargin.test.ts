import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { PositionMathHarness__factory } from '../../typechain-types';
import { booksFixture, type MarketChange } from '../fixtures/books';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { SettlementStatus } from '../fixtures/settlementFixture';
import { WAD, wad } from '../fixtures/units';

// The formula of contracts/risk/DeltaMargin.sol term by term, and what it does as the floor of standard margin.

const SIDES = { worse: 1, held: 2 };
/** The index moves by 10 % and 5 %, volatility by 20 and 10 points. */
const TERMS = {
  moveInitialPpm: 100_000,
  moveMaintenancePpm: 50_000,
  volatilityInitialBps: 2_000,
  volatilityMaintenanceBps: 1_000,
  isFloor: true,
};
const CALM = { initial: WAD, maintenance: WAD };
const INDEX = wad(100_000);
/** So far that only what the positions can lose bounds it. */
const ENDLESS = {
  ...TERMS,
  moveInitialPpm: 1_000_000,
  moveMaintenancePpm: 1_000_000,
  volatilityInitialBps: 20_000,
  volatilityMaintenanceBps: 20_000,
};

async function formulaFixture() {
  const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
  const math = await new PositionMathHarness__factory(deployer).deploy();
  const required = async (
    change: Partial<Record<'delta' | 'vega' | 'gamma', bigint>>,
    { index = INDEX, terms = {}, scales = CALM } = {},
  ): Promise<[initial: bigint, maintenance: bigint]> => {
    const greeks = { underlying: 1, status: PriceStatus.Live, delta: 0n, vega: 0n, gamma: 0n, ...change };
    const { initial, maintenance } = await math.deltaMargin(greeks, index, { ...TERMS, ...terms }, scales);
    return [initial, maintenance];
  };
  return { required };
}

/** Standard rates so low that the net exposure decides. */
const LOW = {
  perpetualInitialPpm: 2_000,
  perpetualMaintenancePpm: 1_000,
  perpetualSlope: 0n,
  optionInitialPpm: 2_000,
  optionFloorPpm: 2_000,
  optionMaintenancePpm: 1_000,
  longInitialBps: 0,
  longMaintenanceBps: 0,
};

async function floorFixture() {
  const world = await booksFixture();
  const tell = async (change: MarketChange = {}): Promise<void> => world.tell({ ...change, risk: LOW });
  const setTerms = async (terms: Partial<typeof TERMS> = {}): Promise<void> => {
    await world.data.setDeltaTerms(1, { ...TERMS, ...terms });
  };
  await tell();
  await setTerms();
  return { ...world, tell, setTerms };
}

describe('delta margin', () => {
  describe('formula', () => {
    it('is nothing of no exposure, and of one that long gamma covers [DLT-01]', async () => {
      const { required } = await loadFixture(formulaFixture);
      expect(await required({})).to.deep.equal([0n, 0n]);
      expect(await required({ gamma: wad('0.0001') })).to.deep.equal([0n, 0n]);
    });

    it('asks of delta what the move of the index takes, of either sign [DLT-01]', async () => {
      const { required } = await loadFixture(formulaFixture);
      for (const delta of [wad(-3), wad(3)]) {
        expect(await required({ delta })).to.deep.equal([wad(30_000), wad(15_000)]);
      }
    });

    it('asks of short gamma half of it times the square of the move, and beside a long delta no less [DLT-01]', async () => {
      const { required } = await loadFixture(formulaFixture);
      const gamma = -wad('0.0001');
      // 0.0001 / 2 * 10,000^2 and 5,000^2
      expect(await required({ gamma })).to.deep.equal([wad(5_000), wad(1_250)]);
      expect(await required({ gamma, delta: WAD })).to.deep.equal([wad(15_000), wad(6_250)]);
      expect(await required({ gamma: -gamma, delta: WAD })).to.deep.equal([wad(10_000), wad(5_000)]);
    });

    it('asks of vega what the move of volatility takes, of either sign [DLT-01]', async () => {
      const { required } = await loadFixture(formulaFixture);
      for (const vega of [wad(-5_000), wad(5_000)]) {
        expect(await required({ vega })).to.deep.equal([wad(1_000), wad(500)]);
      }
    });

    it('scales both moves by dynamic margin, each requirement by its own [DLT-05]', async () => {
      const { required } = await loadFixture(formulaFixture);
      const scales = { initial: 2n * WAD, maintenance: (3n * WAD) / 2n };
      const of = (exposure: Parameters<typeof required>[0]) => required(exposure, { scales });
      expect(await of({ delta: WAD })).to.deep.equal([wad(20_000), wad(7_500)]);
      expect(await of({ vega: wad(5_000) })).to.deep.equal([wad(2_000), wad(750)]);
      expect(await of({ gamma: -wad('0.0001') })).to.deep.equal([wad(20_000), wad('2812.5')]);
    });

    it('is rounded up, term by term [DLT-01]', async () => {
      const { required } = await loadFixture(formulaFixture);
      expect(await required({ delta: 1n }, { index: 1n })).to.deep.equal([1n, 1n]);
      expect(await required({ delta: -1n, vega: -1n, gamma: -1n }, { index: 1n })).to.deep.equal([3n, 3n]);
    });
  });

  describe('report', () => {
    it('says what exposure requires where it is no floor, and asks for none of it [DLT-02] [DLT-03]', async () => {
      const { standard, setTerms, perpetual, option } = await loadFixture(floorFixture);
      const book = [perpetual(2), option(true, 100_000, -1)];
      await setTerms({ isFloor: false });
      const bare = await standard.assess(book);
      const [reported] = await standard.deltaMarginOf(book);
      const [greeks] = await standard.greeksOf(book);
      expect(reported!.greeks).to.deep.equal(greeks);
      expect(reported!.isFloor).to.equal(false);
      expect(reported!.initial).to.be.above(bare.mark.initial);
      await setTerms({ isFloor: true });
      const [floor] = await standard.deltaMarginOf(book);
      // what options are worth goes on moving by the second
      expect(floor!.initial).to.be.closeTo(reported!.initial, wad('0.001'));
      expect([floor!.maintenance < floor!.initial, floor!.isFloor]).to.deep.equal([true, true]);
    });

    it('is nothing where the index is Down, and says so [DLT-07]', async () => {
      const { standard, tell, perpetual } = await loadFixture(floorFixture);
      await tell({ index: { status: PriceStatus.Down } });
      const [{ greeks, initial, maintenance }] = (await standard.deltaMarginOf([perpetual(2)])) as [
        Awaited<ReturnType<typeof standard.deltaMarginOf>>[number],
      ];
      expect([greeks.status, greeks.delta, initial, maintenance]).to.deep.equal([PriceStatus.Down, wad(2), 0n, 0n]);
    });
  });

  describe('floor', () => {
    it('raises what an underlying requires at every side, and equity at none [DLT-03]', async () => {
      const { standard, setTerms, perpetual, option } = await loadFixture(floorFixture);
      const book = [perpetual(2), option(true, 100_000, -1), option(false, 90_000, -1)];
      await setTerms({ isFloor: false });
      const bare = await standard.assess(book);
      await setTerms();
      const raised = await standard.assess(book);
      const [{ initial, maintenance }] = (await standard.deltaMarginOf(book)) as [
        Awaited<ReturnType<typeof standard.deltaMarginOf>>[number],
      ];
      for (const side of ['worse', 'mark', 'better'] as const) {
        expect(bare[side].initial, side).to.be.below(initial);
        expect([raised[side].initial, raised[side].maintenance], side).to.deep.equal([initial, maintenance]);
        // what options are worth goes on moving by the second
        expect(raised[side].equity, side).to.be.closeTo(bare[side].equity, wad('0.01'));
      }
      const opening = await standard.assessSides(book, SIDES.worse);
      expect([[...opening.worse], [...opening.mark]]).to.deep.equal([[...raised.worse], [0n, 0n, 0n]]);
      const held = await standard.assessSides(book, SIDES.held);
      expect([[...held.worse], [...held.mark]]).to.deep.equal([[0n, 0n, 0n], [...raised.mark]]);
    });

    it('asks for nothing more where standard margin asks for as much [DLT-03]', async () => {
      const { standard, setTerms, perpetual } = await loadFixture(floorFixture);
      await setTerms({ moveInitialPpm: 2_000, moveMaintenancePpm: 1_000 });
      const { mark } = await standard.assess([perpetual(2)]);
      expect([mark.initial, mark.maintenance]).to.deep.equal([wad(400), wad(200)]);
    });

    it('asks of a hedged book for the rest of its delta, and what standard margin asks of its parts [DLT-03]', async () => {
      const { standard, perpetual, option } = await loadFixture(floorFixture);
      // a call far in the money moves as the perpetual that hedges it
      const call = option(true, 10_000, 2);
      const open = (await standard.assess([call])).mark;
      expect(open.maintenance).to.be.closeTo(wad(10_000), wad(1));
      const hedged = (await standard.assess([perpetual(-2), call])).mark;
      expect([hedged.initial, hedged.maintenance]).to.deep.equal([wad(400), wad(200)]);
    });

    it('never asks long options for more than they are worth [DLT-04]', async () => {
      const { standard, setTerms, option } = await loadFixture(floorFixture);
      await setTerms(ENDLESS);
      const book = [option(true, 120_000, 3), option(false, 80_000, 2)];
      const { worse, mark, better } = await standard.assess(book);
      for (const { equity, initial, maintenance } of [worse, mark, better]) {
        expect([initial, maintenance]).to.deep.equal([equity, equity]);
      }
    });

    it('never asks a vertical spread for more than it can lose, nor a naked call and a perpetual for more than the index [DLT-04]', async () => {
      const { standard, setTerms, option, perpetual } = await loadFixture(floorFixture);
      await setTerms(ENDLESS);
      const sold = (await standard.assess([option(true, 100_000, -3), option(true, 110_000, 3)])).mark;
      expect(sold.equity - sold.initial).to.equal(wad(-30_000));
      const put = (await standard.assess([option(false, 100_000, -1)])).mark;
      expect(put.equity - put.initial).to.equal(wad(-100_000));
      const naked = (await standard.assess([option(true, 100_000, -1)])).mark;
      expect(naked.initial).to.equal(wad(100_000));
      expect((await standard.assess([perpetual(-2)])).mark.initial).to.equal(wad(200_000));
    });

    it('leaves out what is Down, of exposure and of what can be lost [DLT-07]', async () => {
      const { standard, tell, setTerms, perpetual, option } = await loadFixture(floorFixture);
      await setTerms(ENDLESS);
      const [held, call] = [perpetual(1), option(true, 100_000, -1)];
      await tell({ perpetual: { status: PriceStatus.Down } });
      expect([...(await standard.assess([held, call])).mark]).to.deep.equal([...(await standard.assess([call])).mark]);
      await tell({ volatilityStatus: PriceStatus.Down });
      expect([...(await standard.assess([held, call])).mark]).to.deep.equal([...(await standard.assess([held])).mark]);
    });

    it('asks for all that can be lost of new risk on an index in doubt, and of nobody else [DLT-07]', async () => {
      const { standard, tell, setTerms, perpetual } = await loadFixture(floorFixture);
      const book = [perpetual(2)];
      await tell({ index: { status: PriceStatus.Degraded } });
      const doubtful = await standard.assess(book);
      expect([doubtful.worse.initial, doubtful.mark.initial]).to.deep.equal([wad(200_000), wad(20_000)]);
      await tell({ index: { status: PriceStatus.Down } });
      const unknown = await standard.assess(book);
      expect([unknown.worse.initial, unknown.worse.maintenance]).to.deep.equal([wad(200_000), wad(200)]);
      expect([unknown.mark.initial, unknown.better.maintenance]).to.deep.equal([wad(400), wad(200)]);
      await setTerms({ isFloor: false });
      expect((await standard.assess(book)).worse.initial, 'no floor').to.equal(wad(400));
    });

    it('asks for nothing of what has expired [DLT-07]', async () => {
      const { standard, tell, setTerms, option, expiryIn } = await loadFixture(floorFixture);
      await setTerms(ENDLESS);
      await time.increaseTo(expiryIn(30));
      await tell({ settlement: { price: wad(104_000), status: SettlementStatus.Final } });
      const { mark } = await standard.assess([option(true, 100_000, -2)]);
      expect([...mark]).to.deep.equal([wad(-8_000), 0n, 0n]);
    });

    it('comes back whatever a band says, and whatever an index is [DLT-03] [STD-14]', async () => {
      const { standard, tell, setTerms, perpetual, option } = await loadFixture(floorFixture);
      await setTerms(ENDLESS);
      const book = [perpetual(1, 0), option(true, 100_000, -1), option(false, 100_000, -1)];
      const scales = [16n * WAD, 16n * WAD] as const;
      for (const price of [{ low: 0n }, { high: 2n ** 97n }, { spot: 0n }, { spot: 1n }, { spot: 2n ** 96n - 1n }]) {
        for (const status of [PriceStatus.Down, PriceStatus.Degraded, PriceStatus.Live]) {
          await tell({ index: { ...price, status }, perpetual: { ...price, status }, scales });
          await standard.assess(book);
        }
      }
    });
  });
});
