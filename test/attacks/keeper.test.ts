import { expect } from 'chai';
import { ethers } from 'hardhat';

import { FeeToken__factory, type FeeToken } from '../../typechain-types';
import { expectFutile } from '../fixtures/expectFutile';
import { expectUntouched } from '../fixtures/expectUntouched';
import { compareGains, gainOf } from '../fixtures/gain';
import { hostileTokenFixture } from '../fixtures/hostileTokens';
import { sunkTo } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { movePool } from '../fixtures/movePool';
import { MAX_INT256, MAX_UINT256, usdc, wad, WAD, weth } from '../fixtures/units';
import { wealthOf } from '../fixtures/wealthOf';

/** The borrower's loan at 1,500, feed and pool: it may be liquidated without a call. */
async function crashFixture() {
  const market = await sunkTo(1_500);
  await movePool(market, market.weth, 1_500);
  return market;
}

/** The keeper's liquidation through the pool, with the profit that he saw when he looked. */
async function simulated({ flashLiquidator, keeper, account }: Market) {
  const flash = flashLiquidator.connect(keeper);
  const [profit] = await flash.liquidate.staticCall(account, WAD, 0n, keeper);
  return { profit, send: (least = profit) => flash.liquidate(account, WAD, least, keeper) };
}

/** The loan with a token beside its collateral that has a pair of its own: whatever the token does, happens in the sale. */
async function trapFixture() {
  const market = await withLoan(await hostileTokenFixture());
  const { vault, uniswapFactory, quote, deployer, borrower, account, feeToken, hookToken } = market;
  for (const token of [feeToken, hookToken]) {
    await uniswapFactory.createPair(token, quote);
    const pair = await ethers.getContractAt('IUniswapV2Pair', await uniswapFactory.getPair(token, quote));
    await token.mint(pair, wad(1_000));
    await quote.mint(pair, usdc(100_000));
    await pair.mint(deployer);
    await vault.connect(borrower).deposit(account, token, wad(1));
  }
  await setPrice(market.weth, 1_420);
  await movePool(market, market.weth, 1_420);
  return market;
}

