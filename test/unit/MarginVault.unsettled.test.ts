import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, setPrice } from '../fixtures/marketFixture';
import { accountOf, HOUR, MAX_INT256, MAX_UINT256, usdc, WAD, weth } from '../fixtures/units';

/** The borrower owes 14,000 against 10 WETH and has a second account with cash to bid with. */
async function twoAccountsFixture() {
  const market = await loanFixture();
  const { vault, borrower, quote } = market;
  const other = accountOf(borrower, 1);
  await vault.connect(borrower).deposit(other, quote, usdc(20_000));
  return { ...market, other };
}

describe('MarginVault', () => {
  describe('an account in the middle of a batch', () => {
    it('is not liquidated: its owner could empty it and let the waterfall pay [VLT-35]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, account, other, weth: asset } = market;
      const abi = vault.interface;
      const steps = [
        abi.encodeFunctionData('withdraw', [account, asset.address, MAX_UINT256, borrower.address]),
        abi.encodeFunctionData('liquidate', [account, other, WAD, MAX_INT256, '0x']),
      ];
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).batch(steps))
          .to.be.revertedWithCustomError(vault, 'Unsettled')
          .withArgs(account),
      );
    });

    it('has no call cleared by collateral that leaves again in the same batch [VLT-35]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, keeper, account, weth: asset } = market;
      await setPrice(asset, 1_700);
      await vault.connect(keeper).call(account);
      const abi = vault.interface;
      const steps = [
        abi.encodeFunctionData('deposit', [account, asset.address, weth(10)]),
        abi.encodeFunctionData('clear', [account]),
        abi.encodeFunctionData('withdraw', [account, asset.address, weth(10), borrower.address]),
      ];
      await expect(vault.connect(borrower).batch(steps))
        .to.be.revertedWithCustomError(vault, 'Unsettled')
        .withArgs(account);
      expect((await vault.callOf(account)).calledAt).to.be.above(0n);
    });

    it('is not called: who may only move collateral could make it pay call fees [VLT-35]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, account, other, weth: asset } = market;
      const abi = vault.interface;
      const steps = [
        abi.encodeFunctionData('transfer', [account, other, asset.address, weth(5)]),
        abi.encodeFunctionData('call', [account]),
        abi.encodeFunctionData('transfer', [other, account, asset.address, weth(5)]),
      ];
      await expect(vault.connect(borrower).batch(steps))
        .to.be.revertedWithCustomError(vault, 'Unsettled')
        .withArgs(account);
    });

    it('is not made worse again after a liquidation that made it safer [VLT-35]', async () => {
      const market = await loadFixture(twoAccountsFixture);
      const { vault, borrower, keeper, account, other, weth: asset } = market;
      await setPrice(asset, 1_700);
      await vault.connect(keeper).call(account);
      await time.increase(HOUR);
      const abi = vault.interface;
      const sale = abi.encodeFunctionData('liquidate', [account, other, WAD, MAX_INT256, '0x']);
      const back = abi.encodeFunctionData('withdraw', [account, asset.address, weth('0.5'), borrower.address]);
      await expect(vault.connect(borrower).batch([sale, back])).to.be.revertedWithCustomError(
        vault,
        'Undercollateralised',
      );
      // the sale alone may be a step
      await expect(vault.connect(borrower).batch([sale])).to.emit(vault, 'Liquidated');
    });

    it('may be called, and another one liquidated, as steps of a batch [VLT-35]', async () => {
      const { vault, keeper, account, weth: asset } = await loadFixture(twoAccountsFixture);
      await setPrice(asset, 1_700);
      await expect(vault.connect(keeper).batch([vault.interface.encodeFunctionData('call', [account])])).to.emit(
        vault,
        'MarginCalled',
      );
    });
  });
});
