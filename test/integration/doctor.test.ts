import { impersonateAccount, setBalance, setCode, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre, { ethers } from 'hardhat';
import { createPublicClient, custom, type PublicClient } from 'viem';

import { inspectDeployment } from '../../deploy';
import { diagnose, type Check } from '../../sdk/doctor';
import { pickBlock } from '../../sdk/explain';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, openMarket, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { FeedMode } from '../fixtures/oracleFixture';
import { sequencedFixture } from '../fixtures/sequencedFixture';
import { developmentConfig, openSystem, shippedConfig } from '../fixtures/systemFixture';
import { TEST_CASH_TERMS, testPolicy } from '../fixtures/testPolicy';
import { HOUR, wad, weth } from '../fixtures/units';

type Request = { method: string; params?: unknown[] };

function clientThat(request: (request: Request) => Promise<unknown>): PublicClient {
  return createPublicClient({ cacheTime: 0, transport: custom({ request }, { retryCount: 0 }) });
}

const ask = (request: Request): Promise<unknown> => hre.network.provider.request(request);
const client = clientThat(ask);

/** The usual loan, where roles wait as on a development chain. */
async function delayedLoanFixture() {
  return withLoan(await openMarket(await openSystem({ policy: testPolicy(), config: shippedConfig() })));
}

/** The same where no role waits. */
async function directLoanFixture() {
  return withLoan(await openMarket(await openSystem({ policy: testPolicy(), config: developmentConfig() })));
}

async function examine({ manifest }: Market, from = client, fromBlock?: bigint): Promise<Check[]> {
  const block = await pickBlock(from, { manifest });
  return [
    ...(await inspectDeployment(from, { manifest, artifacts: hre.config.paths.artifacts })),
    ...(await diagnose(from, { manifest, block, fromBlock })),
  ];
}

const named = (checks: readonly Check[], outcome: Check['outcome']): string[] =>
  checks.filter((check) => check.outcome === outcome).map(({ name }) => name);

describe('doctor', function () {
  this.timeout(60_000);

  it('finds nothing amiss in a deployment that is well [DOC-01]', async () => {
    const checks = await examine(await loadFixture(delayedLoanFixture));
    expect(checks.filter(({ outcome }) => outcome !== 'ok')).to.deep.equal([]);
    expect(new Set(checks.map(({ name }) => name)).size).to.equal(checks.length);
    const detail = (name: string): string | undefined => checks.find((check) => check.name === name)?.detail;
    expect(detail('P1 custody WETH')).to.equal('holds 10, credited 10, as the accounts sum up');
    expect(detail('P4 debt and collateral')).to.equal('1 accounts owe, each has collateral');
    expect(detail('calls')).to.equal('0 run, none is overdue; the lowest health is 1.5000');
  });

  it('tells of a borrow cap that grows [DOC-01]', async () => {
    const market = await loadFixture(loanFixture);
    await market.policy.connect(market.risk).setCashTerms({ ...TEST_CASH_TERMS, borrowCap: 300_000 });
    const checks = await examine(market);
    const detail = (name: string): string | undefined => checks.find((check) => check.name === name)?.detail;
    expect(detail('borrow cap')).to.equal('14,000.00 of 150,000 USDC is owed; the cap grows to 300,000');
    expect(detail('ramps')).to.match(/^borrow cap until /);
  });

  /** What each fault is found as. */
  const FAULTS: readonly (readonly [string, readonly string[], (market: Market) => Promise<unknown>])[] = [
    [
      'a role that was granted to a stranger',
      ['role risk'],
      ({ manager, admin, stranger }) => manager.connect(admin).grantRole(2, stranger, 0),
    ],
    [
      'a guardian that is gone',
      ['role guardian'],
      ({ manager, admin, guardian }) => manager.connect(admin).revokeRole(1, guardian),
    ],
    [
      'a function that was given to another role',
      ['functions'],
      ({ manager, admin, vault }) =>
        manager.connect(admin).setTargetFunctionRole(vault, [vault.interface.getFunction('unpause').selector], 1),
    ],
    [
      'a role that the guardian, who does not wait, may grant',
      ['grants and cancelling'],
      ({ manager, admin }) => manager.connect(admin).setRoleAdmin(2, 1),
    ],
    [
      'calls that anybody may cancel',
      ['grants and cancelling'],
      ({ manager, admin }) => manager.connect(admin).setRoleGuardian(3, 2n ** 64n - 1n),
    ],
    [
      'a contract that is closed to its roles',
      ['open targets'],
      ({ manager, admin, policy }) => manager.connect(admin).setTargetClosed(policy, true),
    ],
    [
      'another waterfall',
      ['wiring'],
      async ({ vault, governor, stranger }) => vault.connect(governor).setWaterfall(stranger),
    ],
    ['a dead feed', ['price WETH', 'price WBTC', 'price LINK'], () => time.increase(4 * HOUR)],
    ['a feed that says nonsense', ['price WETH', 'source WETH'], ({ weth: { feed } }) => feed.push(-1)],
    [
      'a cap that is passed, of a collateral and of debt',
      ['cap WETH', 'borrow cap'],
      async ({ policy, guardian, weth: { address } }) => {
        await policy.connect(guardian).lowerSupplyCap(address, weth(9));
        await policy.connect(guardian).lowerBorrowCap(13_000);
      },
    ],
    ['a pause', ['pause'], ({ vault, guardian }) => vault.connect(guardian).pause()],
    [
      'tokens that are missing',
      ['P1 custody WETH', 'P1 custody USDC'],
      async ({ vault, weth: { token }, quote, stranger }) => {
        const address = await vault.getAddress();
        await impersonateAccount(address);
        await setBalance(address, wad(1));
        const thief = await ethers.getSigner(address);
        await token.connect(thief).transfer(stranger, 1n);
        await quote.connect(thief).transfer(stranger, 2n);
      },
    ],
    ['an account that owes more than it has', ['bad debt'], ({ weth: asset }) => setPrice(asset, 1_300)],
    [
      'a call that nobody acts on',
      ['calls'],
      async ({ vault, account, stranger, weth: asset, wbtc, link }) => {
        await setPrice(asset, 1_700);
        await vault.connect(stranger).call(account);
        await time.increase(3 * HOUR);
        for (const [each, price] of [
          [asset, 1_700],
          [wbtc, 40_000],
          [link, 15],
        ] as const) {
          await setPrice(each, price);
        }
      },
    ],
  ];
  for (const [fault, names, cause] of FAULTS) {
    it(`finds ${fault} [DOC-02]`, async () => {
      const market = await loadFixture(directLoanFixture);
      await cause(market);
      const checks = await examine(market);
      expect(named(checks, 'failure')).to.deep.equal(names);
      for (const check of checks.filter(({ outcome }) => outcome === 'failure')) expect(check.advice).not.to.equal('');
    });
  }

  it('finds tranches that are entered or left too soon [DOC-02]', async () => {
    const checks = await examine(await loadFixture(loanFixture));
    expect(named(checks, 'failure')).to.deep.equal(['junior delays', 'senior delays']);
    expect(checks.find(({ name }) => name === 'junior delays')?.detail).to.equal(
      'enters after 0 s, leaves after 7 d, within 2 d: entryDelay is below 60 min, so money comes and goes around losses and gains',
    );
  });

  it('finds other code at an address, and goes on with what still answers [DOC-02]', async () => {
    const market = await loadFixture(loanFixture);
    await setCode(market.manifest.contracts.CloseOut.address, '0xfe');
    const checks = await examine(market);
    const [code] = checks;
    expect([code?.name, code?.outcome]).to.deep.equal(['code', 'failure']);
    expect(code?.detail).to.contain('the code of CloseOut at 0x');
    expect(named(checks, 'ok')).to.include('role guardian');
  });

  it('warns of roles that do not wait, prices of one source, calls that could be made, losses reported, and what is scheduled', async () => {
    const market = await loadFixture(loanFixture);
    const { openLosses, account, weth: asset } = market;
    await setPrice(asset, 1_700);
    expect(named(await examine(market), 'warning')).to.deep.equal([
      'role risk',
      'role governor',
      'role admin',
      'delays',
      'second source WETH',
      'second source WBTC',
      'second source LINK',
      'calls',
    ]);
    await setPrice(asset, 1_300);
    await openLosses.report(account);
    expect(named(await examine(market), 'warning')).to.include('open losses');

    const delayed = await loadFixture(delayedLoanFixture);
    const { manager, vault, governor, stranger } = delayed;
    const data = vault.interface.encodeFunctionData('setWaterfall', [stranger.address]);
    await manager.connect(governor).schedule(vault, data, 0);
    const found = (await examine(delayed)).filter(({ outcome }) => outcome === 'warning');
    expect(found.map(({ name }) => name)).to.deep.equal(['operations']);
    expect(found[0]?.detail).to.contain(`by ${governor.address}, waits until`);
  });

  it('finds a sequencer that is reported down, and its grace', async () => {
    const market = await loadFixture(sequencedFixture);
    const found = async (): Promise<Check | undefined> =>
      (await examine(market)).find(({ name }) => name === 'sequencer');
    expect((await found())?.outcome).to.equal('ok');
    await market.uptime.push(1);
    expect((await found())?.outcome).to.equal('failure');
    await market.uptime.push(0);
    expect((await found())?.outcome).to.equal('warning');
  });

  it('finds a dead uptime feed, under which a price of now is Degraded and one of before Down [DOC-02, ORC-19]', async () => {
    const market = await loadFixture(sequencedFixture);
    await market.uptime.setMode(FeedMode.Reverts);
    // prices from before the last change that was recorded
    const of = async (name: string): Promise<Check | undefined> =>
      (await examine(market)).find((check) => check.name === name);
    await time.increase(2 * HOUR);
    await setPrice(market.weth, 1_700);
    expect((await of('sequencer'))?.outcome).to.equal('failure');
    expect((await of('sequencer'))?.detail).to.contain('does not answer: no price is Live');
    expect((await of('price WETH'))?.detail).to.match(/^Degraded: /);
    expect((await of('price WBTC'))?.detail).to.match(/^Down: /);
  });

  it('skips what it cannot know, with the reason: logs refused, or not from the start [DOC-03]', async () => {
    const market = await loadFixture(delayedLoanFixture);
    const { address } = market.manifest.contracts.MarginVault;
    const refusing = clientThat((request) => {
      const refused =
        request.method === 'eth_getLogs' &&
        JSON.stringify(request.params).toLowerCase().includes(address.toLowerCase());
      return refused ? Promise.reject(new Error('logs are for paying customers')) : ask(request);
    });
    const unknown = await examine(market, refusing);
    expect(named(unknown, 'failure')).to.deep.equal([]);
    const skipped = unknown.filter(({ outcome }) => outcome === 'skipped');
    expect(skipped.map(({ name }) => name)).to.deep.equal([
      'accrual',
      'P2 debts',
      'P3 credits',
      'P4 debt and collateral',
      'bad debt',
      'calls',
    ]);
    expect(skipped[1]?.detail).to.contain('logs are for paying customers');

    const late = await examine(market, client, BigInt(await time.latestBlock()));
    expect(named(late, 'skipped')).to.deep.equal(['P2 debts', 'P3 credits']);
    expect(named(late, 'failure')).to.deep.equal([]);
  });
});
