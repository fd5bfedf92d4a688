import { expect } from 'chai';

import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice } from '../fixtures/marketFixture';
import { accountOf, usdc, WAD, wad, weth } from '../fixtures/units';

const FLOOR_BONUS = wad(5);
const TIP = wad(2);
/** What the credit of the waterfall is short of, at most. */
const GRAIN = wad('0.00001');

/** 200 of debt, the least, behind 0.124 WETH, while reserves and tranches are empty: as on the first day. */
async function emptyFundFixture() {
  const market = await marketFixture();
  const { vault, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth('0.124'));
  await vault.connect(borrower).borrow(account, usdc(200), borrower);
  return market;
}

describe('CloseOut', () => {
  describe('with reserves and tranches empty', () => {
    for (const [price, worth] of [
      ['0.06', wad('0.00744')],
      ['16.12', wad('1.99888')],
      ['24.5', wad('3.038')],
      ['32.26', wad('4.00024')],
      ['40.3', wad('4.9972')],
    ] as const) {
      it(`leaves no debt behind collateral worth less than the least bonus, and pays what that leaves as a tip: at ${price} for WETH [CLO-02] [CLO-03]`, async () => {
        const market = await loadFixture(emptyFundFixture);
        const { vault, waterfall, account, keeper, closeOut, weth: asset } = market;
        await setPrice(asset, price);
        await expect(closeOut.connect(keeper).closeOut(account, WAD, accountOf(keeper))).to.emit(closeOut, 'ClosedOut');
        const { cash, collateral } = await vault.portfolio(account);
        expect([cash, collateral]).to.deep.equal([0n, []]);
        expect(await waterfall.carried()).to.equal(0n);
        const left = FLOOR_BONUS - worth;
        const tip = await vault.cashOf(accountOf(keeper));
        expect(tip).to.be.closeTo(left < TIP ? left : TIP, GRAIN);
        expect(await vault.reserves()).to.be.closeTo(left - tip, GRAIN);
      });
    }

    for (const [price, worth] of [
      ['40.4', '5.01'],
      ['806.46', '100'],
    ] as const) {
      it(`reverts with CarryAboveCap for collateral worth ${worth}, which liquidators are paid to take [CLO-02] [CLO-04]`, async () => {
        const market = await loadFixture(emptyFundFixture);
        const { vault, waterfall, account, keeper, bidder, bidderAccount, closeOut, weth: asset } = market;
        await setPrice(asset, price);
        await expect(closeOut.connect(keeper).closeOut(account, WAD, accountOf(keeper))).to.be.revertedWithCustomError(
          waterfall,
          'CarryAboveCap',
        );
        await vault.connect(bidder).liquidate(account, bidderAccount, WAD, wad(worth), '0x');
        const { cash, collateral } = await vault.portfolio(account);
        expect([cash, collateral]).to.deep.equal([0n, []]);
      });
    }
  });
});
