import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { enter, fillReserves } from '../fixtures/actions';
import { COOLDOWN, ENTRY_DELAY, patientFixture, SHARES } from '../fixtures/fundFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, openMarket, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { openSystem, promptConfig } from '../fixtures/systemFixture';
import { testPolicy } from '../fixtures/testPolicy';
import { accountOf, MAX_INT256, MAX_UINT256, usdc, WAD, wad, weth } from '../fixtures/units';

/** Each of the loans below falls short by as much, the bonus included, when WETH stands at 1,000. */
const LOANS = 5;
const SHORTFALL = wad(4_200);

/** The stranger's 3,000 are the junior tranche, and the borrower owes 14,000 against 10 WETH. */
async function backedLoanFixture() {
  const market = await marketFixture();
  await enter(market.junior, market.stranger, usdc(3_000));
  return withLoan(market);
}

/** Whoever enters a tranche waits for a day, and the stranger's 3,000 are in the junior one. */
async function earlierFixture() {
  const market = await patientFixture();
  const { junior, quote, stranger, bidder } = market;
  for (const holder of [stranger, bidder]) await quote.connect(holder).approve(junior, MAX_UINT256);
  await junior.connect(stranger).requestDeposit(usdc(3_000));
  await time.increase(ENTRY_DELAY);
  await junior.connect(stranger).deposit(usdc(3_000), stranger);
  return market;
}

/** The tranches pay half of what they have for one collateral and three quarters a day; 10,000 are in the junior one. */
async function cappedFixture() {
  const config = promptConfig();
  const defaultFund = { ...config.defaultFund, marketCapPercent: 50, dayCapPercent: 75 };
  const market = await openMarket(await openSystem({ policy: testPolicy(), config: { ...config, defaultFund } }));
  const { vault, junior, stranger, borrower, weth: asset } = market;
  await enter(junior, stranger, usdc(10_000));
  for (let index = 0; index < LOANS; index++) {
    await vault.connect(borrower).deposit(accountOf(borrower, index), asset.address, weth(10));
    await vault.connect(borrower).borrow(accountOf(borrower, index), usdc(14_000), borrower);
  }
  return market;
}

async function takeOver({ vault, bidder, bidderAccount }: Market, account: string): Promise<void> {
  await vault.connect(bidder).liquidate(account, bidderAccount, WAD, MAX_INT256, '0x');
}

