import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { loadFixture } from '../fixtures/loadFixture';
import {
  moveTo,
  option,
  optionFixture,
  PERPETUAL,
  STAKE,
  trade,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { DAY, HOUR, MINUTE, usdc, wad } from '../fixtures/units';

/** Twice and four times the least bonus of 5. */
const LEAST = wad(10);
const LEAST_INITIAL = wad(20);

describe('LeastRequirement', () => {
  const assessmentOf = async ({ vault }: TradingWorld, account: string) => (await vault.assess(account)).assessment;

  it('is asked of the least book, on all three sides [POS-07]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: '0.005', price: 40_000 });
    for (const account of [w.aliceAccount, w.bobAccount]) {
      const { worse, mark, better } = await assessmentOf(w, account);
      for (const { initial, maintenance } of [worse, mark, better]) {
        expect([initial, maintenance]).to.deep.equal([LEAST_INITIAL, LEAST]);
      }
    }
  });

  it('adds nothing to what is above it [POS-07]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_000 });
    const { mark } = await assessmentOf(w, w.aliceAccount);
    const alone = await w.standardMargin.assess([{ instrument: PERPETUAL, size: wad(2), costBasis: wad(80_000) }]);
    expect([mark.initial, mark.maintenance]).to.deep.equal([alone.mark.initial, alone.mark.maintenance]);
  });

  it('is asked of who is short an option, and not of who is long [POS-07]', async () => {
    const w = await loadFixture(optionFixture);
    const call = option(w, true, 60_000);
    await trade(w, { buyer: w.alice, seller: w.bob, size: '0.005', price: 1, instrument: call });
    const long = await assessmentOf(w, w.aliceAccount);
    expect(long.mark.maintenance).to.be.below(LEAST);
    // with one of a higher strike he can lose no more than 5
    await trade(w, { buyer: w.bob, seller: w.alice, size: '0.005', price: 1, instrument: option(w, true, 61_000) });
    const short = await assessmentOf(w, w.bobAccount);
    expect([short.mark.initial, short.mark.maintenance]).to.deep.equal([LEAST_INITIAL, LEAST]);
    // a long one with a debt beside it may come to owe more than it is worth
    const { cash, collateral, positions, account, mode } = await w.vault.portfolio(w.aliceAccount);
    expect(cash > 0n && collateral.length === 0).to.equal(true);
    const [held] = positions;
    const portfolio = {
      account,
      mode,
      cash: -1n,
      collateral: [],
      positions: [{ instrument: held!.instrument, size: held!.size, costBasis: held!.costBasis }],
    };
    expect((await w.engine.assess(portfolio)).mark.maintenance).to.equal(LEAST);
  });

  it('is not asked of what only waits to be settled [POS-07]', async () => {
    const w = await loadFixture(optionFixture);
    const put = option(w, false, 38_000);
    const price = Number((await w.standardMargin.markOf(put))[0] / 10n ** 18n);
    await trade(w, { buyer: w.alice, seller: w.bob, size: '0.1', price, instrument: put });
    for (let at = Number(w.expiry) - HOUR / 2; at < Number(w.expiry); at += 2 * MINUTE) {
      await time.increaseTo(at);
      await moveTo(w, 40_000);
      await w.settlementFeed.record(w.wbtc.address, w.expiry);
    }
    await time.increaseTo(Number(w.expiry) + MINUTE);
    expect((await assessmentOf(w, w.bobAccount)).mark.maintenance).to.equal(0n);
    await w.vault.connect(w.bob).withdraw(w.bobAccount, w.quote, usdc(STAKE), w.bob);
  });

  it('calls nobody while a leg is Down, and lets nobody open anything [POS-07]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: '0.005', price: 40_000 });
    await time.increase(3 * DAY);
    const { worse, mark, better, downLegs } = await assessmentOf(w, w.aliceAccount);
    expect(downLegs).to.equal(1n);
    expect([mark.maintenance, better.maintenance]).to.deep.equal([0n, 0n]);
    expect(worse.initial >= LEAST_INITIAL && worse.maintenance >= LEAST).to.equal(true);
  });
});
