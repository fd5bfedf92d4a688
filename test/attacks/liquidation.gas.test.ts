import { time } from '@nomicfoundation/hardhat-network-helpers';
import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { expect } from 'chai';
import { AbiCoder, id } from 'ethers';
import { ethers } from 'hardhat';
import type { Address } from 'viem';

import { MockAggregator__factory, MockERC20__factory, MockPythPrices__factory } from '../../typechain-types';
import { enter, fillReserves } from '../fixtures/actions';
import { COVERING } from '../fixtures/covering';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { openMarket } from '../fixtures/marketFixture';
import { FeedMode } from '../fixtures/oracleFixture';
import { reconfigure } from '../fixtures/reconfigure';
import { deployAttacker, type Attacker } from '../fixtures/scriptedAttacker';
import { SEQUENCER_GRACE } from '../fixtures/sequencedFixture';
import { openSystem, promptConfig } from '../fixtures/systemFixture';
import { readRisk } from '../fixtures/policyTerms';
import { TEST_LIQUIDATION_TERMS, testPolicy } from '../fixtures/testPolicy';
import { DAY, HOUR, MAX_INT256, MAX_UINT256, MINUTE, usdc, wad, WAD } from '../fixtures/units';

const LEGS = 8;
const DIGITS = 10n ** 8n;
/** Stops that the vault looks back for: `SequencerUptime.MAX_ROUNDS`, of which every other is a restart. */
const OUTAGES = 4;
const GAS_BUDGET = 5_000_000n;
const CALLS = 'tuple(address target, bytes data, bool mayFail)[]';

/**
 * All that makes a liquidation dear at once: eight collaterals whose terms ramp, each with a feed that Pyth seconds; a
 * sequencer with outages that nobody has recorded since the call; terms of liquidation that ramp; and a loss that
 * reserves, both tranches and lenders share.
 */
async function dearestFixture() {
  const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
  const uptime = await new MockAggregator__factory(deployer).deploy(0, 'L2 sequencer uptime');
  await uptime.pushAt(0, (await time.latest()) - DAY);
  const sequencer = { feed: (await uptime.getAddress()) as Address, graceSeconds: SEQUENCER_GRACE };
  const market = await openMarket(await openSystem({ policy: testPolicy(), config: { ...promptConfig(), sequencer } }));
  const { oracle, policy, vault, junior, senior, actors, borrower, stranger, keeper, account } = market;
  const pyth = await new MockPythPrices__factory(deployer).deploy();
  const legs: { readonly token: string; readonly feed: Awaited<ReturnType<typeof listToken>>; readonly id: string }[] =
    [];
  const publish = async (price: bigint) => {
    for (const leg of legs) {
      await leg.feed.push(price * DIGITS);
      await pyth.push(leg.id, price * DIGITS, DIGITS, -8, await time.latest());
    }
  };
  for (let i = 0; i < LEGS; ++i) {
    const token = await new MockERC20__factory(deployer).deploy('Leg', `LEG${i}`, 18);
    const feed = await listToken(market, token, { price: 2_000, depth: wad(80), supplyCap: wad(1_000) });
    const leg = { token: await token.getAddress(), feed, id: id(`LEG${i} / USD`) };
    legs.push(leg);
    await pyth.push(leg.id, 2_000n * DIGITS, DIGITS, -8, await time.latest());
    await reconfigure(market, { address: leg.token }, { second: pyth, secondId: leg.id, confidenceBps: 100 });
    for (const holder of [borrower, stranger]) {
      await token.mint(holder, wad(10));
      await token.connect(holder).approve(vault, MAX_UINT256);
    }
    await vault.connect(borrower).deposit(account, token, wad(1));
  }
  await fillReserves(market, wad(500));
  await enter(junior, stranger, usdc(500));
  await enter(senior, stranger, usdc(500));
  await vault.connect(borrower).borrow(account, usdc(12_000), borrower);
  await oracle.update(legs.map(({ token }) => token));
  await publish(1_650n);
  await vault.connect(keeper).call(account);
  for (let i = 0; i < OUTAGES; ++i) {
    for (const down of [1, 0]) {
      await uptime.pushAt(down, await time.latest());
      await time.increase(MINUTE);
    }
  }
  await time.increase(4 * HOUR);
  const risk = policy.connect(actors.risk);
  for (const { token } of legs) {
    const { maintenanceHaircutBps, ...terms } = await readRisk(policy, token);
    await risk.setCollateral(token, { ...terms, maintenanceHaircutBps: maintenanceHaircutBps + 500n });
  }
  await risk.setLiquidationTerms({ ...TEST_LIQUIDATION_TERMS, feeBps: 400, bonusMinBps: 1_100 });
  await publish(1_000n);
  return { ...market, legs, publish };
}

