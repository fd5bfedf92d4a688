import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { beforeSealing } from '../fixtures/beforeSealing';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, setPrice } from '../fixtures/marketFixture';
import { FeedMode } from '../fixtures/oracleFixture';
import { readAssessment, sides } from '../fixtures/readAccount';
import { accountOf, HOUR, link, MarginMode, MAX_UINT96, wad, wbtc, weth } from '../fixtures/units';

const CASH_ONLY = (cash: bigint) => ({ worse: [cash, 0n, 0n], mark: [cash, 0n, 0n], better: [cash, 0n, 0n] });

/** Of `value` (quote WAD), what does not count of `amount` at depth `depth`: requirement, rounded up. */
function requirement(value: bigint, haircutBps: bigint, amount: bigint, depth: bigint): bigint {
  return value - (value * (10_000n - haircutBps) * depth) / (10_000n * (depth + amount));
}

describe('CrossMargin', () => {
  describe('assess', () => {
    it('takes cash for what it is, and asks nothing for it [RSK-01]', async () => {
      const { engine, account } = await loadFixture(marketFixture);
      for (const cash of [0n, wad(5), wad(-5), 2n ** 127n - 1n, -(2n ** 127n)]) {
        const portfolio = { account, mode: 0, cash, collateral: [], positions: [] };
        expect(sides(await engine.assess(portfolio))).to.deep.equal(CASH_ONLY(cash));
      }
    });

    it('adds collateral to equity in full and what does not count to the requirement [RSK-01] [RSK-02]', async () => {
      const market = await loadFixture(loanFixture);
      const figures = [wad(6_000), wad(5_600), wad(4_000)];
      const assessment = await readAssessment(market, market.account);
      expect(sides(assessment)).to.deep.equal({ worse: figures, mark: figures, better: figures });
      expect(assessment.markCollateral).to.equal(wad(20_000));
      expect(assessment.downLegs).to.equal(0n);
    });

    it('sums up to eight collaterals, each with its own haircut and depth [RSK-05]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, policy, actors, borrower, account, wbtc: btc, link: chain, engine } = market;
      const risk = {
        listed: true,
        decimals: 18,
        maintenanceHaircutBps: 3_000,
        initialHaircutBps: 4_000,
        depth: link(3_000),
        supplyCap: link(1_000_000),
      };
      await beforeSealing(policy, () => policy.connect(actors.risk).setCollateral(chain.address, risk));
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.5'));
      await vault.connect(borrower).deposit(account, chain.address, link(1_000));
      // LINK: 15,000, of which 0.7 * 3/4 and 0.6 * 3/4 count
      const figures = [wad(6_000 + 20_000 + 15_000), wad(5_600 + 5_600 + 8_250), wad(4_000 + 4_000 + 7_125)];
      expect(sides(await readAssessment(market, account)).mark).to.deep.equal(figures);
      expect(await engine.maxCollaterals(MarginMode.CROSS)).to.equal(8n);
    });

    it('rounds value down and requirement up [RSK-02]', async () => {
      const { engine, account, weth: eth, wbtc: btc } = await loadFixture(marketFixture);
      await setPrice(eth, '1999.99999999');
      const cases = [
        [eth.address, 1n, (1n * wad('1999.99999999')) / 10n ** 18n, weth(80)],
        [
          eth.address,
          3_333_333_333_333_333_333n,
          (3_333_333_333_333_333_333n * wad('1999.99999999')) / 10n ** 18n,
          weth(80),
        ],
        [btc.address, 7n, (7n * wad(40_000)) / 10n ** 8n, wbtc(4)],
        [btc.address, 123_456_789n, (123_456_789n * wad(40_000)) / 10n ** 8n, wbtc(4)],
      ] as const;
      for (const [asset, amount, value, depth] of cases) {
        const portfolio = { account, mode: 0, cash: -1n, collateral: [{ asset, amount }], positions: [] };
        expect(sides(await engine.assess(portfolio)).mark).to.deep.equal([
          value - 1n,
          requirement(value, 1_900n, amount, depth),
          requirement(value, 1_000n, amount, depth),
        ]);
      }
    });

    it('counts half of a holding as large as the depth, and adding more never lowers excess [RSK-07]', async () => {
      const { engine, account, weth: asset } = await loadFixture(marketFixture);
      const countedOf = async (amount: bigint) => {
        const collateral = [{ asset: asset.address, amount }];
        const { mark } = await engine.assess({ account, mode: 0, cash: 0n, collateral, positions: [] });
        return { initial: mark.equity - mark.initial, maintenance: mark.equity - mark.maintenance };
      };
      expect(await countedOf(weth(80))).to.deep.equal({ initial: wad(64_800), maintenance: wad(72_000) });
      let last = { initial: 0n, maintenance: 0n };
      for (let amount = 1n; amount < MAX_UINT96; amount *= 7n) {
        const counted = await countedOf(amount);
        expect(counted.initial).to.be.at.least(last.initial);
        expect(counted.maintenance).to.be.at.least(last.maintenance);
        last = counted;
      }
      expect(last.maintenance).to.be.below(wad(144_000)); // 90 % of 80 WETH, whatever is held
    });

    it('takes a fall at once and a rise only as time passes, on the worse side [RSK-03] [RSK-12]', async () => {
      const market = await loadFixture(loanFixture);
      const { account, weth: asset, oracle } = market;
      await setPrice(asset, 1_800);
      const fallen = [wad(4_000), wad(5_040), wad(3_600)];
      expect(sides(await readAssessment(market, account))).to.deep.equal({
        worse: fallen,
        mark: fallen,
        better: fallen,
      });
      await setPrice(asset, 2_500);
      const [before, after] = [
        [wad(6_000), wad(5_600), wad(4_000)],
        [wad(11_000), wad(7_000), wad(5_000)],
      ];
      expect(sides(await readAssessment(market, account))).to.deep.equal({ worse: before, mark: after, better: after });

      await oracle.update([asset.address]);
      expect(sides(await readAssessment(market, account)).worse).to.deep.equal(before);
      await time.increase(10 * 60);
      const half = sides(await readAssessment(market, account)).worse;
      expect(half[0]).to.be.closeTo(wad(8_500), wad(1));
    });

    it('counts nothing of a Degraded leg on the worse side and its good end on the better one [RSK-03]', async () => {
      const market = await loadFixture(loanFixture);
      const { account, weth: asset } = market;
      await asset.feed.pushAt(1_800n * 10n ** 8n, (await time.latest()) - 2 * HOUR);
      const assessment = await readAssessment(market, account);
      expect(sides(assessment)).to.deep.equal({
        worse: [wad(-14_000), 0n, 0n],
        mark: [wad(4_000), wad(5_040), wad(3_600)],
        better: [wad(6_000), wad(5_600), wad(4_000)],
      });
      expect([assessment.markCollateral, assessment.downLegs]).to.deep.equal([wad(18_000), 0n]);
    });

    it('leaves a Down leg out, but for its last good value on the better side, which asks nothing [RSK-03] [RSK-04]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, weth: eth, wbtc: btc, link: chain } = market;
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.5'));
      await vault.connect(borrower).deposit(account, chain.address, link(1_000));
      await eth.feed.setReverting(true);
      await chain.feed.setReverting(true);
      const assessment = await readAssessment(market, account);
      expect(sides(assessment)).to.deep.equal({
        worse: [wad(6_000), wad(5_600), wad(4_000)],
        mark: [wad(6_000), wad(5_600), wad(4_000)],
        better: [wad(41_000), wad(5_600), wad(4_000)],
      });
      expect([assessment.markCollateral, assessment.downLegs]).to.deep.equal([wad(20_000), 0b101n]);
    });

    it('answers whatever the feeds do and whatever the account holds [RSK-13]', async () => {
      const { engine, account, stranger, weth: asset } = await loadFixture(marketFixture);
      const unknown = [{ asset: stranger.address, amount: MAX_UINT96 }];
      const portfolio = { account, mode: 0, cash: wad(-1), positions: [] };
      expect(sides(await engine.assess({ ...portfolio, collateral: unknown }))).to.deep.equal(CASH_ONLY(wad(-1)));
      const collateral = Array.from({ length: 8 }, () => ({ asset: asset.address, amount: MAX_UINT96 }));
      for (const mode of Object.values(FeedMode)) {
        await asset.feed.setMode(mode);
        const { downLegs } = await engine.assess({ ...portfolio, collateral });
        expect(downLegs).to.equal(mode === FeedMode.Answers ? 0n : 255n);
      }
      await asset.feed.setMode(FeedMode.Answers);
      await asset.feed.push(2n ** 255n - 1n);
      expect((await engine.assess({ ...portfolio, collateral })).downLegs).to.equal(255n);
    });

    it('is not told by whose account it measures [RSK-01]', async () => {
      const { engine, weth: asset, stranger } = await loadFixture(marketFixture);
      const collateral = [{ asset: asset.address, amount: weth(10) }];
      const of = async (account: string) =>
        sides(await engine.assess({ account, mode: 0, cash: -wad(14_000), collateral, positions: [] }));
      expect(await of(accountOf(stranger))).to.deep.equal(await of(accountOf(ethers.ZeroAddress)));
    });
  });
});