describe('Keeper attacks: what the chain answers', () => {
  // Between looking and being included the price moves on: the keeper buys what is worth less than he pays for it.
  it('V57 buys nothing dearer than the bidder allowed [LIQ-12]', async () => {
    const market = await loadFixture(crashFixture);
    const { vault, bidder, account, bidderAccount, weth: asset } = market;
    const seen = (await vault.preview(account, WAD)).pay;
    await setPrice(asset, 1_560); // the slice is dearer now, and by the time it is sold 1,500 again
    expect((await vault.preview(account, WAD)).pay).to.be.above(seen);
    const truth = [[asset, 1_500]] as const;
    const buy = (limit: bigint) => vault.connect(bidder).liquidate(account, bidderAccount, WAD, limit, '0x');
    const { unguarded, guarded } = await compareGains((isGuarded) =>
      gainOf(market, bidder, truth, () => buy(isGuarded ? seen : MAX_INT256)),
    );
    expect(unguarded).to.be.within(wad(-600), wad(-100)); // what he buys a loss for
    expect(guarded).to.equal(0n);
    await expect(buy(seen)).to.be.revertedWithCustomError(vault, 'PayAboveLimit');
  });

  // The same through the pool: somebody sells into it first, and all that is left of the bonus is the gas.
  it('V57 sells nothing for less profit than the keeper saw [LIQ-23]', async () => {
    const market = await loadFixture(crashFixture);
    const { flashLiquidator, keeper, weth: asset } = market;
    const { profit, send } = await simulated(market);
    await movePool(market, asset, 1_450);
    const { unguarded, guarded } = await compareGains((isGuarded) =>
      gainOf(market, keeper, [], () => send(isGuarded ? profit : 0n)),
    );
    expect(unguarded).to.be.within(1n, (profit * 10n ** 12n) / 2n);
    expect(guarded).to.equal(0n);
    await expectFutile(market, () => send(profit), flashLiquidator, 'ProfitBelowMinimum', [
      (left: bigint) => left < profit,
      profit,
    ]);
  });

  // A bot's callback that does for anybody what it does for its owner: with what rests in it, at the caller's price.
  it('V58 takes callbacks from the vault alone, and within a call of its own [LIQ-24]', async () => {
    const market = await loadFixture(crashFixture);
    const { vault, flashLiquidator, quote, lender, stranger, strangerAccount, account, weth: asset } = market;
    const bidder = await flashLiquidator.bidder();
    // somebody has put collateral where it rests: the thief has it sold into a pool that he has emptied before
    await flashLiquidator.connect(stranger).liquidate(account, WAD / 10n, 0n, stranger);
    await vault.connect(lender).deposit(bidder, quote, usdc(1_000));
    const cash = await vault.cashOf(bidder);
    const thief = flashLiquidator.connect(stranger);
    for (const attempt of [
      () => thief.onTakeOver(account, bidder, 0n, [asset.address], [1n], '0x'),
      () => thief.onTakeOver(strangerAccount, bidder, 0n, [], [], '0x'),
    ]) {
      await expectFutile(market, attempt, flashLiquidator, 'UnexpectedCallback', [stranger.address]);
    }
    expect(await vault.cashOf(bidder)).to.equal(cash);
  });

  // Bots that approve whatever is asked of them are emptied later (arbitrary calls through routers, since 2021).
  it('V58 leaves no approval that anybody could draw on [LIQ-32]', async () => {
    const market = await loadFixture(crashFixture);
    const { vault, flashLiquidator, quote, stranger, strangerAccount, account, weth: asset } = market;
    await flashLiquidator.connect(stranger).liquidate(account, WAD / 10n, 0n, stranger);
    const spenders = [stranger.address, await asset.pair.getAddress(), await market.uniswapFactory.getAddress()];
    for (const spender of spenders) {
      expect(await quote.allowance(flashLiquidator, spender)).to.equal(0n);
      expect(await asset.token.allowance(flashLiquidator, spender)).to.equal(0n);
    }
    // the vault's is drawn on by nobody else: it takes from who calls it
    await quote.mint(flashLiquidator, usdc(100));
    await vault.connect(stranger).deposit(strangerAccount, quote, usdc(10));
    expect(await quote.balanceOf(flashLiquidator)).to.equal(usdc(100));
    await expect(
      vault.connect(stranger).withdraw(await flashLiquidator.bidder(), quote, 1n, stranger),
    ).to.be.revertedWithCustomError(vault, 'NotAuthorised');
  });

  // "Salmonella" (March 2021, 130 ether): a token that pays in a simulation and burns nine tenths when it is for real.
  it('V58 loses nothing to a token that turns between looking and sending [LIQ-23]', async () => {
    const market = await loadFixture(trapFixture);
    const { vault, keeper, quote, account, feeToken, flashLiquidator } = market;
    const { profit, send } = await simulated(market);
    expect(profit).to.be.above(0n);
    const before = await quote.balanceOf(keeper);
    await feeToken.setFee(9_000);
    await expectUntouched(market, () => send().catch(() => undefined));
    await expect(send()).to.be.revertedWith('UniswapV2: K');
    await feeToken.setFee(0);
    await pullRug(market, feeToken);
    await expectFutile(market, () => send(), flashLiquidator, 'ProfitBelowMinimum');
    expect(await quote.balanceOf(keeper)).to.equal(before);
    expect(await quote.balanceOf(flashLiquidator)).to.equal(0n);
    // who bids with cash moves no token at all, so the account is not safe behind it
    const { bidder, bidderAccount } = market;
    await vault.connect(bidder).liquidate(account, bidderAccount, WAD, wad(100_000), '0x');
    expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
  });

  // A trap is of no use where it cannot be put: only what policy lists is collateral.
  it('V58 never meets a token that nobody has listed [VLT-07]', async () => {
    const market = await loadFixture(crashFixture);
    const { vault, deployer, borrower, account } = market;
    const trap = await new FeeToken__factory(deployer).deploy(18, 9_000);
    await trap.mint(borrower, wad(1));
    await trap.connect(borrower).approve(vault, MAX_UINT256);
    const { collateral } = await vault.portfolio(account);
    await expectFutile(market, () => vault.connect(borrower).deposit(account, trap, wad(1)), vault, 'AssetNotListed', [
      await trap.getAddress(),
    ]);
    expect((await vault.portfolio(account)).collateral).to.deep.equal(collateral);
    expect([await trap.balanceOf(borrower), await trap.balanceOf(vault)]).to.deep.equal([wad(1), 0n]);
  });

  // Sell before the keeper, buy after him: with no bound on the proceeds the searcher takes the bonus.
  it('V60 yields no bonus to who trades around the sale [LIQ-23]', async () => {
    const market = await loadFixture(crashFixture);
    const { flashLiquidator, stranger, weth: asset } = market;
    const { profit, send } = await simulated(market);
    const truth = [[asset, 1_500]] as const;
    const before = await wealthOf(market, stranger, truth);
    const sold = await sellInto(market, weth(300));
    await expect(send(profit - usdc(1))).to.be.revertedWithCustomError(flashLiquidator, 'ProfitBelowMinimum');
    await buyBack(market, sold);
    // the searcher has paid the pool's fee twice, and the keeper sends again
    expect(await wealthOf(market, stranger, truth)).to.be.below(before);
    await expect(send(profit - usdc(1))).to.emit(market.vault, 'Liquidated');
  });
});

/** Who made the pair of `token` takes out what he put in. */
async function pullRug({ uniswapFactory, quote, deployer }: Market, token: FeeToken): Promise<void> {
  const address = await uniswapFactory.getPair(token, quote);
  const pair = await ethers.getContractAt('IUniswapV2Pair', address);
  const shares = await ethers.getContractAt('MockERC20', address);
  await shares.connect(deployer).transfer(address, await shares.balanceOf(deployer));
  await pair.burn(deployer);
}

/** The stranger sells WETH to the pair; what he got for it, token units of quote. */
async function sellInto({ stranger, weth: { pair, token, address } }: Market, amount: bigint): Promise<bigint> {
  const isFirst = (await pair.token0()) === address;
  const out = await quoteOut(pair, isFirst, amount);
  await token.connect(stranger).transfer(pair, amount);
  await pair.swap(isFirst ? 0n : out, isFirst ? out : 0n, stranger, '0x');
  return out;
}

/** And buys for it again. */
async function buyBack({ stranger, quote, weth: { pair, address } }: Market, amount: bigint): Promise<void> {
  const isFirst = (await pair.token0()) === address;
  const out = await quoteOut(pair, !isFirst, amount);
  await quote.connect(stranger).transfer(pair, amount);
  await pair.swap(isFirst ? out : 0n, isFirst ? 0n : out, stranger, '0x');
}

async function quoteOut(pair: Market['weth']['pair'], inIsFirst: boolean, amount: bigint): Promise<bigint> {
  const [reserve0, reserve1] = await pair.getReserves();
  const [reserveIn, reserveOut] = inIsFirst ? [reserve0, reserve1] : [reserve1, reserve0];
  return (amount * 997n * reserveOut) / (reserveIn * 1_000n + amount * 997n);
}
