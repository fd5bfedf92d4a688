import { expect } from 'chai';

import { MockERC20__factory } from '../../typechain-types';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice } from '../fixtures/marketFixture';
import { readAssessment, sides } from '../fixtures/readAccount';
import { accountOf, MarginMode, MarginState, usdc, wad, wbtc, weth } from '../fixtures/units';

/** The borrower's account 1, isolated, with 10 WETH and a debt of 14,000. */
async function isolatedFixture() {
  const market = await marketFixture();
  const { vault, borrower, weth: asset } = market;
  const isolated = accountOf(borrower, 1);
  await vault.connect(borrower).setMode(isolated, MarginMode.ISOLATED);
  await vault.connect(borrower).deposit(isolated, asset.address, weth(10));
  await vault.connect(borrower).borrow(isolated, usdc(14_000), borrower);
  return { ...market, isolated };
}

describe('IsolatedMargin', () => {
  describe('assess', () => {
    it('cuts the collateral by the haircuts of its pair, not by its own [RSK-06]', async () => {
      const market = await loadFixture(isolatedFixture);
      const figures = [wad(6_000), wad(4_000), wad(3_200)];
      expect(sides(await readAssessment(market, market.isolated))).to.deep.equal({
        worse: figures,
        mark: figures,
        better: figures,
      });
    });

    it('counts nothing of a collateral without a pair [RSK-06]', async () => {
      const market = await loadFixture(isolatedFixture);
      const { engine, deployer, isolated } = market;
      const token = await new MockERC20__factory(deployer).deploy('No pair', 'NOP', 18);
      await listToken(market, token, { price: 15, depth: weth(1_000_000), supplyCap: weth(1_000_000) });
      const collateral = [{ asset: await token.getAddress(), amount: weth(100) }];
      const portfolio = { account: isolated, mode: MarginMode.ISOLATED, cash: 0n, collateral, positions: [] };
      expect(sides(await engine.assess(portfolio)).mark).to.deep.equal([wad(1_500), wad(1_500), wad(1_500)]);
    });

    it('opens no debt on a pair taken off the list, and leaves those there are as they were [RSK-06]', async () => {
      const market = await loadFixture(isolatedFixture);
      const { vault, policy, actors, borrower, isolated, weth: asset } = market;
      const before = sides(await readAssessment(market, isolated));
      const { maintenanceHaircutBps, initialHaircutBps } = await policy.pairRisk(asset.address);
      const unlisted = { listed: false, maintenanceHaircutBps, initialHaircutBps };
      await policy.connect(actors.risk).setPair(asset.address, unlisted);
      const after = sides(await readAssessment(market, isolated));
      expect([after.better[2], after.mark[2]]).to.deep.equal([before.better[2], before.mark[2]]);
      expect(await vault.stateOf(isolated)).to.equal(MarginState.Restricted);
      await expect(vault.connect(borrower).borrow(isolated, 1n, borrower))
        .to.be.revertedWithCustomError(vault, 'Undercollateralised')
        .withArgs(isolated, wad(6_000) - 10n ** 12n, wad(20_000));
    });

    it('counts nothing of a second collateral, which the vault does not let in [RSK-06]', async () => {
      const { engine, isolated, weth: eth, wbtc: btc } = await loadFixture(isolatedFixture);
      const collateral = [
        { asset: btc.address, amount: wbtc('0.5') },
        { asset: eth.address, amount: weth(10) },
      ];
      const portfolio = { account: isolated, mode: MarginMode.ISOLATED, cash: 0n, collateral, positions: [] };
      expect(sides(await engine.assess(portfolio)).mark).to.deep.equal([
        wad(40_000),
        wad(4_000 + 20_000),
        wad(3_200 + 20_000),
      ]);
      expect(await engine.maxCollaterals(MarginMode.ISOLATED)).to.equal(1n);
    });

    it('measures by the same three prices as cross margin [RSK-03]', async () => {
      const market = await loadFixture(isolatedFixture);
      const { isolated, weth: asset } = market;
      await setPrice(asset, 2_500);
      expect(sides(await readAssessment(market, isolated))).to.deep.equal({
        worse: [wad(6_000), wad(4_000), wad(3_200)],
        mark: [wad(11_000), wad(5_000), wad(4_000)],
        better: [wad(11_000), wad(5_000), wad(4_000)],
      });
      await asset.feed.setReverting(true);
      const assessment = await readAssessment(market, isolated);
      expect(assessment.downLegs).to.equal(1n);
      expect(sides(assessment)).to.deep.equal({
        worse: [wad(-14_000), 0n, 0n],
        mark: [wad(-14_000), 0n, 0n],
        better: [wad(6_000), 0n, 0n],
      });
    });

    it("leaves the rest of the owner's money out of reach [RSK-06]", async () => {
      const market = await loadFixture(isolatedFixture);
      const { vault, borrower, account, isolated, quote, weth: asset } = market;
      await vault.connect(borrower).deposit(account, quote, usdc(50_000));
      await setPrice(asset, 1_500);
      expect(sides(await readAssessment(market, isolated)).mark[0]).to.equal(wad(1_000));
      expect(await vault.stateOf(isolated)).to.be.at.least(2n);
      expect(await vault.stateOf(account)).to.equal(0n);
    });
  });
});
