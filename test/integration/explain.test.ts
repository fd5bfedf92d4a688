import { mine, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom, type PublicClient } from 'viem';

import { readExplanation, type ReadExplanation } from '../../sdk/explain';
import { MarginMode, type AccountId } from '../../sdk/math';
import { renderExplanation } from '../../scripts/explain/renderExplanation';
import { fillReserves, liquidate } from '../fixtures/actions';
import { disputedFixture } from '../fixtures/disputedFixture';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, mixedLoanFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { sequencedFixture } from '../fixtures/sequencedFixture';
import { accountOf, HOUR, usdc, wad, weth } from '../fixtures/units';

type Request = { method: string; params?: unknown[] };

function clientThat(request: (request: Request) => Promise<unknown>): PublicClient {
  return createPublicClient({ cacheTime: 0, transport: custom({ request }, { retryCount: 0 }) });
}

const ask = (request: Request): Promise<unknown> => hre.network.provider.request(request);
const client = clientThat(ask);

/** A node that gives logs of so many blocks at once. */
function limitedTo(most: number): PublicClient {
  return clientThat((request) => {
    const [filter] = (request.params ?? []) as { fromBlock: string; toBlock: string }[];
    const isLong = request.method === 'eth_getLogs' && Number(filter?.toBlock) - Number(filter?.fromBlock) + 1 > most;
    return isLong ? Promise.reject(new Error('block range is too wide')) : ask(request);
  });
}

async function explain(
  { manifest }: Market,
  account: string,
  blockNumber?: bigint,
  from = client,
): Promise<ReadExplanation> {
  return readExplanation(from, { manifest, account: account as AccountId, blockNumber });
}

/** Explains it, and makes sure that chain and sdk agree. */
async function agreed(market: Market, account: string = market.account): Promise<ReadExplanation> {
  const explanation = await explain(market, account);
  expect(explanation.differences).to.deep.equal([]);
  return explanation;
}

/** Why it cannot be explained. */
async function failure(attempt: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await attempt.then(
    () => new Error('it was explained'),
    (thrown: unknown) => thrown,
  );
  return error as { code: string; message: string };
}

async function isolatedLoanFixture() {
  const market = await marketFixture();
  const { vault, borrower, weth: eth } = market;
  const account = accountOf(borrower, 2);
  await vault.connect(borrower).setMode(account, MarginMode.Isolated);
  await vault.connect(borrower).deposit(account, eth.address, weth(5));
  await vault.connect(borrower).borrow(account, usdc(7_000), borrower);
  await setPrice(eth, 1_700);
  return { ...market, account };
}

