import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { BTC_RISK, BTC_SCENARIOS, DELTA_TERMS } from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';
import { listOwn, tradeOwn } from '../fixtures/ownUnderlying';
import {
  BITCOIN,
  FREE_TERMS,
  PERPETUAL,
  restAt,
  setTerms,
  STAKE,
  trade,
  tradingFixture,
} from '../fixtures/tradingFixture';
import { accountOf, DAY, HOUR, MarginState, MINUTE, usdc, wad } from '../fixtures/units';

/** As much as there are numbers, of whole quote units. */
const MOST = 2n ** 48n - 1n;
/** The largest depth there may be, units as WAD. */
const DEEPEST = (2n ** 96n - 1n) / 10n;

/** The stranger has half of his stake in a second account, and a stolen risk role has just listed his underlying. */
async function ownFixture() {
  const world = await tradingFixture();
  const { vault, quote, bob: thief, bobAccount: long } = world;
  await vault.connect(thief).transfer(long, accountOf(thief, 1), quote, usdc(STAKE / 2));
  const own = await listOwn(world);
  return { ...world, long, own, listedAt: await time.latest() };
}

/** An account by standard margin and one by portfolio margin, long 2 bitcoin and 0.8. */
async function longFixture() {
  const world = await tradingFixture();
  const { vault, instruments, actors, alice, bob, quote, aliceAccount } = world;
  await instruments.connect(actors.risk).setScenarios(BITCOIN, BTC_SCENARIOS);
  const book = accountOf(alice, 1);
  await vault.connect(alice).setMode(book, 2);
  await vault.connect(alice).transfer(aliceAccount, book, quote, usdc(STAKE / 2));
  await vault.connect(alice).withdraw(aliceAccount, quote, usdc(STAKE / 4), alice);
  await trade(world, { buyer: alice, seller: bob, size: 2, price: 40_000 });
  await trade(world, { buyer: alice, seller: bob, size: '0.8', price: 40_000, buyerAccount: book });
  return { ...world, book };
}

