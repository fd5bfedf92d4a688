import { expect } from 'chai';

import { fillReserves, liquidate } from '../fixtures/actions';
import { dueFixture, SHARES } from '../fixtures/fundFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { setPrice, withLoan } from '../fixtures/marketFixture';
import { usdc, wad } from '../fixtures/units';

describe('DefaultFund', () => {
  describe('open losses', () => {
    /** A loan that is 2,000 short, and the stranger's notice is due. */
    async function openLossFixture() {
      const market = await withLoan(await loadFixture(dueFixture));
      await setPrice(market.weth, 1_200);
      return market;
    }

    it('hold back those whose shares will pay for them [FND-13]', async () => {
      const market = await openLossFixture();
      const { fund, senior, openLosses, stranger, bidder, account } = market;
      expect(await fund.maxRedeem(stranger)).to.equal(usdc(3_000) * SHARES);
      await expect(openLosses.connect(bidder).report(account))
        .to.emit(openLosses, 'LossReported')
        .withArgs(account, bidder.address, wad(2_000), wad(2_000));
      expect([await fund.lossOpen(), await senior.lossOpen()]).to.deep.equal([true, false]);
      expect([await fund.maxRedeem(stranger), await fund.maxWithdraw(stranger)]).to.deep.equal([0n, 0n]);
      await expect(fund.connect(stranger).redeem(1n, stranger, stranger))
        .to.be.revertedWithCustomError(fund, 'ERC4626ExceededMaxRedeem')
        .withArgs(stranger.address, 1n, 0n);
    });

    it('hold back nobody whom they do not reach: the reserves and the junior tranche pay first [FND-13]', async () => {
      const market = await openLossFixture();
      const { fund, senior, openLosses, account, weth: asset } = market;
      await fillReserves(market, wad(2_000));
      await openLosses.report(account);
      expect(await fund.lossOpen()).to.equal(false);
      await setPrice(asset, 800); // 6,000 short: reserves and junior have 5,000
      await openLosses.report(account);
      expect([await fund.lossOpen(), await senior.lossOpen()]).to.deep.equal([true, true]);
    });

    it('end when the account is closed, or well again, and anyone says so [FND-13]', async () => {
      const market = await openLossFixture();
      const { fund, openLosses, account, stranger } = market;
      await openLosses.report(account);
      await liquidate(market);
      expect(await fund.lossOpen()).to.equal(true);
      await openLosses.connect(stranger).report(account);
      expect([await fund.lossOpen(), await openLosses.total(), await openLosses.lossOf(account)]).to.deep.equal([
        false,
        0n,
        0n,
      ]);
      expect(await fund.maxRedeem(stranger)).to.equal(usdc(3_000) * SHARES);
    });

    it('are none of an account that has more than it owes [FND-13]', async () => {
      const market = await withLoan(await loadFixture(dueFixture));
      await setPrice(market.weth, 1_500);
      await market.openLosses.report(market.account);
      expect(await market.openLosses.total()).to.equal(0n);
    });
  });
});
