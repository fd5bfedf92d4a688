import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import { ethers } from 'hardhat';

import type { Manifest } from '../../sdk/deployment';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { runScript } from '../fixtures/runScript';
import { serveDeployment } from '../fixtures/servedDeployment';
import { namedPolicy, openSystem } from '../fixtures/systemFixture';

const NETWORK = 'adopt-command-test';

async function dogeFixture() {
  const system = await openSystem();
  const token = await ethers.deployContract('MockERC20', ['Doge', 'DOGE', 8]);
  const feed = await listToken(system, token, { price: 1, depth: 10n ** 14n, supplyCap: 10n ** 14n });
  return { system, doge: await token.getAddress(), feed: await feed.getAddress() };
}

describe('npm run adopt', function () {
  this.timeout(120_000);

  const served = serveDeployment(NETWORK);
  const adopt = (...more: string[]) => runScript('adopt', [...served.flags(), ...more]);

  it('makes a policy file know a collateral that was listed later [DEP-12]', async () => {
    const { system, doge, feed } = await loadFixture(dogeFixture);
    served.write(system.manifest);
    const file = join(served.folder, 'wanted.json');
    const policy = namedPolicy('default');
    const { WETH } = policy.collaterals;
    writeFileSync(file, JSON.stringify({ ...policy, collaterals: { ...policy.collaterals, DOGE: WETH } }));
    const diff = () => runScript('policy', ['diff', file, ...served.flags()]);
    expect((await diff()).code).to.equal(1);

    const { code, stdout, stderr } = await adopt();
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout).to.contain(`DOGE  ${doge}, 8 decimals, feed ${feed}\n`);
    const manifest = JSON.parse(readFileSync(join(served.folder, 'manifest.json'), 'utf8')) as Manifest;
    expect(manifest.assets).to.deep.equal([
      ...system.manifest.assets,
      { symbol: 'DOGE', address: doge, decimals: 8, feed },
    ]);
    expect((await diff()).stderr).to.equal('');
    expect((await adopt()).stdout).to.equal('the manifest names every collateral that is listed: nothing to do\n');
  });

  it('takes another symbol, and refuses one that is taken, unusable or for nothing [DEP-06] [DEP-12]', async () => {
    const { system, doge } = await loadFixture(dogeFixture);
    served.write(system.manifest);
    const refusals = await Promise.all(
      [`${doge}=WETH`, `${doge}=a b`, `${system.weth.address}=ETH`, 'DOGE'].map((each) => adopt('--symbol', each)),
    );
    for (const { code, stderr } of refusals) {
      expect(stderr).to.match(/^error: [^\n]+\n$/);
      expect(code).to.equal(1);
    }
    expect(refusals[0]?.stderr).to.contain(
      `WETH is ${system.weth.address} already; name it with --symbol ${doge}=<symbol>`,
    );
    expect((await adopt('--symbol', `${doge}=XDG`)).stdout).to.contain(`XDG  ${doge}`);
  });
});
