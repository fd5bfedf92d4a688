import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { MockERC20__factory } from '../../typechain-types';
import { asContract } from '../fixtures/actions';
import { dustAccount } from '../fixtures/dustAccount';
import { expectUntouched } from '../fixtures/expectUntouched';
import { hostileTokenFixture } from '../fixtures/hostileTokens';
import { sunkTo } from '../fixtures/liquidationFixtures';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice, withLoan, type Market } from '../fixtures/marketFixture';
import { movePool } from '../fixtures/movePool';
import { accountOf, MINUTE, usdc, wad, WAD, wbtc, weth } from '../fixtures/units';

const QUOTE_SCALE = 10n ** 12n;

/** The borrower's loan with feed and real pair at 1,500: health 0.333, no call needed. */
async function crashFixture() {
  const market = await sunkTo(1_500);
  await movePool(market, market.weth, 1_500);
  return market;
}

/** The same at 1,430, where only the whole account is taken, with a wei of a dearer token beside it. */
async function dustFixture() {
  const market = await sunkTo(1_430);
  const { vault, deployer, borrower, account, uniswapFactory, quote } = market;
  await movePool(market, market.weth, 1_430);
  const dust = await new MockERC20__factory(deployer).deploy('Dust', 'DUST', 18);
  await listToken(market, dust, { price: 2_000, depth: wad(1_000), supplyCap: wad(1_000) });
  await uniswapFactory.createPair(dust, quote);
  const pair = await ethers.getContractAt('IUniswapV2Pair', await uniswapFactory.getPair(dust, quote));
  await dust.mint(pair, wad(1_000));
  await quote.mint(pair, usdc(2_000_000));
  await pair.mint(deployer);
  await dust.mint(borrower, 1n);
  await dust.connect(borrower).approve(vault, 1n);
  await vault.connect(borrower).deposit(account, dust, 1n);
  return { ...market, dust };
}

