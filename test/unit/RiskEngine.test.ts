import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { CashModel__factory } from '../../typechain-types';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { readPortfolio } from '../fixtures/readAccount';
import {
  HOUR,
  link,
  MarginMode,
  MAX_INT256,
  MAX_UINT256,
  MIN_INT256,
  usdc,
  wad,
  WAD,
  wbtc,
  weth,
} from '../fixtures/units';

const SCALE = 10n ** 12n;

/** Worlds in which the largest step must be exact: each starts from the borrower's loan. */
const WORLDS: Readonly<Record<string, (market: Market) => Promise<unknown>>> = {
  'as it was opened': () => Promise.resolve(),
  'after a rise that has not settled': ({ weth: asset }) => setPrice(asset, 2_345),
  'half way through a rise': async ({ weth: asset, oracle }) => {
    await setPrice(asset, 2_500);
    await oracle.update([asset.address]);
    await time.increase(600);
  },
  'with other collateral': async ({ vault, borrower, account, wbtc: btc, link: chain }) => {
    await vault.connect(borrower).deposit(account, btc.address, wbtc('0.12345678'));
    await vault.connect(borrower).deposit(account, chain.address, link('77.7'));
  },
  'with other collateral of a late feed': async ({ vault, borrower, account, wbtc: btc }) => {
    await vault.connect(borrower).deposit(account, btc.address, wbtc('0.12345678'));
    await btc.feed.pushAt(40_000n * 10n ** 8n, (await time.latest()) - 2 * HOUR);
  },
  isolated: ({ vault, borrower, account }) => vault.connect(borrower).setMode(account, MarginMode.ISOLATED),
  'far beyond the depth': ({ vault, borrower, account, weth: asset }) =>
    vault.connect(borrower).deposit(account, asset.address, weth(900)),
  'with a debt of the least size': ({ vault, borrower, account }) =>
    vault.connect(borrower).repay(account, usdc(13_800)),
};

/** The loan, and a margin model that is not yet registered. */
async function modelFixture() {
  const market = await loanFixture();
  return { ...market, model: await new CashModel__factory(market.deployer).deploy() };
}

