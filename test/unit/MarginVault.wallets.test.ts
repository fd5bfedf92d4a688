import { expect } from 'chai';

import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { openWallet, signBatch, signingFixture, signPermit } from '../fixtures/signing';
import { accountOf, MAX_UINT40, OperatorRight, usdc, weth } from '../fixtures/units';

/** A wallet of the borrower's key with 10 WETH, and what it would sign: all of them in, 1,000 out. */
async function walletFixture() {
  const market = await signingFixture();
  const { borrower, weth: asset, abi } = market;
  const wallet = await openWallet(market, borrower, [[asset.token, weth(10)]]);
  const self = await wallet.getAddress();
  const account = accountOf(self);
  const steps = [
    abi.encodeFunctionData('deposit', [account, asset.address, weth(10)]),
    abi.encodeFunctionData('borrow', [account, usdc(1_000), self]),
  ];
  return { ...market, wallet, self, account, steps };
}

describe('MarginVault', () => {
  describe('contract wallets', () => {
    it('refuse by what they answer, by reverting and by burning all gas, and nothing happens [SIG-07]', async () => {
      const market = await loadFixture(walletFixture);
      const { vault, borrower, stranger, wallet, self, account, steps, quote } = market;
      const refused = async (key: typeof borrower) => {
        const args = await signBatch(vault, key, { signer: self, account, steps });
        await expect(vault.connect(stranger).runSigned(...args, { gasLimit: 10_000_000n }))
          .to.be.revertedWithCustomError(vault, 'SignatureRefused')
          .withArgs(self);
        expect(await vault.nonces(self, 0)).to.equal(0n);
      };
      await expectUntouched(market, async () => {
        await refused(stranger);
        const refuse = quote.interface.encodeFunctionData('transfer', [stranger.address, 1n]);
        const burn = wallet.interface.encodeFunctionData('burnGas');
        await wallet.setWhenAsked({ target: quote, data: refuse, mayFail: false });
        await refused(borrower);
        await wallet.setWhenAsked({ target: wallet, data: burn, mayFail: false });
        await refused(borrower);
      });
    });

    it('sign batches and permits by ERC-1271 [SIG-07]', async () => {
      const { vault, borrower, stranger, self, account, steps, quote } = await loadFixture(walletFixture);
      const args = await signBatch(vault, borrower, { signer: self, account, steps });
      await expect(vault.connect(stranger).runSigned(...args)).to.changeTokenBalance(quote, self, usdc(1_000));
      const permit = { account, operator: stranger.address, rights: 1, expiry: MAX_UINT40, nonce: 1n };
      await vault.connect(stranger).permitOperator(...(await signPermit(vault, borrower, permit)));
      expect(await vault.isAuthorised(account, stranger, OperatorRight.TRADE)).to.equal(true);
    });

    it("cannot act while they are asked, and one's signature is not another's of the same key [SIG-07]", async () => {
      const market = await loadFixture(walletFixture);
      const { vault, borrower, stranger, wallet, self, account, steps, abi, quote } = market;
      const reenter = abi.encodeFunctionData('cancelNonce', [0n]);
      await wallet.setWhenAsked({ target: vault, data: reenter, mayFail: true });
      const args = await signBatch(vault, borrower, { signer: self, account, steps });
      await expect(vault.connect(stranger).runSigned(...args)).to.changeTokenBalance(quote, self, usdc(1_000));
      expect(await vault.nonces(self, 0)).to.equal(1n);
      const twin = await openWallet(market, borrower, []);
      const signer = await twin.getAddress();
      await expect(vault.runSigned({ ...args[0], signer, account: accountOf(signer) }, args[1]))
        .to.be.revertedWithCustomError(vault, 'SignatureRefused')
        .withArgs(signer);
    });
  });
});