describe('UniswapV2FlashLiquidator', () => {
  describe('liquidate', () => {
    it('reverts as the liquidator does for an account that is not to be liquidated [LIQ-23]', async () => {
      const market = await loadFixture(crashFixture);
      const { vault, lent } = market;
      await expectUntouched(market, () =>
        expect(flash(market, { account: lent })).to.be.revertedWithCustomError(vault, 'NotLiquidatable'),
      );
    });

    it('reverts with ProfitBelowMinimum a unit above what there is [LIQ-23]', async () => {
      const market = await loadFixture(crashFixture);
      const { flashLiquidator, stranger, account } = market;
      const [profit] = await flashLiquidator.connect(stranger).liquidate.staticCall(account, WAD, 0n, stranger);
      await expectUntouched(market, () =>
        expect(flash(market, { minProfit: profit + 1n }))
          .to.be.revertedWithCustomError(flashLiquidator, 'ProfitBelowMinimum')
          .withArgs(profit, profit + 1n),
      );
      await flash(market, { minProfit: profit });
    });

    it('reverts with SaleShort when the pair pays less than came over as debt [LIQ-25]', async () => {
      const market = await loadFixture(crashFixture);
      const { flashLiquidator } = market;
      await movePool(market, market.weth, 1_200);
      await expectUntouched(market, () =>
        expect(flash(market))
          .to.be.revertedWithCustomError(flashLiquidator, 'SaleShort')
          .withArgs(
            (proceeds: bigint) => proceeds > usdc(10_000),
            (missing: bigint) => missing > wad(1_000),
          ),
      );
    });

    it('reverts with SaleShort where more than the bonus has no pair [LIQ-25]', async () => {
      const market = await withLoan(await loadFixture(hostileTokenFixture));
      const { vault, flashLiquidator, borrower, account, hookToken } = market;
      await vault.connect(borrower).deposit(account, hookToken, wad(20));
      await setPrice(market.weth, 1_300);
      await movePool(market, market.weth, 1_300);
      await expectUntouched(market, () =>
        expect(flash(market)).to.be.revertedWithCustomError(flashLiquidator, 'SaleShort'),
      );
    });

    it('reverts with ZeroRecipient for the zero address [LIQ-23]', async () => {
      const market = await loadFixture(crashFixture);
      await expectUntouched(market, () =>
        expect(flash(market, { recipient: ethers.ZeroAddress })).to.be.revertedWithCustomError(
          market.vault,
          'ZeroRecipient',
        ),
      );
    });

    it('earns the bonus less what the pair costs, for a caller without any capital [LIQ-23]', async () => {
      const market = await loadFixture(crashFixture);
      const { vault, flashLiquidator, quote, account, deployer, weth: asset } = market;
      const nobody = ethers.Wallet.createRandom().address;
      const { fraction, bonus } = await vault.preview(account, WAD);
      const sold = (weth(10) * fraction) / WAD;
      const proceeds = await saleOf(market, sold);
      await flashLiquidator.connect(deployer).liquidate(account, WAD, 0n, nobody);
      const profit = (await quote.balanceOf(nobody)) * QUOTE_SCALE;
      expect(profit).to.be.closeTo(bonus + proceeds - sold * 1_500n, QUOTE_SCALE);
      expect(profit).to.be.within(wad(600), bonus);
      expect(await vault.collateralOf(account, asset.address)).to.equal(weth(10) - sold);
    });

    it('keeps nothing: neither token, nor cash, nor collateral [LIQ-23]', async () => {
      const market = await loadFixture(crashFixture);
      const { vault, flashLiquidator, quote, weth: asset } = market;
      await flash(market);
      const bidder = await flashLiquidator.bidder();
      expect(bidder).to.equal(accountOf(await flashLiquidator.getAddress()));
      expect(await quote.balanceOf(flashLiquidator)).to.equal(0n);
      expect(await asset.token.balanceOf(flashLiquidator)).to.equal(0n);
      expect(await vault.cashOf(bidder)).to.be.within(0n, 10n ** 12n);
      expect((await vault.portfolio(await flashLiquidator.bidder())).collateral).to.deep.equal([]);
    });

    it('sends nothing where the sale pays what came over and no unit more [LIQ-23]', async () => {
      const market = await loadFixture(crashFixture);
      const { vault, account, quote, weth: asset, stranger } = market;
      const { fraction, pay } = await vault.preview(account, WAD);
      const owed = ceilDiv(wad(14_000) * fraction, WAD) + pay;
      await payFor(market, (weth(10) * fraction) / WAD, ceilDiv(owed, QUOTE_SCALE));
      const before = await quote.balanceOf(stranger);
      await flash(market);
      expect(await quote.balanceOf(stranger)).to.equal(before);
      expect(await vault.collateralOf(account, asset.address)).to.be.below(weth(10));
    });

    it('earns the bonus of an account whose collateral nobody buys and whose debt others pay [LIQ-23] [LIQ-25]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, quote, deployer, borrower, stranger, account } = market;
      const token = await new MockERC20__factory(deployer).deploy('Unpaired', 'UNPAIRED', 18);
      const feed = await listToken(market, token, { price: 100, depth: wad(1_000), supplyCap: wad(1_000) });
      await token.mint(borrower, wad(4));
      await token.connect(borrower).approve(vault, wad(4));
      await vault.connect(borrower).deposit(account, token, wad(4));
      await vault.connect(borrower).borrow(account, usdc(250), borrower);
      await feed.push(5n * 10n ** 7n);
      const before = await quote.balanceOf(stranger);
      await flash(market);
      // five less what four of it are worth; a unit goes by rounding
      expect((await quote.balanceOf(stranger)) - before).to.be.within(usdc(3) - 1n, usdc(3));
      expect(await vault.collateralOf(await dustAccount(market, token), token)).to.equal(wad(4));
      expect(await vault.cashOf(account)).to.be.within(0n, 10n);
    });

    it('takes the part that is asked for [LIQ-23]', async () => {
      const market = await loadFixture(crashFixture);
      await flash(market, { fraction: WAD / 10n });
      expect(await market.vault.collateralOf(market.account, market.weth.address)).to.equal(weth(9));
    });

    it('sells several collaterals, and leaves the one without a price [LIQ-23] [LIQ-16]', async () => {
      const market = await loadFixture(crashFixture);
      const { vault, borrower, account, quote, stranger, wbtc: btc, link: chain } = market;
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.001'));
      await vault.connect(borrower).deposit(account, chain.address, wad(1));
      await chain.feed.setReverting(true);
      const before = await quote.balanceOf(stranger);
      await flash(market, { fraction: WAD / 2n });
      expect(await vault.collateralOf(account, btc.address)).to.equal(wbtc('0.0005'));
      expect(await vault.collateralOf(account, chain.address)).to.equal(wad(1));
      expect(await quote.balanceOf(stranger)).to.be.above(before);
    });

    it('is not held up by a wei that the pair would not buy, and keeps room for others [LIQ-26] [LIQ-31]', async () => {
      // found when the pair refused a sale for nothing, and with it the close of the account
      const market = await loadFixture(dustFixture);
      const { vault, flashLiquidator, account, dust } = market;
      await flash(market);
      expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
      expect((await vault.portfolio(await flashLiquidator.bidder())).collateral).to.deep.equal([]);
      expect(await vault.collateralOf(await dustAccount(market, dust), dust)).to.equal(1n);
    });

    it('works after a call and its grace, at the price of the bonus ramp [LIQ-23]', async () => {
      const market = await withLoan(await loadFixture(hostileTokenFixture));
      const { vault, keeper, account, weth: asset } = market;
      await setPrice(asset, 1_700);
      await movePool(market, asset, 1_700);
      await vault.connect(keeper).call(account);
      await time.increase(20 * MINUTE);
      await expect(flash(market)).to.emit(vault, 'Liquidated');
    });
  });

  describe('onTakeOver', () => {
    it('reverts with UnexpectedCallback outside a call of its own, from the vault too [LIQ-24]', async () => {
      const { flashLiquidator, vault, stranger, account, weth: asset } = await loadFixture(crashFixture);
      const bidder = await flashLiquidator.bidder();
      for (const caller of [stranger, await asContract(await vault.getAddress())]) {
        await expect(flashLiquidator.connect(caller).onTakeOver(account, bidder, 0n, [asset.address], [1n], '0x'))
          .to.be.revertedWithCustomError(flashLiquidator, 'UnexpectedCallback')
          .withArgs(caller.address);
      }
    });

    it('reverts with UnexpectedCallback for a stranger who gets in during one [LIQ-24]', async () => {
      const market = await withLoan(await loadFixture(hostileTokenFixture));
      const { vault, flashLiquidator, borrower, account, hookToken, uniswapFactory, quote, deployer } = market;
      await uniswapFactory.createPair(hookToken, quote);
      const pair = await ethers.getContractAt('IUniswapV2Pair', await uniswapFactory.getPair(hookToken, quote));
      await hookToken.mint(pair, wad(1_000));
      await quote.mint(pair, usdc(100_000));
      await pair.mint(deployer);
      await vault.connect(borrower).deposit(account, hookToken, wad(1));
      await setPrice(market.weth, 1_480);
      await movePool(market, market.weth, 1_480);
      const bidder = await flashLiquidator.bidder();
      const again = flashLiquidator.interface;
      for (const [data, error] of [
        [again.encodeFunctionData('onTakeOver', [account, bidder, 0n, [], [], '0x']), 'UnexpectedCallback'],
        [again.encodeFunctionData('liquidate', [account, WAD, 0n, borrower.address]), 'ReentrancyGuardReentrantCall'],
      ] as const) {
        await hookToken.setHook(flashLiquidator, data);
        await flash(market, { fraction: WAD / 10n });
        expect(await hookToken.hookSucceeded()).to.equal(false);
        expect((await hookToken.hookResult()).slice(0, 10)).to.equal(again.getError(error)!.selector);
      }
    });
  });
});

