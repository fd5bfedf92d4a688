import { loadFixture, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { MockAggregator__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loanFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { movePool } from '../fixtures/movePool';
import { FeedMode } from '../fixtures/oracleFixture';
import { readFeed, reconfigure } from '../fixtures/reconfigure';
import { DAY, HOUR, MINUTE, MAX_UINT256, usdc, wad, wbtc, weth } from '../fixtures/units';
import { wealthOf } from '../fixtures/wealthOf';

const ANSWER = 10n ** 8n;
const RATIO_DECIMALS = 18;

/** The stranger puts `collateral` WETH in and tries to take `amount` of quote out. */
async function borrowAgainst({ vault, stranger, strangerAccount, weth: asset }: Market, collateral: bigint) {
  await vault.connect(stranger).deposit(strangerAccount, asset.address, collateral);
  return (amount: bigint) => vault.connect(stranger).borrow(strangerAccount, amount, stranger);
}

/** An aggregator of `decimals` that answers `price` (quote for a whole token, or whatever it takes it for). */
async function newFeed({ deployer }: Market, decimals: number, price: string) {
  const feed = await new MockAggregator__factory(deployer).deploy(decimals, 'deployed in a test');
  await feed.push(ethers.parseUnits(price, decimals));
  return feed;
}

describe('Oracle attacks: what a feed answers', () => {
  // A feed stops at a price above the market's, and whoever checks no more than its sign lends on it.
  it('V1 lends nothing on a price that stopped above the market [ORC-07]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, borrower, stranger, account, weth: asset } = market;
    await time.increase(66 * MINUTE); // the feed answered 2,000 for the last time, the market is at 1,000
    const truth = [[asset, 1_000]] as const;
    const before = await wealthOf(market, stranger, truth);
    const borrow = await borrowAgainst(market, weth(10));
    await expect(borrow(usdc(14_400))).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    expect(await wealthOf(market, stranger, truth)).to.equal(before); // 4,400 more with the loan

    // debtors can do what makes them safer
    await vault.connect(borrower).deposit(account, asset.address, weth(1));
    await vault.connect(borrower).repay(account, usdc(4_000));
    expect(await vault.debtOf(account)).to.equal(usdc(10_000));
  });

  // The feed stops at a low instead, and a liquidator buys at it what the market has long paid more for again.
  it('V1 sells nobody at a price that stopped below the market [ORC-07]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, vault, bidder, borrower, account, weth: asset } = market;
    await setPrice(asset, 1_300);
    await oracle.update([asset.address]);
    await time.increase(3 * HOUR + MINUTE); // three hours are the second age, and smooth everything
    const truth = [[asset, 2_000]] as const;
    const before = [await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)];
    // the account looks insolvent, so that the call passes; and moves nothing, as nothing has a price
    await expectUntouched(market, () => liquidate(market));
    expect([await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)]).to.deep.equal(before);
    await vault.connect(borrower).repay(account, MAX_UINT256);
    await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
  });

  // A broken round survives a cast or a missing check: it is worth ten times the market, or nothing.
  it('V2 takes no negative, future, incomplete or unfinished round for a price [ORC-04]', async () => {
    // what it takes to be 90,000 after an unchecked scaling from 8 to 18 decimals, and is below zero
    const wrapping = negativeThatScalesTo(wad(90_000));
    const now = 0;
    const tomorrow = DAY;
    const rounds = [
      ['negative', wrapping, now, 0n],
      ['zero', 0n, now, 0n],
      ['of no time', 20_000n * ANSWER, undefined, 0n],
      ['of tomorrow', 20_000n * ANSWER, tomorrow, 0n],
      ['answered in an earlier round', 20_000n * ANSWER, now, 1n],
    ] as const;
    for (const [name, answer, offset, roundsBehind] of rounds) {
      const market = await loadFixture(loanFixture);
      const { oracle, vault, stranger, weth: asset } = market;
      const updatedAt = offset === undefined ? 0 : (await time.latest()) + offset;
      const round = (await asset.feed.latestRound()) + 1n;
      await asset.feed.setRound(round, answer, updatedAt, updatedAt, round - roundsBehind);
      await oracle.update([asset.address]);
      await time.increase(HOUR); // long enough for the smoothed price to follow what was recorded
      expect((await oracle.recordOf(asset.address)).spot, name).to.equal(wad(2_000));

      const truth = [[asset, 2_000]] as const;
      const before = await wealthOf(market, stranger, truth);
      const borrow = await borrowAgainst(market, weth(10));
      await expect(borrow(usdc(100_000)), name).to.be.revertedWithCustomError(vault, 'Undercollateralised');
      expect(await wealthOf(market, stranger, truth), name).to.equal(before);
      // nor is it a price of nothing, at which the bidder would take the borrower's 10 WETH
      await expectUntouched(market, () =>
        expect(liquidate(market), name).to.be.revertedWithCustomError(vault, 'NotLiquidatable'),
      );
    }
  });

  // Ribbon's pricer went from 8 decimals to 18 (December 2025), Moonwell read cbETH's ratio to ETH as dollars (February
  // 2026): loans on a price that is 10 ** 10 too high, or collateral for a dollar.
  it('V3 reads the decimals of each feed, and takes no other unit for dollars [ORC-06]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, vault, bidder, borrower, stranger, weth: asset, wbtc: other } = market;
    const exact = await newFeed(market, 18, '2000');
    await reconfigure(market, asset, { primary: exact });
    expect((await oracle.read(asset.address)).spot).to.equal(wad(2_000));

    // the aggregator behind the address of WBTC goes over to 18 decimals
    await other.feed.push(40_000n * 10n ** 18n);
    await oracle.update([other.address]);
    await time.increase(HOUR);
    const { strangerAccount } = market;
    await vault.connect(stranger).deposit(strangerAccount, other.address, wbtc('0.01')); // worth 400
    await expect(
      vault.connect(stranger).borrow(strangerAccount, usdc(100_000), stranger),
    ).to.be.revertedWithCustomError(vault, 'Undercollateralised');

    // a ratio where dollars were
    await exact.push(2_000n * 10n ** 18n);
    const ratio = await newFeed(market, RATIO_DECIMALS, '1.12');
    const truth = [[asset, 2_000]] as const;
    const before = [await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)];
    await expect(reconfigure(market, asset, { primary: ratio }))
      .to.be.revertedWithCustomError(oracle, 'FeedJump')
      .withArgs(asset.address, wad(2_000), wad('1.12'));
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    expect([await wealthOf(market, bidder, truth), await wealthOf(market, borrower, truth)]).to.deep.equal(before);
  });

  // The same on the first day of an asset, when nothing is known that a jump could be measured from.
  it('V3 starts no feed that its second source contradicts [ORC-02]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, quote } = market;
    const fresh = { address: await quote.getAddress() }; // never configured, as cash needs no price
    const changes = {
      ...(await readFeed(oracle, market.weth.address)),
      primary: await newFeed(market, RATIO_DECIMALS, '1.12'),
      second: await newFeed(market, 8, '2100'),
    };
    await expect(reconfigure(market, fresh, changes))
      .to.be.revertedWithCustomError(oracle, 'FeedsDisagree')
      .withArgs(fresh.address, wad('1.12'), wad(2_100));
  });

  // Venus and Blizz, LUNA in May 2022: the aggregator stopped at its least answer while the market went far below.
  it('V5 takes an answer at the bound of its aggregator for a failure [ORC-04]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, vault, stranger, strangerAccount, link: asset } = market;
    await reconfigure(market, asset, { floor: wad(10) }); // the aggregator's own least answer
    await setPrice(asset, 10);
    await oracle.update([asset.address]);
    await time.increase(HOUR);
    await setPrice(asset, 10); // fresh, and pinned
    await movePool(market, asset, 1);

    const truth = [[asset, 1]] as const;
    const before = await wealthOf(market, stranger, truth);
    await vault.connect(stranger).deposit(strangerAccount, asset.address, wad(1_000)); // a thousand's worth
    await expect(vault.connect(stranger).borrow(strangerAccount, usdc(7_000), stranger)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
    expect(await wealthOf(market, stranger, truth)).to.equal(before); // 6,000 more with the loan
  });

  // Compound's proposal 117 (August 2022) gave a market a feed without the method it was read by: 830 million stood
  // still for a week.
  it('V9 is given no feed that does not answer [ORC-02]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, vault, deployer, borrower, account, weth: asset } = market;
    const mute = await new MockAggregator__factory(deployer).deploy(8, 'has decimals, and no round');
    await expect(reconfigure(market, asset, { primary: mute }))
      .to.be.revertedWithCustomError(oracle, 'FeedNotReady')
      .withArgs(asset.address, mute);
    await expect(reconfigure(market, asset, { primary: vault })).to.be.revertedWithCustomError(oracle, 'FeedNotReady');
    await vault.connect(borrower).borrow(account, usdc(100), borrower);
  });

  // And a feed that is upgraded behind its address, to something that answers nothing, garbage, or eats the gas.
  it('V9 lets debtors repay and all others go on while a feed is broken [VLT-16]', async () => {
    for (const mode of [FeedMode.Reverts, FeedMode.BurnsGas, FeedMode.ReturnsShort, FeedMode.ReturnsGarbage]) {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, lender, stranger, account, lent, strangerAccount, weth: asset, wbtc: other } = market;
      await vault.connect(stranger).deposit(strangerAccount, other.address, wbtc(1));
      await asset.feed.setMode(mode);
      await vault.connect(borrower).repay(account, usdc(4_000));
      await vault.connect(borrower).deposit(account, asset.address, weth(1));
      await vault.connect(stranger).borrow(strangerAccount, usdc(10_000), stranger);
      await vault.connect(lender).withdraw(lent, market.quote, usdc(1_000), lender);
      await vault.connect(borrower).repay(account, MAX_UINT256);
      await vault.connect(borrower).withdraw(account, asset.address, MAX_UINT256, borrower);
      expect(await asset.token.balanceOf(borrower), String(mode)).to.equal(weth(1_000));
    }
  });

  // A new feed is a fifth above the old one, which is as far as one may be: who borrows in its block gets the old price.
  it('V9 gives a new feed no weight at once [ORC-03]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, weth: asset } = market;
    await reconfigure(market, asset, { primary: await newFeed(market, 8, '2390') });
    const borrow = await borrowAgainst(market, weth(10)); // 72 % of 20,000, not of 23,900
    await expect(borrow(usdc(14_500))).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    await borrow(usdc(14_400));
  });
});

/** The negative answer of a feed with 8 decimals of which `answer * 10 ** 10` is `wanted`, modulo 2 ** 256. */
function negativeThatScalesTo(wanted: bigint): bigint {
  const [twos, odd] = [1n << 10n, 5n ** 10n];
  const modulus = 1n << 246n;
  const word = ((wanted / twos) * inverse(odd, modulus)) % modulus;
  return word - modulus; // 10 ** 10 times a multiple of 2 ** 246 is nothing
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value, modulus, 1n, 0n];
  while (b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return ((x % modulus) + modulus) % modulus;
}
