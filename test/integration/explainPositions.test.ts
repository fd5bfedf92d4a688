import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom } from 'viem';

import { renderExplanation } from '../../scripts/explain/renderExplanation';
import { readExplanation, type ReadExplanation } from '../../sdk/explain';
import { MarginMode, toPerpetual, WAD } from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import { createRandom } from '../../sim/random';
import { loadFixture } from '../fixtures/loadFixture';
import { openBooks, quotePrices, twoUnderlyingsFixture } from '../fixtures/mixedBooks';
import {
  moveTo,
  option,
  optionFixture,
  publishFlat,
  restAt,
  trade,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { accountOf, HOUR, MAX_INT256, MINUTE, usdc, wad, wbtc, weth } from '../fixtures/units';

const client = createPublicClient({
  cacheTime: 0,
  transport: custom(
    { request: (request: { method: string; params?: unknown[] }) => hre.network.provider.request(request) },
    { retryCount: 0 },
  ),
});

/** Explains it, and makes sure that chain and sdk agree. */
async function agreed({ manifest }: Pick<TradingWorld, 'manifest'>, account: string): Promise<ReadExplanation> {
  const explanation = await readExplanation(client, { manifest, account: account as `0x${string}` });
  expect(explanation.differences).to.deep.equal([]);
  return explanation;
}

function shown(explanation: ReadExplanation): string {
  return renderExplanation(explanation, { network: 'hardhat', quote: { symbol: 'USDC', decimals: 6 } });
}

/** Alice: a loan against ether, a long perpetual, and a call spread sold. */
async function bookFixture() {
  const w = await optionFixture();
  await w.vault.connect(w.alice).deposit(w.aliceAccount, w.weth.address, weth(10));
  await trade(w, { buyer: w.alice, seller: w.bob, size: 4, price: 40_000 });
  for (const [strike, isBought] of [
    [42_000, false],
    [44_000, true],
  ] as const) {
    const instrument = option(w, true, strike);
    const [mark] = await w.standardMargin.markOf(instrument);
    const [buyer, seller] = isBought ? [w.alice, w.bob] : [w.bob, w.alice];
    await trade(w, { buyer, seller, size: 2, price: hre.ethers.formatEther(mark), instrument });
  }
  return w;
}

async function liquidate({ vault, bidder, bidderAccount, aliceAccount }: TradingWorld): Promise<void> {
  await vault.connect(bidder).liquidate(aliceAccount, bidderAccount, WAD, MAX_INT256, '0x');
}

describe('explanations of positions', () => {
  it('show each position with value, requirement and formula, equal to the chain [SDK-11]', async () => {
    const w = await loadFixture(bookFixture);
    const explanation = await agreed(w, w.aliceAccount);
    expect(explanation.positions.map(({ name }) => name)).to.deep.equal([
      'WBTC perpetual',
      ...explanation.positions.slice(1).map(({ name }) => name),
    ]);
    const [set] = explanation.sets;
    // a spread of 2,000 on two units can lose no more than 4,000, whatever its legs require alone
    const alone = explanation.positions.slice(1).reduce((sum, position) => sum + position.alone.initial, 0n);
    expect(set!.together.initial < alone && set!.together.initial <= wad(4_000)).to.equal(true);
    const text = shown(explanation);
    for (const part of ['WBTC perpetual', 'WBTC call 42,000', 'netted', '|q| p (s rm + slope |q|)', 'Black-76']) {
      expect(text).to.include(part);
    }
    expect(text).to.match(/\d+ numbers computed here are the chain's, to the last digit$/);
  });

  it('show net exposures, and what a floor of them asks for on top, equal to the chain [SDK-11] [DLT-02] [DLT-03]', async () => {
    const w = await loadFixture(bookFixture);
    const terms = {
      moveInitialPpm: 40_000,
      moveMaintenancePpm: 20_000,
      volatilityInitialBps: 1_200,
      volatilityMaintenanceBps: 600,
      isFloor: false,
    };
    await w.instruments.connect(w.actors.risk).setDeltaTerms(1, terms);
    const reported = await agreed(w, w.aliceAccount);
    const [exposure] = reported.exposures;
    expect(exposure!.together).to.deep.equal(exposure!.standard);
    expect(exposure!.initial > wad(4_000)).to.equal(true);
    for (const part of ['net exposure', 'reported only', 'WBTC delta margin Ri'])
      expect(shown(reported)).to.include(part);

    const floor = { ...terms, moveInitialPpm: 300_000, moveMaintenancePpm: 200_000, isFloor: true };
    await w.instruments.connect(w.actors.risk).setDeltaTerms(1, floor);
    // the ramp of its maintenance terms takes a day
    await restAt(w, 40_000);
    await publishFlat(w);
    const raised = await agreed(w, w.aliceAccount);
    const [{ together, standard, initial, maintenance }] = raised.exposures as [(typeof raised.exposures)[number]];
    expect([together.initial, together.maintenance]).to.deep.equal([initial, maintenance]);
    expect(together.maintenance > standard.maintenance).to.equal(true);
    for (const part of ['a floor', 'WBTC positions Rm']) expect(shown(raised)).to.include(part);
  });

  it('say how a call is cured, and what moves would do [SDK-11]', async () => {
    const w = await loadFixture(bookFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 9, price: 40_000 });
    let before = await agreed(w, w.aliceAccount);
    for (let price = 39_000; before.state !== 'Callable'; price -= 100) {
      await moveTo(w, price);
      before = await agreed(w, w.aliceAccount);
    }
    expect(before.cures[0]).to.deep.include({ goal: 'health one', by: 'cash' });
    await w.vault.connect(w.keeper).call(w.aliceAccount);
    const called = await agreed(w, w.aliceAccount);
    const [cure] = called.cures;
    expect([cure!.goal, cure!.by]).to.deep.equal(['cured', 'cash']);
    // what options are worth goes on moving by the second
    await w.vault.connect(w.lender).transfer(w.lent, w.aliceAccount, w.quote, cure!.amount! + usdc(1));
    await w.vault.clear(w.aliceAccount);
    const [move] = called.moves;
    const healths = move!.outcomes.map(({ health }) => health);
    expect(healths[0]! < healths.at(-1)!).to.equal(true);
    expect(shown(called)).to.include('health if one underlying moved');
    await time.increase(HOUR);
    await moveTo(w, 36_000);
    expect((await agreed(w, w.aliceAccount)).liquidation.refusal).to.equal(null);
  });

  it('say what has no price, and what has expired', async () => {
    const w = await loadFixture(bookFixture);
    await w.perpetual.feed.setReverting(true);
    const down = await agreed(w, w.aliceAccount);
    expect(down.positions.map(({ isDown }) => isDown)).to.deep.equal([true, false, false]);
    await time.increaseTo(Number(w.expiry) + MINUTE);
    const expired = await agreed(w, w.aliceAccount);
    expect(expired.positions.at(-1)!.status).to.equal('settles: Unresolved');
    expect(shown(expired)).to.include('nothing prices it');
  });

  it('name the scenario that decides a portfolio account, and what it requires less for its own collateral [SDK-06] [PFM-07]', async () => {
    const w = await loadFixture(twoUnderlyingsFixture);
    const { vault, alice, bob } = w;
    const account = accountOf(alice, 5);
    await vault.connect(alice).setMode(account, MarginMode.Portfolio);
    await vault.connect(alice).deposit(account, w.wbtc.address, wbtc(1));
    const call = option(w, true, 42_000);
    const [mark] = await w.standardMargin.markOf(call);
    const sell = { buyer: bob, seller: alice, sellerAccount: account, size: 1, instrument: call };
    await trade(w, { ...sell, price: hre.ethers.formatEther(mark) });
    const covered = await agreed(w, account);
    expect([covered.mode, covered.worst.length]).to.deep.equal(['Portfolio', 1]);
    const [worst] = covered.worst;
    expect(worst!.hasCollateral).to.equal(true);
    // with the coin in the book it is a fall that hurts, without it would be a rise
    expect(worst!.factor < wad(1)).to.equal(true);
    await trade(w, { ...sell, price: 40_000, instrument: toPerpetual(1) });
    const both = await agreed(w, account);
    expect(both.sets[0]!.name).to.equal('WBTC book');
    const text = shown(both);
    for (const part of ['a portfolio account', 'WBTC worst scenario', 'most lost in any', 'WBTC book, netted'])
      expect(text).to.include(part);
    expect(text).not.to.include('|q| p (s rm');
    await moveTo(w, 50_000);
    await agreed(w, account);
  });

  it('explain a portfolio account that has a loan and no positions [SDK-11]', async () => {
    const w = await loadFixture(twoUnderlyingsFixture);
    const account = accountOf(w.alice, 6);
    await w.vault.connect(w.alice).setMode(account, MarginMode.Portfolio);
    await w.vault.connect(w.alice).deposit(account, w.weth.address, weth(5));
    await w.vault.connect(w.alice).borrow(account, usdc(6_000), w.alice);
    const { legs, triggers, worst } = await agreed(w, account);
    expect([legs.length, triggers.length, worst.length]).to.deep.equal([1, 1, 0]);
  });

  it('agree that the pace holds positions up in the market of their index [BKL-04] [SDK-11]', async () => {
    const w = await loadFixture(bookFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 9, price: 40_000 });
    await w.policy.connect(w.actors.risk).setPace(w.wbtc.address, { capacity: wad(40_000), refillPerSecond: wad(2) });
    let now = await agreed(w, w.aliceAccount);
    for (let price = 39_000; now.state !== 'Callable'; price -= 100) {
      await moveTo(w, price);
      now = await agreed(w, w.aliceAccount);
    }
    await w.vault.connect(w.keeper).call(w.aliceAccount);
    await time.increase(11 * MINUTE);
    const slice = await agreed(w, w.aliceAccount);
    expect([slice.state, slice.liquidation.paced]).to.deep.equal(['Liquidatable', true]);
    await liquidate(w);
    const next = await agreed(w, w.aliceAccount);
    expect(next.liquidation.paced || next.liquidation.refusal?.rule === 'pace').to.equal(true);
  });

  it('agree that the fund takes no positions over, however small the collateral [CLO-11] [SDK-11]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await moveTo(w, 36_000);
    const { closeOut, liquidation } = await agreed(w, w.aliceAccount);
    expect(liquidation.refusal).to.equal(null);
    expect(closeOut).to.deep.equal({
      closable: false,
      why: 'positions are for liquidators alone, the fund takes none over',
    });
  });

  it('agree with the chain for mixed books [SDK-11]', async function () {
    this.timeout(120_000);
    const world = await loadFixture(twoUnderlyingsFixture);
    const random = createRandom(SEED);
    const accounts = await openBooks(world, { random, count: 2, positions: 6 });
    for (const change of [1, 0.8, 1.25]) {
      for (const underlying of world.underlyings) await quotePrices(underlying, change);
      for (const account of accounts) await agreed(world, account);
    }
  });
});
