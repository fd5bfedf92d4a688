import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { id, ZeroAddress, ZeroHash } from 'ethers';

import { MockPythPrices__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { expectFutile } from '../fixtures/expectFutile';
import { compareGains, gainOf } from '../fixtures/gain';
import { exampleFixture } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import { reconfigure } from '../fixtures/reconfigure';
import { HOUR, MAX_UINT256, MINUTE, usdc, wad, weth } from '../fixtures/units';
import { wealthOf } from '../fixtures/wealthOf';

const ETHER = id('ETH / USD');
const DIGITS = 10n ** 8n;

/** The borrower's loan, with Pyth beside the feed: both at 2,000, Pyth give or take 2; sure to one part in a hundred. */
async function pythFixture() {
  const market = await loanFixture();
  const { deployer, weth: asset } = market;
  const pyth = await new MockPythPrices__factory(deployer).deploy();
  const publish = async (price: bigint, confidence: bigint, { exponent = -8, age = 0 } = {}) =>
    pyth.push(ETHER, price, confidence, exponent, (await time.latest()) - age);
  await publish(2_000n * DIGITS, 2n * DIGITS);
  await setPrice(asset, 2_000);
  await reconfigure(market, asset, { second: pyth, secondId: ETHER, confidenceBps: 100 });
  return { ...market, pyth, publish };
}

describe('Attacks of our own: prices', () => {
  // Pyth's prices are brought by whoever wants to, and the thief chooses: an old one that he has kept, or none at all, so
  // that the price of hours ago bears witness to a feed that has gone wrong.
  it('A1 takes no Pyth price for a witness that is old, or older than the one before [ORC-17]', async () => {
    const market = await loadFixture(pythFixture);
    const { oracle, vault, stranger, strangerAccount, weth: asset, pyth, publish } = market;
    await publish(1_000n * DIGITS, DIGITS); // the market has halved
    await setPrice(asset, 1_000);
    await oracle.update([asset.address]);
    await time.increase(2 * HOUR); // and nobody brings a price for two hours
    // the thief keeps one of before, which Pyth does not take back
    await expect(publish(2_000n * DIGITS, DIGITS, { age: 4 * HOUR })).not.to.be.reverted;
    expect((await pyth.getPriceUnsafe(ETHER)).price).to.equal(1_000n * DIGITS);

    // the market is at 500 when the feed prints what it had been: nobody who saw it agrees
    const truth = [[asset, 500]] as const;
    const attack = async () => {
      await setPrice(asset, 1_000);
      return gainOf(market, stranger, truth, async () => {
        await vault.connect(stranger).deposit(strangerAccount, asset.address, weth(10));
        await vault.connect(stranger).borrow(strangerAccount, usdc(7_000), stranger);
      });
    };
    const unseen = async () => {
      await setPrice(asset, 1_000); // which is no longer fresh enough to be configured
      await reconfigure(market, asset, { second: ZeroAddress, secondId: ZeroHash, confidenceBps: 0 });
    };
    expect(await compareGains(attack, unseen)).to.deep.equal({ unguarded: wad(2_000), guarded: 0n });
    await expect(vault.connect(stranger).borrow(strangerAccount, usdc(7_000), stranger)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
  });

  // In a panic Pyth is sure of nothing: a price give or take half of it. Taken at its word, every account's better side is
  // half as much again, and who is under water is shielded for as long as it lasts; with an exponent out of its mind,
  // for ever.
  it('A2 shields nobody by a price that is hardly known, or of an absurd exponent [ORC-17]', async () => {
    for (const [name, confidence, exponent] of [
      ['unsure', 700n, -8],
      ['absurd', 0n, 2],
    ] as const) {
      const market = await loadFixture(pythFixture);
      const { oracle, vault, account, publish, weth: asset } = market;
      // both sources fall and are seen to; then only Pyth loses its nerve
      await publish(1_300n * DIGITS, DIGITS);
      await setPrice(asset, 1_300);
      await oracle.update([asset.address]);
      await time.increase(HOUR);
      await setPrice(asset, 1_300);
      const price = exponent === 2 ? 20n : 1_300n * DIGITS;
      await publish(price, exponent === 2 ? confidence : confidence * DIGITS, { exponent });
      const { high } = await oracle.read(asset.address);
      expect(high, name).to.be.within(wad(1_300), wad(1_320));
      await expect(liquidate(market), name).to.emit(vault, 'Liquidated');
      expect(await vault.collateralOf(account, asset.address), name).to.equal(0n);
      expect(await vault.cashOf(account), name).to.equal(0n);
    }
  });
});

describe('Attacks of our own: a stolen guardian', () => {
  // The one key that does not wait is stolen, and does all that it may: pause, close every asset, take every cap to
  // nothing. Who was called hopes, or fears, that his grace runs out meanwhile.
  it('A3 costs nobody anything, and no second of grace [POL-12] [VLT-24]', async () => {
    const market = await loadFixture(exampleFixture);
    const { vault, policy, actors, borrower, lender, bidder, account, lent, quote, deadline, weth: asset } = market;
    const truth = [[asset, 1_600]] as const;
    const wealth = async () => [
      await wealthOf(market, borrower, truth),
      await wealthOf(market, bidder, truth),
      await wealthOf(market, lender, truth),
    ];
    const before = await wealth();
    const { assessment } = await vault.assess(account);
    const left = deadline - (await vault.liveTime());
    const thief = actors.guardian;
    await vault.connect(thief).pause();
    const paused = deadline - (await vault.liveTime());
    for (const { address } of [asset, market.wbtc, market.link]) await policy.connect(thief).closeToNewRisk(address);
    await policy.connect(thief).lowerBorrowCap(0);
    await expect(vault.connect(thief).unpause()).to.be.revertedWithCustomError(vault, 'AccessManagedUnauthorized');

    await time.increase(HOUR); // longer than all grace
    await setPrice(asset, 1_600);
    await expectFutile(market, () => liquidate(market), vault, 'LiquidationsClosed');
    const { better } = (await vault.assess(account)).assessment;
    expect([better.equity, better.maintenance]).to.deep.equal([
      assessment.better.equity,
      assessment.better.maintenance,
    ]);
    // everybody gets out
    await vault.connect(lender).withdraw(lent, quote, usdc(1_000), lender);
    await vault.connect(borrower).repay(account, usdc(1_000));
    expect(await wealth()).to.deep.equal(before);

    // and when the governor has ended it, what was left of the grace is left
    await vault.connect(actors.governor).unpause();
    await time.increase(10 * MINUTE);
    await setPrice(asset, 1_600);
    const after = deadline - (await vault.liveTime());
    expect(paused).to.be.within(left - 2n, left);
    expect(after).to.be.within(paused - 5n, paused);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    await vault.connect(borrower).repay(account, MAX_UINT256);
    await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
  });
});
