import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';
import hre from 'hardhat';

import { PriceStatus } from '../../sdk/math';
import { loadFixture } from '../fixtures/loadFixture';
import { runScript, type Outcome } from '../fixtures/runScript';
import { DEPLOYMENTS, serveDeployment } from '../fixtures/servedDeployment';
import { openSystem, shippedConfig, type System } from '../fixtures/systemFixture';

const NETWORK = 'demo-command-test';

/** As a development chain is deployed to: each price has two sources. */
async function shippedFixture() {
  return openSystem({ config: shippedConfig() });
}

describe('npm run demo', function () {
  this.timeout(60_000);

  const served = serveDeployment(NETWORK);
  let system: System;

  beforeEach(async () => {
    system = await loadFixture(shippedFixture);
    served.write(system.manifest);
  });

  function demo(...flags: string[]): Promise<Outcome> {
    return runScript('demo', [...served.flags(), ...flags]);
  }

  it('ends with one line and code 1 on wrong prices, a missing deployment and a dead node, and moves nothing [DEP-06]', async () => {
    const height = await hre.ethers.provider.getBlockNumber();
    const outcomes = await Promise.all([
      demo('--price', 'WETH'),
      demo('--shock', '-100%'),
      demo('--price', 'DOGE=1'),
      runScript('demo', ['--network', 'nowhere', '--rpc', served.rpc()]),
      runScript('demo', ['--rpc', 'http://127.0.0.1:1']),
    ]);
    const manifest = join(DEPLOYMENTS, 'nowhere', 'manifest.json');
    const lines = [
      "error: option '--price <symbol=quote>' argument 'WETH' is invalid. Write it as WETH=181.79. (--help lists what there is)",
      "error: option '--shock <percent>' argument '-100%' is invalid. Write it as -12%, from above -100% to 100%. (--help lists what there is)",
      'error: DOGE is no collateral: there are WETH, WBTC, LINK',
      `error: no deployment on nowhere (${manifest}): run npm run deploy -- --network nowhere`,
      'error: no node answers at http://127.0.0.1:1: is npm run node running?',
    ];
    expect(outcomes.map(({ stderr }) => stderr)).to.deep.equal(lines.map((line) => `${line}\n`));
    expect(outcomes.map(({ code }) => code)).to.deep.equal(lines.map(() => 1));
    expect(await hre.ethers.provider.getBlockNumber()).to.equal(height);
  });

  it('refuses a chain that is not for development [DEP-06]', async () => {
    const other = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: '0x1' }));
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
      const { code, stderr } = await runScript('demo', ['--network', 'mainnet', '--rpc', url]);
      expect(stderr).to.equal('error: the demo makes up money and prices: mainnet is chain 1, no development chain\n');
      expect(code).to.equal(1);
    } finally {
      other.close();
    }
  });

  it('opens loans once, and moves feed and pool so that a keeper is needed', async () => {
    const opened = await demo();
    expect(opened.stderr).to.equal('');
    expect(opened.stdout).to.match(/^5 loans opened, 0 were there; amounts in USDC\n/);
    expect(statesOf(opened.stdout)).to.deep.equal(['Healthy', 'Healthy', 'Healthy', 'Healthy', 'Healthy']);

    const pushed = await demo('--price', 'WETH=1750', '--shock', '-1.5%');
    expect(pushed.stderr).to.equal('');
    expect(pushed.stdout).to.match(/^0 loans opened, 5 were there; /);
    expect(pushed.stdout).to.contain(
      'after WETH 2,000.00 → 1,750.00, WBTC 40,000.00 → 39,400.00, LINK 15.00 → 14.77\n',
    );
    expect(statesOf(pushed.stdout).slice(5)).to.deep.equal([
      'Liquidatable',
      'Callable',
      'Restricted',
      'Healthy',
      'Healthy',
    ]);
    const { pair, feed, second: other, address } = system.weth;
    expect((await feed.latestRoundData())[1]).to.equal(1_750n * 10n ** 8n);
    expect((await other?.latestRoundData())?.[1]).to.equal(1_750n * 10n ** 8n);
    expect((await system.oracle.read(address)).status).to.equal(PriceStatus.Live);
    const [first, second] = await pair.getReserves();
    const [weth, usdc] = (await pair.token0()) === system.weth.address ? [first, second] : [second, first];
    expect(Number(usdc) / 1e6 / (Number(weth) / 1e18)).to.be.closeTo(1_750, 0.01);
  });
});

function statesOf(stdout: string): string[] {
  return [...stdout.matchAll(/^ {2}0x[0-9a-f]{64} .* (\w+)$/gm)].map(([, state]) => state ?? '');
}
