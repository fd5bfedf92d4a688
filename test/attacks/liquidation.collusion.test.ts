import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { MockERC20__factory } from '../../typechain-types';
import { fillReserves, liquidate } from '../fixtures/actions';
import { expectFutile } from '../fixtures/expectFutile';
import { sunkTo } from '../fixtures/liquidationFixtures';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, setPrice } from '../fixtures/marketFixture';
import { readAssessment } from '../fixtures/readAccount';
import { readWealth } from '../fixtures/readWealth';
import { accountOf, DAY, MAX_INT256, MAX_UINT256, usdc, wad, WAD, weth } from '../fixtures/units';

/** The borrower's loan, and 20,000 in his second account to bid with. */
async function twoAccountsFixture() {
  const market = await loanFixture();
  const { vault, borrower, quote } = market;
  const other = accountOf(borrower, 1);
  await vault.connect(borrower).deposit(other, quote, usdc(20_000));
  return { ...market, other };
}

/** The same, worth 1,000 less than it owes when its only feed stopped a day ago. */
async function blindFixture() {
  const market = await twoAccountsFixture();
  await setPrice(market.weth, 1_300);
  await market.oracle.update([market.weth.address]);
  await time.increase(DAY);
  return market;
}

/** 0.18 WETH against 250: worth 263.34, to be closed for the floor bonus of 5. */
async function smallFixture() {
  const market = await marketFixture();
  const { vault, borrower, account, weth: asset } = market;
  await fillReserves(market, wad(3_000));
  await vault.connect(borrower).deposit(account, asset.address, weth('0.18'));
  await vault.connect(borrower).borrow(account, usdc(250), borrower);
  await setPrice(asset, 1_463);
  return market;
}

async function underWaterFixture() {
  const market = await sunkTo(1_000);
  await fillReserves(market, wad(2_000));
  return market;
}

/** A token at 100, of which 1,000 may come in and the thief has 10,000, beside the borrower's loan on WETH. */
async function badTokenFixture() {
  const market = await loanFixture();
  const { vault, deployer, stranger } = market;
  const bad = await new MockERC20__factory(deployer).deploy('Bad', 'BAD', 18);
  const badFeed = await listToken(market, bad, { price: 100, depth: wad(1_000), supplyCap: wad(1_000) });
  await bad.mint(stranger, wad(10_000));
  await bad.connect(stranger).approve(vault, MAX_UINT256);
  return { ...market, bad, badFeed };
}

/** He puts in what `accounts` of `each` take, and borrows `loan` on each; then the token is worth 1, and all are sold. */
async function abandon(
  { vault, bidder, stranger, bidderAccount, bad, badFeed }: Awaited<ReturnType<typeof badTokenFixture>>,
  accounts: number,
  each: bigint,
  loan: bigint,
) {
  const own = Array.from({ length: accounts }, (_, index) => accountOf(stranger, index));
  const thief = vault.connect(stranger);
  for (const account of own) {
    await thief.deposit(account, bad, each).catch(() => undefined);
    await thief.borrow(account, loan, stranger).catch(() => undefined);
  }
  await badFeed.push(10n ** 8n);
  for (const account of own) {
    await vault
      .connect(bidder)
      .liquidate(account, bidderAccount, WAD, MAX_INT256, '0x')
      .catch(() => undefined);
  }
}

