import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String, ZeroAddress, ZeroHash } from 'ethers';

import { MockAggregator__factory, MockERC20__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, openMarket, setPrice, withLoan } from '../fixtures/marketFixture';
import { OPEN_AGE } from '../fixtures/oracleFixture';
import { readPair, readRisk } from '../fixtures/policyTerms';
import { readAssessment } from '../fixtures/readAccount';
import { deployAttacker } from '../fixtures/scriptedAttacker';
import { developmentConfig, openSystem } from '../fixtures/systemFixture';
import { TEST_CASH_TERMS, TEST_LIQUIDATION_TERMS, testPolicy } from '../fixtures/testPolicy';
import { DAY, MarginMode, MAX_UINT96, MINUTE, usdc, wad, wbtc, weth } from '../fixtures/units';
import { wealthOf } from '../fixtures/wealthOf';

/** The role of `RISK`, which an attacker has got hold of. */
const RISK = 2;
/** Seconds that the risk role waits here. */
const RISK_DELAY = 2 * DAY;

/** The loan where roles wait as they do on a live chain. */
async function delayedFixture() {
  const config = {
    ...developmentConfig(),
    executionDelaySeconds: { admin: RISK_DELAY, risk: RISK_DELAY, governor: DAY },
  };
  return withLoan(await openMarket(await openSystem({ policy: testPolicy(), config })));
}

/** The borrower's loan in an isolated account. */
async function isolatedFixture() {
  const market = await marketFixture();
  await market.vault.connect(market.borrower).setMode(market.account, MarginMode.ISOLATED);
  return withLoan(market);
}

