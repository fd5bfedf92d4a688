import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { toTradeTerms } from '../../deploy/plan/instrumentParams';
import { toPerpetual } from '../../sdk/math';
import { MockAggregator__factory } from '../../typechain-types';
import { loadFixture } from '../fixtures/loadFixture';
import { openMarket, setPrice } from '../fixtures/marketFixture';
import { runScript } from '../fixtures/runScript';
import { DEPLOYMENTS, serveDeployment } from '../fixtures/servedDeployment';
import { namedPolicy, openSystem, shippedConfig } from '../fixtures/systemFixture';
import { tradeArguments } from '../fixtures/tradingFixture';
import { accountOf, DAY, HOUR, MarginState, usdc, wad } from '../fixtures/units';

const NETWORK = 'policy-instruments-test';
const FILE = join(DEPLOYMENTS, NETWORK, 'wanted.json');
/** Of the risk role in the shipped configuration. */
const DELAY = 60;
const ETHER = 1;
const INSTRUMENT = toPerpetual(ETHER);

type World = Awaited<ReturnType<typeof booksFixture>>;

/** The example with instruments. Alice is long 20 ether with 20,000 by standard margin, and 10 with 6,000 by portfolio margin. */
async function booksFixture() {
  const market = await openMarket(await openSystem({ policy: 'derivatives', config: shippedConfig() }));
  const { vault, quote, oracle, keeper, borrower: alice, stranger: bob, manifest, weth } = market;
  const { perpetual, perpetualFeed } = manifest.underlyings[0]!;
  const feed = MockAggregator__factory.connect(perpetualFeed, market.deployer);
  const refresh = async () => {
    await setPrice(weth, 2_000);
    await feed.push(2_000n * 10n ** 8n);
  };
  await refresh();
  await oracle.update([weth.address, perpetual]);
  const [aliceAccount, bookAccount] = [accountOf(alice), accountOf(alice, 1)];
  await vault.connect(alice).setMode(bookAccount, 2);
  await vault.connect(alice).deposit(aliceAccount, quote, usdc(20_000));
  await vault.connect(alice).deposit(bookAccount, quote, usdc(6_000));
  await vault.connect(bob).deposit(accountOf(bob), quote, usdc(50_000));
  for (const [buyerAccount, size] of [
    [aliceAccount, 20],
    [bookAccount, 10],
  ] as const) {
    const terms = { buyer: alice, seller: bob, size, price: 2_000, instrument: INSTRUMENT, buyerAccount };
    await vault.connect(keeper).fill(...(await tradeArguments(vault, terms)));
  }
  return { ...market, alice, aliceAccount, bookAccount, refresh };
}

/** Other terms of ether, of every kind; of bitcoin none. */
function changed() {
  const policy = namedPolicy('derivatives');
  const { ETH, ...others } = policy.underlyings ?? {};
  if (ETH?.deltaMargin === undefined) throw new Error('the example has no ether');
  const perpetual = { ...ETH.perpetual, initialPercent: 70, maintenancePercent: 60 };
  const scenarios = { ...ETH.scenarios, rangePercent: 40, stepPercent: 10, nakedPercent: 0.5 };
  const trading = { ...ETH.trading, unsettledCapQuote: 2_000_000, depthUnits: 150_000, bandPercent: 2 };
  const deltaMargin = { ...ETH.deltaMargin, isFloor: true };
  const volatility = { ...ETH.volatility, surface: { ...ETH.volatility.surface, openAgeSeconds: 900 } };
  const ether = { ...ETH, perpetual, scenarios, trading, deltaMargin, volatility };
  return { ...policy, underlyings: { ETH: ether, ...others } };
}

