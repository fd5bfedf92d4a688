import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { encodeSlice, toOption, toPerpetual } from '../../sdk/math';
import { MarketData__factory, StandardMargin__factory } from '../../typechain-types';
import { BTC_RISK, InstrumentKind } from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';
import { PriceStatus } from '../fixtures/oracleFixture';
import { SettlementStatus } from '../fixtures/settlementFixture';
import { DAY, MINUTE, WAD, wad } from '../fixtures/units';

const LIVE = { spot: wad(100_000), low: wad(99_000), high: wad(101_000), updatedAt: 1, status: PriceStatus.Live };
/** 50 % at every strike. */
const FLAT = { a: 25n * 10n ** 8n, b: 0n, rho: 0n, m: 0n, sigma: 10n ** 8n, publishedAt: 1, confidenceBps: 0 };

type Change = Partial<Record<'index' | 'perpetual', Partial<Record<keyof typeof LIVE, bigint | number>>>> & {
  readonly volatilityStatus?: bigint;
  readonly confidenceBps?: number;
  readonly settlement?: { readonly price: bigint; readonly status: bigint };
  readonly window?: { readonly fixedWeight: bigint; readonly fixedAverage: bigint };
};

async function modelFixture() {
  const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
  const data = await new MarketData__factory(deployer).deploy();
  const model = await new StandardMargin__factory(deployer).deploy(data, data, data, data, data);
  const expiry = BigInt(Math.ceil((await time.latest()) / MINUTE) * MINUTE + 30 * DAY);

  const tell = async (change: Change = {}): Promise<void> => {
    await data.setUnderlying(1, {
      index: { ...LIVE, ...change.index },
      perpetual: { ...LIVE, ...change.perpetual },
      risk: BTC_RISK,
      initialScale: WAD,
      maintenanceScale: WAD,
    });
    const { volatilityStatus: status = PriceStatus.Live, confidenceBps = 0 } = change;
    const { window = { fixedWeight: 0n, fixedAverage: 0n }, settlement } = change;
    await data.setExpiry(1, expiry, {
      volatility: { svi: encodeSlice(FLAT), confidenceBps, publishedAt: 1, status },
      ...window,
      settlement: settlement?.price ?? 0n,
      status: settlement?.status ?? SettlementStatus.None,
    });
  };
  const option = (isCall: boolean, strike: number, size: number) => ({
    instrument: toOption({
      kind: Number(isCall ? InstrumentKind.Call : InstrumentKind.Put),
      underlying: 1,
      expiry,
      strike: wad(strike),
    }),
    size: BigInt(size) * WAD,
    costBasis: 0n,
  });
  const perpetual = (size: number, cost: number) => ({
    instrument: toPerpetual(1),
    size: BigInt(size) * WAD,
    costBasis: wad(cost),
  });
  await tell();
  return { model, tell, option, perpetual, expiry };
}

