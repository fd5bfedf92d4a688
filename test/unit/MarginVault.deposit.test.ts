import { expect } from 'chai';
import type { Addressable } from 'ethers';
import { ethers } from 'hardhat';

import { MockERC20__factory } from '../../typechain-types';
import { expectUntouched } from '../fixtures/expectUntouched';
import { feeQuoteFixture, hookQuoteFixture, hostileTokenFixture } from '../fixtures/hostileTokens';
import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { LENT, loanFixture, marketFixture } from '../fixtures/marketFixture';
import { BITCOIN, orderOf, PERPETUAL } from '../fixtures/tradingFixture';
import { accountOf, MAX_UINT256, MAX_UINT40, MAX_UINT96, usdc, WAD, wad, wbtc, weth } from '../fixtures/units';

const LISTING = { price: 100, depth: wad(1_000), supplyCap: wad(1_000) };

describe('MarginVault', () => {
  describe('deposit', () => {
    it('reverts with ZeroAmount for nothing [VLT-06]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, quote, weth: asset } = market;
      await expectUntouched(market, async () => {
        for (const token of [await quote.getAddress(), asset.address]) {
          await expect(vault.connect(borrower).deposit(account, token, 0n)).to.be.revertedWithCustomError(
            vault,
            'ZeroAmount',
          );
        }
      });
    });

    it('reverts with ZeroRecipient for an account that nobody owns [VLT-12]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, quote, weth: asset } = market;
      const nobodys = accountOf(ethers.ZeroAddress, 1);
      await expectUntouched(market, async () => {
        for (const token of [await quote.getAddress(), asset.address]) {
          await expect(vault.connect(borrower).deposit(nobodys, token, 1n)).to.be.revertedWithCustomError(
            vault,
            'ZeroRecipient',
          );
        }
      });
    });

    it('reverts with AssetNotListed for a token that policy does not list [VLT-07]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, deployer, borrower, account } = market;
      const unlisted = await new MockERC20__factory(deployer).deploy('Unlisted', 'NO', 18);
      await unlisted.mint(borrower, 1n);
      await unlisted.connect(borrower).approve(vault, 1n);
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).deposit(account, unlisted, 1n))
          .to.be.revertedWithCustomError(vault, 'AssetNotListed')
          .withArgs(unlisted),
      );
      expect(await unlisted.balanceOf(borrower)).to.equal(1n);
    });

    it('reverts with TransferShort for a collateral that charges on transfer [VLT-07]', async () => {
      const market = await loadFixture(hostileTokenFixture);
      const { vault, borrower, account, feeToken } = market;
      await feeToken.setFee(100);
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).deposit(account, feeToken, wad(10)))
          .to.be.revertedWithCustomError(vault, 'TransferShort')
          .withArgs(feeToken, wad(10), wad('9.9')),
      );
      expect(await feeToken.balanceOf(borrower)).to.equal(wad(100));
    });

    it('reverts with TransferShort for a quote token that charges on transfer [VLT-07]', async () => {
      const market = await loadFixture(feeQuoteFixture);
      const { vault, borrower, account, feeQuote } = market;
      await feeQuote.setFee(1);
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).deposit(account, feeQuote, usdc(100)))
          .to.be.revertedWithCustomError(vault, 'TransferShort')
          .withArgs(feeQuote, usdc(100), usdc('99.99')),
      );
    });

    it('reverts with SupplyCapExceeded above the cap and fills it to the unit [VLT-08]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, stranger, account, strangerAccount, weth: asset } = market;
      await asset.token.mint(borrower, 1n);
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).deposit(account, asset.address, weth(1_000) + 1n))
          .to.be.revertedWithCustomError(vault, 'SupplyCapExceeded')
          .withArgs(asset.address, weth(1_000) + 1n, weth(1_000)),
      );
      await vault.connect(borrower).deposit(account, asset.address, weth(1_000));
      await expect(vault.connect(stranger).deposit(strangerAccount, asset.address, 1n))
        .to.be.revertedWithCustomError(vault, 'SupplyCapExceeded')
        .withArgs(asset.address, weth(1_000) + 1n, weth(1_000));
    });

    it('reverts with AmountTooLarge for more cash than the books can hold [VLT-06]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, quote } = market;
      await quote.mint(borrower, MAX_UINT96 + 1n);
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).deposit(account, quote, MAX_UINT96 + 1n))
          .to.be.revertedWithCustomError(vault, 'AmountTooLarge')
          .withArgs(quote, MAX_UINT96 + 1n, MAX_UINT96),
      );
    });

    it('reverts with AmountTooLarge for more of a collateral than the books can hold, whatever its cap [VLT-06]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, deployer, borrower, account } = market;
      const most = 2n ** 95n - 1n;
      // of such a token there are more than fifty billion, at a price to match
      const plenty = await new MockERC20__factory(deployer).deploy('Plenty', 'PLENTY', 18);
      await listToken(market, plenty, { price: 1, depth: MAX_UINT96, supplyCap: MAX_UINT96 });
      await plenty.mint(borrower, most + 1n);
      await plenty.connect(borrower).approve(vault, MAX_UINT256);
      await vault.connect(borrower).deposit(account, plenty, most);
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).deposit(account, plenty, 1n))
          .to.be.revertedWithCustomError(vault, 'AmountTooLarge')
          .withArgs(plenty, most + 1n, most),
      );
    });

    it("reverts with the token's own error for more than the caller has [VLT-06]", async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, quote, weth: asset } = market;
      await expectUntouched(market, async () => {
        for (const token of [quote, asset.token]) {
          const balance = await token.balanceOf(borrower);
          await expect(vault.connect(borrower).deposit(account, token, MAX_UINT256))
            .to.be.revertedWithCustomError(token, 'ERC20InsufficientBalance')
            .withArgs(borrower.address, balance, MAX_UINT256);
        }
      });
    });

    it('reverts with TooManyCollaterals for a ninth one, and for a second one in an isolated account [VLT-10]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, deployer, borrower, account, weth: eth, wbtc: btc } = market;
      const others = await Promise.all(
        Array.from({ length: 9 }, () => new MockERC20__factory(deployer).deploy('Other', 'OTHER', 18)),
      );
      for (const token of others) {
        await listToken(market, token, LISTING);
        await token.mint(borrower, 1n);
        await token.connect(borrower).approve(vault, 1n);
      }
      for (const token of others.slice(0, 8)) await vault.connect(borrower).deposit(account, token, 1n);
      await expect(vault.connect(borrower).deposit(account, others[8]!, 1n))
        .to.be.revertedWithCustomError(vault, 'TooManyCollaterals')
        .withArgs(account, 8n);

      const isolated = accountOf(borrower, 1);
      await vault.connect(borrower).setMode(isolated, 1);
      await vault.connect(borrower).deposit(isolated, eth.address, 1n);
      await expect(vault.connect(borrower).deposit(isolated, btc.address, 1n))
        .to.be.revertedWithCustomError(vault, 'TooManyCollaterals')
        .withArgs(isolated, 1n);
      await vault.connect(borrower).deposit(isolated, eth.address, 1n);
      expect(await vault.collateralOf(isolated, eth.address)).to.equal(2n);
    });

    it('credits cash, lent at once, in quote WAD [VLT-06]', async () => {
      const { vault, borrower, account, quote } = await loadFixture(marketFixture);
      expect(await vault.connect(borrower).deposit.staticCall(account, quote, usdc('12.345678'))).to.equal(
        usdc('12.345678'),
      );
      await expect(vault.connect(borrower).deposit(account, quote, usdc('12.345678')))
        .to.emit(vault, 'CashChanged')
        .withArgs(account, wad('12.345678'), wad('12.345678'));
      expect(await vault.cashOf(account)).to.equal(wad('12.345678'));
    });

    it('credits collateral in token units and adds to what is there [VLT-06]', async () => {
      const { vault, borrower, account, wbtc: btc } = await loadFixture(marketFixture);
      await vault.connect(borrower).deposit(account, btc.address, wbtc(2));
      await expect(vault.connect(borrower).deposit(account, btc.address, 1n))
        .to.emit(vault, 'CollateralChanged')
        .withArgs(account, btc.address, 1n, wbtc(2) + 1n);
      expect(await vault.collateralOf(account, btc.address)).to.equal(wbtc(2) + 1n);
      expect(await vault.totalCollateral(btc.address)).to.equal(wbtc(2) + 1n);
    });

    it('repays debt first with what it is given in cash [VLT-06]', async () => {
      const { vault, borrower, account, quote } = await loadFixture(loanFixture);
      await vault.connect(borrower).deposit(account, quote, usdc(14_100));
      expect(await vault.cashOf(account)).to.equal(wad(100));
      expect((await vault.pool()).borrowPrincipal).to.equal(0n);
    });

    it('reverts with DebtBelowMinimum when it leaves a smaller debt [VLT-14]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, stranger, account, quote } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).deposit(account, quote, usdc(13_800) + 1n))
          .to.be.revertedWithCustomError(vault, 'DebtBelowMinimum')
          .withArgs(account, wad(200) - 10n ** 12n, wad(200)),
      );
      await vault.connect(stranger).deposit(account, quote, usdc(13_800));
      expect(await vault.debtOf(account)).to.equal(usdc(200));
    });
  });

  describe('deposit by a stranger', () => {
    it('reverts with CollateralNotHeld for a collateral that the account does not hold [VLT-09]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, stranger, account, wbtc: btc } = market;
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).deposit(account, btc.address, 1n))
          .to.be.revertedWithCustomError(vault, 'CollateralNotHeld')
          .withArgs(account, btc.address),
      );
    });

    it("reverts with CollateralNotHeld for the account's operator too [VLT-09]", async () => {
      const { vault, borrower, stranger, account, wbtc: btc } = await loadFixture(loanFixture);
      await vault.connect(borrower).setOperator(account, stranger, 7, MAX_UINT40);
      await expect(vault.connect(stranger).deposit(account, btc.address, 1n))
        .to.be.revertedWithCustomError(vault, 'CollateralNotHeld')
        .withArgs(account, btc.address);
    });

    it('adds cash and more of what the account holds [VLT-09]', async () => {
      const { vault, stranger, account, quote, weth: asset } = await loadFixture(loanFixture);
      await vault.connect(stranger).deposit(account, asset.address, weth(1));
      await vault.connect(stranger).deposit(account, quote, usdc(1_000));
      expect(await vault.collateralOf(account, asset.address)).to.equal(weth(11));
      expect(await vault.cashOf(account)).to.equal(wad(-13_000));
    });
  });

  describe('a token that calls back', () => {
    it('finds every step and every view of balances Locked [VLT-26]', async () => {
      const market = await loadFixture(hostileTokenFixture);
      const { vault, borrower, account, lent, quote, hookToken, weth: eth, junior: fund } = market;
      const abi = vault.interface;
      const order = orderOf(borrower, { size: wad(1), limitPrice: wad(40_000) });
      const attempts: readonly (readonly [Addressable, string])[] = [
        [vault, abi.encodeFunctionData('deposit', [account, eth.address, 1n])],
        [vault, abi.encodeFunctionData('withdraw', [account, eth.address, 1n, borrower.address])],
        [vault, abi.encodeFunctionData('borrow', [account, 1n, borrower.address])],
        [vault, abi.encodeFunctionData('repay', [account, 1n])],
        [vault, abi.encodeFunctionData('transfer', [account, lent, eth.address, 1n])],
        [vault, abi.encodeFunctionData('setMode', [account, 0])],
        [vault, abi.encodeFunctionData('contribute', [account, 1n])],
        [vault, abi.encodeFunctionData('accrue')],
        [vault, abi.encodeFunctionData('batch', [[]])],
        [vault, abi.encodeFunctionData('cashOf', [account])],
        [vault, abi.encodeFunctionData('debtOf', [account])],
        [vault, abi.encodeFunctionData('collateralOf', [account, eth.address])],
        [vault, abi.encodeFunctionData('portfolio', [account])],
        [vault, abi.encodeFunctionData('pool')],
        [vault, vault.interface.encodeFunctionData('stateOf', [account])],
        [vault, vault.interface.encodeFunctionData('call', [account])],
        [vault, vault.interface.encodeFunctionData('clear', [account])],
        [vault, abi.encodeFunctionData('liquidate', [account, lent, WAD, 0n, '0x'])],
        [vault, abi.encodeFunctionData('drawReserves', [account, 1n])],
        [vault, abi.encodeFunctionData('socialise', [account, 1n, 10_000n])],
        [vault, abi.encodeFunctionData('fill', [order, '0x', order, '0x', wad(1)])],
        [vault, abi.encodeFunctionData('settle', [account, PERPETUAL])],
        [vault, abi.encodeFunctionData('updateFunding', [BITCOIN])],
        [vault, abi.encodeFunctionData('deleverage', [account, []])],
        [fund, fund.interface.encodeFunctionData('totalAssets')],
      ];
      const locked = abi.encodeErrorResult('Locked');
      for (const [target, data] of attempts) {
        await hookToken.setHook(target, data);
        await vault.connect(borrower).deposit(account, hookToken, 1n);
        expect(await hookToken.hookSucceeded(), data).to.equal(false);
        expect(await hookToken.hookResult(), data).to.equal(locked);
        await vault.connect(borrower).withdraw(account, hookToken, 1n, borrower);
        expect(await hookToken.hookSucceeded(), data).to.equal(false);
        expect(await hookToken.hookResult(), data).to.equal(locked);
      }
      expect(await hookToken.hookCalls()).to.equal(BigInt(attempts.length) * 2n);
      expect(await vault.liquidity()).to.equal(LENT + usdc(100_000));
      expect(await quote.balanceOf(hookToken)).to.equal(0n);
    });

    it('finds the vault Locked when it is the quote token [VLT-26]', async () => {
      const { vault, borrower, account, hookQuote, weth: eth } = await loadFixture(hookQuoteFixture);
      const locked = vault.interface.encodeErrorResult('Locked');
      await hookQuote.setHook(vault, vault.interface.encodeFunctionData('batch', [[]]));
      const journeys = [
        () => vault.connect(borrower).deposit(account, hookQuote, usdc(10)),
        () => vault.connect(borrower).withdraw(account, hookQuote, usdc(10), borrower),
        () => vault.connect(borrower).borrow(account, usdc(1_000), borrower),
        () => vault.connect(borrower).repay(account, usdc(1_000)),
      ];
      await vault.connect(borrower).deposit(account, eth.address, weth(1));
      for (const [index, journey] of journeys.entries()) {
        await journey();
        expect(await hookQuote.hookCalls()).to.equal(BigInt(index + 1));
        expect(await hookQuote.hookResult()).to.equal(locked);
      }
      expect(await vault.cashOf(account)).to.equal(0n);
    });
  });
});
