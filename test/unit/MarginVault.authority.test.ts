import { loadFixture, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { expectUntouched } from '../fixtures/expectUntouched';
import { loanFixture, marketFixture } from '../fixtures/marketFixture';
import {
  accountOf,
  DAY,
  MarginMode,
  MAX_UINT40,
  ModuleRight,
  OperatorRight,
  usdc,
  wad,
  wbtc,
  weth,
} from '../fixtures/units';

const NO_CALL = { calledAt: 0n, deadline: 0n };

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
      const expiry = (await time.latest()) + 100;
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
      await expect(vault.connect(borrower).setMode(account, 2))
        .to.be.revertedWithCustomError(engine, 'UnknownMode')
        .withArgs(2);
    });

    it('reverts with TooManyCollaterals for an isolated account with two [VLT-18]', async () => {
      const { vault, borrower, account, weth: eth, wbtc: btc } = await loadFixture(marketFixture);
      await vault.connect(borrower).deposit(account, eth.address, weth(1));
      await vault.connect(borrower).deposit(account, btc.address, wbtc(1));
      await expect(vault.connect(borrower).setMode(account, MarginMode.ISOLATED))
        .to.be.revertedWithCustomError(vault, 'TooManyCollaterals')
        .withArgs(account, 1n);
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

  describe('modules', () => {
    it('reverts with NotModule for a stranger and for a module with another right [VLT-23]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, governor, stranger, account, strangerAccount } = market;
      const takeOver = {
        account,
        bidder: strangerAccount,
        fraction: 10n ** 18n,
        skippedLegs: 0n,
        pay: 0n,
        fee: 0n,
        callee: ethers.ZeroAddress,
        data: '0x',
      };
      const attempts = [
        [ModuleRight.TAKE_OVER, () => vault.connect(stranger).takeOver(takeOver)],
        [ModuleRight.CALL, () => vault.connect(stranger).recordCall(account, NO_CALL, strangerAccount, 1n)],
        [ModuleRight.COVER_LOSS, () => vault.connect(stranger).drawReserves(account, 1n)],
        [ModuleRight.COVER_LOSS, () => vault.connect(stranger).socialise(account, 1n, 1n)],
      ] as const;
      await expectUntouched(market, async () => {
        for (const [right, attempt] of attempts) {
          for (const held of [0, ModuleRight.ALL - right]) {
            await vault.connect(governor).setModule(stranger, held);
            await expect(attempt()).to.be.revertedWithCustomError(vault, 'NotModule').withArgs(stranger.address, right);
          }
        }
      });
    });

    it('reverts with NotModule inside a batch too [VLT-23]', async () => {
      const { vault, stranger, account, strangerAccount } = await loadFixture(loanFixture);
      const step = vault.interface.encodeFunctionData('recordCall', [account, NO_CALL, strangerAccount, 1n]);
      await expect(vault.connect(stranger).batch([step]))
        .to.be.revertedWithCustomError(vault, 'NotModule')
        .withArgs(stranger.address, ModuleRight.CALL);
    });

    it('are linked by the governor only [VLT-23]', async () => {
      const { vault, actors, stranger } = await loadFixture(marketFixture);
      for (const caller of [actors.deployer, actors.guardian, actors.risk, stranger]) {
        await expect(vault.connect(caller).setModule(stranger, ModuleRight.ALL))
          .to.be.revertedWithCustomError(vault, 'AccessManagedUnauthorized')
          .withArgs(caller.address);
      }
      await expect(vault.connect(actors.governor).setModule(stranger, 16))
        .to.be.revertedWithCustomError(vault, 'RightsOutOfBounds')
        .withArgs(16, ModuleRight.ALL);
      await expect(vault.connect(actors.governor).setModule(stranger, ModuleRight.CALL))
        .to.emit(vault, 'ModuleChanged')
        .withArgs(stranger.address, ModuleRight.CALL);
      expect(await vault.moduleRights(stranger)).to.equal(ModuleRight.CALL);
    });

    it('hold the rights that the deployment gave them and no more [VLT-23]', async () => {
      const { vault, liquidator, marginCalls, waterfall, junior, senior, closeOut } = await loadFixture(marketFixture);
      expect(await vault.moduleRights(liquidator)).to.equal(ModuleRight.TAKE_OVER);
      expect(await vault.moduleRights(marginCalls)).to.equal(ModuleRight.CALL);
      expect(await vault.moduleRights(waterfall)).to.equal(ModuleRight.COVER_LOSS);
      expect(await vault.moduleRights(closeOut)).to.equal(ModuleRight.CLOSE_OUT);
      for (const tranche of [junior, senior]) expect(await vault.moduleRights(tranche)).to.equal(0);
    });
  });
});
