import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { toPerpetual } from '../../sdk/math';
import { loadFixture } from '../fixtures/loadFixture';
import {
  BITCOIN,
  FREE_TERMS,
  moveTo,
  option,
  optionFixture,
  PERPETUAL,
  publishFlat,
  restAt,
  setTerms,
  surplusOf,
  trade,
  TRADED_RISK,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { accountOf, DAY, HOUR, MAX_INT256, MINUTE, usdc, WAD, wad, weth } from '../fixtures/units';

/** Sizes are whole multiples of it, WAD. */
const LOT = 10n ** 9n;
/** Reserves are kept in billionths of a quote unit. */
const DUST = 10n ** 10n;

describe('Liquidator, of positions', () => {
  const all = (w: TradingWorld) => [w.aliceAccount, w.bobAccount, w.lent, w.bidderAccount, accountOf(w.keeper)];
  const healthOf = async (w: TradingWorld, account: string) => w.engine.health(await readPortfolio(w, account));
  const readPortfolio = async (w: TradingWorld, account: string) => {
    const { mode, cash, collateral, positions } = await w.vault.portfolio(account);
    return {
      account,
      mode,
      cash,
      collateral: collateral.map(({ asset, amount }) => ({ asset, amount })),
      positions: positions.map(({ instrument, size, costBasis }) => ({ instrument, size, costBasis })),
    };
  };
  const planOf = async ({ vault }: TradingWorld) => {
    const [event] = await vault.queryFilter(vault.filters.Liquidated(), 'latest');
    if (event === undefined) throw new Error('nothing was liquidated');
    return event.args.plan;
  };
  const liquidate = (w: TradingWorld, fraction = WAD, account = w.aliceAccount) =>
    w.vault.connect(w.bidder).liquidate(account, w.bidderAccount, fraction, MAX_INT256, '0x');

  /** Alice is long 12 bitcoin from 40,000 on 20,000 of cash; at 38,700 her health is 0.89, and her grace is over. */
  async function sunkFixture() {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await restAt(w, 38_700);
    await w.vault.connect(w.keeper).call(w.aliceAccount);
    await time.increase(11 * MINUTE);
    return w;
  }

  it('calls an account for its perpetual, and sells no more of it than restores its health [BKL-01]', async () => {
    const w = await sunkFixture();
    const before = (await w.vault.assess(w.aliceAccount)).assessment;
    await liquidate(w);
    const plan = await planOf(w);
    expect(plan.fraction > 0n && plan.fraction < WAD).to.equal(true);
    const after = (await w.vault.assess(w.aliceAccount)).assessment;
    const [left] = await w.vault.positionOf(w.aliceAccount, PERPETUAL);
    const [taken] = await w.vault.positionOf(w.bidderAccount, PERPETUAL);
    expect(left + taken).to.equal(wad(12));
    expect(taken).to.be.within((wad(12) * plan.fraction) / WAD - LOT, (wad(12) * plan.fraction) / WAD);
    expect(after.mark.equity).to.be.closeTo(before.mark.equity - plan.bonus - plan.fee, wad('0.01'));
    expect(await healthOf(w, w.aliceAccount)).to.be.within(wad('1.25'), wad('1.6'));
    expect((await w.vault.callOf(w.aliceAccount)).calledAt).to.equal(0n);
    // it has only changed hands
    expect((await w.vault.marketOf(BITCOIN)).perpetualLots).to.equal(12n * 10n ** 9n);
    expect(await surplusOf(w, all(w))).to.be.within(0n, DUST);
  });

  it('nets what the bidder takes over with what he has [BKL-01]', async () => {
    const w = await sunkFixture();
    await trade(w, { buyer: w.bob, seller: w.bidder, size: 3, price: 38_700 });
    expect((await w.vault.marketOf(BITCOIN)).perpetualLots).to.equal(12n * 10n ** 9n);
    await liquidate(w);
    const [left] = await w.vault.positionOf(w.aliceAccount, PERPETUAL);
    const [own] = await w.vault.positionOf(w.bidderAccount, PERPETUAL);
    expect(left + own).to.equal(wad(9));
    expect((await w.vault.marketOf(BITCOIN)).perpetualLots * 10n ** 9n).to.equal(left + (own > 0n ? own : 0n));
    expect(await surplusOf(w, all(w))).to.be.within(0n, DUST);
  });

  it('takes over its part of what a closed perpetual is still owed for [BKL-01]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, alice, bob, lender, keeper, aliceAccount, bobAccount, bidderAccount } = w;
    await setTerms(w, { unsettledCap: 0 });
    await trade(w, { buyer: alice, seller: bob, size: 1, price: 40_000 });
    await restAt(w, 40_500);
    await trade(w, { buyer: lender, seller: alice, size: 1, price: 40_500 });
    expect(await vault.positionOf(aliceAccount, PERPETUAL)).to.deep.equal([0n, wad(-500)]);
    await publishFlat(w);
    const call = option(w, true, 42_000);
    const price = Number((await w.standardMargin.markOf(call))[0] / WAD);
    await trade(w, { buyer: bob, seller: alice, size: 2, price, instrument: call });
    await moveTo(w, 49_500);
    await vault.connect(keeper).call(aliceAccount);
    await time.increase(11 * MINUTE);
    await liquidate(w, WAD / 4n);
    expect(await vault.positionOf(aliceAccount, PERPETUAL)).to.deep.equal([0n, wad(-375)]);
    expect(await vault.positionOf(bidderAccount, PERPETUAL)).to.deep.equal([0n, wad(-125)]);
    // each is paid as soon as the loser has paid
    await restAt(w, 49_500);
    await vault.settle(bobAccount, PERPETUAL);
    for (const [account, paid] of [
      [aliceAccount, wad(375)],
      [bidderAccount, wad(125)],
    ] as const) {
      await expect(vault.settle(account, PERPETUAL))
        .to.emit(vault, 'PositionSettled')
        .withArgs(account, PERPETUAL, paid);
    }
  });

  it('leaves an option alone of which the part is less than a lot [BKL-01]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, alice, bob, aliceAccount, bidderAccount } = w;
    const call = option(w, true, 44_000);
    const price = Number((await w.standardMargin.markOf(call))[0] / WAD);
    await trade(w, { buyer: alice, seller: bob, size: '0.1', price, instrument: call });
    await trade(w, { buyer: alice, seller: bob, size: 12, price: 40_000 });
    await restAt(w, 38_700);
    await publishFlat(w);
    await vault.connect(w.keeper).call(aliceAccount);
    await time.increase(11 * MINUTE);
    // of a long tenth less than a billionth
    await liquidate(w, 9n * 10n ** 9n);
    expect((await vault.portfolio(bidderAccount)).positions.map(({ instrument }) => instrument)).to.deep.equal([
      PERPETUAL,
    ]);
    expect((await vault.positionOf(aliceAccount, call))[0]).to.equal(wad('0.1'));
  });

  it('takes a whole book of loan, collaterals, perpetual and options in one step [BKL-01] [POS-05]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, alice, bob, aliceAccount } = w;
    await vault.connect(alice).deposit(aliceAccount, w.weth.address, weth(10));
    const strikes = [36_000, 38_000, 42_000, 44_000];
    for (const strike of strikes) {
      const call = option(w, true, strike);
      const price = Number((await w.standardMargin.markOf(call))[0] / WAD);
      await trade(w, { buyer: bob, seller: alice, size: 1, price, instrument: call });
    }
    await trade(w, { buyer: bob, seller: alice, size: 2, price: 40_000 });
    await vault.connect(alice).borrow(aliceAccount, usdc(12_000), alice);
    await moveTo(w, 46_500);
    await publishFlat(w);
    expect(await healthOf(w, aliceAccount)).to.be.below(wad('0.6'));
    const before = await readPortfolio(w, aliceAccount);
    expect(before.positions).to.have.length(5);
    await liquidate(w);
    const left = await readPortfolio(w, aliceAccount);
    const taken = await readPortfolio(w, w.bidderAccount);
    for (const [i, { size, instrument }] of before.positions.entries()) {
      const of = (positions: typeof taken.positions) => positions.find((p) => p.instrument === instrument)?.size ?? 0n;
      expect(of(left.positions) + of(taken.positions), `position ${i}`).to.equal(size);
    }
    expect(taken.positions).to.have.length(5);
    expect(taken.collateral).to.have.length(1);
    expect(await surplusOf(w, all(w))).to.be.within(0n, DUST);
  });

  it('leaves a position where it is whose price is dead, and sells the rest [BKL-02]', async () => {
    const w = await loadFixture(optionFixture);
    const { vault, alice, bob, aliceAccount } = w;
    const call = option(w, true, 44_000);
    const price = Number((await w.standardMargin.markOf(call))[0] / WAD);
    await trade(w, { buyer: bob, seller: alice, size: '0.1', price, instrument: call });
    await trade(w, { buyer: alice, seller: bob, size: 12, price: 40_000 });
    // nobody publishes a volatility any more
    await time.increase(3 * HOUR);
    await moveTo(w, 38_600);
    await vault.connect(w.keeper).call(aliceAccount);
    await time.increase(11 * MINUTE);
    const { downLegs, legValues } = (await vault.assess(aliceAccount)).assessment;
    expect([downLegs, legValues.length]).to.deep.equal([0b10n, 2]);
    await liquidate(w);
    expect((await vault.positionOf(aliceAccount, call))[0]).to.equal(wad('-0.1'));
    expect((await vault.positionOf(w.bidderAccount, call))[0]).to.equal(0n);
    expect((await vault.positionOf(w.bidderAccount, PERPETUAL))[0] > 0n).to.equal(true);
  });

  it('closes a position whose rest would be below the least debt [BKL-03]', async () => {
    const w = await loadFixture(tradingFixture);
    const { vault, alice, bob, aliceAccount } = w;
    await trade(w, { buyer: alice, seller: bob, size: '0.02', price: 40_000 });
    await vault.connect(alice).withdraw(aliceAccount, w.quote, usdc(STAKE_LEFT), alice);
    await moveTo(w, 39_230);
    expect((await vault.preview(aliceAccount, WAD)).fraction).to.equal(WAD);
    await liquidate(w);
    expect((await vault.portfolio(aliceAccount)).positions).to.have.length(0);
    expect((await vault.portfolio(w.bidderAccount)).positions).to.have.length(1);
  });

  it('is paced by what is sold in the market of the index [BKL-04]', async () => {
    const w = await sunkFixture();
    await w.policy.connect(w.actors.risk).setPace(w.wbtc.address, { capacity: wad(40_000), refillPerSecond: wad(2) });
    await liquidate(w);
    const [taken] = await w.vault.positionOf(w.bidderAccount, PERPETUAL);
    expect((taken * 38_700n) / WAD).to.be.within(39_990n, 40_010n);
    expect(await w.vault.paceAvailable(w.wbtc.address)).to.be.below(wad(20));
  });

  it('is not paced where the index is no collateral, so that nobody can set a pace [BKL-04] [POL-14]', async () => {
    const w = await loadFixture(tradingFixture);
    const { address: index } = w.perpetual;
    await w.instruments.connect(w.actors.risk).listUnderlying(index, index, TRADED_RISK, FREE_TERMS);
    await time.increase(4 * DAY);
    await restAt(w, 40_000);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000, instrument: toPerpetual(2) });
    await restAt(w, 38_700);
    await w.vault.connect(w.keeper).call(w.aliceAccount);
    await time.increase(11 * MINUTE);
    await moveTo(w, 38_700);
    expect(await w.vault.paceAvailable(index)).to.equal(2n ** 128n - 1n);
    await liquidate(w);
    expect((await planOf(w)).fraction).to.be.within(1n, WAD - 1n);
  });

  it('reverts with TooManyPositions where the bidder can hold no more [BKL-05]', async () => {
    const w = await sunkFixture();
    await w.vault.connect(w.bidder).setMode(w.bidderAccount, 1);
    const call = option(w, true, 42_000);
    await publishFlat(w);
    await trade(w, { buyer: w.bidder, seller: w.bob, size: '0.1', price: 200, instrument: call });
    await expect(liquidate(w)).to.be.revertedWithCustomError(w.vault, 'TooManyPositions').withArgs(w.bidderAccount, 1n);
    await setTerms(w, {});
  });
});

/** Of the stake of 20,000 all but 20.2. */
const STAKE_LEFT = '19979.8';
