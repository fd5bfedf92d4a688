import { expect } from 'chai';

import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { EXAMPLE_ELAPSED, exampleFixture, nextAt, sunkTo } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice, type Market } from '../fixtures/marketFixture';
import { readAssessment, sides } from '../fixtures/readAccount';
import { TEST_LIQUIDATION_TERMS } from '../fixtures/testPolicy';
import { MarginState, MAX_INT256, MAX_UINT256, NANO, MIN_INT256, usdc, wad, WAD, weth } from '../fixtures/units';

/** E 400, `Rm` 2,880, health 0.139: a part of 98.8 % would restore it and leave 177 of collateral. */
async function dustLeftFixture() {
  return sunkTo(1_440);
}
/** E 300, `Rm` 2,860, health 0.105: 0.9 of it allow less than the least bonus. */
async function poorFixture() {
  return sunkTo(1_430);
}
/** E 200, `Rm` 2,840: the least bonus is 284. */
async function insolventFixture() {
  return sunkTo(1_420);
}

/** 0.18 WETH at 1,463 against 250: `E` 13.34, `Rm` 26.87. Its bonus would be 4.08. */
async function smallFixture() {
  const market = await marketFixture();
  const { vault, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth('0.18'));
  await vault.connect(borrower).borrow(account, usdc(250), borrower);
  await setPrice(asset, 1_463);
  return market;
}