describe('readExplanation', () => {
  it('says which account nobody has used, and which is only empty now', async () => {
    const market = await loadFixture(marketFixture);
    const { vault, borrower, weth: asset } = market;
    const account = accountOf(borrower, 3);
    expect(await failure(explain(market, account))).to.deep.include({ code: 'account_unused' });
    await vault.connect(borrower).deposit(account, asset.address, weth(1));
    await vault.connect(borrower).withdraw(account, asset.address, weth(1), borrower);
    expect(await agreed(market, account)).to.deep.include({ isEmpty: true, state: 'Healthy', cash: 0n });
  });

  it('finds who never used an account, and who called it, where the node limits ranges of logs [SDK-12]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, borrower, stranger, account, weth: asset } = market;
    const limited = limitedTo(7);
    const unused = explain(market, accountOf(borrower, 3), undefined, limited);
    expect(await failure(unused)).to.deep.include({ code: 'account_unused' });
    await setPrice(asset, 1_700);
    await vault.connect(stranger).call(account);
    const { call } = await explain(market, account, undefined, limited);
    expect(call?.record?.caller).to.equal(stranger.address);
  });

  it('never says that an account was used where the node does not tell [SDK-12]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, borrower, stranger, account, weth: asset } = market;
    const naming = { network: 'here', quote: market.manifest.quote };
    const silent = limitedTo(0);
    const empty = await explain(market, accountOf(borrower, 3), undefined, silent);
    expect(empty).to.deep.include({ isEmpty: true, isKnownUsed: false });
    expect(renderExplanation(empty, naming)).to.match(
      /\nnothing is in this account; the node does not tell whether anybody ever used it$/,
    );
    await setPrice(asset, 1_700);
    await vault.connect(stranger).call(account);
    const called = await explain(market, account, undefined, silent);
    expect(called).to.deep.include({ isKnownUsed: true });
    expect(called.call?.record).to.equal(undefined);
    expect(renderExplanation(called, naming)).to.match(/\nmargin call {4}the node does not tell who made it; \d+ live/);
  });

  it('says which blocks there are not, and of which the node has no state', async () => {
    const market = await loadFixture(loanFixture);
    const head = BigInt(await time.latestBlock());
    const { startBlock } = market.manifest;
    const old = head - 1n;
    const pruned = clientThat((request) => {
      const [, block] = request.params ?? [];
      const refused = request.method === 'eth_getCode' && block === `0x${old.toString(16)}`;
      return refused ? Promise.reject(new Error('missing trie node 12ab')) : ask(request);
    });
    const [missing, early, gone] = await Promise.all([
      failure(explain(market, market.account, head + 1n)),
      failure(explain(market, market.account, BigInt(startBlock))),
      failure(explain(market, market.account, old, pruned)),
    ]);
    expect([missing.code, early.code, gone.code]).to.deep.equal([
      'block_missing',
      'before_deployment',
      'state_missing',
    ]);
    expect(gone.message).to.contain('missing trie node').and.to.contain('archive');
  });

  it('agrees with the chain on a loan, before and after each step of a margin call [SDK-06]', async () => {
    const market = await loadFixture(loanFixture);
    const { account, vault, stranger } = market;
    const seen: (string | undefined)[][] = [];
    const look = async (): Promise<void> => {
      const { state, liquidation } = await agreed(market);
      seen.push([state, liquidation.refusal?.rule]);
    };
    await look();
    await setPrice(market.weth, 1_750);
    await time.increase(HOUR / 2);
    await look();
    await setPrice(market.weth, 1_700);
    await look();
    const foreseen = (await agreed(market)).callPossible;
    await vault.connect(stranger).call(account);
    await look();
    const { call } = await agreed(market);
    expect(foreseen).to.deep.equal({ grace: call && call.deadline - call.calledAt, fee: call?.record?.fee });
    await time.increase(600);
    await look();
    await setPrice(market.weth, 1_400);
    await look();
    expect(seen).to.deep.equal([
      ['Healthy', 'healthy'],
      ['Restricted', 'healthy'],
      ['Callable', 'not called'],
      ['Called', 'grace'],
      ['Liquidatable', undefined],
      ['Insolvent', undefined],
    ]);
  });

  it('agrees on legs of every price status at once, and on an isolated account [SDK-06]', async () => {
    const mixed = await loadFixture(mixedLoanFixture);
    expect((await agreed(mixed, mixed.account)).legs.map(({ price }) => price.status)).to.deep.equal([2, 0, 1]);
    const isolated = await loadFixture(isolatedLoanFixture);
    expect((await agreed(isolated, isolated.account)).mode).to.equal('Isolated');
  });

  it('agrees in a pause, while the sequencer is down, where the pace binds, and where the fund may close out', async () => {
    const sequenced = await loadFixture(sequencedFixture);
    await time.increaseTo(sequenced.deadline + 60n);
    await setPrice(sequenced.weth, 1_700);
    expect((await agreed(sequenced)).liquidation.refusal).to.equal(null);
    await sequenced.oracle.update([sequenced.weth.address]);
    await time.increase(8_000);
    await setPrice(sequenced.weth, 1_700);
    expect((await agreed(sequenced)).closeOut.closable).to.equal(true);
    await sequenced.uptime.push(1);
    await setPrice(sequenced.weth, 1_700);
    expect((await agreed(sequenced)).liquidation.refusal?.rule).to.equal('sequencer');
    await sequenced.vault.connect(sequenced.guardian).pause();
    expect((await agreed(sequenced)).liquidation.refusal?.rule).to.equal('paused');

    const paced = await loadFixture(calledWhereThePaceIs);
    const { liquidation } = await agreed(paced);
    expect(liquidation.paced).to.equal(true);
    await liquidate(paced);
    expect((await agreed(paced)).liquidation.refusal?.rule).to.equal('pace');
  });

  it('agrees that the fund takes over nothing whose worth is in dispute, however long it has waited [SDK-06] [CLO-01]', async () => {
    const market = await loadFixture(disputedFixture);
    const { sides, liquidation, closeOut } = await agreed(market);
    expect(sides.mark.equity).to.be.below(0n);
    expect(sides.better.equity).to.be.above(wad(600));
    expect(liquidation.refusal).to.equal(null);
    expect(closeOut.closable).to.equal(false);
    expect(closeOut.why).to.match(
      /^its sources disagree about it: at spot it is worth -4\d\d\.\d\d, at its better prices 6\d\d\.\d\d$/,
    );
  });

  it('explains an older block as it was then, call and all [SDK-05] [SDK-06]', async () => {
    const market = await loadFixture(loanFixture);
    const { account, vault, stranger, weth: asset } = market;
    const before = BigInt(await time.latestBlock());
    await setPrice(asset, 1_700);
    await vault.connect(stranger).call(account);
    const called = BigInt(await time.latestBlock());
    await fillReserves(market, wad(100));
    await setPrice(asset, 1_400);
    await mine(3);
    const [then, later, now] = await Promise.all([
      explain(market, account, before),
      explain(market, account, called),
      explain(market, account),
    ]);
    expect([then.state, later.state, now.state]).to.deep.equal(['Healthy', 'Called', 'Insolvent']);
    expect([then, later, now].flatMap(({ differences }) => differences)).to.deep.equal([]);
    expect([then.call, then.block.number, then.legs[0]?.price.spot]).to.deep.equal([null, before, wad(2_000)]);
    expect(later.call?.record).to.deep.include({ block: called, caller: stranger.address, fee: wad(1) });
  });

  it('is true of what would cure a call: the amount does, and a unit less does not', async () => {
    const market = await loadFixture(loanFixture);
    const { account, vault, stranger, borrower, weth: asset } = market;
    await setPrice(asset, 1_700);
    await vault.connect(stranger).call(account);
    const { cures } = await agreed(market);
    const [cash, more] = cures.map(({ amount }) => amount ?? 0n) as [bigint, bigint];
    // 10 at 1,700 count 13,600, required are 3,400: 14,001 of debt and a buffer of 2 % of those
    expect(cash).to.equal(usdc(469) + 1n);
    const snapshot: unknown = await hre.network.provider.send('evm_snapshot', []);
    await vault.connect(borrower).repay(account, cash - 2n);
    await expect(vault.clear(account)).to.be.revertedWithCustomError(vault, 'NotCured');
    await vault.connect(borrower).repay(account, 2n);
    await vault.clear(account);
    await hre.network.provider.send('evm_revert', [snapshot]);
    await vault.connect(borrower).deposit(account, asset.address, more - 1n);
    await expect(vault.clear(account)).to.be.revertedWithCustomError(vault, 'NotCured');
    await vault.connect(borrower).deposit(account, asset.address, 1n);
    await vault.clear(account);
  });
});

/** The called loan past its deadline, in a market where 2,000 of WETH may be sold at once. */
async function calledWhereThePaceIs(): Promise<Market> {
  const market = await loanFixture();
  const { account, vault, stranger, weth: asset } = market;
  await market.policy
    .connect(market.risk)
    .setPace(asset.address, { capacity: wad(2_000), refillPerSecond: wad('0.03') });
  await setPrice(asset, 1_600);
  await vault.connect(stranger).call(account);
  await time.increase(700);
  return market;
}