describe('npm run policy, of instruments', function () {
  this.timeout(240_000);

  const served = serveDeployment(NETWORK);
  let world: World;

  beforeEach(async () => {
    world = await loadFixture(booksFixture);
    served.write(world.manifest);
    writeFileSync(FILE, JSON.stringify(changed()));
  });

  const policy = (...args: string[]) => runScript('policy', [...args, ...served.flags()]);
  /** The cells of each line. */
  const rowsOf = (stdout: string): string[][] => stdout.split('\n').map((line) => line.trim().split(/ {2,}/));

  it('shows, schedules what is missing, and follows what changes of underlyings do [PCM-01] [PCM-03] [PCM-04] [PCM-06]', async () => {
    const { manifest, actors, vault, aliceAccount, bookAccount, alice, refresh } = world;
    const { stdout, stderr, code } = await policy('diff', FILE);
    expect([stderr, code]).to.deep.equal(['', 0]);
    const rows = rowsOf(stdout);
    for (const row of [
      ['ETH: setRisk'],
      ['perpetualInitialPpm', '5.0000 %', '70.0000 %', 'delayed'],
      ['perpetualMaintenancePpm', '2.5000 %', '60.0000 %', 'ramped'],
      ['rangeBps', '16.00 %', '40.00 %', 'ramped'],
      ['nakedPpm', '1.0000 %', '0.5000 %', 'delayed'],
      ['isFloor', 'no', 'yes', 'ramped'],
      ['depth', '100,000 units', '150,000 units', 'grows'],
      ['bandBps', '3.00 %', '2.00 %', 'delayed'],
      ['unsettledCap', '1,000,000', '2,000,000', 'grows'],
      ['ETH volatility: configure'],
    ]) {
      expect(rows, row.join()).to.deep.include(row);
    }
    expect(stdout).not.to.contain('BTC');
    expect(stdout).to.contain('not measured: ETH volatility: a change of it (openAge)');
    const turned = (index: number) => rows.find(([first]) => first === `${alice.address}#${index}`);
    expect(turned(0)?.[4]).to.match(/^Healthy → (Callable|Liquidatable)$/);
    expect(turned(1)?.[4]).to.match(/^Healthy → (Callable|Liquidatable)$/);

    // half of it is sent by somebody else
    const dry = await policy('propose', FILE, '--dry-run');
    const data = /ETH: setRisk, operation 0x\w+\n(0x[0-9a-f]+)/.exec(dry.stdout)?.[1];
    await actors.risk.sendTransaction({ to: manifest.contracts.AccessManager.address, data: data ?? '' });
    expect((await policy('propose', FILE)).stderr).to.match(/^error: nothing was scheduled: /);
    const proposed = await policy('propose', FILE, '--yes');
    expect(proposed.stderr).to.equal('');
    const lines = [...proposed.stdout.matchAll(/^0x[0-9a-f]{64} {2}(\S.*): (\w+), executable from \S+(.*)$/gm)];
    expect(lines.map(([, subject, call, rest]) => [subject, call, rest])).to.deep.equal([
      ['ETH', 'setRisk', ' (it was scheduled already)'],
      ['ETH', 'setScenarios', ''],
      ['ETH', 'setDeltaTerms', ''],
      ['ETH', 'setTradeTerms', ''],
      ['ETH volatility', 'configure', ''],
    ]);
    expect((await policy('propose', FILE, '--yes')).stdout).to.contain('all of it is scheduled already');
    expect((await policy('status')).stdout).to.match(/setTradeTerms\(ETH\) +waiting/);

    await time.increase(DELAY);
    await refresh();
    const executed = await policy('execute');
    expect(executed.stderr).to.equal('');
    expect(executed.stdout.match(/executed: /g)).to.have.length(5);
    await time.increase(DAY / 2);
    const running = rowsOf((await policy('status')).stdout);
    const line = (what: string) => running.find(([first]) => first === what);
    expect(line('ETH perpetualMaintenancePpm')?.slice(1, 4)[0]).to.equal('2.5000 %');
    expect(line('ETH perpetualMaintenancePpm')?.[2]).to.match(/^31\.2\d+ %$/);
    expect(line('ETH cap on perpetuals')?.slice(1, 4)[2]).to.equal('150,000 units');
    expect(line('ETH unsettled cap')?.[2]).to.match(/^1,250,\d+$/);
    expect(line('ETH nakedPpm')).to.equal(undefined);

    // and so it comes
    await time.increase(DAY / 2);
    await refresh();
    for (const account of [aliceAccount, bookAccount]) {
      expect(await vault.stateOf(account)).to.be.at.least(MarginState.Callable);
    }
    await time.increase(2 * DAY);
    expect((await policy('settle')).stdout).to.contain('settled as underlyings: ETH');
    expect((await policy('settle')).stdout).to.contain('no ramp has ended');
    expect((await policy('diff', FILE)).stdout).to.contain('nothing would change');
  });

  it('checks caps, prices and closures of underlyings [PCM-02]', async () => {
    const { instruments, actors, refresh } = world;
    const findings = async () => {
      const { stdout } = await policy('check', '--json');
      return (JSON.parse(stdout) as { findings: { severity: string; rule: string; subject: string }[] }).findings.map(
        ({ severity, rule, subject }) => `${severity} ${rule} ${subject}`,
      );
    };
    await refresh();
    expect(await findings()).not.to.include.members(['breach open interest ETH', 'breach price ETH perpetual']);
    await instruments.connect(actors.guardian).close(ETHER);
    const manager = world.manager.connect(actors.risk);
    const known = toTradeTerms('ETH', namedPolicy('derivatives').underlyings!['ETH']!);
    const data = instruments.interface.encodeFunctionData('setTradeTerms', [ETHER, { ...known, depth: wad(10) }]);
    await manager.schedule(instruments, data, 0);
    await time.increase(DELAY);
    await manager.execute(instruments, data);
    await time.increase(2 * HOUR);
    expect(await findings()).to.include.members([
      'breach open interest ETH',
      'breach price ETH perpetual',
      'note closed ETH',
    ]);
  });

  it('refuses an underlying that the chain does not list, and says which ones the file leaves out [PCM-05] [PCM-06]', async () => {
    const { underlyings, ...file } = namedPolicy('derivatives');
    writeFileSync(FILE, JSON.stringify({ ...file, underlyings: { ...underlyings, DOGE: underlyings!['ETH'] } }));
    const refused = await policy('diff', FILE);
    expect(refused.stderr).to.match(/^error: policy \w+: underlyings: DOGE is not listed on the chain[^\n]+\n$/);
    writeFileSync(FILE, JSON.stringify(file));
    expect((await policy('diff', FILE)).stdout).to.contain('not in the file: the terms of ETH as an underlying');
  });
});
