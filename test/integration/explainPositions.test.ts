import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom } from 'viem';

import { renderExplanation } from '../../scripts/explain/renderExplanation';
import { readExplanation, type ReadExplanation } from '../../sdk/explain';
import { SEED } from '../../sdk/testing/arbitraries';
import { createRandom } from '../../sim/random';
import { loadFixture } from '../fixtures/loadFixture';
import { openBooks, quotePrices, twoUnderlyingsFixture } from '../fixtures/mixedBooks';
import { moveTo, option, optionFixture, trade, type TradingWorld } from '../fixtures/tradingFixture';
import { HOUR, MINUTE, usdc, wad, weth } from '../fixtures/units';

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
