import { takeSnapshot, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ZeroAddress } from 'ethers';
import { ethers } from 'hardhat';

import { MockAggregator__factory, MockERC20__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { beforeSealing } from '../fixtures/beforeSealing';
import { compareGains, gainOf } from '../fixtures/gain';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { FeedMode } from '../fixtures/oracleFixture';
import { readFeed, reconfigure } from '../fixtures/reconfigure';
import { DAY, HOUR, MINUTE, MAX_UINT256, usdc, wad, wbtc, weth } from '../fixtures/units';
import { wealthOf } from '../fixtures/wealthOf';

const ANSWER = 10n ** 8n;
const RATIO_DECIMALS = 18;

/** The most that a ceiling may be, and the least that an answer may be taken for. */
const WIDEST = wad(79_200_000_000);

/** The stranger puts `collateral` in and takes `loan` of quote out. */
async function borrowOn(
  { vault, stranger, strangerAccount }: Market,
  asset: { readonly address: string },
  collateral: bigint,
  loan: bigint,
) {
  await vault.connect(stranger).deposit(strangerAccount, asset.address, collateral);
  return vault.connect(stranger).borrow(strangerAccount, loan, stranger);
}

/** What bidder and borrower have more of by `attempt`, at a truth of 2,000 for WETH. */
async function saleGains(market: Market, attempt: () => Promise<unknown>) {
  const { bidder, borrower, weth: asset } = market;
  const truth = [[asset, 2_000]] as const;
  const owner = await wealthOf(market, borrower, truth);
  const gain = await gainOf(market, bidder, truth, attempt);
  return [gain, (await wealthOf(market, borrower, truth)) - owner] as const;
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
    const { vault, borrower, stranger, strangerAccount, account, weth: asset } = market;
    const truth = [[asset, 1_000]] as const;
    const attack = async () => {
      await time.increase(66 * MINUTE); // the feed answered 2,000 for the last time, the market is at 1,000
      return gainOf(market, stranger, truth, () => borrowOn(market, asset, weth(10), usdc(14_400)));
    };
    const ageless = () => reconfigure(market, asset, { openAge: 6 * DAY, liquidationAge: 7 * DAY });
    expect(await compareGains(attack, ageless)).to.deep.equal({ unguarded: wad(4_400), guarded: 0n });
    await expect(vault.connect(stranger).borrow(strangerAccount, usdc(14_400), stranger)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );

    // debtors can do what makes them safer
    await vault.connect(borrower).deposit(account, asset.address, weth(1));
    await vault.connect(borrower).repay(account, usdc(4_000));
    expect(await vault.debtOf(account)).to.equal(usdc(10_000));
  });

  // The feed stops at a low instead, and a liquidator buys at it what the market has long paid more for again.
  it('V1 sells nobody at a price that stopped below the market [ORC-07]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, vault, borrower, account, weth: asset } = market;
    await setPrice(asset, 1_300);
    await oracle.update([asset.address]);
    const attack = async () => {
      await time.increase(3 * HOUR + MINUTE); // three hours are the second age, and smooth everything
      return saleGains(market, () => liquidate(market));
    };
    const ageless = () => reconfigure(market, asset, { liquidationAge: 7 * DAY });
    const { unguarded, guarded } = await compareGains(attack, ageless);
    // 20,000 for 12,740, of which a third of the 1,260 that lack is his as a lender; the owner loses 6,000
    expect(unguarded[0]).to.be.closeTo(wad(6_840), wad('0.1'));
    expect(unguarded[1]).to.equal(wad(-6_000));
    // the account looks insolvent, so that the call passes; and moves nothing, as nothing has a price
    expect(guarded).to.deep.equal([0n, 0n]);
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
    const market = await loadFixture(loanFixture);
    const { oracle, stranger, weth: asset } = market;
    const truth = [[asset, 2_000]] as const;
    /** What stranger and bidder gain once `print` has been recorded for long enough that smoothing follows it. */
    const gainsAfter = async (print: () => Promise<unknown>) => {
      await print();
      await oracle.update([asset.address]);
      await time.increase(HOUR);
      const loan = await gainOf(market, stranger, truth, () => borrowOn(market, asset, weth(10), usdc(100_000)));
      return [loan, ...(await saleGains(market, () => liquidate(market)))];
    };
    const fresh = await takeSnapshot();
    const where = async (print: () => Promise<unknown>) => {
      const gains = await gainsAfter(print);
      const { spot } = await oracle.recordOf(asset.address);
      await fresh.restore();
      return [...gains, spot];
    };
    // what such answers would be worth to him: a loan of 100,000 on 20,000, and the borrower's 10 WETH for next to nothing
    const [loan] = await where(() => setPrice(asset, 20_000));
    expect(loan).to.equal(wad(80_000));
    const [, sale, lost] = await where(() => setPrice(asset, 1));
    expect(sale).to.be.within(wad(15_000), wad(16_000)); // less his third of what lenders lose by it
    expect(lost).to.equal(wad(-6_000));
    for (const [name, answer, offset, roundsBehind] of rounds) {
      const print = async () => {
        const updatedAt = offset === undefined ? 0 : (await time.latest()) + offset;
        const round = (await asset.feed.latestRound()) + 1n;
        await asset.feed.setRound(round, answer, updatedAt, updatedAt, round - roundsBehind);
      };
      expect(await where(print), name).to.deep.equal([0n, 0n, 0n, wad(2_000)]);
    }
  });

  // Ribbon's pricer went from 8 decimals to 18 (December 2025), Moonwell read cbETH's ratio to ETH as dollars (February
  // 2026): loans on a price that is 10 ** 10 too high, or collateral for a dollar.
  it('V3 reads the decimals of each feed, and takes no other unit for dollars [ORC-06]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, vault, stranger, strangerAccount, weth: asset, wbtc: other } = market;
    const exact = await newFeed(market, 18, '2000');
    await reconfigure(market, asset, { primary: exact });
    expect((await oracle.read(asset.address)).spot).to.equal(wad(2_000));

    // the aggregator behind the address of WBTC goes over to 18 decimals
    const attack = async (factor: bigint) => {
      await other.feed.push(40_000n * ANSWER * factor);
      await oracle.update([other.address]);
      await time.increase(HOUR);
      const truth = [[other, 40_000]] as const;
      return gainOf(market, stranger, truth, () => borrowOn(market, other, wbtc('0.01'), usdc(100_000))); // worth 400
    };
    const fresh = await takeSnapshot();
    // a ceiling that takes a millionfold price shows what a tenbillionfold one would bring
    await reconfigure(market, other, { ceiling: WIDEST });
    expect(await attack(10n ** 6n)).to.equal(wad(99_600));
    await fresh.restore();
    expect(await attack(10n ** 10n)).to.equal(0n);
    await expect(
      vault.connect(stranger).borrow(strangerAccount, usdc(100_000), stranger),
    ).to.be.revertedWithCustomError(vault, 'Undercollateralised');

    // a ratio where dollars were
    await exact.push(2_000n * 10n ** 18n);
    const ratio = await newFeed(market, RATIO_DECIMALS, '1.12');
    const sell = async (begin: () => Promise<unknown>) => {
      await begin().catch(() => undefined);
      await oracle.update([asset.address]);
      await time.increase(HOUR);
      return saleGains(market, () => liquidate(market));
    };
    const believed = await takeSnapshot();
    const [taken, lost] = await sell(() => exact.push(wad('1.12')));
    expect(taken).to.be.within(wad(15_000), wad(16_000));
    expect(lost).to.equal(wad(-6_000));
    await believed.restore();
    const replacing = () => reconfigure(market, asset, { primary: ratio });
    expect(await sell(replacing)).to.deep.equal([0n, 0n]);
    await expect(replacing())
      .to.be.revertedWithCustomError(oracle, 'FeedJump')
      .withArgs(asset.address, wad(2_000), wad('1.12'));
  });

  // The same on the first day of an asset, when nothing is known that a jump could be measured from.
  it('V3 starts no feed that its second source contradicts [ORC-02]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, policy, vault, deployer, actors, stranger } = market;
    // listed, and never configured: worth 1.12, for which its first feed has what its underlying is worth
    const token = await new MockERC20__factory(deployer).deploy('Ratio', 'RATIO', 18);
    const risk = { listed: true, decimals: 0, maintenanceHaircutBps: 1_000, initialHaircutBps: 1_900 };
    await beforeSealing(policy, () =>
      policy.connect(actors.risk).listCollateral(token, { ...risk, depth: wad(80_000), supplyCap: wad(80_000) }),
    );
    await token.mint(stranger, wad(100));
    await token.connect(stranger).approve(vault, MAX_UINT256);
    const fresh = { address: await token.getAddress() };
    const primary = await newFeed(market, 8, '2100');
    const second = await newFeed(market, RATIO_DECIMALS, '1.12');
    const known = await readFeed(oracle, market.weth.address);
    const truth = [[{ ...fresh, decimals: 18, token }, 1.12]] as const;
    const configure = (changes: Partial<typeof known>) =>
      reconfigure(market, fresh, { ...known, primary, second, ...changes });
    const attack = (changes = {}) =>
      gainOf(market, stranger, truth, async () => {
        await configure(changes).catch(() => undefined);
        await borrowOn(market, fresh, wad(100), usdc(100_000)); // worth 112
      });
    const before = await takeSnapshot();
    expect(await attack({ second: ZeroAddress })).to.equal(wad(99_888));
    await before.restore();
    expect(await attack()).to.equal(0n);
    await expect(configure({}))
      .to.be.revertedWithCustomError(oracle, 'FeedsDisagree')
      .withArgs(fresh.address, wad(2_100), wad('1.12'));
  });

  // Venus and Blizz, LUNA in May 2022: the aggregator stopped at its least answer while the market went far below.
  it('V5 takes an answer at the bound of its aggregator for a failure [ORC-04]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, vault, stranger, strangerAccount, link: asset } = market;
    await reconfigure(market, asset, { floor: wad(10) }); // the aggregator's own least answer
    const truth = [[asset, 1]] as const;
    const attack = async () => {
      await setPrice(asset, 10);
      await oracle.update([asset.address]);
      await time.increase(HOUR);
      await setPrice(asset, 10); // fresh, and pinned
      // a thousand's worth
      return gainOf(market, stranger, truth, () => borrowOn(market, asset, wad(1_000), usdc(7_000)));
    };
    const bottomless = () => reconfigure(market, asset, { floor: 0n });
    expect(await compareGains(attack, bottomless)).to.deep.equal({ unguarded: wad(6_000), guarded: 0n });
    await expect(vault.connect(stranger).borrow(strangerAccount, usdc(7_000), stranger)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
  });

  // Compound's proposal 117 (August 2022) gave a market a feed without the method it was read by: 830 million stood
  // still for a week.
  it('V9 is given no feed that does not answer [ORC-02]', async () => {
    const market = await loadFixture(loanFixture);
    const { oracle, vault, deployer, borrower, account, weth: asset } = market;
    const mute = await new MockAggregator__factory(deployer).deploy(8, 'has decimals, and no round');
    const before = await market.quote.balanceOf(borrower);
    for (const primary of [mute, vault]) {
      const replace = () => reconfigure(market, asset, { primary });
      await replace().catch(() => undefined);
      await vault.connect(borrower).borrow(account, usdc(100), borrower); // the market goes on
      await expect(replace())
        .to.be.revertedWithCustomError(oracle, 'FeedNotReady')
        .withArgs(asset.address, await primary.getAddress());
    }
    expect((await market.quote.balanceOf(borrower)) - before).to.equal(usdc(200));
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
    const { vault, stranger, strangerAccount, weth: asset } = market;
    await reconfigure(market, asset, { primary: await newFeed(market, 8, '2390') });
    const truth = [[asset, 1_650]] as const; // of which neither feed knows
    const attack = () => gainOf(market, stranger, truth, () => borrowOn(market, asset, weth(10), usdc(17_000)));
    const gains = await compareGains(attack, () => time.increase(HOUR));
    expect(gains).to.deep.equal({ unguarded: wad(500), guarded: 0n });
    const borrow = (amount: bigint) => vault.connect(stranger).borrow(strangerAccount, amount, stranger);
    // 72 % of 20,000, not of 23,900
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
