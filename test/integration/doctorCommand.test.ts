import { join } from 'node:path';

import { setCode, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';

import { loadFixture } from '../fixtures/loadFixture';
import { openMarket, withLoan, type Market } from '../fixtures/marketFixture';
import { runScript } from '../fixtures/runScript';
import { serveDeployment } from '../fixtures/servedDeployment';
import { openSystem, shippedConfig } from '../fixtures/systemFixture';
import { testPolicy } from '../fixtures/testPolicy';
import { HOUR } from '../fixtures/units';

const NETWORK = 'doctor-command-test';

async function delayedLoanFixture() {
  return withLoan(await openMarket(await openSystem({ policy: testPolicy(), config: shippedConfig() })));
}

describe('npm run doctor', function () {
  this.timeout(120_000);

  const served = serveDeployment(NETWORK);
  let market: Market;

  beforeEach(async () => {
    market = await loadFixture(delayedLoanFixture);
    served.write(market.manifest);
  });

  const doctor = (...more: string[]) =>
    runScript('doctor', [...served.flags(), '--artifacts', hre.config.paths.artifacts, ...more]);

  it('ends with one line and code 1 on a missing deployment, a dead node and a wrong block [DEP-06]', async () => {
    const outcomes = await Promise.all([
      runScript('doctor', ['--network', 'nowhere']),
      runScript('doctor', ['--network', NETWORK, '--rpc', 'http://127.0.0.1:1']),
      doctor('--from-block', 'first'),
    ]);
    for (const { code, stderr, stdout } of outcomes) {
      expect(stderr).to.match(/^error: [^\n]+\n$/);
      expect(stdout).to.equal('');
      expect(code).to.equal(1);
    }
  });

  it('ends with code 0 where all is well, strictly too, and with JSON [DOC-01]', async () => {
    const [plain, json] = await Promise.all([doctor('--strict'), doctor('--json')]);
    expect(plain.stdout).to.match(/\nhealthy: 0 failures, 0 warnings, \d+ ok\n$/);
    expect([plain.code, json.code]).to.deep.equal([0, 0]);
    const { failures, checks } = JSON.parse(json.stdout) as { failures: number; checks: { name: string }[] };
    expect(failures).to.equal(0);
    expect(checks.map(({ name }) => name)).to.include.members(['code', 'role risk', 'price WETH', 'P1 custody USDC']);
  });

  it('never calls healthy what it could not look at, and fails strictly [DOC-01] [DOC-03]', async () => {
    const without = [...served.flags(), '--artifacts', join(served.folder, 'nothing')];
    const [lenient, strict] = await Promise.all([
      runScript('doctor', without),
      runScript('doctor', [...without, '--strict']),
    ]);
    for (const { stdout } of [lenient, strict]) {
      expect(stdout).to.match(/skipped +code +/);
      expect(stdout).to.match(/\nincomplete: 3 checks skipped; 0 failures, 0 warnings, \d+ ok\n$/);
    }
    expect([lenient.code, strict.code]).to.deep.equal([0, 1]);

    await time.increase(4 * HOUR);
    const stale = await runScript('doctor', without);
    expect(stale.stdout).to.match(/\nNOT HEALTHY: incomplete: 3 checks skipped; 6 failures, /);
    expect(stale.code).to.equal(1);
  });

  it('ends with code 1 and the check that failed; a warning fails only strictly [DOC-02]', async () => {
    const { manager, vault, governor, stranger } = market;
    const data = vault.interface.encodeFunctionData('setWaterfall', [stranger.address]);
    await manager.connect(governor).schedule(vault, data, 0);
    const [lenient, strict] = await Promise.all([doctor(), doctor('--strict')]);
    expect(lenient.stdout).to.match(/WARNING +operations +1 scheduled: MarginVault\.setWaterfall\(newWaterfall 0x/);
    expect([lenient.code, strict.code]).to.deep.equal([0, 1]);

    await time.increase(4 * HOUR);
    const stale = await doctor();
    expect(stale.stdout).to.match(/FAILURE +price WETH +Down: /);
    expect(stale.code).to.equal(1);

    await setCode(await vault.getAddress(), '0x');
    const gone = await doctor();
    expect(gone.stdout).to.match(/FAILURE +code +MarginVault has no code at 0x/);
    expect(gone.stdout).to.match(/NOT HEALTHY: \d+ failures/);
    expect(gone.code).to.equal(1);
  });
});
