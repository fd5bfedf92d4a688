import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';
import { isAddressEqual } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import { readMargins } from '../../sdk/client';
import { MarginState, type AccountId } from '../../sdk/math';
import { loadScenario } from '../../sim';
import { durationOf, pricePaths } from '../../sim/scenario/loadScenario';
import { stepSeconds } from '../../sim/scenario/pricePath';
import { connectAnvil, missingAnvil, startAnvil, type AnvilClient } from '../fixtures/anvil';
import { COVERING } from '../fixtures/covering';
import { startKeeper, type KeeperProcess } from '../fixtures/keeperProcess';
import { createKeeperWorld, type KeeperWorld } from '../fixtures/keeperWorld';
import { moveMarket } from '../fixtures/moveMarket';
import { openLoans, planLoans } from '../fixtures/openLoans';
import { readCustody } from '../fixtures/readCustody';

// Down 23 % and back within a minute: the most indebted are liquidated, others are called and cured again.
const SCENARIO = loadScenario('wick');
const PATHS = pricePaths(SCENARIO);
const SECONDS = stepSeconds([...PATHS.values()], durationOf(SCENARIO), {
  maxMoveBps: 500,
  minSeconds: 5,
  maxSeconds: 1_800,
});
const LOANS = planLoans(20, 50, 98);
/** Where the keeper has nothing to do, or nothing yet. */
const ATTENDED: readonly unknown[] = [MarginState.Healthy, MarginState.Restricted, MarginState.Called];

// Instrumented contracts are larger than a node takes.
const skipped = COVERING ? 'coverage' : missingAnvil();

const suite = skipped === undefined ? describe : describe.skip;

suite(skipped === undefined ? 'crash with a keeper process' : `crash with a keeper process (${skipped})`, () => {
  const cleanUps: (() => unknown)[] = [];
  let client: AnvilClient;
  let world: KeeperWorld;
  let keeper: KeeperProcess;
  let accounts: AccountId[];
  /** States in which a step left somebody although the keeper had something to do there. */
  const neglected: string[] = [];

  before(async function () {
    this.timeout(300_000);
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-crash-'));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const anvil = await startAnvil();
    cleanUps.push(() => anvil.stop());
    client = connectAnvil(anvil);
    world = await createKeeperWorld(client, folder);
    accounts = await openLoans(client, world, LOANS);
    keeper = startKeeper([
      ...['--rpc', anvil.url, '--deployments', folder, '--port', '0', '--poll-interval', '0.05'],
      ...['--liquidate', 'flash'],
    ]);
    cleanUps.push(() => keeper.stop('SIGKILL'));
    await crash();
  });

  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  /** The clock stands still within a step, so that how fast this machine is has no part in what happens. */
  async function crash(): Promise<void> {
    const { timestamp } = await client.getBlock();
    const start = timestamp + 60n;
    await client.setBlockTimestampInterval({ interval: 0 });
    for (const second of SECONDS) {
      const prices = new Map([...PATHS].map(([symbol, path]) => [symbol, path.at(second)]));
      const move = { trader: world.lender, timestamp: start + BigInt(second), prices };
      await moveMarket(client, world.manifest, move);
      await keeper.settled(() => client.getBlockNumber({ cacheTime: 0 }));
      const open = (await readStates()).filter((state) => !ATTENDED.includes(state));
      if (open.length > 0) neglected.push(`second ${second}: ${open.join(' ')}`);
    }
  }

  async function readStates(): Promise<(number | 'unknown')[]> {
    const rows = await readMargins(client, { lens: world.manifest.contracts.MarginLens.address, accounts });
    return rows.map((row) => (row === 'unknown' ? row : row.state));
  }

  /** What the chain says has happened. */
  async function readHistory() {
    const { address } = world.manifest.contracts.MarginVault;
    const vault = { address, abi: marginVaultAbi, fromBlock: 0n, strict: true } as const;
    const calls = await client.getContractEvents({ ...vault, eventName: 'MarginCalled' });
    const cleared = await client.getContractEvents({ ...vault, eventName: 'CallCleared' });
    const liquidations = await client.getContractEvents({ ...vault, eventName: 'Liquidated' });
    // a liquidation that cures an account ends its call, too
    const clears = cleared.filter(({ args }) => isAddressEqual(args.by, world.keeper));
    return { calls, clears, liquidations };
  }

  it('leaves nobody to be called or liquidated, after any step [KPR-03] [KPR-04]', async () => {
    expect(neglected).to.deep.equal([]);
    const states = await readStates();
    expect(states).to.have.length(LOANS.length);
    for (const state of states) expect([MarginState.Healthy, MarginState.Restricted]).to.include(state);
  });

  it('calls margin, clears what is cured and liquidates, on chain [KPR-03] [KPR-04]', async () => {
    const { calls, clears, liquidations } = await readHistory();
    expect(calls).not.to.be.empty;
    expect(clears).not.to.be.empty;
    expect(liquidations).not.to.be.empty;
    // who was only called kept the whole position
    const sold = new Set(liquidations.map(({ args }) => args.account));
    expect(clears.filter(({ args }) => !sold.has(args.account))).not.to.be.empty;
  });

  it('keeps in custody what its books owe', async () => {
    const { accounts: known, collateral, quote, scale } = await readCustody(client, world.manifest);
    expect(known).to.include.members(accounts);
    for (const { symbol, held, owed } of collateral) expect(held, symbol).to.equal(owed);
    // each account is rounded against itself: by less than a unit of quote each, and never to its own good
    const surplus = quote.held - quote.owed;
    expect(surplus >= 0n && surplus <= BigInt(known.length) * scale, String(surplus)).to.be.true;
  });

  it('ends well, having counted what the chain has counted [KPR-11]', async () => {
    const { status, body } = await keeper.get('/health');
    expect(status, body).to.equal(200);
    const figures = await keeper.figures();
    const mined = (name: string): number =>
      [...figures].reduce(
        (sum, [key, count]) => (key.startsWith(`${name}{`) && key.includes('result="mined"') ? sum + count : sum),
        0,
      );
    const { calls, clears, liquidations } = await readHistory();
    expect({
      calls: mined('calls_total'),
      clears: mined('clears_total'),
      liquidations: mined('liquidations_total'),
      unhealthy: figures.get('accounts_unhealthy'),
      unknown: figures.get('accounts_unknown'),
    }).to.deep.equal({
      calls: calls.length,
      clears: clears.length,
      liquidations: liquidations.length,
      unhealthy: 0,
      unknown: 0,
    });
    expect(await keeper.stop()).to.equal(0);
  });
});
