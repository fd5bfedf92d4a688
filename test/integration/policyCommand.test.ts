import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { loadFixture } from '../fixtures/loadFixture';
import { openMarket, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { runScript } from '../fixtures/runScript';
import { DEPLOYMENTS, serveDeployment } from '../fixtures/servedDeployment';
import { openSystem, shippedConfig } from '../fixtures/systemFixture';
import { testPolicy } from '../fixtures/testPolicy';
import { moveTo, PERPETUAL, restAt, trade, tradingFixture } from '../fixtures/tradingFixture';
import { accountOf, DAY, HOUR, MarginState, usdc, weth } from '../fixtures/units';

const NETWORK = 'policy-command-test';
const FOLDER = join(DEPLOYMENTS, NETWORK);
const FILE = join(FOLDER, 'wanted.json');
/** Of the risk role in the shipped configuration. */
const DELAY = 60;

/** The usual loan, where roles wait as on a development chain. */
async function delayedLoanFixture() {
  return withLoan(await openMarket(await openSystem({ policy: testPolicy(), config: shippedConfig() })));
}

const PERPETUAL_ONLY = 1;
const LOAN_BY_PORTFOLIO = 2;

/** Of Alice an account with a perpetual and ether, one with a loan by portfolio margin, and one with a debt of cents beside a position. */
async function booksFixture() {
  const w = await tradingFixture();
  const { vault, alice, bob, aliceAccount } = w;
  const owned = vault.connect(alice);
  const [book, loan] = [PERPETUAL_ONLY, LOAN_BY_PORTFOLIO].map((index) => accountOf(alice, index)) as [string, string];
  await owned.deposit(book, w.weth.address, weth(10));
  await trade(w, { buyer: alice, buyerAccount: book, seller: bob, size: 16, price: 40_000 });
  await owned.setMode(loan, 2);
  await owned.deposit(loan, w.weth.address, weth(10));
  await owned.borrow(loan, usdc(14_000), alice);
  await owned.deposit(aliceAccount, w.weth.address, weth(5));
  await trade(w, { buyer: alice, seller: bob, size: 1, price: 40_000 });
  await owned.withdraw(aliceAccount, w.quote, usdc(20_000), alice);
  await restAt(w, 39_990);
  await setPrice(w.weth, 2_000);
  await w.vault.connect(bob).settle(aliceAccount, PERPETUAL);
  return w;
}

/** Maintenance 10 % to 24 % and initial 19 % to 30 % for WETH, and a cap, rates and terms that move. */
function tighter() {
  const policy = testPolicy();
  const { WETH } = policy.collaterals;
  if (WETH === undefined) throw new Error('the test policy has no WETH');
  return {
    ...policy,
    collaterals: {
      ...policy.collaterals,
      WETH: { ...WETH, maintenanceHaircutPercent: 24, initialHaircutPercent: 30, supplyCapTokens: 500 },
    },
    cash: { ...policy.cash, baseRatePercent: 1 },
    liquidation: { ...policy.liquidation, criticalHealth: 0.7, maxGraceSeconds: 1_200 },
  };
}

describe('npm run policy', function () {
  this.timeout(120_000);

  const served = serveDeployment(NETWORK);
  let market: Market;

  beforeEach(async () => {
    market = await loadFixture(delayedLoanFixture);
    served.write(market.manifest);
    writeFileSync(FILE, JSON.stringify(tighter()));
  });

  const policy = (...args: string[]) => runScript('policy', [...args, ...served.flags()]);
  /** The cells of each line. */
  const rowsOf = (stdout: string): string[][] => stdout.split('\n').map((line) => line.trim().split(/ {2,}/));

  it('ends with one line and code 1 on whatever is wrong [DEP-06] [PCM-05]', async () => {
    const foreign = join(FOLDER, 'foreign.json');
    const { WETH, WBTC, LINK } = testPolicy().collaterals;
    writeFileSync(foreign, JSON.stringify({ ...testPolicy(), collaterals: { WETH, WBTC, LINK, DOGE: WETH } }));
    const outcomes = await Promise.all([
      policy('diff', 'nowhere'),
      policy('diff', foreign),
      runScript('policy', ['check', '--network', 'nowhere']),
      runScript('policy', ['status', '--network', NETWORK, '--rpc', 'http://127.0.0.1:1']),
      policy('propose', FILE, '--dryrun'),
      policy('execute', `0x${'12'.repeat(32)}`),
    ]);
    for (const { code, stderr } of outcomes) {
      expect(stderr).to.match(/^error: [^\n]+\n$/);
      expect(code).to.equal(1);
    }
    expect(outcomes[1].stderr).to.contain('DOGE is not listed on the chain');
    expect(outcomes[5].stderr).to.contain('is not scheduled by');
  });

  it('diff shows each field, how it comes, and whom it would turn and when [PCM-01]', async () => {
    const { code, stdout, stderr } = await policy('diff', FILE);
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    const rows = rowsOf(stdout);
    for (const row of [
      ['maintenanceHaircutBps', '10.00 %', '24.00 %', 'ramped'],
      ['initialHaircutBps', '19.00 %', '30.00 %', 'instant'],
      ['supplyCap', '1,000 tokens', '500 tokens', 'instant'],
      ['baseRateBps', '0.00 %', '1.00 %', 'delayed'],
      ['criticalHealthBps', '0.6000', '0.7000', 'ramped'],
      ['maxGrace', '600 s', '1200 s', 'delayed'],
    ]) {
      expect(rows).to.deep.include(row);
    }
    // 20,000 of which 76 % * 8/9 count: health 6,000 / 6,488.89
    const { borrower, account } = market;
    const turned = rows.find(([first]) => first === `${borrower.address}#0`);
    expect(turned?.slice(1, 6)).to.deep.equal(['14,000.00', '1.5000', '0.9246', 'Healthy → Callable', '488.88']);
    expect(stdout).to.contain(
      "of 1 account with debts or positions, at today's prices and debts: could be called 1 (owing 14,000.00 USDC)",
    );

    // and so it comes on the chain, but for the interest until then
    const planned = (text: string | undefined): number => Date.parse(text ?? '') / 1_000;
    const after = planned(turned?.[6]) - planned(/could be made from (\S+) on/.exec(stdout)?.[1]);
    await policy('propose', FILE, '--yes');
    await time.increase(DELAY);
    await policy('execute');
    const { ramp } = await market.policy.collateralTarget(market.weth.address);
    for (const [hours, state] of [
      [-1, MarginState.Restricted],
      [1, MarginState.Callable],
    ] as const) {
      await time.increaseTo(Number(ramp.startedAt) + after + hours * HOUR);
      await setPrice(market.weth, 2_000);
      expect(await market.vault.stateOf(account)).to.equal(state);
    }
  });

  it('diff and check measure accounts with positions, in every margin mode [PCM-01] [PCM-02]', async () => {
    const w = await loadFixture(booksFixture);
    served.write(w.manifest);
    const { stdout, stderr, code } = await policy('diff', FILE);
    expect([stderr, code]).to.deep.equal(['', 0]);
    expect(stdout).to.contain("of 4 accounts with debts or positions, at today's prices and debts: could be called 1 ");
    expect(stdout).to.contain('kept from new risk 1 ');
    const rows = rowsOf(stdout);
    const stateOf = (signer: { address: string }, index = 0) =>
      rows.find(([first]) => first === `${signer.address}#${index}`)?.[4];
    expect(stateOf(w.alice, PERPETUAL_ONLY)).to.equal('Healthy → Restricted');
    expect(stateOf(w.alice, LOAN_BY_PORTFOLIO)).to.equal('Healthy → Callable');

    const before = await policy('check');
    expect([before.stdout.includes('dust'), before.stdout.includes('maintenance')]).to.deep.equal([false, false]);
    await moveTo(w, 36_000);
    const after = await policy('check');
    expect(after.code).to.equal(1);
    const breach = rowsOf(after.stdout).find((row) => row.includes(`${w.alice.address}#${PERPETUAL_ONLY}`));
    expect(breach?.slice(0, 2)).to.deep.equal(['breach', 'maintenance']);
  });

  it('diff lists debts below a raised least debt, and says what it cannot measure [PCM-01] [PCM-03]', async () => {
    const file = testPolicy();
    const { WETH } = file.collaterals;
    if (WETH === undefined) throw new Error('the test policy has no WETH');
    const oracle = { ...WETH.oracle, openAgeSeconds: 600, liquidationAgeSeconds: 1_200 };
    const cash = { ...file.cash, minDebtQuote: 15_000 };
    writeFileSync(
      FILE,
      JSON.stringify({ ...file, cash, collaterals: { ...file.collaterals, WETH: { ...WETH, oracle } } }),
    );
    const { stdout, stderr } = await policy('diff', FILE);
    expect(stderr).to.equal('');
    expect(stdout).to.contain('none would stand worse');
    expect(stdout).to.contain('1 debt below the new least debt');
    expect(stdout).to.contain(`  ${market.borrower.address}#0  14,000.00\n`);
    expect(stdout).to.contain('\nnot measured: WETH: a change of its feed (openAge, liquidationAge)');
    const json = JSON.parse((await policy('diff', FILE, '--json')).stdout) as { dust: unknown; unmeasured: string[] };
    expect(json.dust).to.deep.equal([{ account: market.account, debt: '14000000000000000000000' }]);
    expect(json.unmeasured).to.have.length(1);
    expect((await policy('propose', FILE)).stderr).to.match(/^error: nothing was scheduled: /);
  });

  it('says where a file and the chain agree', async () => {
    writeFileSync(FILE, JSON.stringify(testPolicy()));
    const [diff, propose] = await Promise.all([policy('diff', FILE), policy('propose', FILE)]);
    expect(diff.stdout).to.contain('nothing would change');
    expect(propose.stdout).to.contain('there is nothing to propose');
    expect(JSON.parse((await policy('diff', FILE, '--json')).stdout)).to.deep.include({ calls: [], impacts: [] });
  });

  it('proposes once, waits, executes and settles, and status follows [PCM-03] [PCM-04]', async () => {
    const dry = await policy('propose', FILE, '--dry-run');
    expect(dry.stdout).to.match(/WETH: setCollateral, operation 0x[0-9a-f]{64}\n0x[0-9a-f]+/);
    expect((await policy('status')).stdout).to.contain('nothing is scheduled');

    const refused = await policy('propose', FILE);
    expect(refused.stdout).to.contain('could be called 1 (owing 14,000.00 USDC)');
    expect(refused.stderr).to.match(
      /^error: nothing was scheduled: accounts would be turned, .* add --yes if that is meant\n$/,
    );
    expect(refused.code).to.equal(1);
    expect((await policy('status')).stdout).to.contain('nothing is scheduled');

    const proposed = await policy('propose', FILE, '--yes');
    expect(proposed.stderr).to.equal('');
    expect(proposed.stdout).to.contain('could be called 1 (owing 14,000.00 USDC)');
    const ids = [...proposed.stdout.matchAll(/^(0x[0-9a-f]{64}) {2}(\S+): (\w+), executable from/gm)];
    expect(ids.map(([, , subject, call]) => [subject, call])).to.deep.equal([
      ['cash', 'setCashTerms'],
      ['liquidation', 'setLiquidationTerms'],
      ['WETH', 'setCollateral'],
    ]);
    expect(dry.stdout).to.contain(ids[2]?.[1]);
    const again = await policy('propose', FILE, '--yes');
    expect([again.code, again.stderr]).to.deep.equal([0, '']);
    expect(again.stdout).to.contain('all of it is scheduled already');
    const early = await policy('execute', ids[0]?.[1] ?? '');
    expect(early.stderr).to.match(/^error: 0x\w+ waits until /);
    expect((await policy('execute')).stdout).to.contain('nothing is ready');
    expect((await policy('status')).stdout).to.match(/setCollateral\(WETH\) +waiting/);

    await time.increase(DELAY);
    expect((await policy('status')).stdout).to.match(/setCollateral\(WETH\) +ready/);
    const executed = await policy('execute');
    expect(executed.stderr).to.equal('');
    expect(executed.stdout.match(/executed: /g)).to.have.length(3);
    await time.increase(DAY);
    const running = await policy('status');
    expect(running.stdout).to.contain('nothing is scheduled');
    const [line] = rowsOf(running.stdout).filter(([what]) => what === 'WETH maintenance haircut');
    expect(line?.slice(1, 4)).to.deep.equal(['10.00 %', '12.00 %', '24.00 %']);

    await time.increase(6 * DAY);
    expect((await policy('settle')).stdout).to.contain('settled: WETH');
    expect((await policy('settle')).stdout).to.contain('no ramp has ended');
    expect((await policy('status')).stdout).to.contain('nothing ramps or grows');
    expect((await policy('diff', FILE)).stdout).to.contain('nothing would change');
  });

  it('releases first what the guardian has restricted and the file loosens [PCM-03] [V52]', async () => {
    const { actors, weth: asset } = market;
    await market.policy.connect(actors.guardian).lowerBorrowCap(50_000);
    await market.policy.connect(actors.guardian).lowerSupplyCap(asset.address, weth(50));
    const file = testPolicy();
    writeFileSync(FILE, JSON.stringify(file));
    const proposed = await policy('propose', FILE);
    expect(proposed.stderr).to.equal('');
    const calls = [...proposed.stdout.matchAll(/^0x[0-9a-f]{64} {2}(\S+: \w+), executable from/gm)].map(
      ([, call]) => call,
    );
    expect(calls).to.deep.equal(['cash: release', 'cash: setCashTerms', 'WETH: release', 'WETH: setCollateral']);
    await time.increase(DELAY);
    const executed = await policy('execute');
    expect(executed.stderr).to.equal('');
    expect((await market.policy.cashTarget()).target.borrowCap).to.equal(BigInt(file.cash.borrowCapQuote));
    await time.increase(DAY);
    const [line] = rowsOf((await policy('status')).stdout).filter(([what]) => what === 'borrow cap');
    expect(line?.slice(1, 4).join(' ')).to.match(/^50,000 100,00\d 150,000$/); // and what the seconds of the test give
    expect(await market.policy.restrictedAt(asset.address)).to.equal(0n);
  });

  it('says of what expired that it must be proposed again [PCM-04] [V52]', async () => {
    const [, id = ''] = /^(0x[0-9a-f]{64}) {2}/m.exec((await policy('propose', FILE, '--yes')).stdout) ?? [];
    await time.increase(8 * DAY);
    expect((await policy('status')).stdout).to.contain('expired');
    expect((await policy('execute', id)).stderr).to.match(/^error: 0x\w+ expired .*: propose it again\n$/);
    expect((await policy('propose', FILE, '--yes')).code).to.equal(0);
  });

  it('check ends with code 0 where all is well, and with 1 and the rule where it is not [PCM-02]', async () => {
    const well = await policy('check');
    expect(well.stderr).to.equal('');
    expect(well.stdout).to.contain('everything is as the policy has it');
    expect(well.code).to.equal(0);

    const { vault, actors, borrower, account, weth: asset } = market;
    await vault.connect(borrower).deposit(account, asset.address, weth(75));
    await market.policy.connect(actors.guardian).lowerSupplyCap(asset.address, weth(50));
    await market.policy.connect(actors.guardian).lowerBorrowCap(13_000);
    await setPrice(asset, 200);
    const found = JSON.parse((await policy('check', '--json')).stdout) as {
      findings: { severity: string; rule: string; subject: string; detail: string }[];
    };
    expect(found.findings.map(({ severity, rule }) => [severity, rule])).to.deep.equal([
      ['breach', 'supply cap'],
      ['breach', 'borrow cap'],
      ['breach', 'concentration'],
      ['note', 'maintenance'],
    ]);
    await time.increase(2 * HOUR);
    const old = await policy('check');
    expect(old.code).to.equal(1);
    expect(old.stdout).to.match(/breach +price +WETH +Degraded, 2 h old/);
  });

  it('check finds an account that nobody has called, and one short of initial margin [PCM-02]', async () => {
    const { borrower, vault, account, weth: asset } = market;
    await setPrice(asset, 1_700);
    const called = await policy('check');
    expect(called.code).to.equal(1);
    expect(called.stdout).to.match(/breach +maintenance +\S+#0 +health 0\.\d+: Callable, and nobody has called it/);
    await vault.connect(borrower).repay(account, usdc(800));
    const short = await policy('check');
    expect(short.code).to.equal(0);
    expect(short.stdout).to.match(/note +initial +\S+#0 +health 1\.\d+, and .* short of initial margin/);
  });
});
