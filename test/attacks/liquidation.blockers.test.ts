import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { BlocklistToken__factory, MockERC20__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { expectFutile } from '../fixtures/expectFutile';
import { hostileTokenFixture } from '../fixtures/hostileTokens';
import { exampleFixture, sunkTo } from '../fixtures/liquidationFixtures';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { accountOf, MarginMode, MAX_UINT256, usdc, wad, WAD, wbtc, weth } from '../fixtures/units';

/** Worth 10,000 and owing 14,000, and nobody but lenders to pay for it. */
async function underWaterFixture() {
  return sunkTo(1_000);
}

/** The borrower's loan, and beside it an ounce of every token that one would rather not hold. */
async function stuffedFixture() {
  const market = await hostileTokenFixture();
  const { vault, deployer, borrower, account, feeToken, hookToken, wbtc: btc } = market;
  const blocklist = await new BlocklistToken__factory(deployer).deploy(18);
  await listToken(market, blocklist, { price: 100, depth: wad(1_000), supplyCap: wad(1_000) });
  await blocklist.mint(borrower, wad(1));
  await blocklist.connect(borrower).approve(vault, MAX_UINT256);
  await withLoan(market);
  for (const token of [feeToken, hookToken, blocklist]) await vault.connect(borrower).deposit(account, token, wad(1));
  await vault.connect(borrower).deposit(account, btc.address, wbtc('0.01'));
  return { ...market, blocklist };
}

/** Seven further tokens at 1, listed, of which the borrower has some. */
async function manyTokensFixture() {
  const market = await loanFixture();
  const { vault, deployer, borrower } = market;
  const tokens = [];
  for (let i = 0; i < 8; ++i) {
    const token = await new MockERC20__factory(deployer).deploy('Dust', 'DUST', 18);
    await listToken(market, token, { price: 1, depth: wad(1_000), supplyCap: wad(1_000) });
    for (const holder of [borrower, market.stranger]) {
      await token.mint(holder, wad(10));
      await token.connect(holder).approve(vault, MAX_UINT256);
    }
    tokens.push(token);
  }
  return { ...market, tokens };
}

/** Cash of every lender, in token units. */
async function lentCash({ vault, lent, bidderAccount }: Market): Promise<bigint> {
  return ((await vault.cashOf(lent)) + (await vault.cashOf(bidderAccount))) / 10n ** 12n;
}

describe('Attacks that hold a liquidation up', () => {
  // Debt is left with a wei of collateral beside it, so that no loss is booked, and the last lender to leave pays for all
  // (umee, raac). The owner adds a wei, a stranger another one.
  it('V19 books a bad debt at once and for every lender alike, whatever dust is beside it [WTF-03]', async () => {
    const market = await loadFixture(underWaterFixture);
    const {
      vault,
      borrower,
      stranger,
      lender,
      bidder,
      account,
      lent,
      bidderAccount,
      quote,
      weth: eth,
      wbtc: btc,
    } = market;
    await vault.connect(borrower).deposit(account, btc.address, 1n);
    await vault.connect(stranger).deposit(account, eth.address, 1n);
    const before = await vault.cashOf(lent);
    await liquidate(market);
    const { cash, collateral } = await vault.portfolio(account);
    expect([cash, collateral]).to.deep.equal([0n, []]);
    const lost = before - (await vault.cashOf(lent));
    expect(lost).to.be.closeTo(wad(2_800), wad(1)); // of 200,000; the bidder's 100,000 bore the other third of 4,200

    // everybody leaves, and the last one has what the books say he has
    await vault.connect(bidder).withdraw(bidderAccount, quote, MAX_UINT256, bidder);
    const owed = (await vault.cashOf(lent)) / 10n ** 12n;
    await expect(vault.connect(lender).withdraw(lent, quote, MAX_UINT256, lender)).to.changeTokenBalance(
      quote,
      lender,
      owed,
    );
    expect(await lentCash(market)).to.equal(0n);
  });

  // The owner watches the pool of transactions and puts a unit in before each bid, so that it asks for more than there is
  // (size, particle, arcadia).
  it('V21 lets a top-up in front of a bid make it smaller, and not fail [LIQ-27]', async () => {
    const market = await loadFixture(exampleFixture);
    const { vault, borrower, account, bidderAccount, quote, weth: asset, deadline } = market;
    await time.increaseTo(deadline);
    const { fraction: wanted } = await vault.preview(account, WAD);
    await vault.connect(borrower).repay(account, 1n);
    await vault.connect(borrower).deposit(account, quote, usdc(200));
    await vault.connect(borrower).deposit(account, asset.address, 1n);
    const { fraction: allowed } = await vault.preview(account, WAD);
    expect(allowed).to.be.below(wanted);
    const held = await vault.collateralOf(account, asset.address);
    await liquidate(market, wanted);
    // a second later the bonus is a little more, and the fraction with it
    expect(await vault.collateralOf(bidderAccount, asset.address)).to.be.closeTo((held * allowed) / WAD, weth('0.01'));
  });

  // The owner leaves the debt where it is and rescues the collateral into another of his accounts.
  it('V21b keeps collateral with its debt [VLT-03]', async () => {
    const market = await loadFixture(exampleFixture);
    const { vault, borrower, account, weth: asset } = market;
    const other = accountOf(borrower, 1);
    for (const amount of [1n, MAX_UINT256]) {
      const rescue = () => vault.connect(borrower).transfer(account, other, asset.address, amount);
      await expectFutile(market, rescue, vault, 'Undercollateralised');
    }
  });

  // A payee on a block list, a paused token, a token that calls back, a dead feed: each makes some liquidation revert
  // (predy, real-wagmi). Who skips what fails must not give it away either: the dead leg is worth 400.
  it('V22 sells beside dead feeds and frozen tokens, and gives away nothing of them [LIQ-16] [LIQ-27]', async () => {
    const market = await loadFixture(stuffedFixture);
    const { vault, bidder, borrower, account, bidderAccount, feeToken, hookToken, blocklist, wbtc: btc } = market;
    await feeToken.setFee(9_999);
    await hookToken.setHook(vault, '0xdeadbeef');
    for (const payee of [vault, borrower, bidder]) await blocklist.setBlocked(payee, true);
    await setPrice(market.weth, 1_300);
    await btc.feed.setReverting(true);
    const before = await vault.cashOf(bidderAccount);
    await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    expect(await vault.collateralOf(bidderAccount, btc.address)).to.equal(0n);
    expect(await vault.collateralOf(account, btc.address)).to.equal(wbtc('0.01'));
    for (const token of [feeToken, hookToken, blocklist]) {
      expect(await vault.collateralOf(bidderAccount, token)).to.equal(wad(1));
    }
    // 13,300 for what he got, less 10 % of its requirement
    const paid = before - (await vault.cashOf(bidderAccount));
    expect(paid).to.be.within(wad(13_300 - 300), wad(13_300 - 260));
  });

  // An owner adds a unit of many tokens, so that a part of each is nothing, and nothing is what a transfer refuses, or what
  // fills the bidder's list of collaterals.
  it('V22b moves nothing where a part of a leg is nothing [LIQ-16]', async () => {
    const market = await loadFixture(manyTokensFixture);
    const { vault, borrower, account, bidderAccount, weth: asset, tokens } = market;
    for (const token of tokens.slice(0, 7)) await vault.connect(borrower).deposit(account, token, 1n);
    await setPrice(asset, 1_500);
    await liquidate(market, WAD / 2n);
    const { collateral } = await vault.portfolio(bidderAccount);
    expect(collateral.map(({ asset: held, amount }) => [held, amount])).to.deep.equal([[asset.address, weth(5)]]);
  });

  // An account with more collaterals than a block has gas for can be measured by nobody, and so sold by nobody (Lyra).
  it('V24 holds no more collaterals than can be sold in one go [VLT-10] [LIQ-29]', async () => {
    const market = await loadFixture(manyTokensFixture);
    const { vault, borrower, account, weth: asset, tokens } = market;
    for (const token of tokens.slice(0, 7)) await vault.connect(borrower).deposit(account, token, wad(1));
    const ninth = () => vault.connect(borrower).deposit(account, tokens[7]!, wad(1));
    await expectFutile(market, ninth, vault, 'TooManyCollaterals', [account, 8n]);
    const isolated = accountOf(borrower, 1);
    await vault.connect(borrower).setMode(isolated, MarginMode.ISOLATED);
    await vault.connect(borrower).deposit(isolated, tokens[0]!, wad(1));
    const second = () => vault.connect(borrower).deposit(isolated, tokens[1]!, wad(1));
    await expectFutile(market, second, vault, 'TooManyCollaterals', [isolated, 1n]);
    expect([await tokens[7]!.balanceOf(vault), await tokens[1]!.balanceOf(vault)]).to.deep.equal([0n, wad(1)]);
    await setPrice(asset, 1_400);
    const receipt = (await (await liquidate(market)).wait())!;
    expect(receipt.gasUsed).to.be.below(2_000_000n);
    expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
    expect(await vault.collateralOf(market.bidderAccount, asset.address)).to.equal(weth(10));
  });

  // A stranger fills the account of a debtor, so that he cannot top up, or of a bidder, so that he has no room.
  it('V24b lets no stranger fill an account [VLT-09]', async () => {
    const market = await loadFixture(manyTokensFixture);
    const { vault, stranger, borrower, account, strangerAccount, bidderAccount, tokens } = market;
    await vault.connect(stranger).deposit(strangerAccount, tokens[0]!, wad(2));
    for (const victim of [account, bidderAccount]) {
      for (const attempt of [
        () => vault.connect(stranger).deposit(victim, tokens[0]!, 1n),
        () => vault.connect(stranger).transfer(strangerAccount, victim, tokens[0]!, 1n),
      ]) {
        await expectFutile(market, attempt, vault, 'CollateralNotHeld');
      }
    }
    await vault.connect(borrower).deposit(account, tokens[7]!, wad(1));
  });
});
