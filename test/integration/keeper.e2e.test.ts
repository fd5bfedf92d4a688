import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { expect } from 'chai';
import type { Address } from 'viem';

import { connectAnvil, missingAnvil, startAnvil, type Anvil, type AnvilClient } from '../fixtures/anvil';
import { COVERING } from '../fixtures/covering';
import { startKeeper, type KeeperProcess } from '../fixtures/keeperProcess';
import { createKeeperWorld, type KeeperWorld } from '../fixtures/keeperWorld';

const GRACE = 600;

// Instrumented contracts are larger than a node takes.
const skipped = COVERING ? 'coverage' : missingAnvil();

const suite = skipped === undefined ? describe : describe.skip;

suite(skipped === undefined ? 'keeper process' : `keeper process (${skipped})`, () => {
  let folder: string;
  let chain: string;
  let anvil: Anvil;
  let client: AnvilClient;
  let world: KeeperWorld;
  let keeper: KeeperProcess | undefined;
  let accounts = 0n;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-keeper-'));
    chain = join(folder, 'chain.json');
    anvil = await startAnvil({ dump: chain });
    client = connectAnvil(anvil);
    world = await createKeeperWorld(client, folder);
  });

  afterEach(async () => {
    await keeper?.stop('SIGKILL');
    keeper = undefined;
  });

  after(async () => {
    await anvil.stop();
    rmSync(folder, { recursive: true });
  });

  function start(...flags: string[]): KeeperProcess {
    const common = [
      '--rpc',
      anvil.url,
      '--deployments',
      folder,
      '--port',
      '0',
      '--poll-interval',
      '0.1',
      '--max-head-age',
      '5',
    ];
    keeper = startKeeper([...common, ...flags]);
    return keeper;
  }

  const open = () => world.borrow((accounts += 1n));
  const health = async (process: KeeperProcess) => {
    const { status, body } = await process.get('/health');
    return {
      status,
      ...(JSON.parse(body) as { reasons: { code: string }[]; accounts: object; head: { number: number } }),
    };
  };
  /** Waits until the keeper's figures are these: it counts a pass when the pass is over. */
  const metrics = async (process: KeeperProcess, wanted: readonly string[]) => {
    let missing = wanted;
    for (let tries = 0; tries < 200 && missing.length > 0; tries++) {
      const { body } = await process.get('/metrics');
      missing = wanted.filter((line) => !body.includes(`\nplimsoll_keeper_${line}\n`));
      if (missing.length > 0) await delay(100);
    }
    expect(missing).to.deep.equal([]);
  };
  const until = async (process: KeeperProcess, status: number) => {
    for (let i = 0; i < 400; i++) {
      const found = await health(process).catch(() => undefined);
      if (found?.status === status) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`health never answered ${status}\n${process.output()}`);
  };
  const nonceOf = (address: Address) => client.getTransactionCount({ address });

  it('ends with one clear line where there is no node, no deployment, or a wrong flag [KPR-12]', async () => {
    const attempts: [string[], string][] = [
      [
        ['--rpc', 'http://user:hush@127.0.0.1:1', '--deployments', folder],
        'error: no node answers at http://127.0.0.1:1',
      ],
      [['--rpc', anvil.url, '--deployments', join(folder, 'none')], 'error: no deployment on localhost'],
      [['--min-porfit', '1'], "error: unknown option '--min-porfit'"],
      [['--min-profit', 'much'], 'error: --min-profit: is not an amount'],
    ];
    for (const [flags, line] of attempts) {
      const failing = startKeeper(['--port', '0', ...flags]);
      expect(await failing.ended, failing.output()).to.equal(1);
      expect(failing.stderr()).to.contain(line);
      expect(failing.stderr().trim().split('\n')).to.have.length(1);
      expect(failing.output()).not.to.contain('hush');
    }
  });

  it('says in a dry run what it would do, and sends nothing [KPR-10]', async () => {
    const account = await open();
    await world.setWethPrice('1650');
    const before = await client.getBlockNumber({ cacheTime: 0 });
    const dry = start('--dry-run');
    const line = await dry.waitFor('margin_call_planned', (found) => found['account'] === account);
    expect(line).to.include({ reason: 'health_below_one', health: '0.8908' });
    await dry.waitFor('price_poke_planned');
    expect(await health(dry)).to.deep.include({ status: 200, dry_run: true });
    expect(await dry.stop()).to.equal(0);
    expect(await client.getBlockNumber({ cacheTime: 0 })).to.equal(before);
    expect(await world.calledAt(account)).to.equal(0);
    await world.calm();
  });

  it('calls margin, and clears the call once it is cured [KPR-03]', async () => {
    const account = await open();
    const running = start();
    await until(running, 200);
    await world.setWethPrice('1650');
    await running.waitFor('margin_called', (line) => line['account'] === account);
    expect(await world.calledAt(account)).to.be.greaterThan(0);
    await world.setWethPrice('2000');
    const cleared = await running.waitFor('call_cleared', (line) => line['account'] === account);
    expect(cleared).to.include({ reason: 'cured' });
    expect(await world.calledAt(account)).to.equal(0);
    expect(await running.stop()).to.equal(0);
    await world.calm();
  });

  it('waits for the grace, and then liquidates without capital [KPR-04]', async () => {
    await world.setWethPrice('1650');
    const before = await world.quoteOf(world.keeper);
    const running = start('--liquidate', 'flash');
    await running.waitFor('margin_called');
    await running.waitFor('price_poked');
    const calm = await until(running, 200);
    expect(calm.accounts).to.deep.equal({ tracked: 4, watched: 2, unhealthy: 2, unknown: 0 });
    expect(running.lines.filter(({ event }) => event.startsWith('liquid'))).to.deep.equal([]);

    await world.warp(GRACE);
    const done = await running.waitFor('liquidated');
    expect(done).to.include({ mode: 'flash', reason: 'deadline_passed' });
    expect(Number(done['health_after'])).to.be.greaterThan(1);
    expect(await world.quoteOf(world.keeper)).to.be.greaterThan(before);

    // both accounts, in this pass or the next; a pass counts when it is over
    await running.waitFor('liquidated', (line) => line['account'] !== done['account']);
    await metrics(running, [
      'calls_total{result="mined",reason="health_below_one"} 2',
      'liquidations_total{result="mined",reason="deadline_passed",mode="flash"} 2',
      'accounts_unknown 0',
      'transactions_in_flight 0',
    ]);
    expect(await running.stop('SIGINT')).to.equal(0);
    expect(running.lines.at(-1)).to.include({ event: 'keeper_stopped', reason: 'signal' });
    await world.calm();
  });

  it('liquidates with the cash of its bidder account, within the limit of a transaction [KPR-04]', async () => {
    const account = await open();
    await world.lend(world.keeper, '50000');
    await world.setWethPrice('1650');
    const cash = await world.cashOf(world.bidder);
    const running = start('--liquidate', 'capital', '--max-per-tx', '4000');
    await running.waitFor('margin_called', (line) => line['account'] === account);
    await world.warp(GRACE);
    const done = await running.waitFor('liquidated', (line) => line['account'] === account);
    expect(done).to.include({ mode: 'capital', reason: 'deadline_passed' });
    expect(Number(done['cost'])).to.be.within(3_900, 4_000);
    expect(await world.wethOf(world.bidder)).to.be.greaterThan(0n);
    expect(await world.cashOf(world.bidder)).to.be.lessThan(cash);
    expect(await running.stop()).to.equal(0);
    await world.calm();
  });

  it('survives a restart of its node, and says meanwhile that it is not well [KPR-12]', async () => {
    const running = start();
    await until(running, 200);
    await anvil.stop();
    const ill = await until(running, 503);
    expect(ill.reasons.map(({ code }) => code)).to.include('pass_failed');
    anvil = await startAnvil({ port: anvil.port, load: chain });
    await until(running, 200);
    const account = await open();
    await world.setWethPrice('1650');
    await running.waitFor('margin_called', (line) => line['account'] === account);
    expect(await running.stop()).to.equal(0);
  });

  it('stops although its node hangs [KPR-12]', async () => {
    const running = start();
    await until(running, 200);
    anvil.suspend(true);
    try {
      await until(running, 503);
      expect(await running.stop()).to.equal(0);
    } finally {
      anvil.suspend(false);
    }
  });

  it('waits for a node that comes later, if told to', async () => {
    await anvil.stop();
    const running = start('--wait');
    await running.waitFor('waiting', (line) => line['reason'] === 'node_unreachable');
    expect((await health(running)).reasons).to.deep.include({
      code: 'waiting',
      message: 'there is no node or no deployment to keep yet',
    });
    anvil = await startAnvil({ port: anvil.port, load: chain });
    await until(running, 200);
    expect(await running.stop()).to.equal(0);
  });

  it('ends when its deployment is gone with the chain', async () => {
    const running = start();
    await until(running, 200);
    await anvil.stop();
    await until(running, 503);
    anvil = await startAnvil({ port: anvil.port });
    expect(await running.ended).to.equal(1);
    await running.waitFor('chain_replaced');
    expect(running.stderr()).to.match(/^error: the chain is not the one deployed to .*npm run deploy/);
    expect(await nonceOf(world.keeper)).to.equal(0);
  });
});
