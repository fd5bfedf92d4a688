import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String } from 'ethers';

import { asContract, enter, fillReserves } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { hookQuoteFixture } from '../fixtures/hostileTokens';
import { exampleFixture, nextAt } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { accountOf, MAX_INT256, MAX_UINT256, NANO, usdc, WAD, wad, wbtc, weth } from '../fixtures/units';

const PATIENCE = 7_200n;
const RAMP = 21_600;
const MOST_DISCOUNT_BPS = 1_000n;
const TIP = wad(2);
const PRICE_STATUS_DEGRADED = 1n;
/** As in `deployments/config/development.json`. */
const TERMS = { patience: 7_200, discountRamp: 21_600, tipCents: 200, maxDiscountBps: 1_000 };

/** 0.18 WETH at 1,463 against 250: worth 263.34, `E` 13.34, `Rm` 26.87, to be closed for the floor bonus of 5. */
async function smallFixture() {
  const market = await marketFixture();
  await fillReserves(market, wad(3_000));
  return sinkSmall(market, '0.18', 250, 1_463);
}

/** The same, taken over: 0.18 WETH for 258.34 and a tip of 2 are for sale, and the smoothed price has caught up. */
async function stockFixture() {
  const market = await smallFixture();
  await closeOut(market);
  return settled(market);
}

async function sinkSmall<M extends Market>(market: M, held: string, debt: number, price: number | string): Promise<M> {
  const { vault, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth(held));
  await vault.connect(borrower).borrow(account, usdc(debt), borrower);
  await setPrice(asset, price);
  return market;
}

/** What is advanced for the small account, and the wei that rounding may take of it. */
function isCost(cost: bigint): boolean {
  const due = wad('260.34');
  return cost > due && cost <= due + 4n * NANO;
}

/** Smoothed and spot price are one. */
async function settled<M extends Market>(market: M): Promise<M> {
  const { oracle, weth: asset } = market;
  await oracle.update([asset.address]);
  await time.increase(3 * 3_600);
  const [, answer] = await asset.feed.latestRoundData();
  await asset.feed.push(answer);
  await oracle.update([asset.address]);
  return market;
}

async function closeOut({ closeOut: contract, keeper, account }: Market, maxFraction = WAD) {
  return contract.connect(keeper).closeOut(account, maxFraction, accountOf(keeper));
}