describe('RiskEngine', () => {
  describe('addModel', () => {
    it('is for the risk role only [RSK-11]', async () => {
      const { engine, actors, stranger, model } = await loadFixture(modelFixture);
      for (const caller of [actors.admin, actors.governor, actors.guardian, stranger]) {
        await expect(engine.connect(caller).addModel(7, model))
          .to.be.revertedWithCustomError(engine, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
      }
    });

    it('reverts with ModeBuiltIn for cross and isolated margin [RSK-11]', async () => {
      const { engine, actors, model } = await loadFixture(modelFixture);
      for (const mode of [MarginMode.CROSS, MarginMode.ISOLATED]) {
        await expect(engine.connect(actors.risk).addModel(mode, model))
          .to.be.revertedWithCustomError(engine, 'ModeBuiltIn')
          .withArgs(mode);
      }
    });

    it('reverts with ModeTaken for a mode that has a model [RSK-11]', async () => {
      const { engine, actors, model, deployer } = await loadFixture(modelFixture);
      await engine.connect(actors.risk).addModel(7, model);
      await expect(engine.connect(actors.risk).addModel(7, await new CashModel__factory(deployer).deploy()))
        .to.be.revertedWithCustomError(engine, 'ModeTaken')
        .withArgs(7, model);
    });

    it('gives accounts a further mode, whose model measures them [RSK-11]', async () => {
      const { engine, vault, actors, borrower, account, model, strangerAccount, stranger } =
        await loadFixture(modelFixture);
      await expect(engine.connect(actors.risk).addModel(7, model)).to.emit(engine, 'ModelAdded').withArgs(7, model);
      expect(await engine.modelOf(7)).to.equal(model);
      expect(await engine.maxCollaterals(7)).to.equal(1n);
      await vault.connect(stranger).setMode(strangerAccount, 7);
      expect(await vault.modeOf(strangerAccount)).to.equal(7n);
      await expect(vault.connect(borrower).setMode(account, 7)) // under it the collateral of the loan counts nothing
        .to.be.revertedWithCustomError(vault, 'Undercollateralised')
        .withArgs(account, -wad(14_000), 0n);
    });
  });

  describe('views', () => {
    it('revert with UnknownMode for a mode without a model [RSK-11]', async () => {
      const { engine, account, weth: asset } = await loadFixture(marketFixture);
      const portfolio = {
        account,
        mode: 3,
        cash: -1n,
        collateral: [{ asset: asset.address, amount: 1n }],
        positions: [],
      };
      for (const view of [
        engine.modelOf(3),
        engine.maxCollaterals(3),
        engine.assess(portfolio),
        engine.health(portfolio),
        engine.excess(portfolio),
        engine.largestBorrow(portfolio),
        engine.largestWithdrawal(portfolio, asset.address),
      ]) {
        await expect(view).to.be.revertedWithCustomError(engine, 'UnknownMode').withArgs(3);
      }
    });

    it('health is E / Rm at mark, floored [RSK-14]', async () => {
      const market = await loadFixture(loanFixture);
      const { engine, account, weth: asset } = market;
      expect(await engine.health(await readPortfolio(market, account))).to.equal((WAD * 3n) / 2n);
      await setPrice(asset, 1_600);
      expect(await engine.health(await readPortfolio(market, account))).to.equal((wad(2_000) * WAD) / wad(3_200));
      await setPrice(asset, 1_399);
      // -10 / 2,798, towards minus infinity
      const floored = (wad(-10) * WAD) / wad(2_798) - 1n;
      expect(await engine.health(await readPortfolio(market, account))).to.equal(floored);
    });

    it('health has no number where nothing is required: all of it, or none where something is owed [RSK-14]', async () => {
      const { engine, account } = await loadFixture(marketFixture);
      const of = (cash: bigint) => engine.health({ account, mode: 0, cash, collateral: [], positions: [] });
      expect(await of(0n)).to.equal(MAX_INT256);
      expect(await of(wad(1))).to.equal(MAX_INT256);
      expect(await of(-1n)).to.equal(MIN_INT256);
    });

    it('isCovered takes nothing for collateral whose price is doubtful, not a unit [RSK-14]', async () => {
      const { engine, account, weth: asset } = await loadFixture(marketFixture);
      const collateral = [{ asset: asset.address, amount: weth(10) }];
      const of = (cash: bigint) => engine.isCovered({ account, mode: 0, cash, collateral, positions: [] });
      expect(await of(-1n)).to.equal(true);
      await time.increase(2 * HOUR);
      expect([await of(-1n), await of(0n)]).to.deep.equal([false, true]);
    });

    it('largestWithdrawal is all of a collateral where what is left is exactly enough [RSK-09]', async () => {
      const { engine, account, weth: asset, link: other } = await loadFixture(marketFixture);
      const [first, second] = [
        { asset: asset.address, amount: weth(10) },
        { asset: other.address, amount: link(1_000) },
      ];
      const counted = await engine.excess({ account, mode: 0, cash: 0n, collateral: [second], positions: [] });
      const portfolio = { account, mode: 0, cash: -counted, collateral: [first, second], positions: [] };
      expect(await engine.largestWithdrawal(portfolio, asset.address)).to.equal(weth(10));
      const short = { ...portfolio, cash: -counted - 1n };
      expect(await engine.largestWithdrawal(short, asset.address)).to.be.below(weth(10));
    });

    it('excess is E - Ri at the worse prices, negative when short [RSK-14]', async () => {
      const market = await loadFixture(loanFixture);
      const { engine, account, weth: asset } = market;
      expect(await engine.excess(await readPortfolio(market, account))).to.equal(wad(400));
      await setPrice(asset, 3_000);
      expect(await engine.excess(await readPortfolio(market, account))).to.equal(wad(400));
      await setPrice(asset, 1_800);
      expect(await engine.excess(await readPortfolio(market, account))).to.equal(wad(-1_040));
    });
  });

  describe('largestBorrow', () => {
    it('is zero when short of initial margin, and with a dead feed [RSK-08]', async () => {
      const market = await loadFixture(loanFixture);
      const { engine, account, weth: asset } = market;
      await setPrice(asset, 1_900);
      expect(await engine.largestBorrow(await readPortfolio(market, account))).to.equal(0n);
      await asset.feed.setReverting(true);
      expect(await engine.largestBorrow(await readPortfolio(market, account))).to.equal(0n);
    });

    for (const [name, arrange] of Object.entries(WORLDS)) {
      it(`is exact ${name}: it passes, and one unit more does not [RSK-08]`, async () => {
        const market = await loadFixture(loanFixture);
        const { vault, engine, borrower, account } = market;
        await arrange(market);
        const largest = (await engine.largestBorrow(await readPortfolio(market, account))) / SCALE;
        expect(largest).to.be.above(0n);
        const call = vault.connect(borrower);
        await call.borrow.staticCall(account, largest, borrower);
        await expectUntouched(market, () =>
          expect(call.borrow.staticCall(account, largest + 1n, borrower)).to.be.revertedWithCustomError(
            vault,
            'Undercollateralised',
          ),
        );
      });
    }
  });

  describe('largestWithdrawal', () => {
    it('is nothing of what is not there, and when short of initial margin [RSK-10]', async () => {
      const market = await loadFixture(loanFixture);
      const { engine, account, weth: eth, wbtc: btc } = market;
      const portfolio = await readPortfolio(market, account);
      expect(await engine.largestWithdrawal(portfolio, btc.address)).to.equal(0n);
      await setPrice(eth, 1_900);
      expect(await engine.largestWithdrawal(portfolio, eth.address)).to.equal(0n);
    });

    it('is everything where nothing is owed, with every feed dead [RSK-10]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, engine, borrower, account, weth: asset } = market;
      await vault.connect(borrower).repay(account, MAX_UINT256);
      await asset.feed.setReverting(true);
      const portfolio = await readPortfolio(market, account);
      expect(await engine.largestWithdrawal(portfolio, asset.address)).to.equal(weth(10));
    });

    for (const [name, arrange] of Object.entries(WORLDS)) {
      it(`is exact ${name}: it passes, and one unit more does not [RSK-09]`, async () => {
        const market = await loadFixture(loanFixture);
        const { vault, engine, borrower, account } = market;
        await arrange(market);
        const portfolio = await readPortfolio(market, account);
        for (const { asset, amount } of portfolio.collateral) {
          const largest = await engine.largestWithdrawal(portfolio, asset);
          const call = vault.connect(borrower);
          if (largest > 0n) await call.withdraw.staticCall(account, asset, largest, borrower);
          if (largest === amount) continue;
          await expect(call.withdraw.staticCall(account, asset, largest + 1n, borrower)).to.be.revertedWithCustomError(
            vault,
            'Undercollateralised',
          );
        }
      });
    }
  });
});
