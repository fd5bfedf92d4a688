import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { expiredFixture } from '../fixtures/expiredFixture';
import { loadFixture } from '../fixtures/loadFixture';
import {
  BITCOIN,
  option,
  optionFixture,
  PERPETUAL,
  setTerms,
  STAKE,
  surplusOf,
  trade,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { PositionBook__factory } from '../../typechain-types';
import { setPrice } from '../fixtures/marketFixture';
import { SettlementStatus } from '../fixtures/settlementFixture';
import { HOUR, WAD, wad } from '../fixtures/units';

describe('PositionBook', () => {
  describe('settle, of an option', () => {
    it('reverts with SettlementNotFinal before its price is final [PNL-04]', async () => {
      const w = await loadFixture(optionFixture);
      const call = option(w, true, 38_000);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 2_500, instrument: call });
      await expect(w.vault.settle(w.aliceAccount, call))
        .to.be.revertedWithCustomError(w.vault, 'SettlementNotFinal')
        .withArgs(call, SettlementStatus.None);
    });

    it('pays the average of the window less the strike, whatever the index says since [PNL-04]', async () => {
      const w = await loadFixture(expiredFixture);
      expect((await w.vault.assess(w.aliceAccount)).assessment.mark.equity).to.equal(
        wad(STAKE - 2 * w.price + 2 * 3_000),
      );
      await expect(w.vault.settle(w.bobAccount, w.call))
        .to.emit(w.vault, 'PositionSettled')
        .withArgs(w.bobAccount, w.call, wad(-6_000));
      await w.vault.settle(w.aliceAccount, w.call);
      expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE - 2 * w.price + 6_000));
      expect(await w.vault.cashOf(w.bobAccount)).to.equal(wad(STAKE + 2 * w.price - 6_000));
      const { optionLots, unsettled } = await w.vault.marketOf(BITCOIN);
      expect([optionLots, unsettled]).to.deep.equal([0n, 0n]);
      expect((await w.vault.portfolio(w.bobAccount)).positions).to.have.length(0);
      const accounts = [w.aliceAccount, w.bobAccount, w.lent, w.bidderAccount];
      expect(await surplusOf(w, accounts)).to.equal(0n);
    });

    it('lets a winner wait where losers have not paid and the cap is reached, and takes nothing from him [PNL-04]', async () => {
      const w = await loadFixture(expiredFixture);
      await setTerms(w, { unsettledCap: 5_999 });
      await expect(w.vault.settle(w.aliceAccount, w.call))
        .to.be.revertedWithCustomError(w.vault, 'UnsettledCapReached')
        .withArgs(BITCOIN, wad(6_000), wad(5_999));
      await w.vault.settle(w.bobAccount, w.call);
      await w.vault.settle(w.aliceAccount, w.call);
      await expect(w.vault.settle(w.aliceAccount, w.call))
        .to.be.revertedWithCustomError(w.vault, 'NothingToSettle')
        .withArgs(w.aliceAccount, w.call);
    });

    it('makes a debt of what a loser has not, however small [PNL-04]', async () => {
      const w = await loadFixture(expiredFixture);
      const cash = await w.vault.cashOf(w.bobAccount);
      await setPrice(w.weth, 2_000);
      await w.vault.connect(w.bob).deposit(w.bobAccount, w.weth.address, wad(5));
      await w.vault.connect(w.bob).withdraw(w.bobAccount, w.quote, cash / 10n ** 12n - 5_900_000_000n, w.bob);
      await w.vault.settle(w.bobAccount, w.call);
      expect(await w.vault.cashOf(w.bobAccount)).to.be.closeTo(wad(-100), wad(1));
    });
  });

  describe('settle, of a perpetual', () => {
    it('reverts with PriceNotLive at a doubtful price [PNL-03]', async () => {
      const w = await loadFixture(tradingFixture);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 });
      await time.increase(2 * HOUR);
      await expect(w.vault.settle(w.aliceAccount, PERPETUAL))
        .to.be.revertedWithCustomError(w.vault, 'PriceNotLive')
        .withArgs(PERPETUAL, 1n);
    });

    it('reverts with NothingToSettle where there is no position [PNL-03]', async () => {
      const w = await loadFixture(tradingFixture);
      await expect(w.vault.settle(w.aliceAccount, PERPETUAL))
        .to.be.revertedWithCustomError(w.vault, 'NothingToSettle')
        .withArgs(w.aliceAccount, PERPETUAL);
    });
  });

  it('reverts with UnknownInstrument for the funding of an underlying that is none [PNL-01]', async () => {
    const w = await loadFixture(tradingFixture);
    await expect(w.vault.updateFunding(2)).to.be.revertedWithCustomError(w.vault, 'UnknownInstrument');
  });

  it('cannot be had to move positions by anybody [BKL-06]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 });
    const { data } = await bookAt(w).movePositions.populateTransaction(w.bobAccount, w.aliceAccount, WAD, 0n);
    await expect(w.stranger.sendTransaction({ to: w.vault, data })).to.be.reverted;
    // at the code itself there is nothing to move
    await bookAt(w).movePositions(w.bobAccount, w.aliceAccount, WAD, 0n);
    expect((await w.vault.positionOf(w.bobAccount, PERPETUAL))[0]).to.equal(wad(-1));
    const step = w.vault.interface.encodeFunctionData('batch', [[data]]);
    await expect(w.stranger.sendTransaction({ to: w.vault, data: step })).to.be.reverted;
  });

  const bookAt = (w: TradingWorld) =>
    PositionBook__factory.connect(w.manifest.contracts['PositionBook']?.address ?? '', w.stranger);
});