describe('Liquidator', () => {
  describe('liquidate all', () => {
    for (const [name, fixture, part] of [
      ['what is left would be dust', dustLeftFixture, wad('0.985')],
      ['health allows less than the least bonus', poorFixture, WAD / 2n],
      ['the account is insolvent', insolventFixture, 1n],
      ['the bonus would not pay for the work', smallFixture, WAD / 2n],
    ] as const) {
      it(`reverts with FullCloseRequired for a part when ${name}, and offers all [LIQ-10]`, async () => {
        const market = await loadFixture(fixture);
        const { vault, account } = market;
        await expectUntouched(market, () =>
          expect(liquidate(market, part))
            .to.be.revertedWithCustomError(vault, 'FullCloseRequired')
            .withArgs(account, part),
        );
        expect((await vault.preview(account, WAD)).fraction).to.equal(WAD);
      });
    }

    it('lets a part be taken that leaves no debt, or enough of both sides [LIQ-10]', async () => {
      const noDebt = await loadFixture(dustLeftFixture);
      await liquidate(noDebt, WAD - 1n);
      expect(await noDebt.vault.cashOf(noDebt.account)).to.be.above(0n);
      const enough = await loadFixture(dustLeftFixture);
      await liquidate(enough, wad('0.9'));
      expect(await enough.vault.cashOf(enough.account)).to.be.below(wad(-200));
      expect(await enough.vault.collateralOf(enough.account, enough.weth.address)).to.equal(weth(1));
    });

    it('pays the bonus before the fee and leaves the rest to the owner [LIQ-05] [LIQ-10]', async () => {
      const market = await loadFixture(dustLeftFixture);
      const { vault, borrower, account, bidderAccount, quote } = market;
      await liquidate(market);
      // bonus 0.1 * 2,880, fee 0.025 * 2,880: kappa * h leaves no more beside the bonus
      expect(await vault.cashOf(account)).to.be.closeTo(wad(400 - 288 - 72), 10_000n);
      expect(await vault.reserves()).to.be.closeTo(wad(72), NANO);
      expect(await vault.cashOf(bidderAccount)).to.be.closeTo(wad(100_000 - 14_400 + 288), 10_000n);
      await expect(vault.connect(borrower).withdraw(account, quote, MAX_UINT256, borrower)).to.changeTokenBalance(
        quote,
        borrower,
        usdc(40),
      );
    });

    it('pays at least the floor for the work [LIQ-11]', async () => {
      const market = await loadFixture(smallFixture);
      const { vault, account } = market;
      const { bonus, fee, pay, shortfall } = await vault.preview(account, WAD);
      const [equity, , maintenance] = sides(await readAssessment(market, account)).mark;
      expect([bonus, pay, shortfall]).to.deep.equal([wad(5), equity! - wad(5), 0n]);
      expect(fee).to.be.closeTo(maintenance! / 20n, 1n);
    });

    it('pays at least the lowest rate, which the waterfall completes [LIQ-11] [WTF-05]', async () => {
      const market = await loadFixture(insolventFixture);
      const { vault, bidder, account, bidderAccount } = market;
      const cap = ((wad(200) * WAD) / wad(2_840)) * 9n;
      const plan = [WAD, cap / 10n, wad(284), 0n, wad(-84), wad(84)];
      await expect(liquidate(market))
        .to.emit(vault, 'Liquidated')
        .withArgs(account, bidderAccount, bidder.address, (wad(200) * WAD) / wad(2_840), plan, wad(84));
      expect([await vault.cashOf(account), await vault.reserves()]).to.deep.equal([0n, 0n]);
      // 300,000 of lent cash paid 84 of it, the bidder's own among them; he owes 14,200 less 284 for 14,200 of WETH
      const lost = (wad(84) * 1n) / 3n;
      expect(await vault.cashOf(bidderAccount)).to.be.closeTo(wad(100_000 - 14_200 + 284) - lost, wad('0.01'));
    });

    it('leaves nothing of either side, and no call [LIQ-10] [CALL-11]', async () => {
      for (const fixture of [dustLeftFixture, insolventFixture]) {
        const market = await loadFixture(fixture);
        const { vault, keeper, account } = market;
        await vault.connect(keeper).call(account);
        await liquidate(market);
        expect((await vault.portfolio(account)).collateral).to.deep.equal([]);
        expect(await vault.cashOf(account)).to.be.at.least(0n);
        expect((await vault.callOf(account)).calledAt).to.equal(0n);
        expect(await vault.stateOf(account)).to.equal(MarginState.Healthy);
      }
    });

    it('gives the bidder less by what nobody paid, if his limit allows [LIQ-12] [WTF-04]', async () => {
      const market = await loadFixture(insolventFixture);
      const { vault, policy, actors, account, bidderAccount } = market;
      await policy.connect(actors.risk).setLiquidationTerms({ ...TEST_LIQUIDATION_TERMS, socialisationCapBps: 0 });
      await expectUntouched(market, () =>
        expect(bid(market, -1n)).to.be.revertedWithCustomError(vault, 'PayAboveLimit').withArgs(0n, -1n),
      );
      await bid(market, 0n);
      // he took over 14,200 of WETH and 14,000 of debt, and nobody added the 84
      expect(await vault.cashOf(bidderAccount)).to.equal(wad(100_000 - 14_000));
      expect(await vault.cashOf(account)).to.equal(0n);
    });

    it('takes over more debt than collateral when paid for it [LIQ-11]', async () => {
      const market = await loadFixture(insolventFixture);
      const { vault, account, bidderAccount, weth: asset } = market;
      await setPrice(asset, 1_000);
      await liquidate(market);
      expect(await vault.cashOf(account)).to.equal(0n);
      // 10,000 of WETH and 200 of bonus, less a third of the 4,200 that lenders lost
      const worth = (await vault.cashOf(bidderAccount)) + wad(10_000);
      expect(worth).to.be.closeTo(wad(100_000 + 200 - 1_400), wad(20));
    });
  });

  describe('limit', () => {
    it('reverts with PayAboveLimit a wei below the price, and passes at it [LIQ-12]', async () => {
      const market = await loadFixture(exampleFixture);
      const { vault } = market;
      await expectUntouched(market, async () => {
        for (const [second, limit] of [wad(880) - 1n, 0n, MIN_INT256].entries()) {
          await nextAt(market, EXAMPLE_ELAPSED - 3n + BigInt(second));
          await expect(bid(market, limit))
            .to.be.revertedWithCustomError(vault, 'PayAboveLimit')
            .withArgs((pay: bigint) => pay > wad(880) && pay < wad(890), limit);
        }
      });
      await nextAt(market, EXAMPLE_ELAPSED);
      await expect(bid(market, wad(880))).to.emit(vault, 'Liquidated');
    });

    it('is nothing to a bidder who sets none [LIQ-12]', async () => {
      const market = await loadFixture(exampleFixture);
      await nextAt(market, 0n);
      await expect(bid(market, MAX_INT256)).to.emit(market.vault, 'Liquidated');
    });
  });
});

function bid({ vault, bidder, account, bidderAccount }: Market, limit: bigint) {
  return vault.connect(bidder).liquidate(account, bidderAccount, WAD, limit, '0x');
}