describe('Governance attacks: terms that change', () => {
  // Whoever may set parameters, or his friend the liquidator, cuts what collateral counts and takes the accounts over in
  // the same block.
  it('V50 turns nobody by what collateral counts from now on [POL-08]', async () => {
    for (const [name, cut, mostADay] of [
      ['haircut', { maintenanceHaircutBps: 6_000n, initialHaircutBps: 7_000n }, 400n],
      ['depth', { depth: weth(10) }, 2_000n],
    ] as const) {
      const market = await loadFixture(loanFixture);
      const { policy, vault, actors, bidder, borrower, account, weth: asset } = market;
      const truth = [[asset, 2_000]] as const;
      const before = [await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)];
      const required = async () => (await readAssessment(market, account)).better.maintenance;
      const known = await required();
      await policy
        .connect(actors.risk)
        .setCollateral(asset.address, { ...(await readRisk(policy, asset.address)), ...cut });
      expect(await required(), name).to.equal(known);
      await expect(liquidate(market), name).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
      expect([await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)]).to.deep.equal(before);
      await time.increase(DAY);
      await setPrice(asset, 2_000);
      // a day later no more is required than the speed allows, and the borrower is still above his line
      expect((await required()) - known, name).to.be.within(1n, mostADay * 10n ** 18n);
      await expect(liquidate(market), name).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    }
  });

  // The same by the haircut of a pair, which isolated accounts stand on.
  it('V50 turns no isolated account by the haircut of its pair [POL-08]', async () => {
    const market = await loadFixture(isolatedFixture);
    const { policy, vault, actors, bidder, account, weth: asset } = market;
    const before = await wealthOf(market, bidder, [[asset, 2_000]]);
    const { maintenance } = (await readAssessment(market, account)).better;
    const pair = await readPair(policy, asset.address);
    const cut = { ...pair, maintenanceHaircutBps: 6_000n, initialHaircutBps: 7_000n };
    await policy.connect(actors.risk).setPair(asset.address, cut);
    expect((await readAssessment(market, account)).better.maintenance).to.be.within(
      maintenance,
      maintenance + wad('0.1'),
    );
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    expect(await wealthOf(market, bidder, [[asset, 2_000]])).to.equal(before);
  });

  // Or by the terms of the sale: no grace for who has just been called, and no call for who is hardly short.
  it('V50 takes no grace from an account that is short already [POL-10]', async () => {
    const market = await loadFixture(loanFixture);
    const { policy, vault, actors, bidder, borrower, account, weth: asset } = market;
    await setPrice(asset, 1_700); // health 0.88
    const truth = [[asset, 1_700]] as const;
    const before = [await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)];
    const terms = { ...TEST_LIQUIDATION_TERMS, criticalHealthBps: 9_500, maxGrace: 0, bonusMinBps: 4_000 };
    await policy.connect(actors.risk).setLiquidationTerms(terms);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    expect([await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)]).to.deep.equal(before);
    await vault.connect(actors.keeper).call(account);
    const { calledAt, deadline } = await vault.callOf(account);
    expect(deadline - calledAt).to.be.above(2n * BigInt(MINUTE)); // of the 600 seconds at health one
  });

  // Drift (April 2026, 285 million): whoever has the role lists a token of his own with price and cap, and borrows all.
  it('V51 lends nothing on a token in the block in which a stolen role lists it [POL-09]', async () => {
    const market = await loadFixture(marketFixture);
    const { policy, oracle, vault, manager, actors, deployer, quote } = market;
    const thief = await deployAttacker(market);
    await manager.connect(actors.admin).grantRole(RISK, thief.script, 0);
    const worthless = await new MockERC20__factory(deployer).deploy('Worthless', 'NIL', 18);
    await worthless.mint(thief.script, wad(1_000_000));
    const feed = await new MockAggregator__factory(deployer).deploy(8, 'the thief says so');
    await feed.push(1_000_000n * 10n ** 8n);
    const risk = { listed: true, decimals: 18, maintenanceHaircutBps: 100, initialHaircutBps: 100 };
    const config = {
      primary: await feed.getAddress(),
      second: ZeroAddress,
      secondId: ZeroHash,
      openAge: OPEN_AGE,
      liquidationAge: DAY,
      halfLife: 1,
      disagreementBps: 0,
      confidenceBps: 0,
      floor: 0n,
      ceiling: wad(10_000_000),
    };
    const before = await quote.balanceOf(thief.self);
    const script = [
      await thief.act(policy, 'listCollateral', [worthless, { ...risk, depth: MAX_UINT96, supplyCap: MAX_UINT96 }]),
      await thief.act(oracle, 'configure', [worthless, config]),
      await thief.act(policy, 'setCashTerms', [{ ...TEST_CASH_TERMS, borrowCap: 10n ** 12n }]),
      await thief.act(worthless, 'approve', [vault, MAX_UINT96]),
      await thief.act(vault, 'deposit', [thief.own[0], worthless, wad(1_000)]),
      await thief.act(vault, 'borrow', [thief.own[0], usdc(300_000), thief.self]),
    ];
    await expect(thief.run(script))
      .to.be.revertedWithCustomError(vault, 'SupplyCapExceeded')
      .withArgs(worthless, wad(1_000), 0n);
    expect(await quote.balanceOf(thief.self)).to.equal(before); // 300,000 more with the loan

    // and nothing ever, once the guardian has seen the listing
    await thief.run(script.slice(0, 2));
    await policy.connect(actors.guardian).closeToNewRisk(worthless);
    await thief.run(script.slice(2, 4));
    await time.increase(30 * DAY);
    await expect(thief.run(script.slice(4, 5))).to.be.revertedWithCustomError(vault, 'SupplyCapExceeded');
    const again = { ...risk, depth: MAX_UINT96, supplyCap: MAX_UINT96 };
    await expect(
      thief.run([await thief.act(policy, 'setCollateral', [worthless, again])]),
    ).to.be.revertedWithCustomError(policy, 'Restricted');
  });

  // If nobody sees it, what all accounts together may owe bounds what is lost.
  it('V51 lends no more on it than the borrow cap leaves [VLT-13]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, quote, stranger, strangerAccount, weth: asset, wbtc: other } = market;
    await vault.connect(stranger).deposit(strangerAccount, asset.address, weth(80));
    await vault.connect(stranger).deposit(strangerAccount, other.address, wbtc(10)); // enough for 157,000
    const liquidity = await vault.liquidity();
    expect(liquidity).to.equal(usdc(286_000));
    await expect(vault.connect(stranger).borrow(strangerAccount, usdc(136_001), stranger))
      .to.be.revertedWithCustomError(vault, 'BorrowCapExceeded')
      .withArgs(wad(150_001), wad(150_000));
    const before = await quote.balanceOf(stranger);
    await vault.connect(stranger).borrow(strangerAccount, usdc(136_000), stranger);
    expect((await quote.balanceOf(stranger)) - before).to.equal(usdc(136_000));
  });

  // Drift again: approvals from long before, used when everybody has forgotten them. Here a change is scheduled, the
  // guardian closes what it opens, and its time comes.
  it('V52 undoes no restriction by what was scheduled before it [POL-13]', async () => {
    const market = await loadFixture(delayedFixture);
    const { policy, manager, vault, quote, actors, stranger, strangerAccount, weth: asset } = market;
    const scheduled = [
      ['setCollateral', [asset.address, { ...(await readRisk(policy, asset.address)), supplyCap: weth(2_000) }]],
      ['setPair', [asset.address, await readPair(policy, asset.address)]],
      ['setCashTerms', [{ ...TEST_CASH_TERMS, borrowCap: 300_000 }]],
    ] as const;
    const calls = scheduled.map(([name, args]) => policy.interface.encodeFunctionData(name as never, args as never));
    const risk = manager.connect(actors.risk);
    for (const data of calls) await risk.schedule(policy, data, 0);
    // an approval of the release as well, of every restriction that the thief can think of
    const version = await policy.version();
    const guess = policy.interface.encodeFunctionData('release', [asset.address, version]);
    await risk.schedule(policy, guess, 0);

    await policy.connect(actors.guardian).closeToNewRisk(asset.address);
    await policy.connect(actors.guardian).lowerBorrowCap(14_000);
    await time.increase(RISK_DELAY);
    for (const data of calls)
      await expect(risk.execute(policy, data)).to.be.revertedWithCustomError(policy, 'Restricted');
    const restriction = await policy.restrictedAt(asset.address);
    await expect(risk.execute(policy, guess))
      .to.be.revertedWithCustomError(policy, 'OtherRestriction')
      .withArgs(asset.address, version, restriction);
    await setPrice(asset, 2_000);
    const before = await quote.balanceOf(stranger);
    await expect(vault.connect(stranger).deposit(strangerAccount, asset.address, 1n)).to.be.revertedWithCustomError(
      vault,
      'SupplyCapExceeded',
    );
    expect(await quote.balanceOf(stranger)).to.equal(before);

    // who means it releases first, which the guardian may cancel, and waits again
    const release = policy.interface.encodeFunctionData('release', [asset.address, restriction]);
    await risk.schedule(policy, release, 0);
    await time.increase(RISK_DELAY);
    await expect(risk.execute(policy, release)).to.emit(policy, 'Released');
    await risk.execute(policy, calls[0]!);
    await time.increase(4 * DAY);
    expect((await policy.intakeOf(asset.address)).supplyCap).to.be.above(0n);
    await expect(risk.execute(policy, calls[2]!)).to.be.revertedWithCustomError(policy, 'Restricted');
  });

  // The path for emergencies skips the delay: it must not be a way to raise risk.
  it('V52 raises no risk by the path that does not wait [POL-12]', async () => {
    const market = await loadFixture(delayedFixture);
    const { policy, vault, quote, actors, stranger, strangerAccount, weth: asset, wbtc: other } = market;
    const thief = policy.connect(actors.guardian);
    const before = await quote.balanceOf(stranger);
    const attempts = [
      [() => thief.lowerSupplyCap(asset.address, weth(1_000_000)), 'supplyCap', weth(1_000_000), weth(1_000)],
      [() => thief.lowerBorrowCap(300_000), 'borrowCap', 300_000n, 150_000n],
      [() => thief.raiseInitialHaircut(asset.address, 100), 'initialHaircutBps', 100n, 1_900n],
      [() => thief.raisePairInitialHaircut(asset.address, 100), 'initialHaircutBps', 100n, 1_000n],
    ] as const;
    for (const [attempt] of attempts) await attempt().catch(() => undefined);
    // what he wanted it for: a thousand WETH too many, a loan above the cap, and one on 99 % of what is there
    await setPrice(asset, 2_000);
    await setPrice(other, 40_000);
    const take = vault.connect(stranger);
    await asset.token.mint(stranger, weth(1_000));
    await take.deposit(strangerAccount, asset.address, weth(991)).catch(() => undefined);
    await take.deposit(strangerAccount, asset.address, weth(10));
    await take.borrow(strangerAccount, usdc(14_500), stranger).catch(() => undefined);
    await take.deposit(strangerAccount, asset.address, weth(70));
    await take.deposit(strangerAccount, other.address, wbtc(10)); // enough for 157,000
    await take.borrow(strangerAccount, usdc(136_001), stranger).catch(() => undefined);
    expect(await vault.collateralOf(strangerAccount, asset.address)).to.equal(weth(80));
    expect((await quote.balanceOf(stranger)) - before).to.equal(0n);
    for (const [attempt, parameter, value, known] of attempts) {
      await expect(attempt(), parameter)
        .to.be.revertedWithCustomError(policy, 'WouldLoosen')
        .withArgs(encodeBytes32String(parameter), value, known);
    }
  });

  // Beanstalk (April 2022, 182 million): decided and done in one transaction.
  it('V52 changes no terms before their time, after it, or twice [DEP-08]', async () => {
    const market = await loadFixture(delayedFixture);
    const { policy, manager, actors, account, quote, stranger, strangerAccount } = market;
    const { maintenance } = (await readAssessment(market, account)).better;
    const terms = { ...TEST_CASH_TERMS, borrowCap: 300_000 };
    const data = policy.interface.encodeFunctionData('setCashTerms', [terms]);
    const risk = manager.connect(actors.risk);
    const cap = async () => (await policy.cashTerms()).borrowCap;
    await expect(policy.connect(actors.stranger).setCashTerms(terms)).to.be.revertedWithCustomError(
      policy,
      'AccessManagedUnauthorized',
    );
    await expect(risk.execute(policy, data)).to.be.revertedWithCustomError(manager, 'AccessManagerNotScheduled');
    await risk.schedule(policy, data, 0);
    await expect(risk.execute(policy, data)).to.be.revertedWithCustomError(manager, 'AccessManagerNotReady');
    await time.increase(RISK_DELAY + 7 * DAY);
    await expect(risk.execute(policy, data)).to.be.revertedWithCustomError(manager, 'AccessManagerExpired');
    await risk.schedule(policy, data, 0);
    await manager.connect(actors.guardian).cancel(actors.risk, policy, data);
    await time.increase(RISK_DELAY);
    await expect(risk.execute(policy, data)).to.be.revertedWithCustomError(manager, 'AccessManagerNotScheduled');
    expect(await cap()).to.equal(150_000n);
    await risk.schedule(policy, data, 0);
    await time.increase(RISK_DELAY);
    await risk.execute(policy, data);
    expect([await cap(), (await policy.cashTarget()).target.borrowCap]).to.deep.equal([150_000n, 300_000n]);
    // what he wanted it for, on 157,000 of room
    await setPrice(market.weth, 2_000);
    await setPrice(market.wbtc, 40_000);
    await market.vault.connect(stranger).deposit(strangerAccount, market.wbtc.address, wbtc(10));
    await market.vault.connect(stranger).deposit(strangerAccount, market.weth.address, weth(80));
    const before = await quote.balanceOf(stranger);
    const take = () => market.vault.connect(stranger).borrow(strangerAccount, usdc(136_100), stranger);
    await take().catch(() => undefined);
    expect(await quote.balanceOf(stranger)).to.equal(before);
    await expect(take()).to.be.revertedWithCustomError(market.vault, 'BorrowCapExceeded');
    await policy.connect(actors.guardian).lowerBorrowCap(150_000);
    await expect(risk.execute(policy, data)).to.be.revertedWithCustomError(manager, 'AccessManagerNotScheduled');
    await setPrice(market.weth, 2_000);
    expect((await readAssessment(market, account)).better.maintenance).to.equal(maintenance);
  });
});