/** What the WETH pair pays for `amount`, quote WAD: Uniswap V2's price with its fee of 0.3 %. */
async function saleOf({ weth: { pair, address } }: Market, amount: bigint): Promise<bigint> {
  const [reserve0, reserve1] = await pair.getReserves();
  const [assets, quotes] = (await pair.token0()) === address ? [reserve0, reserve1] : [reserve1, reserve0];
  return ((amount * 997n * quotes) / (assets * 1_000n + amount * 997n)) * QUOTE_SCALE;
}

/** Has the WETH pair, made twice as deep, pay just `proceeds` (token units) for `amount`. */
async function payFor({ weth: { pair, address, token }, quote }: Market, amount: bigint, proceeds: bigint) {
  const [reserve0, reserve1] = await pair.getReserves();
  const [assets, quotes] = (await pair.token0()) === address ? [reserve0, reserve1] : [reserve1, reserve0];
  await token.mint(pair, assets);
  const paidIn = amount * 997n;
  await quote.mint(pair, ceilDiv(proceeds * (2n * assets * 1_000n + paidIn), paidIn) - quotes);
  await pair.sync();
}

function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}

interface Options {
  readonly account?: string;
  readonly fraction?: bigint;
  readonly minProfit?: bigint;
  readonly recipient?: string;
}

/** By the stranger, for himself. */
function flash(market: Market, options: Options = {}) {
  const { flashLiquidator, stranger } = market;
  const { account = market.account, fraction = WAD, minProfit = 0n, recipient = stranger.address } = options;
  return flashLiquidator.connect(stranger).liquidate(account, fraction, minProfit, recipient);
}
