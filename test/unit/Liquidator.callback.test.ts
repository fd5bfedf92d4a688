import { expect } from 'chai';
import { ethers } from 'hardhat';

import { ScriptedBidder__factory } from '../../typechain-types';
import { liquidate } from '../fixtures/actions';
import { expectUntouched } from '../fixtures/expectUntouched';
import { sunkTo } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { accountOf, MAX_INT256, MAX_UINT256, OperatorRight, usdc, wad, WAD, weth } from '../fixtures/units';

interface Call {
  readonly target: string;
  readonly data: string;
  readonly mayFail: boolean;
}

const CALLS = 'tuple(address target, bytes data, bool mayFail)[]';

/**
 * The borrower's loan at 1,500 (below hCritical), and a bidder that is a contract without any cash in the vault: what
 * it does with the slice is a script.
 */
async function scriptedFixture() {
  const market = await sunkTo(1_500);
  const { vault, quote, deployer, account, weth: asset } = market;
  const script = await new ScriptedBidder__factory(deployer).deploy();
  const self = await script.getAddress();
  const scripted = accountOf(self);
  const call = (target: string, data: string, mayFail = false): Call => ({ target, data, mayFail });
  const [vaultAt, quoteAt, liquidatorAt] = await Promise.all([vault, quote, vault].map((one) => one.getAddress()));
  const steps = vault.interface;
  const toVault = (data: string, mayFail = false) => call(vaultAt!, data, mayFail);
  await script.run([call(quoteAt!, quote.interface.encodeFunctionData('approve', [vaultAt!, MAX_UINT256]))]);
  const bidWith = (calls: readonly Call[], fraction = WAD, gasLimit = 10_000_000n) => {
    const data = ethers.AbiCoder.defaultAbiCoder().encode([CALLS], [calls]);
    const bid = vault.interface.encodeFunctionData('liquidate', [account, scripted, fraction, MAX_INT256, data]);
    return script.run([call(liquidatorAt!, bid)], { gasLimit });
  };
  const takeOut = toVault(steps.encodeFunctionData('withdraw', [scripted, asset.address, MAX_UINT256, self]));
  const pay = toVault(steps.encodeFunctionData('repay', [scripted, MAX_UINT256]));
  const bidAgain = call(
    liquidatorAt!,
    vault.interface.encodeFunctionData('liquidate', [account, scripted, WAD, MAX_INT256, '0x']),
    true,
  );
  return { ...market, script, scripted, self, call, toVault, bidWith, takeOut, pay, bidAgain };
}

