import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { toPerpetual } from '../../sdk/math';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture } from '../fixtures/marketFixture';
import { option, optionFixture, trade } from '../fixtures/tradingFixture';
import { accountOf, DAY, MarginMode, MAX_UINT40, OperatorRight, usdc, wad, wbtc, weth } from '../fixtures/units';
import { codesOf } from '../fixtures/vaultCodes';

describe('MarginVault', () => {
  describe('setOperator', () => {
    it('reverts with NotAuthorised for anybody but the owner, an operator with all rights included [VLT-22]', async () => {
      const { vault, borrower, stranger, account } = await loadFixture(marketFixture);
      const attempt = () =>
        expect(vault.connect(stranger).setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, stranger.address, OperatorRight.ALL);
      await attempt();
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40);
      await attempt();
    });

    it('reverts with RightsOutOfBounds for a right that does not exist [VLT-19]', async () => {
      const { vault, borrower, stranger, account } = await loadFixture(marketFixture);
      for (const rights of [8, 255]) {
        await expect(vault.connect(borrower).setOperator(account, stranger, rights, MAX_UINT40))
          .to.be.revertedWithCustomError(vault, 'RightsOutOfBounds')
          .withArgs(rights, OperatorRight.ALL);
      }
    });

    it('gives rights on one account up to their expiry, and takes them back at once [VLT-19]', async () => {
      const { vault, borrower, stranger, account } = await loadFixture(marketFixture);
      const expiry = BigInt((await time.latest()) + DAY);
      await expect(vault.connect(borrower).setOperator(account, stranger, OperatorRight.WITHDRAW, expiry))
        .to.emit(vault, 'OperatorChanged')
        .withArgs(account, stranger.address, OperatorRight.WITHDRAW, expiry);
      expect(await vault.operatorOf(account, stranger)).to.deep.equal([BigInt(OperatorRight.WITHDRAW), expiry]);
      const may = (right: number, on = account) => vault.isAuthorised(on, stranger, right);
      expect(await may(OperatorRight.WITHDRAW)).to.equal(true);
      expect(await may(OperatorRight.WITHDRAW, accountOf(borrower, 1))).to.equal(false);
      expect(await may(OperatorRight.TRADE)).to.equal(false);
      expect(await may(OperatorRight.TOP_UP)).to.equal(false);
      await time.increaseTo(expiry - 1n);
      expect(await may(OperatorRight.WITHDRAW)).to.equal(true);
      await time.increaseTo(expiry);
      expect(await may(OperatorRight.WITHDRAW)).to.equal(false);

      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40);
      expect(await may(OperatorRight.ALL)).to.equal(true);
      await vault.connect(borrower).setOperator(account, stranger, 0, 0);
      expect(await may(OperatorRight.WITHDRAW)).to.equal(false);
    });

    it('an expired operator is nobody [VLT-19]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, stranger, account, weth: asset } = market;
      const expiry = (await time.latest()) + 3_600;
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.ALL, expiry);
      await time.increaseTo(expiry);
      await expectUntouched(market, async () => {
        await expect(vault.connect(stranger).withdraw(account, asset.address, 1n, borrower))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, stranger.address, OperatorRight.WITHDRAW);
        await expect(vault.connect(stranger).transfer(account, accountOf(borrower, 1), asset.address, 1n))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, stranger.address, OperatorRight.TOP_UP);
      });
    });

    it('an operator may be made in the batch that uses him, by the owner [VLT-01]', async () => {
      const { vault, borrower, stranger, account } = await loadFixture(marketFixture);
      const step = vault.interface.encodeFunctionData('setOperator', [
        account,
        stranger.address,
        OperatorRight.TRADE,
        MAX_UINT40,
      ]);
      await vault.connect(borrower).batch([step]);
      expect(await vault.isAuthorised(account, stranger, OperatorRight.TRADE)).to.equal(true);
    });
  });

  describe('setMode', () => {
    it('reverts with NotAuthorised for anybody but the owner [VLT-18]', async () => {
      const { vault, borrower, stranger, account } = await loadFixture(marketFixture);
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40);
      await expect(vault.connect(stranger).setMode(account, MarginMode.ISOLATED))
        .to.be.revertedWithCustomError(vault, 'NotAuthorised')
        .withArgs(account, stranger.address, OperatorRight.ALL);
    });

    it('reverts with UnknownMode for a mode without a model [VLT-18]', async () => {
      const { vault, engine, borrower, account } = await loadFixture(marketFixture);
      await expect(vault.connect(borrower).setMode(account, 3))
        .to.be.revertedWithCustomError(engine, 'UnknownMode')
        .withArgs(3);
    });

    it('reverts with TooManyCollaterals for an isolated account with two [VLT-18]', async () => {
      const { vault, borrower, account, weth: eth, wbtc: btc } = await loadFixture(marketFixture);
      await vault.connect(borrower).deposit(account, eth.address, weth(1));
      await vault.connect(borrower).deposit(account, btc.address, wbtc(1));
      await expect(vault.connect(borrower).setMode(account, MarginMode.ISOLATED))
        .to.be.revertedWithCustomError(vault, 'TooManyCollaterals')
        .withArgs(account, 1n);
    });

    it('reverts with TooManyPositions for an isolated account with two [VLT-18] [POS-01]', async () => {
      const w = await loadFixture(optionFixture);
      const { vault, alice, bob, aliceAccount } = w;
      await trade(w, { buyer: alice, seller: bob, size: 1, price: 40_000 });
      await trade(w, { buyer: alice, seller: bob, size: 1, price: 600, instrument: option(w, true, 42_000) });
      await expect(vault.connect(alice).setMode(aliceAccount, MarginMode.ISOLATED))
        .to.be.revertedWithCustomError(vault, 'TooManyPositions')
        .withArgs(aliceAccount, 1n);
      await trade(w, { buyer: bob, seller: alice, size: 1, price: 40_000 });
      await vault.connect(alice).setMode(aliceAccount, MarginMode.ISOLATED);
    });

    it('reverts with Undercollateralised when the new model asks for more [VLT-18]', async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, weth: asset } = market;
      await vault.connect(borrower).setMode(account, MarginMode.ISOLATED);
      await vault.connect(borrower).deposit(account, asset.address, weth(10));
      await vault.connect(borrower).borrow(account, usdc(15_000), borrower);
      await expectUntouched(market, () =>
        expect(vault.connect(borrower).setMode(account, MarginMode.CROSS))
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(account, wad(5_000), wad(5_600)),
      );
    });

    it('changes the model and how many collaterals fit [VLT-18]', async () => {
      const { vault, borrower, account } = await loadFixture(loanFixture);
      await expect(vault.connect(borrower).setMode(account, MarginMode.ISOLATED))
        .to.emit(vault, 'ModeChanged')
        .withArgs(account, MarginMode.ISOLATED, 1);
      expect(await vault.modeOf(account)).to.equal(MarginMode.ISOLATED);
      await expect(vault.connect(borrower).setMode(account, MarginMode.CROSS))
        .to.emit(vault, 'ModeChanged')
        .withArgs(account, MarginMode.CROSS, 8);
    });
  });

  describe('waterfall', () => {
    it('alone may draw reserves and socialise a loss, also in a batch [VLT-23]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, stranger, account, strangerAccount } = market;
      const draw = vault.interface.encodeFunctionData('drawReserves', [strangerAccount, 1n]);
      const attempts = [
        () => vault.connect(stranger).drawReserves(account, 1n),
        () => vault.connect(stranger).socialise(account, 1n, 1n),
        () => vault.connect(stranger).batch([draw]),
      ];
      await expectUntouched(market, async () => {
        for (const attempt of attempts) {
          await expect(attempt()).to.be.revertedWithCustomError(vault, 'OnlyWaterfall').withArgs(stranger.address);
        }
      });
    });

    it('is set by the governor only [VLT-23]', async () => {
      const { vault, actors, stranger } = await loadFixture(marketFixture);
      for (const caller of [actors.deployer, actors.guardian, actors.risk, stranger]) {
        await expect(vault.connect(caller).setWaterfall(stranger))
          .to.be.revertedWithCustomError(vault, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
      }
      await expect(vault.connect(actors.governor).setWaterfall(stranger))
        .to.emit(vault, 'WaterfallChanged')
        .withArgs(stranger.address);
      expect(await vault.waterfall()).to.equal(stranger.address);
    });

    it('is the one that was deployed [VLT-23]', async () => {
      const { vault, waterfall } = await loadFixture(marketFixture);
      expect(await vault.waterfall()).to.equal(await waterfall.getAddress());
    });
  });

  describe('code', () => {
    it('reverts with PartOfAnother where a part was made for another system [VLT-34]', async () => {
      const { vault, policy, engine, quote, manager, wbtc } = await loadFixture(marketFixture);
      const own = [vault.liquidatorCode(), vault.settingsCode(), vault.tradingCode(), vault.bookCode()];
      const parts = await Promise.all(own);
      const common = [manager, quote, policy, engine] as const;
      const foreign = await ethers.deployContract('VaultSettings', [manager, wbtc.address, policy, engine]);
      for (const [i] of parts.entries()) {
        await expect(ethers.deployContract('MarginVault', [...common, ...parts.with(i, await foreign.getAddress())]))
          .to.be.revertedWithCustomError(vault, 'PartOfAnother')
          .withArgs(await foreign.getAddress());
      }
    });

    it('keeps nothing of its own: who calls a part meets an empty vault [VLT-34]', async () => {
      const { vault, account, strangerAccount, borrower, stranger, quote } = await loadFixture(loanFixture);
      const codes = await codesOf(vault);
      const at = (code: keyof typeof codes) => vault.attach(codes[code]).connect(stranger) as typeof vault;
      await expect(at('Liquidator').liquidate(account, strangerAccount, 1n, 0n, '0x')).to.be.revertedWithCustomError(
        vault,
        'NotLiquidatable',
      );
      expect(await at('VaultSettings').debtOf(account)).to.equal(0n);
      await at('VaultSettings').connect(borrower).setMode(account, MarginMode.ISOLATED);
      expect(await vault.modeOf(account)).to.equal(MarginMode.CROSS);
      await at('Trading').connect(borrower).cancelOrders(account);
      expect(await vault.orderEpochOf(account)).to.equal(0n);
      await expect(at('PositionBook').settle(account, toPerpetual(1)))
        .to.be.revertedWithCustomError(vault, 'NothingToSettle')
        .withArgs(account, toPerpetual(1));
      await expect(at('PositionBook').deleverage(account, []))
        .to.be.revertedWithCustomError(vault, 'NotInsolvent')
        .withArgs(account, 0n);
      for (const [code, address] of Object.entries(codes)) {
        expect(await quote.balanceOf(address), code).to.equal(0n);
        // none takes tokens in or hands them out: that is the vault's own code
        const part = at(code as keyof typeof codes);
        await expect(part.deposit(strangerAccount, quote, 1n), code).to.be.revertedWithoutReason();
        await expect(part.withdraw(account, quote, 1n, stranger), code).to.be.revertedWithoutReason();
      }
    });

    it('takes no ether [VLT-34]', async () => {
      const { vault, stranger } = await loadFixture(marketFixture);
      for (const to of Object.values(await codesOf(vault))) {
        await expect(stranger.sendTransaction({ to, value: 1n })).to.be.revertedWithoutReason();
      }
      await expect(stranger.sendTransaction({ to: vault, value: 1n }))
        .to.be.revertedWithCustomError(vault, 'EtherRefused')
        .withArgs(1n);
      const data = vault.interface.encodeFunctionData('accrue');
      await expect(stranger.sendTransaction({ to: vault, value: 1n, data })).to.be.reverted;
    });

    it('answers no function that it does not have [VLT-34]', async () => {
      const { vault, stranger } = await loadFixture(marketFixture);
      await expect(stranger.sendTransaction({ to: vault, data: '0xdeadbeef' })).to.be.reverted;
    });
  });
});