describe('Attacks by liquidating oneself or others', () => {
  // An owner sells himself to his other account for the bonus, slice by slice.
  it('V20 earns an owner nothing by liquidating himself [LIQ-03]', async () => {
    for (const [price, fractions] of [
      [1_500, [WAD / 10n, WAD / 7n, WAD / 3n, WAD]],
      [1_440, [WAD]],
    ] as const) {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, account, other, weth: asset } = market;
      await setPrice(asset, price);
      const before = await readWealth(market, borrower);
      for (const fraction of fractions) {
        await vault.connect(borrower).liquidate(account, other, fraction, MAX_INT256, '0x');
      }
      // what he paid himself is his, and the fee is gone
      expect(before - (await readWealth(market, borrower))).to.be.closeTo(await vault.reserves(), 10n ** 10n);
      expect(await vault.reserves()).to.be.above(wad(70));
    }
  });

  // What was left behind counts for nothing, and is liquidated again and again, each time for a bonus (synthetix, 1-wei
  // margin; Abracadabra, March 2025, 13 million).
  it('V20b pays nothing for an account of which nothing can be sold [LIQ-16]', async () => {
    const market = await loadFixture(blindFixture);
    const { vault, borrower, account, other } = market;
    const before = await readWealth(market, borrower);
    const owed = await vault.cashOf(account);
    for (let i = 0; i < 5; ++i) await vault.connect(borrower).liquidate(account, other, WAD, MAX_INT256, '0x');
    expect(await vault.cashOf(other)).to.equal(wad(20_000));
    expect(await vault.cashOf(account)).to.equal(owed);
    expect(await readWealth(market, borrower)).to.equal(before);
  });

  // An owner opens the smallest accounts that there are and has each closed out for the tip.
  it('V20c tips less for a close-out than it costs the owner [CLO-03] [CLO-07]', async () => {
    const market = await loadFixture(smallFixture);
    const { closeOut, vault, actors, borrower, account } = market;
    await closeOut
      .connect(actors.risk)
      .setTerms({ patience: 7_200, discountRamp: 21_600, tipCents: 5_000, maxDiscountBps: 1_000 });
    const other = accountOf(borrower, 1);
    const before = await readWealth(market, borrower);
    await closeOut.connect(borrower).closeOut(account, WAD, other);
    expect(await vault.cashOf(other)).to.equal(wad('2.5')); // half of the bonus of 5, not 50
    expect(await readWealth(market, borrower)).to.be.below(before - wad('2.5'));
  });

  // A stranger names somebody else's account as the bidder, and unloads an account on it (notional; Exactly, August 2023,
  // by a market and a payer of the caller's choice, 7 million).
  it('V26 takes nobody over on the account of somebody who did not ask [LIQ-02]', async () => {
    const market = await loadFixture(underWaterFixture);
    const { vault, stranger, account, bidderAccount, lent } = market;
    for (const victim of [bidderAccount, lent]) {
      const unload = () => vault.connect(stranger).liquidate(account, victim, WAD, MAX_INT256, '0x');
      await expectFutile(market, unload, vault, 'NotAuthorisedBidder', [victim, stranger.address]);
    }
  });

  // Whoever passes for the vault has losses of his own covered that nobody has had.
  it('V26b covers no loss that anybody but the vault tells of [WTF-01] [VLT-23]', async () => {
    const market = await loadFixture(underWaterFixture);
    const { vault, waterfall, stranger, strangerAccount } = market;
    const cover = () => waterfall.connect(stranger).cover(strangerAccount, wad(1_000));
    await expectFutile(market, cover, waterfall, 'OnlyVault', [stranger.address]);
    for (const attempt of [
      () => vault.connect(stranger).drawReserves(strangerAccount, wad(1_000)),
      () => vault.connect(stranger).socialise(strangerAccount, wad(1_000), 10_000),
    ]) {
      await expectFutile(market, attempt, vault, 'OnlyWaterfall', [stranger.address]);
    }
    expect(await vault.cashOf(strangerAccount)).to.equal(0n);
  });

  // One token goes to nothing with a loan as large as its cap on it, and drags sound accounts down (rsETH on Aave, April
  // 2026).
  it('V34 takes no more than a twentieth of what is lent for one shortfall, and costs no other account its health [WTF-03]', async () => {
    const market = await loadFixture(badTokenFixture);
    const { vault, borrower, account, lent } = market;
    const own = accountOf(borrower, 1);
    await vault.connect(borrower).deposit(own, market.link.address, weth(1));
    const sound = await readAssessment(market, account);
    const before = await vault.cashOf(lent);
    await abandon(market, 1, wad(1_000), usdc(40_000)); // 39,000 are lost
    // 5 % of all that was lent, and the rest is the bidder's to refuse
    expect(before - (await vault.cashOf(lent))).to.be.closeTo(wad(10_000), 10n ** 6n);
    expect(await readAssessment(market, account)).to.deep.equal(sound);
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    await expect(vault.call(account)).to.be.revertedWithCustomError(vault, 'NotCallable');
    expect(await vault.collateralOf(own, market.link.address)).to.equal(weth(1));
  });

  // So he splits it: ten accounts of 100 each borrow more than one of 1,000, as less of each is concentration, and each
  // shortfall stays below the twentieth. What bounds it is how much of the token may come in: ten more get nothing.
  it('V34 bounds what one bad collateral costs lenders by its cap, price and haircut, however the loss is split [VLT-08]', async () => {
    const market = await loadFixture(badTokenFixture);
    const { vault, waterfall, quote, stranger, lent, bidderAccount, bad } = market;
    const bound = (wad(1_000) * 100n * 81n) / 100n; // cap x price x what counts of the first unit for a loan
    const lenders = async () => (await vault.cashOf(lent)) + (await vault.cashOf(bidderAccount));
    const [before, wallet] = [await lenders(), await quote.balanceOf(stranger)];
    await abandon(market, 20, wad(100), usdc(7_363));
    const taken = (await quote.balanceOf(stranger)) - wallet;
    expect(taken).to.equal(usdc(73_630));
    const { socialised, unpaid } = await waterfall.lossesOf(bad);
    // all of it but the 1,000 that are there: 72,630, and the least bonus of 5 for each
    expect([socialised, unpaid]).to.deep.equal([wad(72_680), 0n]);
    expect(socialised).to.be.below(bound);
    // the bidder has his bonuses, and 1,000 of the token for 1,000
    expect(before - (await lenders())).to.be.closeTo(socialised + wad(950), wad(1));
    // a single account of it all would have had no more than the twentieth socialised, and left the rest owed
    expect(socialised).to.be.above(wad(15_000));
  });

  // The attacker brings as much of a token as he can print, and borrows all there is on it.
  it('V34b takes in no more of a collateral than its cap [VLT-08]', async () => {
    const market = await loadFixture(badTokenFixture);
    const { vault, quote, stranger, strangerAccount, bad } = market;
    const before = await quote.balanceOf(stranger);
    await vault.connect(stranger).deposit(strangerAccount, bad, wad(1_000));
    for (const account of [strangerAccount, accountOf(stranger, 1)]) {
      const more = () => vault.connect(stranger).deposit(account, bad, wad(9_000));
      await more().catch(() => undefined);
      await vault
        .connect(stranger)
        .borrow(account, usdc(41_000), stranger)
        .catch(() => undefined);
      await expect(more())
        .to.be.revertedWithCustomError(vault, 'SupplyCapExceeded')
        .withArgs(await bad.getAddress(), wad(10_000), wad(1_000));
    }
    // 81 % of a half of 100,000 is all that it lends in one account
    expect((await quote.balanceOf(stranger)) - before).to.equal(0n);
    await vault.connect(stranger).borrow(strangerAccount, usdc(40_500), stranger);
    expect(await bad.balanceOf(vault)).to.equal(wad(1_000));
  });
});
