import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { beforeSealing } from '../fixtures/beforeSealing';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import { readAssessment } from '../fixtures/readAccount';
import { TEST_LIQUIDATION_TERMS } from '../fixtures/testPolicy';
import { accountOf, DAY, HOUR, MarginState, MAX_INT256, MIN_INT256, MINUTE, wad, WAD, wbtc } from '../fixtures/units';

/** Of 10 WETH against a debt of 14,000, at 80 %. */
const healthAt = (price: number) => (wad(price * 10 - 14_000) * WAD) / wad(price * 2);

/** The borrower's loan at 1,700: `E` 3,000, `Rm` 3,400, health 0.882. */
async function callableFixture() {
  const market = await loanFixture();
  await setPrice(market.weth, 1_700);
  return market;
}

describe('MarginCalls', () => {
  describe('call', () => {
    it('reverts with NotCallable at health one and above, and with nothing owed [CALL-02]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, stranger, account, lent, weth: asset } = market;
      for (const [price, health] of [
        [2_000, (WAD * 3n) / 2n],
        [1_750, WAD],
      ] as const) {
        await setPrice(asset, price);
        await expectUntouched(market, () =>
          expect(vault.connect(stranger).call(account))
            .to.be.revertedWithCustomError(vault, 'NotCallable')
            .withArgs(account, health),
        );
      }
      await expect(vault.connect(stranger).call(lent))
        .to.be.revertedWithCustomError(vault, 'NotCallable')
        .withArgs(lent, MAX_INT256);
    });

    it('reverts with AlreadyCalled the second time, and charges nothing [CALL-03]', async () => {
      const market = await loadFixture(callableFixture);
      const { vault, stranger, keeper, account } = market;
      await vault.connect(keeper).call(account);
      const { deadline } = await vault.callOf(account);
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).call(account))
          .to.be.revertedWithCustomError(vault, 'AlreadyCalled')
          .withArgs(account, deadline),
      );
    });

    it('records live time, health and deadline, and says so [CALL-04]', async () => {
      const { vault, keeper, account } = await loadFixture(callableFixture);
      const now = (await time.latest()) + 10;
      await time.setNextBlockTimestamp(now);
      const health = healthAt(1_700);
      await expect(vault.connect(keeper).call(account))
        .to.emit(vault, 'MarginCalled')
        .withArgs(account, keeper.address, health, now, now + 423, wad(1));
      expect(await vault.callOf(account)).to.deep.equal([BigInt(now), BigInt(now + 423)]);
    });

    for (const [price, grace, name] of [
      ['1749.99999999', 599n, 'a hair below one'],
      ['1700', 423n, '0.8824'],
      ['1650', 236n, '0.7576'],
      ['1600', 37n, '0.625'],
      ['1590.91', 0n, 'a hair above hCritical'],
      ['1590.9', 0n, 'a hair below hCritical'],
      ['1500', 0n, '0.3333'],
      ['1000', 0n, 'far below zero'],
    ] as const) {
      it(`gives ${grace} of 600 seconds at health ${name} [CALL-04]`, async () => {
        const { vault, keeper, account, weth: asset } = await loadFixture(loanFixture);
        await setPrice(asset, price);
        await vault.connect(keeper).call(account);
        const { calledAt, deadline } = await vault.callOf(account);
        expect(deadline - calledAt).to.equal(grace);
      });
    }

    it('keeps its deadline when health falls further or the policy changes [CALL-04]', async () => {
      const { vault, keeper, account, weth: asset, policy, actors } = await loadFixture(callableFixture);
      await vault.connect(keeper).call(account);
      const before = await vault.callOf(account);
      await setPrice(asset, 1_600);
      const terms = { ...TEST_LIQUIDATION_TERMS, maxGrace: 0 };
      await beforeSealing(policy, () => policy.connect(actors.risk).setLiquidationTerms(terms));
      expect(await vault.callOf(account)).to.deep.equal(before);
      expect(await vault.stateOf(account)).to.equal(MarginState.Called);
    });

    it("moves the fee from the account to the caller's account 0 [CALL-05]", async () => {
      const { vault, keeper, account } = await loadFixture(callableFixture);
      const calling = vault.connect(keeper).call(account);
      await expect(calling).to.emit(vault, 'CashChanged').withArgs(account, wad(-1), wad(-14_001));
      await expect(calling).to.emit(vault, 'CashChanged').withArgs(accountOf(keeper), wad(1), wad(1));
      expect(await vault.cashOf(accountOf(keeper))).to.equal(wad(1));
    });

    it('charges no more than the equity, and nothing of an account without any [CALL-05]', async () => {
      const { vault, keeper, account, weth: asset } = await loadFixture(loanFixture);
      await setPrice(asset, '1400.05');
      await vault.connect(keeper).call(account);
      expect(await vault.cashOf(accountOf(keeper))).to.equal(wad('0.5'));

      const sunk = await loadFixture(loanFixture);
      await setPrice(sunk.weth, 1_400);
      await expect(sunk.vault.connect(keeper).call(account)).to.not.emit(sunk.vault, 'CashChanged');
      expect((await sunk.vault.callOf(account)).calledAt).to.be.above(0n);
    });

    it('charges no more than half of what there is above hCritical [CALL-05]', async () => {
      const { vault, keeper, account, weth: asset } = await loadFixture(loanFixture);
      await setPrice(asset, 1_591); // E 1,910, and 60 % of 3,182 are 1,909.2
      await vault.connect(keeper).call(account);
      expect(await vault.cashOf(accountOf(keeper))).to.equal(wad('0.4'));
    });

    it('lets the owner call himself, at no gain [CALL-05]', async () => {
      const { vault, borrower, account } = await loadFixture(callableFixture);
      await vault.connect(borrower).call(account);
      expect(await vault.cashOf(account)).to.equal(wad(-14_000));
    });

    it('reverts with NotCallable while a doubtful price could be good enough [CALL-12]', async () => {
      const { vault, keeper, account, weth: asset } = await loadFixture(loanFixture);
      await asset.feed.pushAt(1_600n * 10n ** 8n, (await time.latest()) - 2 * HOUR);
      // the smoothed price is still 2,000
      await expect(vault.connect(keeper).call(account))
        .to.be.revertedWithCustomError(vault, 'NotCallable')
        .withArgs(account, (WAD * 3n) / 2n);
    });

    it('calls on a doubtful price that is bad even at its good end [CALL-12]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, keeper, oracle, account, weth: asset } = market;
      await setPrice(asset, 1_600);
      await oracle.update([asset.address]);
      await time.increase(65 * MINUTE + 1); // past the age for new risk; the smoothed price has come down
      await asset.feed.pushAt(1_600n * 10n ** 8n, (await time.latest()) - 65 * MINUTE - 1);
      const { better } = await readAssessment(market, account);
      expect(better.equity).to.be.closeTo(wad(2_000), wad(50));
      await expect(vault.connect(keeper).call(account)).to.emit(vault, 'MarginCalled');
    });

    it('reverts with NotCallable where only a dead feed speaks against the account [CALL-12]', async () => {
      const market = await loadFixture(callableFixture);
      const { vault, keeper, account, weth: asset } = market;
      await asset.feed.setReverting(true);
      await expectUntouched(market, () =>
        expect(vault.connect(keeper).call(account))
          .to.be.revertedWithCustomError(vault, 'NotCallable')
          .withArgs(account, MAX_INT256),
      );
    });

    it('reverts with NotCallable where no leg has a price, whatever the account was worth last [CALL-12]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, keeper, oracle, account, weth: asset } = market;
      await setPrice(asset, 1_300); // worth less than its debt
      await oracle.update([asset.address]);
      await time.increase(DAY);
      await oracle.update([asset.address]);
      await expectUntouched(market, () =>
        expect(vault.connect(keeper).call(account))
          .to.be.revertedWithCustomError(vault, 'NotCallable')
          .withArgs(account, MIN_INT256),
      );
      await setPrice(asset, 1_700); // back, and with all the grace that its health gives it
      await expect(vault.connect(keeper).call(account)).to.emit(vault, 'MarginCalled');
    });

    it('calls for what the other legs say when one feed is dead [CALL-12]', async () => {
      const { vault, borrower, keeper, account, weth: eth, wbtc: btc } = await loadFixture(loanFixture);
      await vault.connect(borrower).deposit(account, btc.address, wbtc('0.01'));
      await btc.feed.setReverting(true);
      await setPrice(eth, 1_600); // and 400 of the dead leg, which ask nothing: 2,400 / 3,200
      await expect(vault.connect(keeper).call(account))
        .to.emit(vault, 'MarginCalled')
        .withArgs(
          account,
          keeper.address,
          wad('0.75'),
          () => true,
          () => true,
          wad(1),
        );
    });
  });
});
