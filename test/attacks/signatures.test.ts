import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { ScriptedBidder__factory, VaultSettings__factory } from '../../typechain-types';
import { expectFutile } from '../fixtures/expectFutile';
import { sunkTo } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { openWallet, SIGNED_BATCH, signBatch, signingFixture, signPermit } from '../fixtures/signing';
import { accountOf, DAY, MAX_INT256, MAX_UINT256, MAX_UINT40, OperatorRight, usdc, WAD, weth } from '../fixtures/units';

const SETTINGS = { interface: VaultSettings__factory.createInterface() };
const CALLS = 'tuple(address target, bytes data, bool mayFail)[]';
/** Order of secp256k1: `s` and `N - s` sign the same. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The borrower lets whoever reads it, the stranger, send in one deposit and one draw. */
async function drawFixture() {
  const market = await signingFixture();
  const { vault, borrower, account, steps } = market;
  return { ...market, attacker: market.stranger, signedDraw: await signBatch(vault, borrower, { account, steps }) };
}

/** A wallet without cash that takes the sunk loan over by signature; what it does with the slice is its script. */
async function flashFixture() {
  const market = await sunkTo(1_500);
  const { vault, quote, borrower, bidder, deployer, weth: asset } = market;
  const wallet = await openWallet(market, bidder, [[quote, 0n]]);
  const thief = await new ScriptedBidder__factory(deployer).deploy();
  return { ...market, vault, borrower, asset, wallet, thief, own: accountOf(await wallet.getAddress()) };
}

