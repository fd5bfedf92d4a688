import { anyValue } from '@nomicfoundation/hardhat-chai-matchers/withArgs';
import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { VaultSettings__factory } from '../../typechain-types';
import { expectUntouched } from '../fixtures/expectUntouched';
import { sunkTo } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice } from '../fixtures/marketFixture';
import { keyedNonce, signBatch, signingFixture, signPermit } from '../fixtures/signing';
import { accountOf, DAY, MAX_INT256, MAX_UINT40, OperatorRight, usdc, wad, WAD, weth } from '../fixtures/units';

/** Has the errors of OpenZeppelin's nonces, which interfaces do not declare. */
const SETTINGS = { interface: VaultSettings__factory.createInterface() };

/** The same loan at 1,500, below `hCritical`. */
async function sunkFixture() {
  const market = await sunkTo(1_500);
  return { ...market, abi: market.vault.interface };
}

describe('MarginVault', () => {
  describe('permitOperator', () => {
    it('reverts with SignatureRefused for anybody but the owner, an operator with all rights included [SIG-03]', async () => {
      const { vault, borrower, stranger, account } = await loadFixture(marketFixture);
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40);
      const permit = { account, operator: stranger.address, rights: 7, expiry: MAX_UINT40 };
      await expect(vault.connect(stranger).permitOperator(...(await signPermit(vault, stranger, permit))))
        .to.be.revertedWithCustomError(vault, 'SignatureRefused')
        .withArgs(borrower.address);
    });

    it('reverts with SignatureRefused for whatever was not signed [SIG-03]', async () => {
      const { vault, borrower, stranger, keeper, account } = await loadFixture(marketFixture);
      const permit = { account, operator: keeper.address, rights: OperatorRight.TRADE, expiry: 10n ** 10n };
      const [signed, signature] = await signPermit(vault, borrower, permit);
      const changes = [
        { account: accountOf(borrower, 1) },
        { operator: stranger.address },
        { rights: OperatorRight.ALL },
        { expiry: MAX_UINT40 },
        { nonce: 1n },
        { deadline: 10n ** 10n },
      ];
      for (const change of changes) {
        await expect(vault.connect(stranger).permitOperator({ ...signed, ...change }, signature))
          .to.be.revertedWithCustomError(vault, 'SignatureRefused')
          .withArgs(borrower.address);
      }
    });

    it('reverts with RightsOutOfBounds as setOperator does, and keeps the nonce [SIG-01]', async () => {
      const { vault, borrower, stranger, account } = await loadFixture(marketFixture);
      const permit = { account, operator: stranger.address, rights: 8, expiry: MAX_UINT40 };
      await expect(vault.connect(stranger).permitOperator(...(await signPermit(vault, borrower, permit))))
        .to.be.revertedWithCustomError(vault, 'RightsOutOfBounds')
        .withArgs(8, OperatorRight.ALL);
      expect(await vault.nonces(borrower, 0)).to.equal(0n);
    });

    it('gives and takes back what the owner signed, whoever sends it in [SIG-01]', async () => {
      const { vault, borrower, stranger, keeper, account } = await loadFixture(marketFixture);
      const permit = { account, operator: keeper.address, rights: OperatorRight.TRADE, expiry: MAX_UINT40 };
      await expect(vault.connect(stranger).permitOperator(...(await signPermit(vault, borrower, permit))))
        .to.emit(vault, 'OperatorChanged')
        .withArgs(account, keeper.address, OperatorRight.TRADE, MAX_UINT40)
        .and.to.emit(vault, 'NonceUsed')
        .withArgs(borrower.address, 0n);
      expect(await vault.operatorOf(account, keeper)).to.deep.equal([BigInt(OperatorRight.TRADE), MAX_UINT40]);
      const revoked = { ...permit, rights: 0, expiry: 0, nonce: 1n };
      await vault.connect(stranger).permitOperator(...(await signPermit(vault, borrower, revoked)));
      expect(await vault.isAuthorised(account, keeper, OperatorRight.TRADE)).to.equal(false);
    });
  });

  describe('runSigned', () => {
    it('reverts with SignatureExpired after the deadline, and runs in its second [SIG-04]', async () => {
      const market = await loadFixture(signingFixture);
      const { vault, borrower, stranger, account, more } = market;
      const steps = [more];
      const deadline = (await time.latest()) + DAY;
      const args = await signBatch(vault, borrower, { account, steps, deadline });
      await time.setNextBlockTimestamp(deadline + 1);
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).runSigned(...args))
          .to.be.revertedWithCustomError(vault, 'SignatureExpired')
          .withArgs(deadline),
      );
      const later = await signBatch(vault, borrower, { account, steps, deadline: deadline + DAY });
      await time.setNextBlockTimestamp(deadline + DAY);
      await vault.connect(stranger).runSigned(...later);
    });

    it('reverts with SignatureRefused for whatever was not signed [SIG-03]', async () => {
      const market = await loadFixture(signingFixture);
      const { vault, borrower, stranger, account, steps, draw } = market;
      const [signed, signature] = await signBatch(vault, borrower, { account, steps, relayer: stranger.address });
      const changes = [
        { signer: stranger.address },
        { account: accountOf(borrower, 1) },
        { steps: [draw] },
        { steps: [...steps].reverse() },
        { steps: [ethers.concat(steps)] },
        { relayer: ethers.ZeroAddress },
        { nonce: 1n },
        { deadline: 10n ** 10n },
      ];
      await expectUntouched(market, async () => {
        for (const change of changes) {
          await expect(
            vault.connect(stranger).runSigned({ ...signed, ...change }, signature),
            Object.keys(change).join(),
          )
            .to.be.revertedWithCustomError(vault, 'SignatureRefused')
            .withArgs(change.signer ?? borrower.address);
        }
        for (const broken of ['0x', signature.slice(0, -2), `${signature}00`, ethers.ZeroHash]) {
          await expect(vault.connect(stranger).runSigned(signed, broken)).to.be.revertedWithCustomError(
            vault,
            'SignatureRefused',
          );
        }
      });
    });

    it('reverts with SignatureRefused for the zero address, which has signed nothing [SIG-03]', async () => {
      const { vault, stranger, steps } = await loadFixture(signingFixture);
      const signer = ethers.ZeroAddress;
      const [signed] = await signBatch(vault, stranger, { signer, account: accountOf(signer), steps });
      await expect(vault.runSigned(signed, `0x${'00'.repeat(65)}`))
        .to.be.revertedWithCustomError(vault, 'SignatureRefused')
        .withArgs(signer);
    });

    it('reverts with OnlyRelayer for anybody but the one it was signed for [SIG-05]', async () => {
      const { vault, borrower, keeper, stranger, account, steps } = await loadFixture(signingFixture);
      const args = await signBatch(vault, borrower, { account, steps, relayer: keeper.address });
      for (const caller of [stranger, borrower]) {
        await expect(vault.connect(caller).runSigned(...args))
          .to.be.revertedWithCustomError(vault, 'OnlyRelayer')
          .withArgs(keeper.address, caller.address);
      }
      await vault.connect(keeper).runSigned(...args);
    });

    it('reverts with InvalidAccountNonce out of turn, and keeps namespaces apart [SIG-04]', async () => {
      const { vault, borrower, account, more } = await loadFixture(signingFixture);
      const run = async (nonce: bigint) =>
        vault.runSigned(...(await signBatch(vault, borrower, { account, steps: [more], nonce })));
      await expect(run(1n)).to.be.revertedWithCustomError(SETTINGS, 'InvalidAccountNonce').withArgs(borrower, 0n);
      for (const nonce of [keyedNonce(7n, 0n), 0n, keyedNonce(7n, 1n), 1n]) {
        await expect(run(nonce)).to.emit(vault, 'NonceUsed').withArgs(borrower.address, nonce);
      }
      expect(await vault.nonces(borrower, 7)).to.equal(keyedNonce(7n, 2n));
      await expect(run(keyedNonce(7n, 1n)))
        .to.be.revertedWithCustomError(SETTINGS, 'InvalidAccountNonce')
        .withArgs(borrower, keyedNonce(7n, 2n));
    });

    it('reverts with the error of the step that fails, and keeps the nonce [SIG-01]', async () => {
      const market = await loadFixture(signingFixture);
      const { vault, borrower, account, abi, more } = market;
      const tooMuch = abi.encodeFunctionData('borrow', [account, usdc(10_000), borrower.address]);
      await expectUntouched(market, async () => {
        const args = await signBatch(vault, borrower, { account, steps: [more, tooMuch] });
        await expect(vault.runSigned(...args)).to.be.revertedWithCustomError(vault, 'Undercollateralised');
      });
      expect(await vault.nonces(borrower, 0)).to.equal(0n);
    });

    it('reverts with NotAuthorised on every account but the one it was signed for [SIG-02]', async () => {
      const market = await loadFixture(signingFixture);
      const { vault, borrower, stranger, account, strangerAccount, quote, abi, more } = market;
      const own = accountOf(borrower, 1);
      const self = borrower.address;
      await vault.connect(borrower).deposit(own, quote, usdc(5_000));
      const reaching = (other: string) => [
        abi.encodeFunctionData('deposit', [other, quote.target, 1n]),
        abi.encodeFunctionData('withdraw', [other, quote.target, 1n, self]),
        abi.encodeFunctionData('borrow', [other, 1n, self]),
        abi.encodeFunctionData('transfer', [other, account, quote.target, 1n]),
        abi.encodeFunctionData('setMode', [other, 1]),
        abi.encodeFunctionData('setOperator', [other, stranger.address, 7, MAX_UINT40]),
        abi.encodeFunctionData('contribute', [other, 1n]),
        abi.encodeFunctionData('liquidate', [strangerAccount, other, WAD, 0n, '0x']),
      ];
      for (const [other, steps] of [own, accountOf(stranger, 1)].map((id) => [id, reaching(id)] as const)) {
        for (const step of steps) {
          await expectUntouched(market, async () => {
            const args = await signBatch(vault, borrower, { account, steps: [more, step] });
            await expect(vault.runSigned(...args), abi.parseTransaction({ data: step })?.name)
              .to.be.revertedWithCustomError(vault, 'NotAuthorised')
              .withArgs(other, self, OperatorRight.ALL);
          });
        }
      }
      const repay = abi.encodeFunctionData('repay', [account, 1n]);
      await vault.connect(stranger).deposit(strangerAccount, quote, 1n);
      const args = await signBatch(vault, stranger, { account: strangerAccount, steps: [repay] });
      await expect(vault.runSigned(...args)).to.be.revertedWithCustomError(vault, 'NotAuthorised');
    });

    it('gives an operator no more than its rights [SIG-01]', async () => {
      const { vault, borrower, keeper, account, abi, steps, quote } = await loadFixture(signingFixture);
      const toSelf = abi.encodeFunctionData('borrow', [account, 1n, keeper.address]);
      const toOwner = abi.encodeFunctionData('borrow', [account, usdc(1), borrower.address]);
      const run = async (step: string) =>
        vault.runSigned(...(await signBatch(vault, keeper, { account, steps: [step] })));
      await expect(run(steps[1]!)).to.be.revertedWithCustomError(vault, 'NotAuthorised');
      await vault.connect(borrower).setOperator(account, keeper, OperatorRight.WITHDRAW, MAX_UINT40);
      await expect(run(toSelf)).to.be.revertedWithCustomError(vault, 'RecipientNotOwner');
      await expect(run(toOwner)).to.changeTokenBalance(quote, borrower, usdc(1));
    });

    it('reverts with NestedSignedBatch for a signed batch among the steps [SIG-06]', async () => {
      const { vault, borrower, stranger, account, abi, more } = await loadFixture(signingFixture);
      const inner = await signBatch(vault, borrower, { account, steps: [more], nonce: 1n });
      const args = await signBatch(vault, borrower, { account, steps: [abi.encodeFunctionData('runSigned', inner)] });
      await expect(vault.connect(stranger).runSigned(...args))
        .to.be.revertedWithCustomError(vault, 'NestedSignedBatch')
        .withArgs(borrower.address);
    });

    it('uses no role of the signer, nor the waterfall [SIG-08]', async () => {
      const { vault, actors, account, abi } = await loadFixture(signingFixture);
      const self = await vault.getAddress();
      const run = async (key: typeof actors.guardian, step: string) =>
        vault.runSigned(...(await signBatch(vault, key, { account, steps: [step] })));
      await expect(run(actors.guardian, abi.encodeFunctionData('pause')))
        .to.be.revertedWithCustomError(vault, 'AccessManagedUnauthorized')
        .withArgs(self);
      await expect(run(actors.borrower, abi.encodeFunctionData('drawReserves', [account, 1n])))
        .to.be.revertedWithCustomError(vault, 'OnlyWaterfall')
        .withArgs(self);
    });

    it('runs the steps for the signer, from his tokens, and returns what they return [SIG-01]', async () => {
      const { vault, borrower, stranger, account, quote, weth: asset, steps } = await loadFixture(signingFixture);
      const args = await signBatch(vault, borrower, { account, steps });
      const results = await vault.connect(stranger).runSigned.staticCall(...args);
      expect(results.map((result) => BigInt(result === '0x' ? 0 : result))).to.deep.equal([weth(1), 0n]);
      const run = vault.connect(stranger).runSigned(...args);
      await expect(run).to.changeTokenBalances(quote, [borrower, stranger], [usdc(1_000), 0n]);
      await expect(run).to.changeTokenBalances(asset.token, [borrower, stranger], [-weth(1), 0n]);
      await expect(run).to.emit(vault, 'NonceUsed').withArgs(borrower.address, 0n);
      expect(await vault.nonces(borrower, 0)).to.equal(1n);
      expect(await vault.debtOf(account)).to.equal(usdc(15_000));
    });

    it('checks the account once, at the end of the signed batch [SIG-01]', async () => {
      const { vault, borrower, account, abi, more } = await loadFixture(signingFixture);
      const draw = abi.encodeFunctionData('borrow', [account, usdc(1_500), borrower.address]);
      await expect(vault.connect(borrower).borrow(account, usdc(1_500), borrower)).to.be.revertedWithCustomError(
        vault,
        'Undercollateralised',
      );
      await vault.runSigned(...(await signBatch(vault, borrower, { account, steps: [draw, more] })));
      expect(await vault.debtOf(account)).to.equal(usdc(15_500));
    });

    it('leaves nothing behind: two of them run in one batch of the relayer, with its own steps [SIG-06]', async () => {
      const market = await loadFixture(signingFixture);
      const { vault, borrower, bidder, stranger, account, bidderAccount, strangerAccount, quote, abi, steps } = market;
      const at = quote.target as string;
      const first = await signBatch(vault, borrower, { account, steps });
      const out = abi.encodeFunctionData('withdraw', [bidderAccount, at, usdc(1), bidder.address]);
      const second = await signBatch(vault, bidder, { account: bidderAccount, steps: [out] });
      const own = abi.encodeFunctionData('deposit', [strangerAccount, at, usdc(2)]);
      const batch = [abi.encodeFunctionData('runSigned', first), abi.encodeFunctionData('runSigned', second), own];
      await expect(vault.connect(stranger).batch(batch)).to.changeTokenBalances(
        quote,
        [borrower, bidder, stranger],
        [usdc(1_000), usdc(1), -usdc(2)],
      );
    });

    it('calls margin and liquidates for the signer: his are fee and slice [SIG-01]', async () => {
      const market = await loadFixture(sunkFixture);
      const { vault, bidder, stranger, account, bidderAccount, weth: asset, abi } = market;
      const steps = [abi.encodeFunctionData('liquidate', [account, bidderAccount, WAD, MAX_INT256, '0x'])];
      await expect(
        vault.connect(stranger).runSigned(...(await signBatch(vault, bidder, { account: bidderAccount, steps }))),
      )
        .to.emit(vault, 'Liquidated')
        .withArgs(account, bidderAccount, bidder.address, anyValue, anyValue, anyValue);
      expect(await vault.collateralOf(bidderAccount, asset.address)).to.be.gt(0n);
    });

    it('pays the fee of a margin call to the signer [SIG-01]', async () => {
      const market = await loadFixture(signingFixture);
      const { vault, keeper, stranger, account, abi } = market;
      await setPrice(market.weth, 1_600);
      const own = accountOf(keeper);
      const steps = [abi.encodeFunctionData('call', [account])];
      await expect(vault.connect(stranger).runSigned(...(await signBatch(vault, keeper, { account: own, steps }))))
        .to.emit(vault, 'MarginCalled')
        .withArgs(account, keeper.address, anyValue, anyValue, anyValue, wad(1));
      expect(await vault.cashOf(own)).to.equal(wad(1));
      await setPrice(market.weth, 2_000);
      const clear = [abi.encodeFunctionData('clear', [account])];
      const args = await signBatch(vault, keeper, { account: own, steps: clear, nonce: 1n });
      await expect(vault.connect(stranger).runSigned(...args))
        .to.emit(vault, 'CallCleared')
        .withArgs(account, keeper.address, anyValue);
    });
  });

  describe('cancelNonce', () => {
    it('reverts with InvalidAccountNonce for any but the next [SIG-04]', async () => {
      const { vault, borrower } = await loadFixture(marketFixture);
      for (const nonce of [1n, keyedNonce(7n, 1n)]) {
        await expect(vault.connect(borrower).cancelNonce(nonce))
          .to.be.revertedWithCustomError(SETTINGS, 'InvalidAccountNonce')
          .withArgs(borrower.address, nonce - 1n);
      }
    });

    it("makes what was signed with it void, and nobody else's [SIG-04]", async () => {
      const { vault, borrower, stranger, account, steps, more, abi } = await loadFixture(signingFixture);
      const args = await signBatch(vault, borrower, { account, steps });
      await vault.connect(stranger).cancelNonce(0n);
      await expect(vault.connect(borrower).cancelNonce(0n)).to.emit(vault, 'NonceUsed').withArgs(borrower.address, 0n);
      await expect(vault.runSigned(...args))
        .to.be.revertedWithCustomError(SETTINGS, 'InvalidAccountNonce')
        .withArgs(borrower.address, 1n);
      const cancel = abi.encodeFunctionData('cancelNonce', [keyedNonce(7n, 0n)]);
      await vault.runSigned(...(await signBatch(vault, borrower, { account, steps: [more, cancel], nonce: 1n })));
      expect(await vault.nonces(borrower, 7)).to.equal(keyedNonce(7n, 1n));
    });
  });

  describe('eip712Domain', () => {
    it('is of the vault, though the code runs at another address [SIG-03]', async () => {
      const { vault } = await loadFixture(marketFixture);
      const [fields, name, version, chainId, contract] = await vault.eip712Domain();
      expect([fields, name, version, chainId, contract]).to.deep.equal([
        '0x0f',
        'Plimsoll',
        '1',
        31_337n,
        await vault.getAddress(),
      ]);
    });
  });
});