describe('StandardMargin', () => {
  it('measures nothing as nothing [STD-11]', async () => {
    const { model } = await loadFixture(modelFixture);
    const { worse, mark, better, down } = await model.assess([]);
    for (const margin of [worse, mark, better]) expect([...margin]).to.deep.equal([0n, 0n, 0n]);
    expect(down).to.equal(0n);
  });

  it('takes a perpetual at the end of the band that is bad for it [STD-11]', async () => {
    const { model, perpetual } = await loadFixture(modelFixture);
    for (const [size, worth] of [
      [2, -2_000],
      [-2, -2_000],
    ] as const) {
      const { worse, mark, better, notionals } = await model.assess([perpetual(size, size * 100_000)]);
      expect([worse.equity, mark.equity, better.equity]).to.deep.equal([wad(worth), 0n, 0n]);
      expect(notionals).to.deep.equal([wad(200_000)]);
    }
  });

  it('asks for the whole notional where the price of a perpetual is in doubt, and calls by its good end [STD-12]', async () => {
    const { model, tell, perpetual } = await loadFixture(modelFixture);
    await tell({ perpetual: { status: PriceStatus.Degraded } });
    const long = await model.assess([perpetual(2, 200_000)]);
    expect(long.worse.initial).to.equal(wad(202_000));
    expect([long.mark.equity, long.better.equity, long.down]).to.deep.equal([0n, wad(2_000), 0n]);
    await tell({ perpetual: { status: PriceStatus.Down } });
    const { worse, mark, better, down, notionals } = await model.assess([perpetual(-2, -200_000)]);
    expect([worse.equity, worse.initial]).to.deep.equal([wad(-2_000), wad(202_000)]);
    expect([...mark]).to.deep.equal([0n, 0n, 0n]);
    expect([...better], 'requires nothing').to.deep.equal([wad(2_000), 0n, 0n]);
    expect([down, notionals]).to.deep.equal([1n, [0n]]);
  });

  it('takes each option at the bad end of index and volatility [STD-11]', async () => {
    const { model, tell, option } = await loadFixture(modelFixture);
    await tell({ confidenceBps: 1_000 });
    for (const leg of [option(true, 100_000, 1), option(true, 100_000, -1), option(false, 100_000, 1)]) {
      const { worse, mark, better } = await model.assess([leg]);
      expect(worse.equity).to.be.below(mark.equity - wad(500));
      expect([...better]).to.deep.equal([...mark]);
    }
  });

  it('takes an option at the bad end of the index alone where nobody doubts the volatility [STD-11]', async () => {
    const { model, tell, option } = await loadFixture(modelFixture);
    await tell({ confidenceBps: 0 });
    for (const leg of [option(true, 100_000, 1), option(true, 100_000, -1), option(false, 100_000, 1)]) {
      const { worse, mark } = await model.assess([leg]);
      expect(worse.equity).to.be.below(mark.equity - wad(400));
    }
  });

  it('asks of a sold spread what it can lose, and of a bought one nothing more than it cost [STD-07]', async () => {
    const { model, option } = await loadFixture(modelFixture);
    const sold = await model.assess([option(true, 100_000, -3), option(true, 110_000, 3)]);
    for (const margin of [sold.worse, sold.mark]) {
      expect(margin.equity - margin.initial).to.equal(wad(-30_000));
      expect(margin.maintenance).to.be.at.most(margin.initial);
    }
    const bought = await model.assess([option(false, 100_000, -3), option(false, 110_000, 3)]);
    expect(bought.mark.equity).to.be.above(0n);
    expect(bought.mark.initial).to.be.at.most(bought.mark.equity);
  });

  it('asks of a put no more than its strike [STD-07]', async () => {
    const { model, option } = await loadFixture(modelFixture);
    const { mark } = await model.assess([option(false, 4_000, -1)]);
    expect(mark.equity - mark.initial).to.equal(wad(-4_000));
  });

  it('nets nothing across expiries, and asks for what is naked in full [STD-08]', async () => {
    const { model, option } = await loadFixture(modelFixture);
    const naked = (await model.assess([option(true, 110_000, -1)])).mark;
    const covered = (await model.assess([option(true, 100_000, 1), option(true, 110_000, -1)])).mark;
    const half = (await model.assess([option(true, 100_000, 1), option(true, 110_000, -2)])).mark;
    expect(covered.initial).to.be.below(naked.initial);
    expect(half.initial).to.equal(covered.initial + naked.initial);
  });

  it('leaves a long option nothing and a short one all it may pay where index or volatility is in doubt [STD-12]', async () => {
    const { model, tell, option } = await loadFixture(modelFixture);
    for (const change of [
      { index: { status: PriceStatus.Degraded } },
      { volatilityStatus: PriceStatus.Degraded },
    ] as const) {
      await tell(change);
      for (const isCall of [true, false]) {
        const long = await model.assess([option(isCall, 100_000, 1)]);
        expect([...long.worse]).to.deep.equal([0n, 0n, 0n]);
        expect(long.better.equity).to.be.above(long.mark.equity);
        const short = await model.assess([option(isCall, 100_000, -1)]);
        expect(short.worse.equity).to.equal(isCall ? wad(-101_000) : wad(-100_000));
        expect(short.better.equity).to.be.above(short.mark.equity);
      }
    }
  });

  it('leaves out what nobody can price, at its intrinsic value by the good end for calls [STD-12]', async () => {
    const { model, tell, option } = await loadFixture(modelFixture);
    await tell({ volatilityStatus: PriceStatus.Down });
    const legs = [option(true, 100_000, 1), option(true, 110_000, -1)];
    const { mark, better, down } = await model.assess(legs);
    expect([...mark]).to.deep.equal([0n, 0n, 0n]);
    expect([...better]).to.deep.equal([wad(1_000), 0n, 0n]);
    expect(down).to.equal(0b11n);
  });

  it('lets the part of the average that is over move nothing any more [STD-15]', async () => {
    const { model, tell, option, expiry } = await loadFixture(modelFixture);
    await time.increaseTo(expiry - 60n);
    // 29 of 30 minutes at 120,000, and the index is at 100,000 now
    await tell({ window: { fixedWeight: (WAD * 29n) / 30n, fixedAverage: wad(120_000) } });
    const { mark } = await model.assess([option(true, 100_000, 1)]);
    expect(mark.equity).to.be.closeTo(wad(19_333.333), wad(1));
  });

  it('pays at the settlement price once it is known, and requires nothing then [STD-13]', async () => {
    const { model, tell, option, expiry } = await loadFixture(modelFixture);
    await time.increaseTo(expiry);
    const legs = [option(true, 100_000, 2), option(false, 110_000, -1)];
    await tell();
    expect((await model.assess(legs)).down).to.equal(0b11n);
    for (const status of [SettlementStatus.Pending, SettlementStatus.Final]) {
      await tell({ settlement: { price: wad(104_000), status } });
      const { worse, mark, better, down } = await model.assess(legs);
      for (const margin of [worse, mark, better]) expect([...margin]).to.deep.equal([wad(2_000), 0n, 0n]);
      expect(down).to.equal(0n);
    }
    await tell({ settlement: { price: wad(104_000), status: SettlementStatus.Unresolved } });
    expect((await model.assess(legs)).down).to.equal(0b11n);
  });

  it('nets no more, and maybe less, of options that are not in the order of their strikes [STD-08]', async () => {
    const { model, option } = await loadFixture(modelFixture);
    const [sold, bought] = [option(true, 100_000, -1), option(true, 110_000, 1)];
    const [alone, other] = [(await model.assess([sold])).mark, (await model.assess([bought])).mark];
    const inOrder = (await model.assess([sold, bought])).mark;
    const outOfOrder = (await model.assess([bought, sold])).mark;
    expect(inOrder.initial).to.be.below(alone.initial);
    expect(outOfOrder.initial).to.equal(alone.initial + other.initial);
  });

  it('counts nothing of underlyings that there are not, and of the number that none has [STD-14]', async () => {
    const { model, perpetual } = await loadFixture(modelFixture);
    for (const underlying of [0, 7]) {
      const { worse, mark, better, down } = await model.assess([
        { ...perpetual(1, 0), instrument: (BigInt(underlying) << 56n) | InstrumentKind.Perpetual },
      ]);
      for (const margin of [worse, mark, better]) expect([...margin]).to.deep.equal([0n, 0n, 0n]);
      expect(down).to.equal(1n);
    }
  });

  it('comes back whatever a band says [STD-14]', async () => {
    const { model, tell, option, perpetual } = await loadFixture(modelFixture);
    const legs = [perpetual(1, 0), option(true, 100_000, -1), option(false, 100_000, -1)];
    for (const ends of [{ low: 0n }, { high: 2n ** 97n }]) {
      for (const status of [PriceStatus.Down, PriceStatus.Degraded, PriceStatus.Live]) {
        await tell({ index: { ...ends, status }, perpetual: { ...ends, status } });
        await model.assess(legs);
      }
    }
  });
});
