import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';
import hre from 'hardhat';

import type { Journal } from '../../deploy/journal/journal';
import { readDeployment } from '../../sdk/deployment';
import { outcomeOf, runScript, spawnScript, type Outcome } from '../fixtures/runScript';
import { serveChain } from '../fixtures/serveChain';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, 'deployments', 'hardhat');
const TIMEOUT_MS = 60_000;

describe('npm run deploy', function () {
  this.timeout(TIMEOUT_MS);

  let server: Server;
  let rpc: string;
  /** Called at each transaction that arrives; the chain gets it only when it returns. */
  let onTransaction: () => void;

  before(async () => {
    server = await serveChain(() => onTransaction());
    rpc = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    onTransaction = () => undefined;
    rmSync(FOLDER, { recursive: true, force: true });
  });
  after(() => rmSync(FOLDER, { recursive: true, force: true }));

  function deploy(...flags: string[]): Promise<Outcome> {
    return runScript('deploy', ['--network', 'hardhat', '--rpc', rpc, ...flags]);
  }

  it('ends with one line and code 1 on a wrong flag, a dead node, a network without one and a bad policy [DEP-06]', async () => {
    const policy = join(ROOT, 'deployments', 'policies', 'default.json');
    const bad = `${FOLDER}.bad-policy.json`;
    writeFileSync(bad, readFileSync(policy, 'utf8').replace('"minDebtQuote": 200', '"minDebtQuote": "all"'));
    const unlisted = `${FOLDER}.unlisted-policy.json`;
    writeFileSync(unlisted, readFileSync(policy, 'utf8').replace('"LINK": {', '"DOGE": {'));
    try {
      const outcomes = await Promise.all([
        runScript('deploy', ['--policies', 'default']),
        runScript('deploy', ['--rpc', 'http://127.0.0.1:1']),
        runScript('deploy', ['--network', 'nowhere']),
        deploy('--policy', bad),
        deploy('--policy', unlisted),
        deploy('--price', 'DOGE=1'),
      ]);
      const lines = [
        "error: unknown option '--policies' (--help lists what there is)\n",
        'error: no node answers at http://127.0.0.1:1: is npm run node running?\n',
        'error: no JSON-RPC endpoint is known for nowhere: name one with --rpc <url>\n',
        'error: policy deployments/hardhat.bad-policy.json: cash.minDebtQuote: must be whole quote tokens\n',
        'error: policy deployments/hardhat.unlisted-policy.json: collaterals: DOGE is no collateral of this network\n',
        'error: DOGE is no collateral: there are WETH, WBTC, LINK\n',
      ];
      expect(outcomes.map(({ stderr }) => stderr)).to.deep.equal(lines);
      expect(outcomes.map(({ code }) => code)).to.deep.equal([1, 1, 1, 1, 1, 1]);
      expect(existsSync(FOLDER)).to.equal(false);
    } finally {
      rmSync(bad);
      rmSync(unlisted);
    }
  });

  it('goes on after it was killed, then has nothing to do, then verifies [DEP-02]', async () => {
    let transactions = 0;
    const killed = spawnScript('deploy', ['--network', 'hardhat', '--rpc', rpc]);
    onTransaction = () => {
      transactions += 1;
      if (transactions === 30) killed.kill('SIGKILL');
    };
    expect((await outcomeOf(killed)).code).to.equal(null);
    expect(existsSync(join(FOLDER, 'manifest.json'))).to.equal(false);
    const journal = readJournal();
    expect(journal.entries).to.have.length(30);
    expect(journal.entries.filter(({ mined }) => mined === undefined)).to.have.length(1);

    const resumed = await deploy();
    expect(resumed.stderr).to.equal('');
    expect(resumed.stdout).to.match(/^deploying to hardhat \(chain 31337\) under the policy default\n/);
    expect(resumed.stdout).to.contain('has renounced its rights and holds no role');
    expect(resumed.stdout).to.match(/done: \d+ steps now, 30 before; wrote deployments\/hardhat\/manifest\.json\n$/);

    const total = readJournal().entries.length;
    const sent = transactions;
    const again = await deploy();
    expect(again.stdout).to.contain(`nothing to do: all ${total} steps were done before`);
    expect(transactions).to.equal(sent);
    const manifest = await readDeployment({ network: 'hardhat', root: join(ROOT, 'deployments') });
    expect(manifest.policyName).to.equal('default');

    await hre.network.provider.send('hardhat_setCode', [manifest.contracts.MarginLens.address, '0xfe']);
    const tampered = await deploy();
    expect(tampered.code).to.equal(1);
    expect(tampered.stderr).to.match(/^error: what is on the chain is not what .*: the code of MarginLens at .*\n$/);
  });
});

function readJournal(): Journal {
  return JSON.parse(readFileSync(join(FOLDER, 'journal.json'), 'utf8')) as Journal;
}