describe('Governance attacks: instruments', () => {
  // As V50 of collateral: whoever may set what positions require has those called who were well a moment before.
  it('V50 turns nobody by what positions require from now on [INP-04] [PFM-09] [DLT-06]', async () => {
    const tail = { tailShocksBps: [-9_000, -3_300, 5_000, 50_000], tailWeightsBps: [10_000, 5_000, 4_000, 300] };
    const harsh = { ...BTC_RISK, perpetualInitialPpm: 1_000_000, perpetualMaintenancePpm: 1_000_000 };
    const floor = { ...DELTA_TERMS, moveInitialPpm: 1_000_000, moveMaintenancePpm: 1_000_000, isFloor: true };
    const grid = { ...BTC_SCENARIOS, rangeBps: 9_000, stepBps: 2_250, ...tail } as typeof BTC_SCENARIOS;
    for (const change of ['setRisk', 'setDeltaTerms', 'setScenarios'] as const) {
      const world = await loadFixture(longFixture);
      const { vault, instruments, actors, keeper, aliceAccount, book } = world;
      const account = change === 'setScenarios' ? book : aliceAccount;
      const required = async () => (await vault.assess(account)).assessment.better.maintenance;
      const known = await required();
      const risk = instruments.connect(actors.risk);
      if (change === 'setRisk') await risk.setRisk(BITCOIN, harsh);
      else if (change === 'setDeltaTerms') await risk.setDeltaTerms(BITCOIN, floor);
      else await risk.setScenarios(BITCOIN, grid);
      expect(await required(), change).to.equal(known);
      await expect(vault.connect(keeper).call(account), change).to.be.reverted;
      expect(await vault.stateOf(account), change).to.be.below(MarginState.Callable);
      // over a day, in which whoever is asked for more may move
      await restAt(world, 40_000);
      expect(await vault.stateOf(account), change).to.be.at.least(MarginState.Callable);
    }
  });

  // As V51 of collateral: the role lists an underlying with feeds of its own, wins from itself, and is paid by lenders.
  it('V51 opens nothing for three days in a market that a stolen role lists, however deep it says that it is [INP-07]', async () => {
    const world = await loadFixture(ownFixture);
    const { vault, own, long, listedAt } = world;
    for (const elapsed of [MINUTE, DAY, 2 * DAY, 3 * DAY - MINUTE]) {
      await time.increaseTo(listedAt + elapsed);
      await own.say(100);
      await expect(tradeOwn(world, own.instrument), `${elapsed} s`)
        .to.be.revertedWithCustomError(vault, 'OpenInterestCapExceeded')
        .withArgs(own.instrument, wad(3_000), 0n);
    }
    // if nobody has looked for that long: 2.7 million are won, and a day's growth of what may be paid ahead is 50,000
    await time.increaseTo(listedAt + 3 * DAY + HOUR);
    await own.say(100);
    await tradeOwn(world, own.instrument);
    await own.say(1_000);
    await world.oracle.update([own.key]);
    await time.increaseTo(listedAt + 4 * DAY);
    await own.say(1_000);
    await vault.settle(long, own.instrument);
    expect(await vault.cashOf(long)).to.be.within(wad(STAKE / 2 + 50_000), wad(STAKE / 2 + 50_010));
  });

  it('V51 opens nothing ever in a market that the guardian has seen listed [INP-05]', async () => {
    const world = await loadFixture(ownFixture);
    const { vault, instruments, actors, own, listedAt } = world;
    await time.increaseTo(listedAt + 3 * DAY - MINUTE);
    await instruments.connect(actors.guardian).close(own.number);
    await time.increase(30 * DAY);
    await own.say(100);
    await expect(tradeOwn(world, own.instrument)).to.be.revertedWithCustomError(vault, 'ReduceOnly');
  });

  // The same with an underlying that is there: a loser who cannot pay, and a cap that has no end.
  it('V51 pays 50,000 more in a day to winners after a stolen role has raised what they may be paid ahead [INP-07]', async () => {
    const world = await loadFixture(tradingFixture);
    const { vault, instruments, actors, alice, bob, bobAccount } = world;
    await setTerms(world, { unsettledCap: 1_000 });
    await trade(world, { buyer: bob, seller: alice, size: 8, price: 40_000 });
    await restAt(world, 60_000);
    await instruments.connect(actors.risk).setTradeTerms(BITCOIN, { ...FREE_TERMS, unsettledCap: MOST });
    await vault.settle(bobAccount, PERPETUAL);
    expect(await vault.cashOf(bobAccount)).to.be.within(wad(STAKE + 1_000), wad(STAKE + 1_010));
    await restAt(world, 60_000);
    await vault.settle(bobAccount, PERPETUAL);
    expect(await vault.cashOf(bobAccount)).to.be.within(wad(STAKE + 51_000), wad(STAKE + 51_020));
  });

  // First the depth, so that it is there already when the part of it is raised.
  it('V51 lets no more be open by half in a day for a depth that was declared first [INP-07]', async () => {
    const world = await loadFixture(tradingFixture);
    const { vault, instruments, actors, alice, bob } = world;
    await setTerms(world, { depth: wad(20), perpetualCapBps: 5_000 });
    const risk = instruments.connect(actors.risk);
    await risk.setTradeTerms(BITCOIN, { ...FREE_TERMS, depth: DEEPEST, perpetualCapBps: 5_000 });
    await risk.setTradeTerms(BITCOIN, { ...FREE_TERMS, depth: DEEPEST, perpetualCapBps: 100_000 });
    const buy = (size: number | string) => trade(world, { buyer: alice, seller: bob, size, price: 40_000 });
    await expect(buy('10.1')).to.be.revertedWithCustomError(vault, 'OpenInterestCapExceeded');
    await buy(10);
    await restAt(world, 40_000);
    await expect(buy('5.1')).to.be.revertedWithCustomError(vault, 'OpenInterestCapExceeded');
    await buy(5);
  });
});