describe('Attacks: default fund', () => {
  // The price has fallen, everybody sees a loss of 2,000 that nobody has taken yet, and the one who backs the lenders leaves
  // with all of his 3,000 (Liquity v2, known issue 24).
  it('V66 keeps who backs the lenders while a loss is open that he will pay for [FND-13]', async () => {
    const market = await loadFixture(backedLoanFixture);
    const { junior, openLosses, quote, keeper, stranger, account } = market;
    const shares = usdc(3_000) * SHARES;
    await junior.connect(stranger).requestRedeem(shares);
    await time.increase(COOLDOWN);
    await setPrice(market.weth, 1_200);
    await openLosses.connect(keeper).report(account);
    const before = await quote.balanceOf(stranger);
    await expect(junior.connect(stranger).redeem(shares, stranger, stranger))
      .to.be.revertedWithCustomError(junior, 'ERC4626ExceededMaxRedeem')
      .withArgs(stranger.address, shares, 0n);
    await takeOver(market, account);
    await openLosses.connect(stranger).report(account);
    await junior.connect(stranger).redeem(shares, stranger, stranger);
    expect((await quote.balanceOf(stranger)) - before, 'after 2,240 of loss and bonus').to.equal(usdc(760));
  });

  // The same without anybody to report it: he leaves in the block in which he sees the price, by any of the ways out.
  it('V66 lets nobody leave who has not said so a week before [FND-02] [FND-03]', async () => {
    const market = await loadFixture(backedLoanFixture);
    const { junior, quote, stranger, bidder, account } = market;
    const shares = usdc(3_000) * SHARES;
    await setPrice(market.weth, 1_200);
    await junior.connect(stranger).requestRedeem(shares);
    const before = await quote.balanceOf(stranger);
    for (const attempt of [
      () => junior.connect(stranger).redeem(shares, stranger, stranger),
      () => junior.connect(stranger).withdraw(usdc(3_000), stranger, stranger),
    ]) {
      await expect(attempt()).to.be.reverted;
    }
    await junior.connect(stranger).approve(bidder, shares);
    await expect(junior.connect(bidder).redeem(shares, stranger, stranger)).to.be.revertedWithCustomError(
      junior,
      'ERC4626ExceededMaxRedeem',
    );
    expect(await quote.balanceOf(stranger)).to.equal(before);
    await takeOver(market, account);
    expect(await junior.totalAssets()).to.equal(usdc(760));
  });

  // A gain of 300 is about to reach a tranche of 3,000. The attacker comes with ten times as much for the block of the gain.
  it('V66 lets nobody in for a gain that is already to be seen [FND-10] [FND-12]', async () => {
    const market = await loadFixture(earlierFixture);
    const { vault, junior, quote, bidder, lender, stranger } = market;
    await junior.connect(bidder).requestDeposit(usdc(30_000));
    await expect(junior.connect(bidder).deposit(usdc(30_000), bidder))
      .to.be.revertedWithCustomError(junior, 'ERC4626ExceededMaxDeposit')
      .withArgs(bidder.address, usdc(30_000), 0n);
    await vault.connect(lender).transfer(market.lent, await junior.fundAccount(), quote, usdc(300));
    await junior.harvest();
    await time.increase(ENTRY_DELAY);
    // by the time he may be in, it has reached those who were there for a day, and he bears a week's risk for the rest
    expect(await junior.convertToAssets(await junior.balanceOf(stranger))).to.be.above(usdc(3_040));
    await junior.connect(bidder).deposit(usdc(30_000), bidder);
    expect(await junior.convertToAssets(await junior.balanceOf(bidder))).to.be.at.most(usdc(30_000));
    expect(await junior.maxRedeem(bidder)).to.equal(0n);
  });

  // The attacker holds next to nothing of an empty tranche, makes it a gift, and waits for the next one, or for a loss, to be
  // counted at the price that the gift has made (Thetanuts, 2026-04-20).
  it('V68 lets no gift move the price of a share around a payout [FND-06] [FND-12]', async () => {
    const market = await withLoan(await loadFixture(marketFixture));
    const { vault, junior, quote, bidder, lender, lent, stranger, account } = market;
    const worth = async (holder: typeof bidder) => junior.convertToAssets(await junior.balanceOf(holder));
    await enter(junior, bidder, 1n);
    await vault.connect(lender).transfer(lent, await junior.fundAccount(), quote, usdc(10_000));
    await quote.connect(bidder).transfer(junior, usdc(10_000));
    await junior.harvest();
    await time.increase(COOLDOWN);
    expect(await worth(bidder), 'the attacker').to.be.at.most(2n);
    await enter(junior, stranger, usdc(5_000));
    expect(await worth(stranger), 'the next one').to.be.within(usdc(5_000) - 2n, usdc(5_000));

    // 2,240 of loss and bonus: the gift pays for it
    await setPrice(market.weth, 1_200);
    await takeOver(market, account);
    expect(await worth(stranger), 'after the loss').to.be.within(usdc(5_000) - 2n, usdc(5_000));
    expect(await worth(bidder)).to.be.at.most(2n);
  });

  // Reserves are above their target, and all of it is due to tranches that are empty but for the attacker's unit.
  it('V68 gives a tranche with few shares no more than a tenth of what they have [FND-12] [WTF-10]', async () => {
    const market = await withLoan(await loadFixture(marketFixture));
    const { vault, waterfall, junior, bidder } = market;
    await fillReserves(market, wad(10_000));
    await enter(junior, bidder, 1n);
    await waterfall.connect(bidder).replenish();
    await time.increase(COOLDOWN);
    expect(await junior.convertToAssets(await junior.balanceOf(bidder))).to.be.at.most(2n);
    expect(await vault.reserves()).to.be.at.least(wad(10_000) - wad('0.000001'));
  });

  // One party has both sides: five accounts that borrow against the same collateral and are abandoned when it falls, and
  // the money they borrowed. Loss after loss goes to the fund until it is empty (JELLY, 2025-03-26; YFI, 2023-11-17).
  it('V69 takes no more from the fund for one collateral in a day than its part, however many accounts default [WTF-08]', async () => {
    const market = await loadFixture(cappedFixture);
    const { vault, waterfall, junior, borrower, lent, weth: asset } = market;
    await setPrice(asset, 1_000);
    const lentBefore = await vault.cashOf(lent);
    const assets: bigint[] = [];
    for (let index = 0; index < LOANS; index++) {
      await takeOver(market, accountOf(borrower, index));
      assets.push(await junior.totalAssets());
    }
    expect(assets[0]).to.equal(usdc(5_800)); // all of the first one's 4,200
    expect(assets.at(-1), 'what is left of 10,000').to.be.at.least(usdc(5_000));
    const { fromReserves, fromJunior, fromSenior, socialised, unpaid } = await waterfall.lossesOf(asset.address);
    expect(fromReserves + fromJunior + fromSenior + socialised + unpaid).to.equal(BigInt(LOANS) * SHORTFALL);
    expect(fromJunior).to.be.at.most(wad(5_000));
    // the rest is the lenders', each by his share, of which the bidder pays for what he takes over: two thirds at first
    const lost = lentBefore - (await vault.cashOf(lent));
    expect([socialised, unpaid]).to.deep.equal([BigInt(LOANS) * SHORTFALL - fromJunior, 0n]);
    expect(lost).to.be.within((socialised * 2n) / 3n, (socialised * 3n) / 4n);
  });
});
