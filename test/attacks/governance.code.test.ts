import { expect } from 'chai';
import { id, toBeHex, zeroPadValue } from 'ethers';
import { ethers } from 'hardhat';

import { expectFutile } from '../fixtures/expectFutile';
import { expectUntouched } from '../fixtures/expectUntouched';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture } from '../fixtures/marketFixture';
import { codesOf } from '../fixtures/vaultCodes';
import { accountOf, wad, WAD } from '../fixtures/units';

/** What whoever finds a proxy that nobody has initialised tries first, and last. */
const TAKE_OVERS = [
  'initialize()',
  'initialize(address)',
  'init(address)',
  'setAuthority(address)',
  'transferOwnership(address)',
  'changeAdmin(address)',
  'upgradeTo(address)',
  'upgradeToAndCall(address,bytes)',
] as const;

describe('Governance attacks: code behind the vault', () => {
  // Parity (July 2017, 30 million; in November the library itself), Pike (April 2024), EFVault (February 2023): somebody
  // initialises what nobody had, or code meets storage that is laid out otherwise.
  it('V53 is initialised by nobody, nor is any of its codes [VLT-34]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, stranger, manager } = market;
    const codes = Object.values(await codesOf(vault));
    const before = await Promise.all(codes.map((code) => ethers.provider.getCode(code)));
    const thief = zeroPadValue(stranger.address, 32);
    const own = accountOf(stranger);
    for (const target of [await vault.getAddress(), ...codes]) {
      for (const signature of TAKE_OVERS) {
        const words = [id(signature).slice(0, 10), thief, zeroPadValue(toBeHex(64), 32), toBeHex(0, 32)];
        const take = () => stranger.sendTransaction({ to: target, data: ethers.concat(words) });
        await expectUntouched(market, () => take().catch(() => undefined));
        const where = `${signature} of ${target}`;
        if (signature === 'setAuthority(address)') {
          await expect(take(), where).to.be.revertedWithCustomError(vault, 'AccessManagedUnauthorized');
        } else {
          await expect(take(), where).to.be.revertedWithoutReason(); // there is no such function
        }
      }
    }
    // the one address that the vault is told later, and that may pay losses out of it
    await expectUntouched(market, () =>
      vault
        .connect(stranger)
        .setWaterfall(stranger)
        .catch(() => undefined),
    );
    await vault
      .connect(stranger)
      .drawReserves(own, wad(100))
      .catch(() => undefined);
    await vault
      .connect(stranger)
      .socialise(own, wad(1_000), 10_000n)
      .catch(() => undefined);
    expect(await vault.cashOf(own)).to.equal(0n);
    expect(await vault.authority()).to.equal(await manager.getAddress());
    expect(Object.values(await codesOf(vault))).to.deep.equal(codes);
    expect(await Promise.all(codes.map((code) => ethers.provider.getCode(code)))).to.deep.equal(before);
  });

  // A vault is deployed with code that was made for other money, or other terms, and lays the same storage out for it.
  it('V53 begins with no code that was made for another vault [VLT-34]', async () => {
    const { vault, quote, manager, policy, engine, wbtc } = await loadFixture(loanFixture);
    const others = [await vault.settingsCode(), await vault.tradingCode(), await vault.bookCode()] as const;
    const codes = [await vault.liquidatorCode(), ...others] as const;
    const foreign = await ethers.deployContract('VaultSettings', [manager, wbtc.address, policy, engine]);
    await expect(
      ethers.deployContract('MarginVault', [manager, quote, policy, engine, codes[0], foreign, ...codes.slice(2)]),
    )
      .to.be.revertedWithCustomError(vault, 'PartOfAnother')
      .withArgs(await foreign.getAddress());
    const own = await ethers.deployContract('MarginVault', [manager, quote, policy, engine, ...codes]);
    expect(await own.getFunction('quote').staticCall()).to.equal(await quote.getAddress());
  });

  // The waterfall's two functions give cash to an account: whoever passes for it takes reserves and lenders' money.
  it('V53 gives reserves and the cash of lenders to nobody who calls the seldom used code [VLT-23]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, stranger, strangerAccount, lent } = market;
    const before = await vault.cashOf(lent);
    for (const attempt of [
      () => vault.connect(stranger).socialise(strangerAccount, WAD, 10_000n),
      () => vault.connect(stranger).drawReserves(strangerAccount, WAD),
    ]) {
      await expectFutile(market, attempt, vault, 'OnlyWaterfall', [stranger.address]);
    }
    expect([await vault.cashOf(lent), await vault.cashOf(strangerAccount)]).to.deep.equal([before, 0n]);
  });
});
