import { loadFixture } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { id, toBeHex, zeroPadValue } from 'ethers';
import { ethers } from 'hardhat';

import { expectUntouched } from '../fixtures/expectUntouched';
import { loanFixture } from '../fixtures/marketFixture';
import { accountOf, MAX_INT256, MAX_UINT256, MAX_UINT40, MarginMode, OperatorRight, WAD } from '../fixtures/units';

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
  it('V53 is initialised by nobody, and its codes called directly reach nothing of it [VLT-34]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, stranger, account, quote, manager, policy, engine, wbtc } = market;
    const codes = [await vault.liquidatorCode(), await vault.settingsCode()] as const;
    const before = await Promise.all(codes.map((code) => ethers.provider.getCode(code)));
    const thief = zeroPadValue(stranger.address, 32);
    const own = accountOf(stranger);
    await expectUntouched(market, async () => {
      for (const target of [await vault.getAddress(), ...codes]) {
        for (const signature of TAKE_OVERS) {
          const data = ethers.concat([
            id(signature).slice(0, 10),
            thief,
            zeroPadValue(toBeHex(64), 32),
            toBeHex(0, 32),
          ]);
          await expect(stranger.sendTransaction({ to: target, data }), `${signature} of ${target}`).to.be.reverted;
        }
      }
      // every function that changes something, on the codes themselves
      for (const code of codes) {
        const direct = (vault.attach(code) as typeof vault).connect(stranger);
        const calls: (() => Promise<unknown>)[] = [
          () => direct.liquidate(account, own, WAD, MAX_INT256, '0x'),
          () => direct.setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40),
          () => direct.setMode(account, MarginMode.ISOLATED),
          () => direct.contribute(account, 1n),
          () => direct.drawReserves(own, MAX_UINT256),
          () => direct.socialise(own, 1n, 10_000n),
          () => direct.pause(),
          () => direct.unpause(),
          () => direct.setWaterfall(stranger),
          () => direct.batch([]),
          () => direct.withdraw(account, quote, 1n, stranger),
        ];
        for (const [i, call] of calls.entries()) await expect(call(), `call ${i} of ${code}`).to.be.reverted;
        // what it may do there, it does to an account of a vault that is empty
        const settings = code === codes[1];
        if (settings) await direct.setOperator(own, stranger, OperatorRight.ALL, MAX_UINT40);
        expect(await quote.balanceOf(code)).to.equal(0n);
      }
    });
    expect(await vault.operatorOf(own, stranger)).to.deep.equal([0n, 0n]);
    expect(await vault.authority()).to.equal(await manager.getAddress());
    expect([await vault.liquidatorCode(), await vault.settingsCode()]).to.deep.equal(codes);
    expect(await Promise.all(codes.map((code) => ethers.provider.getCode(code)))).to.deep.equal(before);

    // and no vault begins with code that was made for other money
    const foreign = await ethers.deployContract('VaultSettings', [manager, wbtc.address, policy, engine]);
    await expect(ethers.deployContract('MarginVault', [manager, quote, policy, engine, codes[0], foreign]))
      .to.be.revertedWithCustomError(vault, 'PartOfAnother')
      .withArgs(await foreign.getAddress());
  });

  // The waterfall's two functions give cash to an account: whoever passes for it takes reserves and lenders' money.
  it('V53 gives reserves and the cash of lenders to nobody who calls the seldom used code [VLT-23]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, stranger, strangerAccount, lent } = market;
    const before = await vault.cashOf(lent);
    await expect(vault.connect(stranger).socialise(strangerAccount, WAD, 10_000n)).to.be.revertedWithCustomError(
      vault,
      'OnlyWaterfall',
    );
    await expect(vault.connect(stranger).drawReserves(strangerAccount, WAD)).to.be.revertedWithCustomError(
      vault,
      'OnlyWaterfall',
    );
    expect([await vault.cashOf(lent), await vault.cashOf(strangerAccount)]).to.deep.equal([before, 0n]);
  });
});
