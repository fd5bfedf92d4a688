import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { loadFixture } from '../fixtures/loadFixture';
import {
  BITCOIN,
  moveTo,
  optionFixture,
  option,
  orderOf,
  PERPETUAL,
  restAt,
  setTerms,
  signOrder,
  STAKE,
  surplusOf,
  trade,
  tradeArguments,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { accountOf, DAY, HOUR, MAX_UINT256, usdc, wad } from '../fixtures/units';

describe('Trading', () => {
  const all = (w: TradingWorld) => [w.aliceAccount, w.bobAccount, w.lent, w.bidderAccount];
  const equityOf = async (w: TradingWorld, account: string) => (await w.vault.assess(account)).assessment.mark.equity;

  describe('a perpetual', () => {
    it('is there on both sides after a fill, and no cash has moved [POS-04] [POS-05]', async () => {
      const w = await loadFixture(tradingFixture);
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_100 }))
        .to.emit(w.vault, 'OrderFilled')
        .withArgs(w.bobAccount, w.aliceAccount, PERPETUAL, wad(2), wad(40_100), 0n, 0n);
      expect(await w.vault.positionOf(w.aliceAccount, PERPETUAL)).to.deep.equal([wad(2), wad(80_200)]);
      expect(await w.vault.positionOf(w.bobAccount, PERPETUAL)).to.deep.equal([wad(-2), wad(-80_200)]);
      expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE));
      expect(await equityOf(w, w.aliceAccount)).to.equal(wad(STAKE - 200));
      expect(await equityOf(w, w.bobAccount)).to.equal(wad(STAKE + 200));
      const { perpetualLots, unsettled } = await w.vault.marketOf(BITCOIN);
      expect([perpetualLots, unsettled]).to.deep.equal([2n * 10n ** 9n, 0n]);
    });

    it('takes initial margin of both, and no more than the model asks for [POS-06]', async () => {
      const w = await loadFixture(tradingFixture);
      // 2 % and 0.005 % a unit of 40,000: 12 units take 12 * 40,000 * 2.06 % = 9,888
      await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
      const { assessment } = await w.vault.assess(w.aliceAccount);
      expect([assessment.worse.initial, assessment.worse.maintenance]).to.deep.equal([wad(9_888), wad(5_088)]);
      expect(assessment.markNotional).to.equal(wad(480_000));
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 }))
        .to.be.revertedWithCustomError(w.vault, 'Undercollateralised')
        .withArgs(w.bobAccount, wad(STAKE), wad('20352'));
    });

    it('pays a loss at once and a profit out of it [TRD-08] [POS-02]', async () => {
      const w = await loadFixture(tradingFixture);
      await setTerms(w, { unsettledCap: 0 });
      await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_000 });
      await restAt(w, 41_000);
      await trade(w, { buyer: w.bob, seller: w.alice, size: 2, price: 41_000 });
      expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE + 2_000));
      expect(await w.vault.cashOf(w.bobAccount)).to.equal(wad(STAKE - 2_000));
      expect(await w.vault.positionOf(w.aliceAccount, PERPETUAL)).to.deep.equal([0n, 0n]);
      expect((await w.vault.portfolio(w.bobAccount)).positions).to.have.length(0);
      expect((await w.vault.marketOf(BITCOIN)).perpetualLots).to.equal(0n);
      expect(await surplusOf(w, all(w))).to.equal(0n);
    });

    it('is reduced in parts and turned round without changing what the account is worth [TRD-08] [POS-05]', async () => {
      const w = await loadFixture(tradingFixture);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 3, price: 40_000 });
      await restAt(w, 40_700);
      for (const size of ['1.3', '4.123456789']) {
        const before = await equityOf(w, w.aliceAccount);
        await trade(w, { buyer: w.bob, seller: w.alice, size, price: 40_700 });
        expect(await equityOf(w, w.aliceAccount)).to.be.within(before - 3n, before);
      }
      const [size] = await w.vault.positionOf(w.aliceAccount, PERPETUAL);
      expect(size).to.equal(wad(3) - wad('5.423456789'));
      expect(await surplusOf(w, all(w))).to.be.within(0n, 8n);
    });

    it('pays winners no more before losers than the cap, and what is missing stays in the position [TRD-08] [PNL-03]', async () => {
      const w = await loadFixture(tradingFixture);
      const carol = w.lender;
      await setTerms(w, { unsettledCap: 500 });
      await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_000 });
      await restAt(w, 41_000);
      // alice sells to carol: bob, who has lost, has not paid
      await trade(w, { buyer: carol, seller: w.alice, size: 2, price: 41_000 });
      expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE + 500));
      expect(await w.vault.positionOf(w.aliceAccount, PERPETUAL)).to.deep.equal([0n, wad(-1_500)]);
      expect(await equityOf(w, w.aliceAccount)).to.equal(wad(STAKE + 2_000));
      expect((await w.vault.marketOf(BITCOIN)).unsettled).to.equal(wad(500));
      await expect(w.vault.settle(w.aliceAccount, PERPETUAL))
        .to.be.revertedWithCustomError(w.vault, 'UnsettledCapReached')
        .withArgs(BITCOIN, wad(1_500), 0n);
      // anybody has the loser pay, and then the winner be paid
      await w.vault.settle(w.bobAccount, PERPETUAL);
      expect(await w.vault.cashOf(w.bobAccount)).to.equal(wad(STAKE - 2_000));
      await expect(w.vault.settle(w.aliceAccount, PERPETUAL))
        .to.emit(w.vault, 'PositionSettled')
        .withArgs(w.aliceAccount, PERPETUAL, wad(1_500));
      expect((await w.vault.portfolio(w.aliceAccount)).positions).to.have.length(0);
      expect(await surplusOf(w, all(w))).to.equal(0n);
    });

    it('settles a profit at the worse price and a loss at the better one, so that one print moves nothing [PNL-03]', async () => {
      const w = await loadFixture(tradingFixture);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_000 });
      await moveTo(w, 42_000);
      for (const account of [w.aliceAccount, w.bobAccount]) {
        await expect(w.vault.settle(account, PERPETUAL)).to.be.revertedWithCustomError(w.vault, 'NothingToSettle');
      }
      await restAt(w, 42_000);
      await w.vault.settle(w.bobAccount, PERPETUAL);
      expect(await w.vault.cashOf(w.bobAccount)).to.equal(wad(STAKE - 4_000));
      await w.vault.settle(w.aliceAccount, PERPETUAL);
      expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE + 4_000));
    });
  });

  describe('funding', () => {
    it('moves from longs to shorts while the perpetual is above its index, and sums to nothing [PNL-01]', async () => {
      const w = await loadFixture(tradingFixture);
      await setTerms(w, { fundingPpmPerDay: 30_000 });
      await restAt(w, 40_000, 40_100);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_100 });
      const { fundingRate, fundingAt } = await w.vault.marketOf(BITCOIN);
      expect(fundingRate).to.be.closeTo(wad(100) / BigInt(DAY), 10n);
      await time.increaseTo(Number(fundingAt) + HOUR);
      await restAt(w, 40_000, 40_100);
      const index = await w.vault.fundingIndexOf(BITCOIN);
      const { positions } = await w.vault.portfolio(w.aliceAccount);
      expect(positions[0]?.costBasis).to.be.within(wad(80_200) + 2n * index, wad(80_200) + 2n * index + 1n);
      await w.vault.settle(w.aliceAccount, PERPETUAL);
      await w.vault.settle(w.bobAccount, PERPETUAL);
      expect(await surplusOf(w, all(w))).to.be.within(0n, 4n);
      expect(await w.vault.cashOf(w.bobAccount)).to.be.closeTo(wad(STAKE) + 2n * index, 10n);
    });

    it('moves from shorts to longs while the perpetual is below its index [PNL-01]', async () => {
      const w = await loadFixture(tradingFixture);
      await setTerms(w, { fundingPpmPerDay: 30_000 });
      await restAt(w, 40_000, 39_900);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 39_900 });
      const { fundingRate, fundingAt } = await w.vault.marketOf(BITCOIN);
      expect(fundingRate).to.be.closeTo(-wad(100) / BigInt(DAY), 10n);
      await time.increaseTo(Number(fundingAt) + HOUR);
      await restAt(w, 40_000, 39_900);
      const index = await w.vault.fundingIndexOf(BITCOIN);
      expect(index).to.be.below(0n);
      for (const [account, size] of [
        [w.aliceAccount, 2n],
        [w.bobAccount, -2n],
      ] as const) {
        const { positions } = await w.vault.portfolio(account);
        const paid = size * wad(39_900) + size * index;
        expect(positions[0]?.costBasis).to.be.within(paid, paid + 1n);
      }
    });

    it('is nothing from the moment that one of the two prices is in doubt [PNL-02]', async () => {
      const w = await loadFixture(tradingFixture);
      await setTerms(w, { fundingPpmPerDay: 30_000 });
      for (const { feed } of [w.perpetual, w.wbtc]) {
        await restAt(w, 40_000, 40_100);
        await w.vault.updateFunding(BITCOIN);
        expect((await w.vault.marketOf(BITCOIN)).fundingRate).to.be.above(0n);
        await feed.setReverting(true);
        await w.vault.updateFunding(BITCOIN);
        expect((await w.vault.marketOf(BITCOIN)).fundingRate).to.equal(0n);
        await feed.setReverting(false);
      }
    });

    it('stops eight hours after anybody has looked [PNL-01]', async () => {
      const w = await loadFixture(tradingFixture);
      await setTerms(w, { fundingPpmPerDay: 30_000 });
      await restAt(w, 40_000, 40_100);
      await w.vault.updateFunding(BITCOIN);
      await time.increase(3 * DAY);
      expect(await w.vault.fundingIndexOf(BITCOIN)).to.be.closeTo(
        (wad(100) / BigInt(DAY)) * BigInt(8 * HOUR),
        10n ** 6n,
      );
    });

    it('is clamped, and nothing where the two prices do not agree on its direction [PNL-02]', async () => {
      const w = await loadFixture(tradingFixture);
      await setTerms(w, { fundingPpmPerDay: 1_000 });
      await restAt(w, 40_000, 41_000);
      await w.vault.updateFunding(BITCOIN);
      expect((await w.vault.marketOf(BITCOIN)).fundingRate).to.equal(wad(40) / BigInt(DAY));
      await moveTo(w, 42_000, 41_000);
      await w.vault.updateFunding(BITCOIN);
      expect((await w.vault.marketOf(BITCOIN)).fundingRate).to.equal(0n);
    });
  });

  describe('an option', () => {
    it('costs its buyer the premium, and its seller margin [TRD-09]', async () => {
      const w = await loadFixture(optionFixture);
      const call = option(w, true, 42_000);
      const [mark] = await w.standardMargin.markOf(call);
      const price = Number(mark / 10n ** 18n);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price, instrument: call });
      expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE - price));
      expect(await w.vault.cashOf(w.bobAccount)).to.equal(wad(STAKE + price));
      expect((await w.vault.marketOf(BITCOIN)).optionLots).to.equal(10n ** 9n);
      const { assessment } = await w.vault.assess(w.bobAccount);
      // time has passed since the fixture, and with it some of what the option was worth
      const [now] = await w.standardMargin.markOf(call);
      expect(now).to.be.above(0n).and.below(mark);
      expect(assessment.mark.equity).to.equal(wad(STAKE + price) - now);
      expect(assessment.mark.initial).to.equal(wad(4_000)); // 15 % less 2,000 out of the money
    });
  });

  describe('orders', () => {
    it('revert where they do not fit together [TRD-01]', async () => {
      const w = await loadFixture(tradingFixture);
      const [maker, makerSignature, taker, takerSignature, size] = await tradeArguments(w.vault, {
        buyer: w.alice,
        seller: w.bob,
        size: 1,
        price: 40_000,
      });
      const fill = (change: Partial<typeof taker>, amount = size) =>
        w.vault.fill(maker, makerSignature, { ...taker, ...change }, takerSignature, amount);
      await expect(fill({ instrument: PERPETUAL + 1n })).to.be.revertedWithCustomError(w.vault, 'DifferentInstruments');
      await expect(fill({ account: maker.account })).to.be.revertedWithCustomError(w.vault, 'SameAccount');
      await expect(fill({ size: -1n })).to.be.revertedWithCustomError(w.vault, 'SameSide');
      await expect(
        w.vault.fill({ ...maker, size: 0n }, makerSignature, taker, takerSignature, size),
      ).to.be.revertedWithCustomError(w.vault, 'SameSide');
      await expect(fill({}, 0n)).to.be.revertedWithCustomError(w.vault, 'ZeroAmount');
      await expect(fill({}, 1n)).to.be.revertedWithCustomError(w.vault, 'SizeNotInLots');
      await expect(fill({ limitPrice: wad(39_999) })).to.be.revertedWithCustomError(w.vault, 'PriceBeyondLimit');
      await expect(fill({ deadline: 1n })).to.be.revertedWithCustomError(w.vault, 'OrderExpired');
      await expect(fill({ epoch: 1n })).to.be.revertedWithCustomError(w.vault, 'OrderOfOtherEpoch');
      await expect(fill({ maxFeePpm: 9_999n })).to.be.revertedWithCustomError(w.vault, 'OrderNotSigned');
      await fill({});
      await expect(fill({})).to.be.revertedWithCustomError(w.vault, 'OrderUsedUp');
    });

    it('are taken by sellers too, at what a buyer bids and not below their limit [TRD-01] [POS-04]', async () => {
      const w = await loadFixture(tradingFixture);
      const bid = orderOf(w.bob, { size: wad(3), limitPrice: wad(40_000) });
      const signature = await signOrder(w.vault, w.bob, bid);
      const sell = async (limitPrice: bigint) =>
        w.vault.connect(w.alice).fill(bid, signature, orderOf(w.alice, { size: wad(-2), limitPrice }), '0x', wad(2));
      await expect(sell(wad(40_001)))
        .to.be.revertedWithCustomError(w.vault, 'PriceBeyondLimit')
        .withArgs(w.aliceAccount, wad(40_000), wad(40_001));
      await expect(sell(wad(39_900)))
        .to.emit(w.vault, 'OrderFilled')
        .withArgs(w.bobAccount, w.aliceAccount, PERPETUAL, wad(-2), wad(40_000), 0n, 0n);
      expect(await w.vault.positionOf(w.aliceAccount, PERPETUAL)).to.deep.equal([wad(-2), wad(-80_000)]);
      expect(await w.vault.positionOf(w.bobAccount, PERPETUAL)).to.deep.equal([wad(2), wad(80_000)]);
    });

    it('are filled in parts, up to what is left, and not beyond a cancellation [TRD-02]', async () => {
      const w = await loadFixture(tradingFixture);
      // an odd wei more, which is no lot
      const ask = orderOf(w.bob, { size: wad(-3) - 1n, limitPrice: wad(40_000), nonce: 7n });
      const signature = await signOrder(w.vault, w.bob, ask);
      const take = async (size: bigint) =>
        w.vault.connect(w.alice).fill(ask, signature, orderOf(w.alice, { size, limitPrice: wad(40_000) }), '0x', size);
      await take(wad(1));
      await take(wad(1));
      expect(await w.vault.filledOf(w.bobAccount, 7n)).to.equal(wad(2));
      // somebody was first: the rest is taken all the same
      await take(wad(1) + 10n ** 9n);
      expect(await w.vault.filledOf(w.bobAccount, 7n)).to.equal(wad(3));
      expect((await w.vault.positionOf(w.bobAccount, PERPETUAL))[0]).to.equal(wad(-3));
      await expect(take(wad(1)))
        .to.be.revertedWithCustomError(w.vault, 'OrderUsedUp')
        .withArgs(w.bobAccount, 7n);
      await expect(w.vault.connect(w.alice).cancelOrder(w.bobAccount, 7n)).to.be.revertedWithCustomError(
        w.vault,
        'NotAuthorised',
      );
      await w.vault.connect(w.bob).cancelOrder(w.bobAccount, 7n);
      expect(await w.vault.filledOf(w.bobAccount, 7n)).to.equal(MAX_UINT256);
      await expect(take(wad(1))).to.be.revertedWithCustomError(w.vault, 'OrderUsedUp');
    });

    it('are all void in the next epoch [TRD-02]', async () => {
      const w = await loadFixture(tradingFixture);
      await w.vault.connect(w.bob).cancelOrders(w.bobAccount);
      expect(await w.vault.orderEpochOf(w.bobAccount)).to.equal(1n);
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 }))
        .to.be.revertedWithCustomError(w.vault, 'OrderOfOtherEpoch')
        .withArgs(w.bobAccount, 0n, 1n);
    });

    it('are refused from strangers, and taken from operators who may trade [TRD-01]', async () => {
      const w = await loadFixture(tradingFixture);
      const stolen = { buyer: w.keeper, seller: w.bob, size: 1, price: 40_000, buyerAccount: w.aliceAccount };
      await expect(trade(w, stolen)).to.be.revertedWithCustomError(w.vault, 'NotAuthorised');
      await w.vault.connect(w.alice).setOperator(w.aliceAccount, w.keeper, 1, (await time.latest()) + DAY);
      await trade(w, stolen);
      expect((await w.vault.positionOf(w.aliceAccount, PERPETUAL))[0]).to.equal(wad(1));
    });
  });

  describe('limits', () => {
    it('keep the price within the band around the mark [TRD-03]', async () => {
      const w = await loadFixture(tradingFixture);
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 41_201 }))
        .to.be.revertedWithCustomError(w.vault, 'PriceBeyondBand')
        .withArgs(PERPETUAL, wad(41_201), wad(40_000), wad(1_200));
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 38_799 }))
        .to.be.revertedWithCustomError(w.vault, 'PriceBeyondBand')
        .withArgs(PERPETUAL, wad(38_799), wad(40_000), wad(1_200));
      await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 41_200 });
    });

    it('trade nothing whose worth nobody knows [TRD-03]', async () => {
      const w = await loadFixture(tradingFixture);
      await w.perpetual.feed.setReverting(true);
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 }))
        .to.be.revertedWithCustomError(w.vault, 'MarkDown')
        .withArgs(PERPETUAL);
    });

    it('lend no more for a premium than the borrow cap leaves [TRD-07] [TRD-09]', async () => {
      const w = await loadFixture(optionFixture);
      const account = accountOf(w.alice, 1);
      await w.vault.connect(w.alice).deposit(account, w.weth.address, wad(10));
      const instrument = option(w, true, 42_000);
      const [mark] = await w.standardMargin.markOf(instrument);
      const price = Number(mark / 10n ** 18n);
      const bought = { buyer: w.alice, seller: w.bob, size: 1, price, instrument, buyerAccount: account };
      await w.policy.connect(w.actors.guardian).lowerBorrowCap(price - 1);
      await expect(trade(w, bought))
        .to.be.revertedWithCustomError(w.vault, 'BorrowCapExceeded')
        .withArgs(wad(price), wad(price - 1));
      await trade(w, { ...bought, price: price - 1 });
      expect(await w.vault.cashOf(account)).to.equal(-wad(price - 1));
    });

    it('let a premium reduce a debt, however far the cap has come down [TRD-07] [TRD-09]', async () => {
      const w = await loadFixture(optionFixture);
      const account = accountOf(w.alice, 1);
      await w.vault.connect(w.alice).deposit(account, w.weth.address, wad(10));
      await w.vault.connect(w.alice).borrow(account, usdc(2_000), w.alice);
      await w.policy.connect(w.actors.guardian).lowerBorrowCap(0);
      const instrument = option(w, true, 42_000);
      const [mark] = await w.standardMargin.markOf(instrument);
      const price = Number(mark / 10n ** 18n);
      await trade(w, { buyer: w.bob, seller: w.alice, size: 1, price, instrument, sellerAccount: account });
      expect(await w.vault.cashOf(account)).to.equal(wad(price - 2_000));
      expect(price).to.be.below(2_000);
    });

    it('charge fees to the reserve, no more than the order allows [TRD-04]', async () => {
      const w = await loadFixture(tradingFixture);
      await setTerms(w, { takerFeePpm: 500, makerFeePpm: 200 });
      const before = await w.vault.reserves();
      await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 });
      expect(await w.vault.cashOf(w.aliceAccount)).to.equal(wad(STAKE - 20));
      expect(await w.vault.cashOf(w.bobAccount)).to.equal(wad(STAKE - 8));
      expect((await w.vault.reserves()) - before).to.equal(wad(28));
      const mean = orderOf(w.alice, { size: wad(1), limitPrice: wad(40_000), maxFeePpm: 499n });
      const ask = orderOf(w.bob, { size: wad(-1), limitPrice: wad(40_000) });
      const signature = await signOrder(w.vault, w.bob, ask);
      await expect(w.vault.connect(w.alice).fill(ask, signature, mean, '0x', wad(1)))
        .to.be.revertedWithCustomError(w.vault, 'FeeBeyondLimit')
        .withArgs(w.aliceAccount, 500n, 499n);
    });

    it('keep open interest below its cap, and let it fall above it [TRD-05]', async () => {
      const w = await loadFixture(tradingFixture);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_000 });
      await setTerms(w, { depth: wad(1), perpetualCapBps: 10_000 });
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 }))
        .to.be.revertedWithCustomError(w.vault, 'OpenInterestCapExceeded')
        .withArgs(PERPETUAL, wad(3), wad(1));
      await trade(w, { buyer: w.bob, seller: w.alice, size: '0.5', price: 40_000 });
    });

    it('let a closed underlying only be reduced [TRD-05]', async () => {
      const w = await loadFixture(tradingFixture);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_000 });
      await w.instruments.connect(w.actors.guardian).close(BITCOIN);
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 })).to.be.revertedWithCustomError(
        w.vault,
        'ReduceOnly',
      );
      // neither turned round
      await expect(trade(w, { buyer: w.bob, seller: w.alice, size: 3, price: 40_000 })).to.be.revertedWithCustomError(
        w.vault,
        'ReduceOnly',
      );
      await trade(w, { buyer: w.bob, seller: w.alice, size: 1, price: 40_000 });
    });

    it('leave no position below the least debt [TRD-06]', async () => {
      const w = await loadFixture(tradingFixture);
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: '0.004', price: 40_000 }))
        .to.be.revertedWithCustomError(w.vault, 'PositionBelowMinimum')
        .withArgs(w.bobAccount, PERPETUAL, wad(160), wad(200));
    });

    it('let an isolated account hold one position [POS-01]', async () => {
      const w = await loadFixture(optionFixture);
      await w.vault.connect(w.alice).setMode(w.aliceAccount, 1);
      await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 });
      const call = option(w, true, 42_000);
      await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 600, instrument: call }))
        .to.be.revertedWithCustomError(w.vault, 'TooManyPositions')
        .withArgs(w.aliceAccount, 1n);
    });
  });

  it('lets collateral without any cash carry a position, and no more of it leave than it needs [POS-06]', async () => {
    const w = await loadFixture(tradingFixture);
    const account = accountOf(w.alice, 1);
    await w.vault.connect(w.alice).deposit(account, w.weth.address, wad(10));
    const order = { buyer: w.alice, seller: w.bob, size: 2, price: 40_000, buyerAccount: account };
    await trade(w, order);
    expect(await w.vault.cashOf(account)).to.equal(0n);
    const { account: of, mode, cash, collateral, positions } = await w.vault.portfolio(account);
    const portfolio = {
      account: of,
      mode,
      cash,
      collateral: collateral.map(({ asset, amount }) => ({ asset, amount })),
      positions: positions.map(({ instrument, size, costBasis }) => ({ instrument, size, costBasis })),
    };
    const most = await w.engine.largestWithdrawal(portfolio, w.weth.address);
    expect(most).to.be.within(wad(8), wad(9));
    await expect(
      w.vault.connect(w.alice).withdraw(account, w.weth.address, most + wad('0.001'), w.alice),
    ).to.be.revertedWithCustomError(w.vault, 'Undercollateralised');
    await w.vault.connect(w.alice).withdraw(account, w.weth.address, most, w.alice);
  });

  it('lets who is short of initial margin reduce, and not add [TRD-07]', async () => {
    const w = await loadFixture(tradingFixture);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 12, price: 40_000 });
    await restAt(w, 39_000);
    const { assessment } = await w.vault.assess(w.aliceAccount);
    expect(assessment.worse.equity < assessment.worse.initial).to.equal(true);
    await expect(trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 39_000 })).to.be.revertedWithCustomError(
      w.vault,
      'Undercollateralised',
    );
    await trade(w, { buyer: w.bob, seller: w.alice, size: 1, price: 39_000 });
    await expect(
      w.vault.connect(w.alice).withdraw(w.aliceAccount, w.quote, usdc(1), w.alice),
    ).to.be.revertedWithCustomError(w.vault, 'Undercollateralised');
    expect(accountOf(w.alice)).to.equal(w.aliceAccount);
  });
});