describe('Attacks by what a liquidation costs in gas', () => {
  // Who owes makes his account as dear to sell as the rules allow, in the hope that nobody can, or that nobody is paid for
  // it (Lyra). The bidder has no money either: he pays within the callback, and where prices let him he still owes at the
  // end, so that his eight collaterals are looked at once more. Feeds that have gone wrong burn all gas they are given.
  it('V24 sells the dearest account that there can be for less than five million gas [LIQ-29]', async function () {
    if (COVERING) this.skip(); // instrumented contracts cost more
    for (const [name, isInUse, mode, paid] of [
      ['a new bidder', false, FeedMode.Answers, usdc(3_000)],
      // of other collaterals there would be no room for these
      ['a bidder full of the same', true, FeedMode.Answers, usdc(3_000)],
      ['feeds that burn gas', false, FeedMode.BurnsGas, usdc(20_000)],
    ] as const) {
      const market = await loadFixture(dearestFixture);
      const { vault, waterfall, quote, account, legs } = market;
      const attacker = await deployAttacker(market);
      const { run, act, own } = attacker;
      if (isInUse) await fill(market, attacker);
      const bid = AbiCoder.defaultAbiCoder().encode([CALLS], [[await act(vault, 'deposit', [own[0], quote, paid])]]);
      const sale = await act(vault, 'liquidate', [account, own[0], WAD, MAX_INT256, bid]);
      if (mode !== FeedMode.Answers) await breakFeeds(market, mode);
      const receipt = (await (await run([sale])).wait())!;
      expect(receipt.gasUsed, name).to.be.below(GAS_BUDGET);
      expect((await vault.portfolio(account)).collateral, name).to.deep.equal([]);
      expect(await vault.cashOf(account), name).to.equal(0n);
      expect((await vault.cashOf(own[0])) < 0n, name).to.equal(mode === FeedMode.Answers);
      const { fromReserves, fromJunior, fromSenior, socialised } = await waterfall.lossesOf(legs[0]!.token);
      expect([fromReserves, fromJunior, fromSenior], name).to.deep.equal([wad(500), wad(500), wad(500)]);
      expect(socialised, name).to.be.above(wad(2_000));
    }
  });
});

/** The bidder has some of each leg already, and owes. */
async function fill({ vault, stranger, legs }: Awaited<ReturnType<typeof dearestFixture>>, attacker: Attacker) {
  const { run, act, own, self } = attacker;
  for (const { token: address } of legs) {
    const token = MockERC20__factory.connect(address, stranger);
    await token.transfer(self, wad(1));
    await run([
      await act(token, 'approve', [vault, MAX_UINT256]),
      await act(vault, 'deposit', [own[0], address, wad('0.5')]),
    ]);
  }
  await run([await act(vault, 'borrow', [own[0], usdc(1_000), self])]);
}

/** Nothing but Pyth tells a price any more, and the fall has been seen for an hour. */
async function breakFeeds({ oracle, legs, publish }: Awaited<ReturnType<typeof dearestFixture>>, mode: number) {
  await oracle.update(legs.map(({ token }) => token));
  await time.increase(HOUR);
  await publish(1_000n);
  for (const { feed } of legs) await feed.setMode(mode);
}
