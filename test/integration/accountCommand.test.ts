import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { loadFixture } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';

import { loanFixture, type Market } from '../fixtures/marketFixture';
import { runScript } from '../fixtures/runScript';
import { serveChain } from '../fixtures/serveChain';

const DEPLOYMENTS = join(__dirname, '..', '..', 'deployments');
const NETWORK = 'account-command-test';
const FOLDER = join(DEPLOYMENTS, NETWORK);

describe('npm run account', function () {
  this.timeout(60_000);

  let server: Server;
  let market: Market;
  let flags: string[];

  before(async () => {
    server = await serveChain();
    flags = ['--network', NETWORK, '--rpc', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
    mkdirSync(FOLDER, { recursive: true });
  });
  after(() => server.close());
  after(() => rmSync(FOLDER, { recursive: true, force: true }));

  beforeEach(async () => {
    market = await loadFixture(loanFixture);
    writeFileSync(join(FOLDER, 'manifest.json'), JSON.stringify({ ...market.manifest, network: NETWORK }));
  });

  it('ends with one line and code 1 on a bad id, a missing deployment, a dead node and another chain [DEP-06]', async () => {
    const { account, borrower, manifest } = market;
    await hre.network.provider.send('hardhat_setCode', [manifest.contracts.MarginLens.address, '0x']);
    const outcomes = await Promise.all([
      runScript('account', ['0x12', ...flags]),
      runScript('account', [account, '--index', '1', ...flags]),
      runScript('account', [borrower.address, '--index', 'two', ...flags]),
      runScript('account', [account, '--network', 'nowhere']),
      runScript('account', [account, '--network', NETWORK, '--rpc', 'http://127.0.0.1:1']),
      runScript('account', [account, ...flags]),
    ]);
    const lines = [
      'error: 0x12 is neither an account id (0x and 64 hex digits) nor an address (0x and 40)',
      `error: --index goes with an owner's address: ${account} is a whole account id`,
      'error: --index two is not a number',
      `error: no deployment on nowhere (${join(DEPLOYMENTS, 'nowhere', 'manifest.json')}): run npm run deploy -- --network nowhere`,
      'error: no node answers at http://127.0.0.1:1',
      `error: the chain is not the one deployed to (it has no MarginLens at ${manifest.contracts.MarginLens.address}): run npm run deploy -- --network ${NETWORK}`,
    ];
    expect(outcomes.map(({ stderr }) => stderr)).to.deep.equal(lines.map((line) => `${line}\n`));
    expect(outcomes.map(({ code }) => code)).to.deep.equal(lines.map(() => 1));
  });

  it('prints the calculation, off chain beside on chain, for an id and for an owner with an index [SDK-06]', async () => {
    const { account, borrower } = market;
    const [byId, byOwner] = await Promise.all([
      runScript('account', [account, ...flags]),
      runScript('account', [borrower.address.toLowerCase(), '--index', '0', ...flags]),
    ]);
    expect(byId.stderr).to.equal('');
    expect(byId.code).to.equal(0);
    expect(byOwner.stdout).to.equal(byId.stdout);
    expect(byId.stdout).to.contain(`account ${borrower.address}#0 on ${NETWORK}, block `);
    const rows = byId.stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    expect(rows).to.deep.include(['equity E', '6,000.000000', '6,000.000000', '=']);
    expect(rows).to.deep.include(['initial requirement Ri', '5,600.000000', '5,600.000000', '=']);
    expect(rows).to.deep.include(['health E / Rm at mark', '1.500000', '1.500000', '=']);
    expect(rows).to.deep.include(['state', 'Healthy', 'Healthy', '=']);
    expect(byId.stdout).not.to.contain('!!');
    expect(byId.stdout).not.to.contain('nothing is in this account');
  });

  it('says of an account that nobody has used that nothing is in it', async () => {
    const { code, stdout } = await runScript('account', [market.borrower.address, '--index', '7', ...flags]);
    expect(code).to.equal(0);
    expect(stdout).to.contain('\nnothing is in this account: nobody has used it yet, or all of it was taken out\n');
  });
});
