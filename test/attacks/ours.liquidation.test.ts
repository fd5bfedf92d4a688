import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { MockERC20__factory, type MockERC20 } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { dustAccount } from '../fixtures/dustAccount';
import { expectFutile } from '../fixtures/expectFutile';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, openMarket, setPrice, type Market } from '../fixtures/marketFixture';
import { movePool } from '../fixtures/movePool';
import { readPortfolio } from '../fixtures/readAccount';
import { readWealth } from '../fixtures/readWealth';
import { developmentConfig, openSystem } from '../fixtures/systemFixture';
import { accountOf, MAX_INT256, MAX_UINT256, usdc, wad, WAD, weth } from '../fixtures/units';

/** The borrower's loan, and 20,000 in his second account to bid with. */
async function twoAccountsFixture() {
  const market = await loanFixture();
  const { vault, borrower, quote } = market;
  const other = accountOf(borrower, 1);
  await vault.connect(borrower).deposit(other, quote, usdc(20_000));
  return { ...market, other };
}

/** At 1,700 and called; its 423 seconds of grace are nearly over. */
async function dueFixture() {
  const market = await twoAccountsFixture();
  const { vault, keeper, account, weth: asset } = market;
  await setPrice(asset, 1_700);
  await vault.connect(keeper).call(account);
  const { deadline } = await vault.callOf(account);
  await time.increaseTo(deadline - 10n);
  return { ...market, deadline };
}

/** Under the shipped policy about the smallest debt that there may be, a hair above `hCritical` of 0.85. */
async function smallestFixture() {
  const market = await openMarket(await openSystem({ policy: 'default', config: developmentConfig() }));
  const { vault, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth('0.135'));
  await vault.connect(borrower).borrow(account, usdc(205), borrower);
  await setPrice(asset, 1_779);
  return market;
}

/** Under the shipped policy a loan on 0.6 WETH, at health 0.857 and due: what restores it earns more than the floor of 5. */
async function smallDueFixture() {
  const market = await openMarket(await openSystem({ policy: 'default', config: developmentConfig() }));
  const { vault, borrower, keeper, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth('0.6'));
  await vault.connect(borrower).borrow(account, usdc(897), borrower);
  await setPrice(asset, 1_752);
  await vault.connect(keeper).call(account);
  await time.increase(1_300);
  await setPrice(asset, 1_752);
  return market;
}

/** Eight tokens with pairs that give nothing for a wei; the borrower has a wei of each. */
async function dustFixture() {
  const market = await marketFixture();
  const { vault, deployer, borrower, uniswapFactory, quote } = market;
  const dust: MockERC20[] = [];
  for (let i = 0; i < 8; ++i) {
    const token = await new MockERC20__factory(deployer).deploy('Dust', 'DUST', 18);
    await listToken(market, token, { price: 1, depth: wad(1_000), supplyCap: wad(1_000) });
    await uniswapFactory.createPair(token, quote);
    const pair = await ethers.getContractAt('IUniswapV2Pair', await uniswapFactory.getPair(token, quote));
    await token.mint(pair, wad(1_000));
    await quote.mint(pair, usdc(1_000));
    await pair.mint(deployer);
    await token.mint(borrower, 1n);
    await token.connect(borrower).approve(vault, MAX_UINT256);
    dust.push(token);
  }
  return { ...market, dust };
}

/** The loan of `openDusty` with a wei of a listed token that no pair trades. */
async function pairlessFixture() {
  const market = await marketFixture();
  const { vault, deployer, borrower, account } = market;
  const pill = await new MockERC20__factory(deployer).deploy('Pill', 'PILL', 18);
  await listToken(market, pill, { price: 1, depth: wad(1_000), supplyCap: wad(1_000) });
  await pill.mint(borrower, 1n);
  await pill.connect(borrower).approve(vault, 1n);
  await openDusty(market, account, [pill]);
  return { ...market, pill };
}

/** A loan that only a close of all can end at 1,430, with a wei of each of `dust` beside it. */
async function openDusty({ vault, borrower, weth: asset }: Market, account: string, dust: readonly MockERC20[]) {
  await vault.connect(borrower).deposit(account, asset.address, weth(10));
  for (const token of dust) await vault.connect(borrower).deposit(account, token, 1n);
  await vault.connect(borrower).borrow(account, usdc(14_000), borrower);
}