describe('Liquidator', () => {
  describe('callback', () => {
    it('reverts with Undercollateralised when the callee takes the collateral out and does not pay [LIQ-19]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, scripted, takeOut, bidWith, script, weth: asset } = market;
      await expectUntouched(market, () =>
        expect(bidWith([takeOut]))
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(scripted, (equity: bigint) => equity < 0n, 0n),
      );
      expect(await asset.token.balanceOf(script)).to.equal(0n);
    });

    it('reverts so too when the theft is dressed as a batch, or moved to a second account [LIQ-19] [VLT-02]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, self, scripted, toVault, bidWith, weth: asset } = market;
      const steps = vault.interface;
      const other = accountOf(self, 1);
      const withdraw = steps.encodeFunctionData('withdraw', [scripted, asset.address, MAX_UINT256, self]);
      const move = steps.encodeFunctionData('transfer', [scripted, other, asset.address, MAX_UINT256]);
      const take = steps.encodeFunctionData('withdraw', [other, asset.address, MAX_UINT256, self]);
      await expectUntouched(market, async () => {
        for (const script of [
          [toVault(steps.encodeFunctionData('batch', [[withdraw]]))],
          [toVault(steps.encodeFunctionData('batch', [[steps.encodeFunctionData('batch', [[withdraw]])]]))],
          [toVault(move), toVault(take)],
          [toVault(steps.encodeFunctionData('batch', [[move, take]]))],
        ]) {
          await expect(bidWith(script)).to.be.revertedWithCustomError(vault, 'Undercollateralised');
        }
      });
    });

    it('refuses a second liquidation inside [LIQ-20]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, quote, script, bidAgain, bidWith, pay, takeOut } = market;
      await quote.mint(script, usdc(20_000));
      const guard = new ethers.Interface(['error ReentrancyGuardReentrantCall()']);
      await expectUntouched(market, () =>
        expect(bidWith([{ ...bidAgain, mayFail: false }])).to.be.revertedWithCustomError(
          { interface: guard },
          'ReentrancyGuardReentrantCall',
        ),
      );
      await expect(bidWith([takeOut, pay, bidAgain])).to.emit(vault, 'Liquidated');
    });

    it('gives the callee no power over the account [LIQ-19]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, self, account, toVault, bidWith, weth: asset } = market;
      const steal = vault.interface.encodeFunctionData('withdraw', [account, asset.address, 1n, self]);
      await expectUntouched(market, () =>
        expect(bidWith([toVault(steal)], WAD / 10n))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, self, OperatorRight.WITHDRAW),
      );
    });

    it('undoes everything when the callee burns all gas, and leaves the account to the next bidder [LIQ-19]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { script, self, call, bidWith, vault } = market;
      const burn = call(self, script.interface.encodeFunctionData('burnGas'), true);
      await expectUntouched(market, async () => {
        await expect(bidWith([burn, burn, burn], WAD, 3_000_000n)).to.be.reverted;
      });
      await expect(liquidate(market)).to.emit(vault, 'Liquidated');
    });

    it("undoes everything with the callee's own error when it reverts [LIQ-19]", async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, toVault, bidWith, account } = market;
      const failing = vault.interface.encodeFunctionData('transfer', [account, account, ethers.ZeroAddress, 1n]);
      await expectUntouched(market, () =>
        expect(bidWith([toVault(failing)]))
          .to.be.revertedWithCustomError(vault, 'SameAccount')
          .withArgs(account),
      );
    });

    it('reverts for a caller that is no contract and asks to be called [LIQ-19]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, bidder, account, bidderAccount } = market;
      await expectUntouched(market, () =>
        expect(
          vault.connect(bidder).liquidate(account, bidderAccount, WAD, MAX_INT256, '0x01'),
        ).to.be.revertedWithoutReason(),
      );
    });

    it('lets the callee use the slice before it pays: no capital is needed [LIQ-19]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, quote, script, scripted, self, toVault, takeOut, bidWith, call, weth: asset } = market;
      const before = await asset.token.balanceOf(self);
      // a buyer who pays 1,490 each: the callee hands the token over and gets the money
      const soldFor = usdc(14_000);
      const sale = call(await quote.getAddress(), quote.interface.encodeFunctionData('mint', [self, soldFor]));
      const deposit = toVault(
        vault.interface.encodeFunctionData('deposit', [scripted, await quote.getAddress(), soldFor]),
      );
      await bidWith([takeOut, sale, deposit]);
      expect(await script.takeOvers()).to.equal(1n);
      expect(await asset.token.balanceOf(self)).to.be.above(before + weth(9));
      expect(await vault.cashOf(scripted)).to.be.above(0n);
    });

    it('is not made without data [LIQ-19]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, quote, script, scripted, self, toVault, bidAgain } = market;
      await quote.mint(self, usdc(50_000));
      const asset = await quote.getAddress();
      await script.run([
        toVault(vault.interface.encodeFunctionData('deposit', [scripted, asset, usdc(50_000)])),
        bidAgain,
      ]);
      expect([await script.succeeded(), await script.takeOvers()]).to.deep.equal([true, 0n]);
      expect(await vault.cashOf(scripted)).to.be.below(wad(50_000));
    });

    it('lets cash be borrowed in between that is back at the end [LIQ-19]', async () => {
      const market = await loadFixture(scriptedFixture);
      const { vault, quote, script, scripted, self, toVault, takeOut, pay, bidWith } = market;
      await quote.mint(self, usdc(20_000));
      const borrow = toVault(vault.interface.encodeFunctionData('borrow', [scripted, usdc(100_000), self]));
      await bidWith([takeOut, borrow, pay]);
      expect(await vault.cashOf(scripted)).to.be.within(0n, 10n ** 12n);
      expect(await script.takeOvers()).to.equal(1n);
    });
  });
});
