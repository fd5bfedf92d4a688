import { mine, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createClient, custom, type Address } from 'viem';

import { createKeeper } from '../../keeper';
import { createLogger } from '../../keeper/log/createLogger';
import { createMetrics } from '../../keeper/metrics/createMetrics';
import { parseKeeperConfig } from '../../keeper/config';
import { loadFixture } from '../fixtures/loadFixture';
import { moveTo, option, optionFixture, PERPETUAL, restAt, trade, type TradingWorld } from '../fixtures/tradingFixture';
import { accountOf, HOUR, MINUTE, wad } from '../fixtures/units';

/** A keeper on the in-process chain, whose account the node signs for. */
function openKeeper({ manifest, bidder }: TradingWorld, flags: Record<string, string | boolean> = {}) {
  const request = (call: { method: string; params?: unknown[] }) => hre.network.provider.request(call);
  const transport = custom({ request }, { retryCount: 0 });
  return createKeeper({
    client: createClient({ transport }),
    wallet: createClient({ transport, account: bidder.address as Address }),
    deployment: manifest,
    config: parseKeeperConfig({ flags: { poke: false, ...flags } }),
    logger: createLogger({ level: 'silent' }),
    clock: { now: () => Date.now(), sleep: () => Promise.resolve() },
    metrics: createMetrics(),
  });
}

/** Alice is long bitcoin and a call, bob has the other side. */
async function bookFixture() {
  const w = await optionFixture();
  const call = option(w, true, 42_000);
  const [mark] = await w.standardMargin.markOf(call);
  await trade(w, { buyer: w.alice, seller: w.bob, size: 10, price: 40_000 });
  await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: hre.ethers.formatEther(mark), instrument: call });
  return { ...w, call };
}

describe('keeper, of positions', () => {
  it('calls and takes over an account that owes nothing but for its positions [KPR-15]', async () => {
    const w = await loadFixture(bookFixture);
    const keeper = openKeeper(w, { funding: false });
    await restAt(w, 38_350);
    const called = await keeper.pass();
    expect(called.actions.map(({ kind, result }) => [kind, result])).to.deep.include(['call', 'mined']);
    await time.increase(15 * MINUTE);
    await moveTo(w, 38_350);
    const { actions } = await keeper.pass();
    expect(actions.find(({ kind, result }) => kind === 'liquidate' && result === 'mined')).to.deep.include({
      mode: 'capital',
    });
    const [taken] = await w.vault.positionOf(accountOf(w.bidder), PERPETUAL);
    expect(taken > 0n).to.equal(true);
  });

  it('samples a window, settles losers and then winners at the final price, and looks after funding [KPR-16]', async () => {
    const w = await loadFixture(bookFixture);
    const keeper = openKeeper(w, { liquidate: 'none', calls: false, reportLosses: false });
    for (let left = 1_740; left > 0; left -= 120) {
      await time.increaseTo(Number(w.expiry) - left - 2);
      await moveTo(w, 43_000);
      await keeper.pass();
    }
    await time.increaseTo(Number(w.expiry) + 2 * HOUR + 1);
    const { settlementOf } = w.settlementFeed;
    expect(await settlementOf(w.wbtc.address, w.expiry)).to.deep.equal([wad(43_000), 3n]);
    const before = await w.vault.cashOf(w.aliceAccount);
    const { actions } = await keeper.pass();
    const jobs = actions.filter(({ kind, result }) => (kind === 'settle' || kind === 'funding') && result === 'mined');
    expect(jobs.map(({ kind, reason }) => [kind, reason])).to.deep.include.members([
      ['settle', 'lost'],
      ['funding', 'interval_passed'],
    ]);
    await mine();
    for (let i = 0; i < 3; ++i) {
      await keeper.pass();
      await mine();
    }
    expect((await w.vault.cashOf(w.aliceAccount)) - before).to.equal(wad(1_000));
    for (const account of [w.aliceAccount, w.bobAccount]) {
      expect((await w.vault.positionOf(account, w.call))[0]).to.equal(0n);
    }
    const { fundingAt } = await w.vault.marketOf(1);
    expect(Number(fundingAt)).to.be.greaterThan(Number(w.expiry));
  });
});