describe('Attacks of our own on calls and liquidations', () => {
  // In one batch: empty the account, which may be as long as the end check is to come, have it liquidated by one's other
  // account, and let the waterfall pay for what is not there any more. The end check then finds no debt.
  it('A4 liquidates no account in the middle of a batch that has emptied it [VLT-35]', async () => {
    const market = await loadFixture(twoAccountsFixture);
    const { vault, borrower, account, other, weth: asset } = market;
    const before = await readWealth(market, borrower);
    const abi = vault.interface;
    const loot = abi.encodeFunctionData('withdraw', [account, asset.address, MAX_UINT256, borrower.address]);
    const close = abi.encodeFunctionData('liquidate', [account, other, WAD, MAX_INT256, '0x']);
    for (const steps of [
      [loot, close],
      [abi.encodeFunctionData('batch', [[loot]]), close],
    ]) {
      await expectFutile(market, () => vault.connect(borrower).batch(steps), vault, 'Unsettled', [account]);
    }
    expect(await readWealth(market, borrower)).to.equal(before);
  });

  // In one batch: top up by what is there for the moment, have the call cleared, take it out again. The account is as it
  // was, which the end check allows, and the grace begins anew, as often as one likes.
  it('A4b resets no grace by a cure that is gone at the end of the batch [VLT-35]', async () => {
    const market = await loadFixture(dueFixture);
    const { vault, borrower, keeper, account, deadline, weth: asset } = market;
    const abi = vault.interface;
    const steps = [
      abi.encodeFunctionData('deposit', [account, asset.address, weth(10)]),
      abi.encodeFunctionData('clear', [account]),
      abi.encodeFunctionData('withdraw', [account, asset.address, weth(10), borrower.address]),
    ];
    await vault
      .connect(borrower)
      .batch(steps)
      .catch(() => undefined);
    await vault
      .connect(keeper)
      .call(account)
      .catch(() => undefined);
    expect((await vault.callOf(account)).deadline).to.equal(deadline);
    await time.increaseTo(deadline);
    await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    expect(await vault.collateralOf(market.bidderAccount, asset.address)).to.be.above(weth(1));
  });

  // Of the smallest accounts the fee of a call is a fortieth of the requirement. Whoever calls one just above `hCritical`
  // thereby pushes it below, where no grace holds, and takes it over in the same transaction.
  it('A5 takes no grace by the fee of the call that gives it [CALL-05]', async () => {
    const market = await loadFixture(smallestFixture);
    const { vault, engine, bidder, borrower, account, bidderAccount } = market;
    const health = async () => engine.health(await readPortfolio(market, account));
    expect(await health()).to.be.within(wad('0.86'), wad('0.8625'));
    const before = await readWealth(market, borrower);
    const cash = await vault.cashOf(bidderAccount);
    await vault.connect(bidder).call(account);
    const { calledAt, deadline } = await vault.callOf(account);
    expect(deadline - calledAt).to.be.within(80n, 100n);
    const fee = (await vault.cashOf(bidderAccount)) - cash;
    expect(fee).to.be.within(wad('0.2'), wad('0.25')); // of one: half of what there is above 0.85 of about 41
    expect(await health()).to.be.above(wad('0.855'));
    await expect(liquidate(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable');
    expect(before - (await readWealth(market, borrower))).to.be.closeTo(fee, 10n ** 12n);
    await time.increaseTo(deadline);
    await expect(liquidate(market)).to.emit(vault, 'Liquidated');
  });

  // A bidder takes small parts until what would restore the rest earns less than pays for the work. Were the rest his for
  // that, he would earn three times as much, and the owner lose all.
  it('A5b gives nobody the whole account for taking it in parts [LIQ-04]', async () => {
    const market = await loadFixture(smallDueFixture);
    const { vault, engine, bidder, account, weth: asset } = market;
    const health = async () => engine.health(await readPortfolio(market, account));
    const { bonus: inOneGo } = await vault.preview(account, WAD);
    expect(inOneGo).to.be.within(wad('8.5'), wad('8.6'));
    const before = await readWealth(market, bidder);
    for (const part of [wad('0.13'), wad('0.02'), wad('0.02')]) await liquidate(market, part);
    expect(await health()).to.be.within(wad('0.99'), WAD);
    await liquidate(market);
    expect(await health()).to.be.above(wad('1.24'));
    expect(await vault.collateralOf(account, asset.address)).to.be.above(weth('0.35'));
    // a little more than in one go, as the last part pays for the work of it: less than the floor more
    expect((await readWealth(market, bidder)) - before).to.be.below(inOneGo + wad(1));
  });

  // The flash liquidator leaves what its pair does not buy. Whoever has it take over a wei each of eight tokens has filled
  // its account for ever, and no account with a ninth is sold through it again.
  it('A6 fills the flash liquidator with no dust [LIQ-31]', async () => {
    const market = await loadFixture(dustFixture);
    const { vault, flashLiquidator, borrower, stranger, account, weth: asset, dust } = market;
    const second = accountOf(borrower, 1);
    await openDusty(market, account, dust.slice(0, 7));
    await openDusty(market, second, dust.slice(7));
    await setPrice(asset, 1_430);
    for (const sunk of [account, second]) {
      await movePool(market, asset, 1_430);
      const before = await readWealth(market, stranger);
      await flashLiquidator.connect(stranger).liquidate(sunk, WAD, 0n, stranger);
      expect((await vault.portfolio(sunk)).collateral).to.deep.equal([]);
      expect((await readWealth(market, stranger)) - before).to.be.above(wad(100));
    }
    expect((await vault.portfolio(await flashLiquidator.bidder())).collateral).to.deep.equal([]);
    for (const token of dust) expect(await vault.collateralOf(await dustAccount(market, token), token)).to.equal(1n);
  });

  // Or a wei of one listed token that has no pair at all: who owes keeps everybody without capital from closing him.
  it('A6b holds no close up by a wei of what has no pair [LIQ-25]', async () => {
    const market = await loadFixture(pairlessFixture);
    const { vault, flashLiquidator, stranger, account, weth: asset, pill } = market;
    await setPrice(asset, 1_430);
    await movePool(market, asset, 1_430);
    const before = await readWealth(market, stranger);
    await flashLiquidator.connect(stranger).liquidate(account, WAD, usdc(100), stranger);
    expect((await readWealth(market, stranger)) - before).to.be.above(wad(100));
    expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
    expect((await vault.portfolio(await flashLiquidator.bidder())).collateral).to.deep.equal([]);
    expect(await vault.collateralOf(await dustAccount(market, pill), pill)).to.equal(1n);
  });
});
