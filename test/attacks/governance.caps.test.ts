import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ZeroAddress, ZeroHash, type BaseContract } from 'ethers';

import { MockAggregator__factory, MockERC20__factory } from '../../typechain-types';
import { loadFixture } from '../fixtures/loadFixture';
import { openMarket, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { OPEN_AGE } from '../fixtures/oracleFixture';
import { readRisk } from '../fixtures/policyTerms';
import { developmentConfig, openSystem } from '../fixtures/systemFixture';
import { TEST_CASH_TERMS, testPolicy } from '../fixtures/testPolicy';
import { accountOf, DAY, MAX_UINT256, MAX_UINT96, MINUTE, usdc, wad, wbtc, weth } from '../fixtures/units';

/** Seconds that the risk role waits here. */
const RISK_DELAY = 2 * DAY;
/** As much as there are numbers, of whole quote units. */
const MOST = 2n ** 48n - 1n;

/** A call of the risk role. */
type Call = readonly [target: BaseContract, name: string, args: unknown[]];

/** The loan where roles wait as they do on a live chain; 286,000 are there to be lent. */
async function delayedFixture() {
  const config = {
    ...developmentConfig(),
    executionDelaySeconds: { admin: RISK_DELAY, risk: RISK_DELAY, governor: DAY },
  };
  return withLoan(await openMarket(await openSystem({ policy: testPolicy(), config })));
}

/** The same, with a token of the thief's own that he says is worth a million, and no end of it. */
async function worthlessFixture() {
  const market = await delayedFixture();
  const { deployer, vault, stranger: thief } = market;
  const worthless = await new MockERC20__factory(deployer).deploy('Worthless', 'NIL', 18);
  await worthless.mint(thief, wad(1_000_000));
  await worthless.connect(thief).approve(vault, MAX_UINT256);
  const feed = await new MockAggregator__factory(deployer).deploy(8, 'the thief says so');
  await feed.push(1_000_000n * 10n ** 8n);
  return { ...market, worthless, feed };
}

/** Lists it with a depth and a cap that have no end, and the thief's price. */
function listingOf({ policy, oracle, worthless, feed }: Awaited<ReturnType<typeof worthlessFixture>>): Call[] {
  const haircuts = { maintenanceHaircutBps: 100, initialHaircutBps: 100 };
  const config = {
    primary: feed.target,
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
  const risk = { listed: true, decimals: 18, ...haircuts, depth: MAX_UINT96, supplyCap: MAX_UINT96 };
  return [
    [policy, 'listCollateral', [worthless.target, risk]],
    [oracle, 'configure', [worthless.target, config]],
  ];
}

/** A thousand of it into the thief's account, and as much as that would carry out of it. */
async function borrowOn(market: Awaited<ReturnType<typeof worthlessFixture>>, amount: bigint): Promise<void> {
  const { vault, stranger: thief, strangerAccount, worthless, feed } = market;
  await feed.push(1_000_000n * 10n ** 8n);
  await vault.connect(thief).deposit(strangerAccount, worthless, wad(1_000));
  await vault.connect(thief).borrow(strangerAccount, amount, thief);
}

/** The thief has the key of the risk role: he schedules the calls, waits, and makes them. */
async function rule({ manager, actors, weth: asset }: Market, calls: readonly Call[], feed = asset.feed) {
  const risk = manager.connect(actors.risk);
  const data = calls.map(([target, name, args]) => target.interface.encodeFunctionData(name, args));
  for (const [i, [target]] of calls.entries()) await risk.schedule(target, data[i]!, 0);
  await time.increase(RISK_DELAY);
  await feed.push((await feed.latestRoundData())[1]);
  for (const [i, [target]] of calls.entries()) await risk.execute(target, data[i]!);
  return time.latest();
}

describe('Governance attacks: caps that are raised', () => {
  // Drift (April 2026, 285 million): the role lists a token of its own, tells its price, and borrows on it. Depth and cap
  // are the role's own numbers as well, so neither may make the wait shorter.
  it('V51 lends nothing for three days on what a stolen role lists, however deep it says that it is [POL-09]', async () => {
    const market = await loadFixture(worthlessFixture);
    const { vault, quote, stranger: thief, strangerAccount, worthless } = market;
    const listedAt = await rule(market, listingOf(market), market.feed);
    const before = await quote.balanceOf(thief);
    const taken = async () => (await quote.balanceOf(thief)) - before;
    for (const elapsed of [MINUTE, DAY, 2 * DAY, 3 * DAY - MINUTE]) {
      await time.increaseTo(listedAt + elapsed);
      await expect(borrowOn(market, usdc(1_000)), `${elapsed} s`)
        .to.be.revertedWithCustomError(vault, 'SupplyCapExceeded')
        .withArgs(worthless, wad(1_000), 0n);
      expect(await taken(), `${elapsed} s`).to.equal(0n);
    }
    // if nobody has looked for that long: what the borrow cap leaves, of 286,000 that are there
    await time.increaseTo(listedAt + 3 * DAY + MINUTE);
    await borrowOn(market, usdc(136_000));
    await expect(vault.connect(thief).borrow(strangerAccount, usdc(1), thief))
      .to.be.revertedWithCustomError(vault, 'BorrowCapExceeded')
      .withArgs(wad(150_001), wad(150_000));
    expect(await taken()).to.equal(usdc(136_000));
  });

  it('V51 lends nothing ever on what the guardian has seen listed [POL-12]', async () => {
    const market = await loadFixture(worthlessFixture);
    const { policy, vault, quote, actors, stranger: thief, worthless } = market;
    const before = await quote.balanceOf(thief);
    const listedAt = await rule(market, listingOf(market), market.feed);
    await time.increaseTo(listedAt + 3 * DAY - MINUTE);
    await policy.connect(actors.guardian).closeToNewRisk(worthless);
    await time.increase(30 * DAY);
    await expect(borrowOn(market, usdc(1_000))).to.be.revertedWithCustomError(vault, 'SupplyCapExceeded');
    expect(await quote.balanceOf(thief)).to.equal(before);
  });

  // The same with what is listed: first the depth, so that it is there already when the cap is raised.
  it('V51 lets no cap grow faster for a depth that was declared first [POL-09]', async () => {
    const market = await loadFixture(delayedFixture);
    const { policy, vault, stranger: thief, strangerAccount, weth: asset } = market;
    const risk = await readRisk(policy, asset.address);
    const deep = { ...risk, depth: MAX_UINT96 };
    const raisedAt = await rule(market, [
      [policy, 'setCollateral', [asset.address, deep]],
      [policy, 'setCollateral', [asset.address, { ...deep, supplyCap: MAX_UINT96 }]],
    ]);
    await asset.token.mint(thief, weth(1_000_000));
    const taken = async (amount: bigint) => vault.connect(thief).deposit(strangerAccount, asset.address, amount);
    // 10 of 1,000 are the borrower's; in the first minute a third of a WETH more comes in
    await taken(weth('990.4')).catch(() => undefined);
    expect(await vault.collateralOf(strangerAccount, asset.address)).to.equal(0n);
    await expect(taken(weth('990.4'))).to.be.revertedWithCustomError(vault, 'SupplyCapExceeded');
    await time.increaseTo(raisedAt + DAY);
    await expect(taken(weth('1490.1'))).to.be.revertedWithCustomError(vault, 'SupplyCapExceeded');
    await taken(weth(1_490));
    expect(await vault.totalCollateral(asset.address)).to.equal(weth(1_500));
  });

  // Whatever he borrows on, what may leave is bounded by the borrow cap, which the role may raise as well.
  it('V51 lends no more than half of the borrow cap more in a day after a stolen role has raised it [POL-16]', async () => {
    const market = await loadFixture(delayedFixture);
    const { policy, vault, quote, actors, stranger: thief, strangerAccount, weth: asset, wbtc: other } = market;
    const raisedAt = await rule(market, [[policy, 'setCashTerms', [{ ...TEST_CASH_TERMS, borrowCap: MOST }]]]);
    const accounts = [strangerAccount, accountOf(thief, 1)] as const;
    await setPrice(asset, 2_000);
    await setPrice(other, 40_000);
    for (const account of accounts) {
      await asset.token.mint(thief, weth(80));
      await other.token.mint(thief, wbtc(10));
      await vault.connect(thief).deposit(account, asset.address, weth(80));
      await vault.connect(thief).deposit(account, other.address, wbtc(10)); // enough for 157,000
    }
    const before = await quote.balanceOf(thief);
    const borrowed = async (amount: bigint, account: string = accounts[0]) =>
      vault.connect(thief).borrow(account, amount, thief);
    expect(await vault.liquidity()).to.equal(usdc(286_000));
    await borrowed(usdc(136_000));
    await expect(borrowed(usdc(100), accounts[1])).to.be.revertedWithCustomError(vault, 'BorrowCapExceeded');
    expect((await quote.balanceOf(thief)) - before).to.equal(usdc(136_000));
    await time.increaseTo(raisedAt + DAY);
    await setPrice(asset, 2_000);
    await setPrice(other, 40_000);
    await borrowed(usdc(75_000), accounts[1]);
    await expect(borrowed(usdc(100), accounts[1])).to.be.revertedWithCustomError(vault, 'BorrowCapExceeded');
    expect((await quote.balanceOf(thief)) - before).to.equal(usdc(211_000));

    // and once the guardian has closed it, what he schedules then begins at nothing, and gives 50,000 a day
    await policy.connect(actors.guardian).lowerBorrowCap(0);
    const release: Call = [policy, 'release', [quote.target, await policy.restrictedAt(quote)]];
    const againAt = await rule(market, [release, [policy, 'setCashTerms', [{ ...TEST_CASH_TERMS, borrowCap: MOST }]]]);
    expect((await policy.cashTerms()).borrowCap).to.equal(0n);
    await time.increaseTo(againAt + DAY);
    expect((await policy.cashTerms()).borrowCap).to.equal(50_000n);
  });
});
