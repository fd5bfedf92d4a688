import { join } from 'node:path';

import { expect } from 'chai';
import hre from 'hardhat';

import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { runScript } from '../fixtures/runScript';
import { DEPLOYMENTS, serveDeployment } from '../fixtures/servedDeployment';

const NETWORK = 'explain-command-test';

describe('npm run explain', function () {
  this.timeout(60_000);

  const served = serveDeployment(NETWORK);
  let market: Market;
  let flags: string[];

  beforeEach(async () => {
    market = await loadFixture(loanFixture);
    served.write(market.manifest);
    flags = served.flags();
  });

  it('ends with one line and code 1 on whatever is wrong [DEP-06]', async () => {
    const { account, borrower, manifest } = market;
    const unused = await runScript('explain', [`${borrower.address}/7`, ...flags]);
    const late = await runScript('explain', [account, '--block', '99999999', ...flags]);
    await hre.network.provider.send('hardhat_setCode', [manifest.contracts.MarginLens.address, '0x']);
    const outcomes = [
      unused,
      late,
      ...(await Promise.all([
        runScript('explain', ['0x12', ...flags]),
        runScript('explain', [`${borrower.address}/two`, ...flags]),
        runScript('explain', [account, '--block', 'now', ...flags]),
        runScript('explain', [account, '--network', 'nowhere']),
        runScript('explain', [account, '--network', NETWORK, '--rpc', 'http://127.0.0.1:1']),
        runScript('explain', [account, ...flags]),
      ])),
    ];
    const lines = [
      `error: nobody has used the account ${borrower.address}#7 up to block `,
      'error: there is no block 99999999 yet: the newest is ',
      'error: 0x12 is no account: an address (0x and 40 hex digits), <address>/<index>, or an id (0x and 64)\n',
      `error: ${borrower.address}/two: the index "two" is not a number\n`,
      "error: option '--block <number>' argument 'now' is invalid. It must be a block number.",
      `error: no deployment on nowhere (${join(DEPLOYMENTS, 'nowhere', 'manifest.json')}): run npm run deploy -- --network nowhere\n`,
      'error: no node answers at http://127.0.0.1:1\n',
      `error: the chain is not the one deployed to (it has no MarginLens at ${manifest.contracts.MarginLens.address}): run npm run deploy -- --network ${NETWORK}\n`,
    ];
    for (const [i, { code, stderr }] of outcomes.entries()) {
      expect(stderr.slice(0, lines[i]?.length)).to.equal(lines[i]);
      expect(stderr).to.match(/^error: [^\n]+\n$/);
      expect(code).to.equal(1);
    }
  });

  it('prints the calculation with the numbers put in, for an id and for an owner [SDK-06]', async () => {
    const { account, borrower } = market;
    const [byId, byOwner] = await Promise.all([
      runScript('explain', [account, ...flags]),
      runScript('explain', [`${borrower.address.toLowerCase()}/0`, ...flags]),
    ]);
    expect(byId.stderr).to.equal('');
    expect(byId.code).to.equal(0);
    expect(byOwner.stdout).to.equal(byId.stdout);
    expect(byId.stdout).to.contain(`account ${borrower.address}#0 on ${NETWORK}, block `);
    expect(byId.stdout).to.contain('HEALTHY: it has what it needs');
    const rows = byId.stdout.split('\n').map((line) => line.trim().split(/ {2,}/));
    for (const row of [
      ['equity E', '6,000.00', '6,000.00', '6,000.00'],
      ['WETH counts, maintenance', '(1 - Hm) v D / (D + x)', '(1 - 10 %) x 20,000.0000 x 80 / (80 + 10) = 16,000.0000'],
      ['health', 'E / Rm', '6,000.0000 / 4,000.0000 = 1.5000'],
      ['WETH at 2,000.00: health one at 1,749.99 (-12.5 %), critical (0.60) at 1,590.90 (-20.45 %)'],
      ['liquidation', 'refused now (healthy): its health 1.5000 is not below one'],
    ]) {
      expect(rows).to.deep.include(row);
    }
    expect(byId.stdout).to.match(/\d+ numbers computed here are the chain's, to the last digit\n$/);
  });

  it('tells of an older block what it was then, and gives JSON with amounts as strings [SDK-06]', async () => {
    const block = await hre.ethers.provider.getBlockNumber();
    await setPrice(market.weth, 1_700);
    const read = async (...more: string[]) => {
      const { stdout, stderr } = await runScript('explain', [market.account, '--json', ...more, ...flags]);
      expect(stderr).to.equal('');
      return JSON.parse(stdout) as Record<string, unknown> & { readonly cures: readonly object[] };
    };
    const [then, now] = await Promise.all([read('--block', String(block)), read()]);
    expect(then).to.deep.include({ state: 'Healthy', cash: '-14000000000000000000000', differences: [] });
    expect(now).to.deep.include({ state: 'Callable', differences: [] });
    expect(now.cures).to.deep.include({
      goal: 'health one',
      by: 'cash',
      symbol: null,
      decimals: null,
      amount: '400000001',
      clearsDebt: false,
      aboveCap: false,
    });
  });
});
