import { expect } from 'chai';

import { BlocklistToken__factory, NoReturnToken__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { hostileTokenFixture } from '../fixtures/hostileTokens';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { setPrice, withLoan } from '../fixtures/marketFixture';
import { MAX_UINT256, usdc, wad, weth } from '../fixtures/units';

/** The borrower's loan on 10 WETH, and beside it one each of four tokens at 100 that one would rather not hold. */
async function oddTokensFixture() {
  const market = await hostileTokenFixture();
  const { vault, deployer, borrower, account, feeToken, hookToken } = market;
  const blocklist = await new BlocklistToken__factory(deployer).deploy(18);
  const noReturn = await new NoReturnToken__factory(deployer).deploy(18);
  for (const token of [blocklist, noReturn]) {
    await listToken(market, token, { price: 100, depth: wad(1_000), supplyCap: wad(1_000) });
    await token.mint(borrower, wad(10));
    await token.connect(borrower).approve(vault, MAX_UINT256);
  }
  for (const token of [feeToken, hookToken, blocklist, noReturn]) {
    await vault.connect(borrower).deposit(account, token, wad(1));
  }
  await withLoan(market);
  return { ...market, blocklist, noReturn };
}

describe('Liquidator', () => {
  describe('collateral that nobody can move', () => {
    it('holds no liquidation up, since no token moves in one [LIQ-27]', async () => {
      const market = await loadFixture(oddTokensFixture);
      const { vault, borrower, bidderAccount, account, feeToken, hookToken, blocklist, noReturn } = market;
      await feeToken.setFee(9_999);
      await hookToken.setHook(vault, '0xdeadbeef');
      await blocklist.setBlocked(vault, true);
      await blocklist.setBlocked(borrower, true);
      await setPrice(market.weth, 1_400);
      await expect(liquidate(market)).to.emit(vault, 'Liquidated');
      expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
      for (const token of [feeToken, hookToken, blocklist, noReturn]) {
        expect(await vault.collateralOf(bidderAccount, token)).to.equal(wad(1));
      }
      expect(await hookToken.hookCalls()).to.equal(0n);
    });

    it("reverts with the token's own error on withdrawal, and only there [VLT-07]", async () => {
      const { vault, borrower, account, quote, blocklist, weth: asset } = await loadFixture(oddTokensFixture);
      await blocklist.setBlocked(vault, true);
      await vault.connect(borrower).repay(account, MAX_UINT256);
      await expect(vault.connect(borrower).withdraw(account, blocklist, wad(1), borrower))
        .to.be.revertedWithCustomError(blocklist, 'Blocked')
        .withArgs(vault);
      await vault.connect(borrower).withdraw(account, asset.address, weth(10), borrower);
      await vault.connect(borrower).deposit(account, quote, usdc(1));
    });

    it('may be one that returns nothing from transfer [VLT-07]', async () => {
      const { vault, borrower, account, noReturn } = await loadFixture(oddTokensFixture);
      await vault.connect(borrower).withdraw(account, noReturn, wad('0.1'), borrower);
      expect(await noReturn.balanceOf(borrower)).to.equal(wad('9.1'));
    });
  });
});
