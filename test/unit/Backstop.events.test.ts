import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { enter, fillReserves } from '../fixtures/actions';
import { ENTRY_DELAY, fundFixture, patientFixture, WINDOW } from '../fixtures/fundFixtures';
import { exampleFixture, nextAt } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, setPrice } from '../fixtures/marketFixture';
import { accountOf, HOUR, MAX_UINT256, usdc, WAD, wad, weth } from '../fixtures/units';

const WEEK = 7 * 86_400;

describe('events of what stands behind the lenders', () => {
  it('of a tranche tell requests, what is taken back, and gains [FND-17]', async () => {
    const market = await loadFixture(patientFixture);
    const { junior, quote, borrower, stranger } = market;
    await quote.connect(borrower).approve(junior, MAX_UINT256);
    const from = (await time.latest()) + 100 + ENTRY_DELAY;
    await time.setNextBlockTimestamp(from - ENTRY_DELAY);
    await expect(junior.connect(borrower).requestDeposit(usdc(100)))
      .to.emit(junior, 'DepositRequested')
      .withArgs(borrower.address, accountOf(await junior.getAddress(), 1), usdc(100), from, from + WINDOW);
    await expect(junior.connect(borrower).cancelDeposit(usdc(40), stranger))
      .to.emit(junior, 'DepositCancelled')
      .withArgs(borrower.address, stranger.address, usdc(40));
  });

  it('of a tranche tell gains and how long they take [FND-17]', async () => {
    const { fund, vault, quote, bidder } = await loadFixture(fundFixture);
    await vault.connect(bidder).deposit(await fund.fundAccount(), quote, usdc(200));
    const at = (await time.latest()) + 100;
    await time.setNextBlockTimestamp(at);
    await expect(fund.harvest())
      .to.emit(fund, 'GainStreamed')
      .withArgs(wad(200), wad(200), at + WEEK);
  });

  it('of the close-out tell what it took, for what, and what it brought [CLO-10]', async () => {
    const market = await loadFixture(marketFixture);
    const {
      vault,
      junior,
      closeOut,
      waterfall,
      quote,
      borrower,
      stranger,
      bidder,
      keeper,
      account,
      weth: asset,
    } = market;
    await enter(junior, stranger, usdc(3_000));
    await vault.connect(borrower).deposit(account, asset.address, weth('0.18'));
    await vault.connect(borrower).borrow(account, usdc(250), borrower);
    await setPrice(asset, 1_463);
    const closing = await closeOut.connect(keeper).closeOut(account, WAD, accountOf(keeper));
    const { cost, fromJunior, discountLeft, since } = await closeOut.shelfOf(asset.address);
    await expect(closing)
      .to.emit(closeOut, 'ClosedOut')
      .withArgs(account, keeper.address, WAD, cost, (gained: bigint) => gained >= wad(5), wad(2));
    await expect(closing)
      .to.emit(closeOut, 'Stocked')
      .withArgs(asset.address, weth('0.18'), cost, fromJunior, discountLeft, since);
    await expect(closing).to.emit(waterfall, 'Advanced'); // twice: for the account, and for the tip
    expect(await waterfall.carried()).to.equal(cost);

    const { pay } = await closeOut.quoteOf(asset.address, weth('0.09'));
    await quote.connect(bidder).approve(closeOut, MAX_UINT256);
    const buying = await closeOut.connect(bidder).buy(asset.address, weth('0.09'), pay, bidder);
    const paid = (least: bigint) => least <= pay;
    await expect(buying)
      .to.emit(closeOut, 'Sold')
      .withArgs(asset.address, bidder.address, weth('0.09'), paid, cost / 2n, fromJunior / 2n);
    await expect(buying)
      .to.emit(waterfall, 'AdvanceReturned')
      .withArgs(
        cost / 2n,
        fromJunior / 2n,
        (proceeds: bigint) => paid(proceeds / 10n ** 12n),
        (toJunior: bigint) => toJunior <= fromJunior,
        cost - cost / 2n,
      );
  });

  it('of a loss tell what lenders bear of it [WTF-04]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, bidder, bidderAccount, account, weth: asset } = market;
    await setPrice(asset, 1_300); // 1,000 short, and a bonus of 260
    const sale = vault.connect(bidder).liquidate(account, bidderAccount, WAD, 0n, '0x');
    await expect(sale)
      .to.emit(vault, 'LossSocialised')
      .withArgs(account, (loss: bigint) => loss > wad(1_000));
  });
});

describe('who links the close-out', () => {
  it('is the governor, and nobody else [WTF-13]', async () => {
    const { waterfall, closeOut, actors } = await loadFixture(marketFixture);
    for (const thief of [actors.risk, actors.guardian, actors.admin, actors.stranger]) {
      await expect(waterfall.connect(thief).setCloseOut(thief)).to.be.revertedWithCustomError(
        waterfall,
        'AccessManagedUnauthorized',
      );
    }
    expect(await waterfall.closeOut()).to.equal(await closeOut.getAddress());
    await expect(waterfall.connect(actors.governor).setCloseOut(actors.stranger))
      .to.emit(waterfall, 'CloseOutChanged')
      .withArgs(actors.stranger.address);
  });

  it('reverts with AdvancesOut while the one before has money of the waterfall [WTF-13]', async () => {
    const market = await loadFixture(exampleFixture);
    const { waterfall, closeOut, keeper, account, actors, deadline } = market;
    await fillReserves(market, wad(20_000));
    await nextAt({ deadline }, BigInt(2 * HOUR));
    await setPrice(market.weth, 1_600);
    await closeOut.connect(keeper).closeOut(account, wad('0.2'), accountOf(keeper));
    const carried = await waterfall.carried();
    expect(carried).to.be.above(0n);
    await expect(waterfall.connect(actors.governor).setCloseOut(actors.stranger))
      .to.be.revertedWithCustomError(waterfall, 'AdvancesOut')
      .withArgs(carried);
  });
});