describe('CloseOut', () => {
  describe('closeOut', () => {
    it('reverts with NotLiquidatable for an account that is well, however small [CLO-01]', async () => {
      const market = await loadFixture(marketFixture);
      const { closeOut: contract, vault, account } = market;
      await sinkSmall(market, '0.18', 200, 2_000);
      expect(await contract.closable(account)).to.equal(false);
      await expectUntouched(market, () =>
        expect(closeOut(market)).to.be.revertedWithCustomError(vault, 'NotLiquidatable'),
      );
    });

    it('reverts with LeftToLiquidators for a large account until nobody has taken it for long [CLO-01]', async () => {
      const market = await loadFixture(exampleFixture);
      const { closeOut: contract, account, deadline, vault } = market;
      await fillReserves(market, wad(60_000));
      await nextAt({ deadline }, PATIENCE - 2n);
      await setPrice(market.weth, 1_600);
      await nextAt({ deadline }, PATIENCE - 1n);
      await expect(closeOut(market))
        .to.be.revertedWithCustomError(contract, 'LeftToLiquidators')
        .withArgs(account, wad(16_000), wad(400), PATIENCE - 1n, PATIENCE);
      await setPrice(market.weth, 1_600);
      const before = await vault.collateralOf(account, market.weth.address);
      expect(await contract.closable(account)).to.equal(true);
      await closeOut(market);
      const left = await vault.collateralOf(account, market.weth.address);
      expect(left).to.be.below(before);
      expect(left).to.be.above(0n);
      expect(await vault.collateralOf(await contract.shelfAccount(market.weth.address), market.weth.address)).to.equal(
        before - left,
      );
    });

    it('reverts with CarryAboveCap for more than the fund may tie up, and takes a part that it may [CLO-04]', async () => {
      const market = await loadFixture(exampleFixture);
      const { waterfall, deadline, vault, account } = market;
      await fillReserves(market, wad(20_000));
      await nextAt({ deadline }, PATIENCE);
      await setPrice(market.weth, 1_600);
      await expect(closeOut(market)).to.be.revertedWithCustomError(waterfall, 'CarryAboveCap');
      await closeOut(market, wad('0.2'));
      expect(await waterfall.carried()).to.be.below(wad(4_000));
      expect(await vault.collateralOf(account, market.weth.address)).to.equal(weth(8));
    });

    it('reverts with CarryAboveCap where reserves and junior tranche are empty and the account worth something [CLO-04]', async () => {
      const market = await loadFixture(marketFixture);
      await sinkSmall(market, '0.18', 250, 1_463);
      await expect(closeOut(market)).to.be.revertedWithCustomError(market.waterfall, 'CarryAboveCap');
    });

    it('reverts with CarryAboveCap where nobody covers what the account lacks: the fund pays for it in no other way [CLO-04]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, lender, bidder, lent, bidderAccount, quote } = market;
      await vault.connect(lender).withdraw(lent, quote, usdc(199_700), lender);
      await vault.connect(bidder).withdraw(bidderAccount, quote, MAX_UINT256, bidder);
      await sinkSmall(market, '0.18', 250, 14);
      await expect(closeOut(market)).to.be.revertedWithCustomError(market.waterfall, 'CarryAboveCap');
    });

    it('reverts with LiquidationsClosed in a pause [CLO-01]', async () => {
      const market = await loadFixture(smallFixture);
      await market.vault.connect(market.actors.guardian).pause();
      await expect(closeOut(market)).to.be.revertedWithCustomError(market.vault, 'LiquidationsClosed');
    });

    it('closes an account too small for liquidators at once, with an advance and for a tip [CLO-01] [CLO-03] [CLO-04]', async () => {
      const market = await loadFixture(smallFixture);
      const { closeOut: contract, vault, waterfall, keeper, account, weth: asset } = market;
      expect(await contract.closable(account)).to.equal(true);
      await expect(closeOut(market))
        .to.emit(contract, 'ClosedOut')
        .withArgs(account, keeper.address, WAD, isCost, wad(5), TIP);
      expect(await contract.closable(account)).to.equal(false);
      expect(await vault.cashOf(accountOf(keeper))).to.equal(TIP);
      expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
      expect(await vault.cashOf(account)).to.be.within(0n, wad(9));
      const { cash, collateral } = await vault.portfolio(await contract.hand());
      expect([cash, collateral]).to.deep.equal([0n, []]);
      expect(await vault.collateralOf(await contract.shelfAccount(asset.address), asset.address)).to.equal(
        weth('0.18'),
      );
      const { cost, fromJunior, discountLeft } = await contract.shelfOf(asset.address);
      expect([isCost(cost), fromJunior, discountLeft]).to.deep.equal([true, 0n, wad(3)]);
      expect(await waterfall.carried()).to.equal(cost);
    });

    it('has the junior tranche advance what the reserves lack, and no more than it may pay [CLO-04]', async () => {
      const market = await loadFixture(marketFixture);
      const { closeOut: contract, junior, stranger, weth: asset } = market;
      await fillReserves(market, wad(100));
      await enter(junior, stranger, usdc(3_000));
      await sinkSmall(market, '0.18', 250, 1_463);
      await expect(closeOut(market)).to.emit(junior, 'PaidOut');
      // the account's liquidation fee went to the reserves first
      const { cost, fromJunior } = await contract.shelfOf(asset.address);
      expect(isCost(cost)).to.equal(true);
      expect(fromJunior).to.be.within(wad(155), cost - wad(100));
      expect(await junior.totalAssets()).to.equal(usdc(3_000) - (fromJunior + 10n ** 12n - 1n) / 10n ** 12n);
    });

    /** 200 of debt is the least there may be; with prices as they are 0.124 WETH just carry it. */
    for (const [what, price, worth] of [
      ['two dollars of collateral', '16.12', wad('1.99888')],
      ['collateral worth nothing', '0.06', wad('0.00744')],
    ] as const) {
      it(`leaves no debt behind ${what}: the tiniest account anyone can make, and nobody has any money for it [CLO-02]`, async () => {
        const market = await loadFixture(marketFixture);
        const { vault, borrower, lent, account, closeOut: contract, weth: asset } = market;
        await vault.connect(borrower).deposit(account, asset.address, weth('0.124'));
        await expect(vault.connect(borrower).borrow(account, usdc('199.999999'), borrower))
          .to.be.revertedWithCustomError(vault, 'DebtBelowMinimum')
          .withArgs(account, wad('199.999999'), wad(200));
        await vault.connect(borrower).borrow(account, usdc(200), borrower);
        await setPrice(asset, price);
        const lentBefore = await vault.cashOf(lent);
        await expect(closeOut(market)).to.emit(contract, 'ClosedOut');
        const { cash, collateral } = await vault.portfolio(account);
        expect([cash, collateral]).to.deep.equal([0n, []]);
        // the lenders have paid what it owed beyond its worth, and the bonus; nobody could pay more
        expect(lentBefore - (await vault.cashOf(lent))).to.be.within(
          ((wad(205) - worth) * 2n) / 3n - 1_000n,
          (wad(205) * 2n) / 3n,
        );
        // what the bonus was more than the collateral is in the reserves, less the tip
        expect(await vault.reserves()).to.be.closeTo(wad(5) - worth - TIP, wad('0.001'));
      });
    }

    it('pays no tip where the terms say none [CLO-03]', async () => {
      const market = await loadFixture(smallFixture);
      const { closeOut: contract, vault, keeper, actors, account, weth: asset } = market;
      await contract.connect(actors.risk).setTerms({ ...TERMS, tipCents: 0 });
      await expect(closeOut(market))
        .to.emit(contract, 'ClosedOut')
        .withArgs(account, keeper.address, WAD, (cost: bigint) => isCost(cost + TIP), wad(5), 0n);
      expect(await vault.cashOf(accountOf(keeper))).to.equal(0n);
      expect((await contract.shelfOf(asset.address)).discountLeft).to.equal(wad(5));
    });

    it('ties nothing up for a part so small that no unit of collateral comes with it [CLO-04]', async () => {
      const market = await loadFixture(marketFixture);
      const { closeOut: contract, vault, waterfall, borrower, keeper, account, wbtc: asset } = market;
      await fillReserves(market, wad(3_000));
      await vault.connect(borrower).deposit(account, asset.address, wbtc('0.5'));
      await vault.connect(borrower).borrow(account, usdc(14_000), borrower);
      await setPrice(asset, 32_000);
      await vault.connect(keeper).call(account);
      await time.increase(20n * 60n + PATIENCE);
      await setPrice(asset, 32_000);
      const reserves = await vault.reserves();
      await expect(closeOut(market, 1n)).to.emit(waterfall, 'AdvanceReturned');
      expect(await waterfall.carried()).to.equal(0n);
      expect(await vault.collateralOf(account, asset.address)).to.equal(wbtc('0.5'));
      expect((await contract.shelfOf(asset.address)).cost).to.equal(0n);
      const { cash, collateral } = await vault.portfolio(await contract.hand());
      expect([cash, collateral]).to.deep.equal([0n, []]);
      expect(await vault.reserves()).to.be.within(reserves - 2n * NANO, reserves);
    });

    it('splits cost and gain among the collaterals it takes [CLO-04]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, closeOut: contract, waterfall, weth: asset, link } = market;
      await fillReserves(market, wad(3_000));
      await vault.connect(borrower).deposit(account, link.address, weth(4));
      await sinkSmall(market, '0.15', 250, 1_350);
      await setPrice(link, 15);
      await closeOut(market);
      const shelves = await Promise.all([asset, link].map(({ address }) => contract.shelfOf(address)));
      const carried = await waterfall.carried();
      expect(shelves.reduce((sum, { cost }) => sum + cost, 0n)).to.equal(carried);
      expect(shelves[1]!.cost).to.be.closeTo((carried * 600n) / 2_625n, wad('0.001'));
      expect(await vault.collateralOf(await contract.shelfAccount(link.address), link.address)).to.equal(weth(4));
    });
  });

  describe('buy', () => {
    it('reverts with NothingForSale where there is nothing, and for nothing [CLO-05]', async () => {
      const market = await loadFixture(stockFixture);
      const { closeOut: contract, bidder, weth: asset, link } = market;
      for (const [of, amount] of [
        [link.address, 1n],
        [asset.address, 0n],
      ] as const) {
        await expect(contract.connect(bidder).buy(of, amount, MAX_UINT256, bidder))
          .to.be.revertedWithCustomError(contract, 'NothingForSale')
          .withArgs(of);
      }
    });

    it('reverts with PriceNotLive at a doubtful price [CLO-05]', async () => {
      const market = await loadFixture(stockFixture);
      const { closeOut: contract, bidder, weth: asset } = market;
      await time.increase(2 * 3_600);
      await expect(contract.connect(bidder).buy(asset.address, 1n, MAX_UINT256, bidder))
        .to.be.revertedWithCustomError(contract, 'PriceNotLive')
        .withArgs(asset.address, PRICE_STATUS_DEGRADED);
    });

    it("reverts with PriceAboveLimit beyond the buyer's limit [CLO-05]", async () => {
      const market = await loadFixture(stockFixture);
      const { closeOut: contract, bidder, weth: asset } = market;
      const { pay } = await contract.quoteOf(asset.address, weth('0.18'));
      await expect(
        contract.connect(bidder).buy(asset.address, weth('0.18'), pay - usdc(1), bidder),
      ).to.be.revertedWithCustomError(contract, 'PriceAboveLimit');
    });

    it('asks for the dearer of spot and smoothed price: a wick sells nothing cheap [CLO-05]', async () => {
      const market = await loadFixture(stockFixture);
      const { closeOut: contract, weth: asset } = market;
      const { pay } = await contract.quoteOf(asset.address, weth('0.18'));
      await setPrice(asset, 1_100);
      expect((await contract.quoteOf(asset.address, weth('0.18'))).pay).to.be.closeTo(pay, usdc('0.2'));
    });

    it('takes off what was earned at most, and never more than the bound [CLO-05]', async () => {
      const market = await loadFixture(smallFixture);
      const { closeOut: contract, weth: asset } = market;
      await market.oracle.update([asset.address]);
      await closeOut(market);
      const at = async (): Promise<bigint> => {
        await setPrice(asset, 2_000); // the smoothed price is that of before the fall
        return (await contract.quoteOf(asset.address, weth('0.18'))).pay;
      };
      const value = usdc(360);
      expect(value - (await at())).to.be.within(0n, usdc('0.01'));
      await time.increase(RAMP / 100);
      // 10 % after all of the ramp
      expect(value - (await at())).to.be.closeTo((value * MOST_DISCOUNT_BPS) / 10_000n / 100n, usdc('0.01'));
      await time.increase(RAMP * 2);
      expect(value - (await at())).to.equal(usdc(3));
    });

    it('sells to anyone, and returns the advance and what is over to the reserves [CLO-04] [CLO-05]', async () => {
      const market = await loadFixture(stockFixture);
      const { closeOut: contract, vault, waterfall, quote, bidder, stranger, weth: asset } = market;
      const reserves = await vault.reserves();
      const { sold, pay } = await contract.quoteOf(asset.address, weth(1));
      expect(sold).to.equal(weth('0.18'));
      const buying = () => contract.connect(bidder).buy(asset.address, weth(1), pay, stranger);
      await quote.connect(bidder).approve(contract, MAX_UINT256);
      const before = await quote.balanceOf(bidder);
      await expect(buying()).to.changeTokenBalance(asset.token, stranger, weth('0.18'));
      const paid = before - (await quote.balanceOf(bidder));
      expect(paid).to.be.within(pay - usdc('0.1'), pay);
      expect((await vault.reserves()) - reserves).to.equal(paid * 10n ** 12n);
      expect(await waterfall.carried()).to.equal(0n);
      const { cost, fromJunior, discountLeft } = await contract.shelfOf(asset.address);
      expect([cost, fromJunior, discountLeft]).to.deep.equal([0n, 0n, 0n]);
    });

    it('lets nobody back in while the buyer pays [CLO-08]', async () => {
      const market = await sinkSmall(await loadFixture(hookQuoteFixture), '0.18', 250, 1_463);
      const { closeOut: contract, hookQuote, bidder, account, weth: asset } = market;
      await fillReserves(market, wad(3_000));
      await closeOut(market);
      await settled(market);
      await hookQuote.connect(bidder).approve(contract, MAX_UINT256);
      const abi = contract.interface;
      for (const inside of [
        abi.encodeFunctionData('buy', [asset.address, 1n, MAX_UINT256, bidder.address]),
        abi.encodeFunctionData('closeOut', [account, WAD, accountOf(bidder)]),
      ]) {
        await hookQuote.setHook(contract, inside);
        await contract.connect(bidder).buy(asset.address, weth('0.09'), MAX_UINT256, bidder);
        expect(await hookQuote.hookSucceeded()).to.equal(false);
        expect(await hookQuote.hookResult()).to.equal(abi.encodeErrorResult('ReentrancyGuardReentrantCall'));
      }
      expect((await contract.shelfOf(asset.address)).cost).to.equal(0n);
    });

    it("returns the junior tranche's advance first, and its shares have it at once [FND-15]", async () => {
      const market = await loadFixture(marketFixture);
      const { closeOut: contract, waterfall, junior, stranger, bidder, quote, weth: asset } = market;
      await enter(junior, stranger, usdc(3_000));
      await sinkSmall(market, '0.18', 250, 1_463);
      await closeOut(market);
      await settled(market);
      const spent = usdc(3_000) - (await junior.totalAssets());
      expect(spent).to.be.above(usdc(200));
      await quote.connect(bidder).approve(contract, MAX_UINT256);
      await contract.connect(bidder).buy(asset.address, weth('0.09'), MAX_UINT256, bidder);
      expect(await junior.totalAssets()).to.be.closeTo(usdc(3_000) - spent / 2n, 1n);
      expect((await waterfall.advancedBy(junior)) / 10n ** 12n).to.be.closeTo(spent / 2n, 1n);
      await expect(contract.connect(bidder).buy(asset.address, weth('0.09'), MAX_UINT256, bidder)).to.emit(
        junior,
        'TakenBack',
      );
      expect(await junior.totalAssets()).to.be.closeTo(usdc(3_000), 2n);
      expect(await waterfall.advancedBy(junior)).to.equal(0n);
      expect((await junior.gainStream()).left).to.equal(0n);
    });
  });

  describe('owner', () => {
    for (const [name, price] of [
      ['can pay the bonus', 1_463],
      ['can just pay it', 1_420],
    ] as const) {
      it(`gains nothing by closing his own account out and buying what it held, where it ${name} [CLO-07]`, async () => {
        const market = await loadFixture(marketFixture);
        const { closeOut: contract, vault, borrower, account, quote, weth: asset } = market;
        await fillReserves(market, wad(3_000));
        await sinkSmall(market, '0.18', 250, price);
        await quote.connect(borrower).approve(contract, MAX_UINT256);
        const other = accountOf(borrower, 1);
        const wealth = async (): Promise<bigint> => {
          const held = (await asset.token.balanceOf(borrower)) + (await vault.collateralOf(account, asset.address));
          const cash = (await vault.cashOf(account)) + (await vault.cashOf(other));
          return cash + (await quote.balanceOf(borrower)) * 10n ** 12n + held * BigInt(price);
        };
        const before = await wealth();
        await contract.connect(borrower).closeOut(account, WAD, other);
        await settled(market);
        await time.increase(2 * RAMP);
        await setPrice(asset, price);
        await contract.connect(borrower).buy(asset.address, MAX_UINT256, MAX_UINT256, borrower);
        expect(await wealth()).to.be.at.most(before);
      });
    }
  });

  describe('stock', () => {
    it('is out of reach of everybody [CLO-06]', async () => {
      const market = await loadFixture(stockFixture);
      const { closeOut: contract, vault, stranger, weth: asset } = market;
      const shelf = await contract.shelfAccount(asset.address);
      await expect(vault.connect(stranger).withdraw(shelf, asset.address, 1n, stranger)).to.be.revertedWithCustomError(
        vault,
        'NotAuthorised',
      );
    });

    it('moves no share price by what it is worth [CLO-06]', async () => {
      const market = await loadFixture(stockFixture);
      const { junior, stranger, weth: asset } = market;
      await enter(junior, stranger, usdc(3_000));
      const before = await junior.totalAssets();
      for (const price of [10, 100_000]) {
        await setPrice(asset, price);
        expect(await junior.totalAssets()).to.equal(before);
      }
    });

    it('takes callbacks from the vault within its own calls only [CLO-08]', async () => {
      const market = await loadFixture(loanFixture);
      const { closeOut: contract, vault, stranger, account, bidder, bidderAccount } = market;
      const callback: Parameters<typeof contract.onTakeOver> = [account, account, 0n, [], [], '0x'];
      await expect(contract.connect(stranger).onTakeOver(...callback))
        .to.be.revertedWithCustomError(contract, 'StrangeCallback')
        .withArgs(stranger.address);
      const asVault = await asContract(await vault.getAddress());
      await expect(contract.connect(asVault).onTakeOver(...callback)).to.be.revertedWithCustomError(
        contract,
        'StrangeCallback',
      );
      // nobody else bids with its account
      await setPrice(market.weth, 1_420);
      await expect(
        vault.connect(bidder).liquidate(account, await contract.hand(), WAD, MAX_INT256, '0x'),
      ).to.be.revertedWithCustomError(vault, 'NotAuthorisedBidder');
      expect(bidderAccount).not.to.equal(await contract.hand());
    });
  });

  describe('setTerms', () => {
    it('reverts with CloseOutTermOutOfBounds outside of its bounds, for anybody but the risk role with AccessManagedUnauthorized [CLO-09]', async () => {
      const { closeOut: contract, actors } = await loadFixture(marketFixture);
      for (const [parameter, value, least, most] of [
        ['patience', 599, 600, 86_400],
        ['patience', 86_401, 600, 86_400],
        ['discountRamp', 599, 600, 604_800],
        ['maxDiscountBps', 2_001, 0, 2_000],
        ['tipCents', 5_001, 0, 5_000],
      ] as const) {
        await expect(contract.connect(actors.risk).setTerms({ ...TERMS, [parameter]: value }))
          .to.be.revertedWithCustomError(contract, 'CloseOutTermOutOfBounds')
          .withArgs(encodeBytes32String(parameter), value, least, most);
      }
      await expect(contract.connect(actors.governor).setTerms(TERMS)).to.be.revertedWithCustomError(
        contract,
        'AccessManagedUnauthorized',
      );
      await expect(contract.connect(actors.risk).setTerms(TERMS)).to.emit(contract, 'CloseOutTermsChanged');
    });
  });
});