describe('attacks', () => {
  describe('signatures', () => {
    // What was signed once is sent in again, as it is and in its other form (TrustedVolumes, May 2026: no nonce).
    it('V49 takes nothing a second time [SIG-04]', async () => {
      const { vault, attacker, borrower, account, signedDraw } = await loadFixture(drawFixture);
      const [signed, signature] = signedDraw;
      await vault.connect(attacker).runSigned(...signedDraw);
      const debt = await vault.debtOf(account);
      await expect(vault.connect(attacker).runSigned(...signedDraw))
        .to.be.revertedWithCustomError(SETTINGS, 'InvalidAccountNonce')
        .withArgs(borrower.address, 1n);
      const { r, s, yParity } = ethers.Signature.from(signature);
      const twin = ethers.concat([r, ethers.toBeHex(N - BigInt(s), 32), yParity === 0 ? '0x1c' : '0x1b']);
      await expect(vault.connect(attacker).runSigned(signed, twin)).to.be.revertedWithCustomError(
        vault,
        'SignatureRefused',
      );
      expect(await vault.debtOf(account)).to.equal(debt);
    });

    // A relayer keeps what was signed for today and sends it in when it hurts.
    it('V49b takes nothing after its deadline [SIG-04]', async () => {
      const market = await loadFixture(drawFixture);
      const { vault, attacker, borrower, account, steps } = market;
      const deadline = (await time.latest()) + 100;
      const late = await signBatch(vault, borrower, { account, steps, deadline });
      await time.increaseTo(deadline + 1);
      await expectFutile(market, () => vault.connect(attacker).runSigned(...late), vault, 'SignatureExpired');
    });

    // A signature for a test network, for another vault of ours, or for the code behind this one, is brought here.
    it('V49c takes nothing that was signed for another chain or vault [SIG-03]', async () => {
      const market = await loadFixture(drawFixture);
      const { vault, attacker, borrower, account, steps } = market;
      // refused elsewhere, and taken here: the same words with this vault's name on them
      const here = await signBatch(vault, borrower, { account, steps });
      const elsewhere = [
        { chainId: 1n },
        { verifyingContract: attacker.address },
        { verifyingContract: await vault.settingsCode() },
        { name: 'Plimsole' },
        { version: '2' },
      ];
      for (const domain of elsewhere) {
        const args = await signBatch(vault, borrower, { account, steps }, domain);
        await expectFutile(market, () => vault.connect(attacker).runSigned(...args), vault, 'SignatureRefused');
      }
      await expect(vault.connect(attacker).runSigned(...here)).to.emit(vault, 'NonceUsed');
      // signed for no chain and no vault at all
      const owner = new ethers.Wallet(ethers.id('signs without a domain'));
      const free = accountOf(owner.address);
      const [signed] = await signBatch(vault, borrower, { signer: owner.address, account: free, steps: [] });
      const signature = owner.signingKey.sign(ethers.TypedDataEncoder.hashStruct('SignedBatch', SIGNED_BATCH, signed));
      await expect(vault.connect(attacker).runSigned(signed, signature.serialized))
        .to.be.revertedWithCustomError(vault, 'SignatureRefused')
        .withArgs(owner.address);
    });

    // The caller names a victim and signs himself: a forwarder that relayed any caller cost KiloEx 7 million in April 2025.
    it('V49d lets nobody speak for somebody else [SIG-03]', async () => {
      const market = await loadFixture(drawFixture);
      const { vault, attacker, borrower, account, abi, weth: asset } = market;
      const steps = [abi.encodeFunctionData('withdraw', [account, asset.address, weth(1), attacker.address])];
      const forged = await signBatch(vault, attacker, { signer: borrower.address, account, steps });
      const refused = (args: typeof forged, error: string) =>
        expectFutile(market, () => vault.connect(attacker).runSigned(...args), vault, error);
      await refused(forged, 'SignatureRefused');
      // in his own name he has no right
      await refused(await signBatch(vault, attacker, { account, steps }), 'NotAuthorised');
    });

    // A page has the owner sign steps "on account 1" with one among them that empties account 0.
    it('V49e reaches no other account of the signer [SIG-02]', async () => {
      const market = await loadFixture(drawFixture);
      const { vault, attacker, borrower, account, abi, weth: asset } = market;
      const steps = [abi.encodeFunctionData('withdraw', [account, asset.address, weth(1), attacker.address])];
      const args = await signBatch(vault, borrower, { account: accountOf(borrower, 1), steps });
      const attempt = () => vault.connect(attacker).runSigned(...args);
      await expectFutile(market, attempt, vault, 'NotAuthorised', [account, borrower.address, OperatorRight.ALL]);
    });

    // In the middle of a signed flash liquidation the bidder calls a venue, which calls the vault as if it were the bidder.
    it('V49f gives whoever calls back within a signed batch no authority [SIG-06]', async () => {
      const { vault, quote, bidder, account, asset, wallet, thief, own } = await loadFixture(flashFixture);
      const abi = vault.interface;
      const at = async (target: { getAddress(): Promise<string> }, data: string, mayFail = false) => ({
        target: await target.getAddress(),
        data,
        mayFail,
      });
      const steal = abi.encodeFunctionData('withdraw', [own, asset.address, weth(1), await thief.getAddress()]);
      const venue = thief.interface.encodeFunctionData('run', [[await at(vault, steal, true)]]);
      await quote.mint(wallet, usdc(20_000));
      const pay = abi.encodeFunctionData('repay', [own, MAX_UINT256]);
      const script = [await at(thief, venue), await at(vault, pay)];
      const data = ethers.AbiCoder.defaultAbiCoder().encode([CALLS], [script]);
      const steps = [abi.encodeFunctionData('liquidate', [account, own, WAD, MAX_INT256, data])];
      const signer = await wallet.getAddress();
      await vault.runSigned(...(await signBatch(vault, bidder, { signer, account: own, steps })));
      expect(await wallet.takeOvers()).to.equal(1n);
      expect(await asset.token.balanceOf(thief)).to.equal(0n);
      expect(await thief.succeeded()).to.equal(false);
      expect(await thief.result()).to.equal(
        abi.encodeErrorResult('NotAuthorised', [own, await thief.getAddress(), OperatorRight.WITHDRAW]),
      );
      expect(await vault.collateralOf(own, asset.address)).to.be.gt(0n);
    });

    // Who is to become the operator signs the permit himself, or bends one that the owner has signed.
    it('V49g lets nobody make himself an operator [SIG-03]', async () => {
      const market = await loadFixture(drawFixture);
      const { vault, attacker, borrower, keeper, account, weth: asset } = market;
      const grab = { account, operator: attacker.address, rights: OperatorRight.ALL, expiry: MAX_UINT40 };
      const forged = await signPermit(vault, attacker, grab);
      const [permit, signature] = await signPermit(vault, borrower, { ...grab, operator: keeper.address });
      const bent = [{ ...permit, operator: attacker.address }, signature] as const;
      for (const args of [forged, bent]) {
        const make = () => vault.connect(attacker).permitOperator(...args);
        await expectFutile(market, make, vault, 'SignatureRefused');
      }
      expect(await vault.isAuthorised(account, attacker, OperatorRight.TRADE)).to.equal(false);
      const use = () => vault.connect(attacker).withdraw(account, asset.address, weth(1), borrower);
      await expectFutile(market, use, vault, 'NotAuthorised');
    });

    // Whoever sees a signed batch on its way wraps it between steps of his own.
    it('V49h lets nobody else choose the moment of what was signed for one relayer [SIG-05]', async () => {
      const market = await loadFixture(drawFixture);
      const { vault, attacker, borrower, keeper, account, steps, abi } = market;
      const deadline = (await time.latest()) + DAY;
      const args = await signBatch(vault, borrower, { account, steps, relayer: keeper.address, deadline });
      const wrap = () => vault.connect(attacker).batch([abi.encodeFunctionData('runSigned', args)]);
      await expectFutile(market, wrap, vault, 'OnlyRelayer', [keeper.address, attacker.address]);
      await vault.connect(keeper).runSigned(...args);
    });
  });
});
