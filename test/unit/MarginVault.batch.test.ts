import { expect } from 'chai';
import { ethers } from 'hardhat';

import { ScriptedBidder__factory } from '../../typechain-types';
import { expectUntouched } from '../fixtures/expectUntouched';
import { exampleFixture } from '../fixtures/liquidationFixtures';
import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture, marketFixture, setPrice } from '../fixtures/marketFixture';
import { accountOf, link, MAX_UINT256, MAX_UINT40, OperatorRight, usdc, wad, weth } from '../fixtures/units';

/** The borrower's loan at 1,800: `E` 4,000, `Ri` 5,040, `Rm` 3,600. Short of initial margin, and not callable. */
async function restrictedFixture() {
  const market = await loanFixture();
  await setPrice(market.weth, 1_800);
  return market;
}

/** The same loan, restricted too, of a contract that can make several calls in one transaction. */
async function scriptedLoanFixture() {
  const market = await marketFixture();
  const { vault, deployer, quote, weth: asset } = market;
  const script = await new ScriptedBidder__factory(deployer).deploy();
  const account = accountOf(await script.getAddress());
  const abi = vault.interface;
  const approve = asset.token.interface.encodeFunctionData('approve', [await vault.getAddress(), MAX_UINT256]);
  await asset.token.mint(script, weth(10));
  await script.run(
    (
      [
        [asset.token, approve],
        [quote, approve],
        [vault, abi.encodeFunctionData('deposit', [account, asset.address, weth(10)])],
        [vault, abi.encodeFunctionData('borrow', [account, usdc(14_000), await script.getAddress()])],
      ] as const
    ).map(([target, data]) => ({ target, data, mayFail: false })),
  );
  await setPrice(asset, 1_800);
  return { ...market, script, account };
}

describe('MarginVault', () => {
  describe('batch', () => {
    it("undoes all steps when one fails, with that step's error [VLT-01]", async () => {
      const market = await loadFixture(marketFixture);
      const { vault, borrower, account, weth: asset } = market;
      const abi = vault.interface;
      await expectUntouched(market, () =>
        expect(
          vault
            .connect(borrower)
            .batch([
              abi.encodeFunctionData('deposit', [account, asset.address, weth(1)]),
              abi.encodeFunctionData('withdraw', [account, asset.address, weth(2), borrower.address]),
            ]),
        )
          .to.be.revertedWithCustomError(vault, 'InsufficientCollateral')
          .withArgs(account, asset.address, weth(2), weth(1)),
      );
    });

    it('reverts on a step that is no function of the vault [VLT-01]', async () => {
      const { vault, borrower } = await loadFixture(marketFixture);
      const code = await ethers.getContractAt('MarginVault', vault);
      await expect(vault.connect(borrower).batch(['0x12345678'])).to.be.revertedWithCustomError(code, 'FailedCall');
    });

    it('runs steps with the rights of its caller [VLT-01]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, stranger, account, weth: asset } = market;
      const step = vault.interface.encodeFunctionData('withdraw', [account, asset.address, 1n, stranger.address]);
      await expectUntouched(market, () =>
        expect(vault.connect(stranger).batch([step]))
          .to.be.revertedWithCustomError(vault, 'NotAuthorised')
          .withArgs(account, stranger.address, OperatorRight.WITHDRAW),
      );
    });

    it('does nothing without steps, and returns what the steps return [VLT-01]', async () => {
      const { vault, borrower, account, weth: asset } = await loadFixture(marketFixture);
      const abi = vault.interface;
      expect(await vault.connect(borrower).batch.staticCall([])).to.deep.equal([]);
      const results = await vault
        .connect(borrower)
        .batch.staticCall([
          abi.encodeFunctionData('deposit', [account, asset.address, weth(1)]),
          abi.encodeFunctionData('accrue'),
          abi.encodeFunctionData('collateralOf', [account, asset.address]),
        ]);
      expect(results).to.deep.equal([
        abi.encodeFunctionResult('deposit', [weth(1)]),
        '0x',
        abi.encodeFunctionResult('collateralOf', [weth(1)]),
      ]);
    });

    it('checks at the end only: collateral may come after the debt it is for [VLT-02]', async () => {
      const { vault, borrower, account, weth: asset } = await loadFixture(marketFixture);
      const abi = vault.interface;
      await vault
        .connect(borrower)
        .batch([
          abi.encodeFunctionData('borrow', [account, usdc(100), borrower.address]),
          abi.encodeFunctionData('borrow', [account, usdc(13_900), borrower.address]),
          abi.encodeFunctionData('deposit', [account, asset.address, weth(10)]),
        ]);
      expect(await vault.debtOf(account)).to.equal(usdc(14_000));
    });

    it('lets cash be used in between that is back at the end [VLT-02]', async () => {
      const { vault, borrower, account } = await loadFixture(marketFixture);
      const abi = vault.interface;
      await vault
        .connect(borrower)
        .batch([
          abi.encodeFunctionData('borrow', [account, usdc(150_000), borrower.address]),
          abi.encodeFunctionData('repay', [account, MAX_UINT256]),
        ]);
      expect(await vault.principalOf(account)).to.equal(0n);
    });

    it('drops no check for what comes after it [VLT-02]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, quote, weth: asset } = market;
      const abi = vault.interface;
      const harmful = abi.encodeFunctionData('withdraw', [account, asset.address, weth(1), borrower.address]);
      const harmless = [
        abi.encodeFunctionData('deposit', [account, asset.address, 1n]),
        abi.encodeFunctionData('deposit', [account, await quote.getAddress(), 1n]),
        abi.encodeFunctionData('repay', [account, 1n]),
        abi.encodeFunctionData('accrue'),
        abi.encodeFunctionData('setOperator', [account, borrower.address, 0, 0]),
        abi.encodeFunctionData('batch', [[]]),
        abi.encodeFunctionData('batch', [[abi.encodeFunctionData('accrue')]]),
        abi.encodeFunctionData('deposit', [accountOf(borrower, 1), asset.address, 1n]),
      ];
      await expectUntouched(market, async () => {
        for (const step of harmless) {
          for (const steps of [
            [harmful, step],
            [step, harmful],
            [abi.encodeFunctionData('batch', [[harmful]]), step],
          ]) {
            await expect(vault.connect(borrower).batch(steps), abi.parseTransaction({ data: step })!.name)
              .to.be.revertedWithCustomError(vault, 'Undercollateralised')
              .withArgs(
                account,
                () => true,
                () => true,
              );
          }
        }
      });
    });

    it('checks every account that it touched, not only the last [VLT-02]', async () => {
      const market = await loadFixture(loanFixture);
      const { vault, borrower, account, weth: asset } = market;
      const other = accountOf(borrower, 1);
      const abi = vault.interface;
      await expectUntouched(market, () =>
        expect(
          vault
            .connect(borrower)
            .batch([
              abi.encodeFunctionData('transfer', [account, other, asset.address, weth(1)]),
              abi.encodeFunctionData('borrow', [other, usdc(200), borrower.address]),
            ]),
        )
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(account, wad(4_000), () => true),
      );
    });

    it('defers the check of an inner batch to the outer one [VLT-02]', async () => {
      const { vault, borrower, account, weth: asset } = await loadFixture(marketFixture);
      const abi = vault.interface;
      await vault
        .connect(borrower)
        .batch([
          abi.encodeFunctionData('batch', [
            [abi.encodeFunctionData('borrow', [account, usdc(14_000), borrower.address])],
          ]),
          abi.encodeFunctionData('deposit', [account, asset.address, weth(10)]),
        ]);
      expect(await vault.debtOf(account)).to.equal(usdc(14_000));
    });

    it('leaves nothing of its queue behind in the transaction [VLT-02]', async () => {
      const { vault, script, account, quote, weth: asset } = await loadFixture(scriptedLoanFixture);
      const abi = vault.interface;
      const self = await script.getAddress();
      const withdraw = abi.encodeFunctionData('withdraw', [account, asset.address, weth('0.1'), self]);
      const safer = abi.encodeFunctionData('batch', [
        [abi.encodeFunctionData('repay', [account, usdc(1_000)]), withdraw],
      ]);
      await script.run([
        { target: vault, data: safer, mayFail: false },
        { target: vault, data: withdraw, mayFail: true },
      ]);
      // the second call is not excused by how safe the account was before the first
      expect(await script.succeeded()).to.equal(false);
      expect((await script.result()).slice(0, 10)).to.equal(abi.getError('Undercollateralised')!.selector);
      expect(await quote.balanceOf(script)).to.equal(usdc(13_000));
    });
  });

  describe('batch of an account short of initial margin', () => {
    it('passes when it only made the account safer, in any order of steps [VLT-04]', async () => {
      for (const order of [
        [0, 1],
        [1, 0],
      ] as const) {
        const { vault, borrower, account, weth: asset } = await loadFixture(restrictedFixture);
        const steps = [
          vault.interface.encodeFunctionData('repay', [account, usdc(1_000)]),
          vault.interface.encodeFunctionData('withdraw', [account, asset.address, weth('0.5'), borrower.address]),
        ] as const;
        await vault.connect(borrower).batch([steps[order[0]], steps[order[1]]]);
        expect(await vault.collateralOf(account, asset.address)).to.equal(weth('9.5'));
      }
    });

    it('reverts with Undercollateralised for the same steps one by one [VLT-04]', async () => {
      const { vault, borrower, account, weth: asset } = await loadFixture(restrictedFixture);
      await vault.connect(borrower).repay(account, usdc(1_000));
      await expect(
        vault.connect(borrower).withdraw(account, asset.address, weth('0.5'), borrower),
      ).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    });

    it('reverts with Undercollateralised when it lowers E - Rm by a unit [VLT-04]', async () => {
      const market = await loadFixture(restrictedFixture);
      const { vault, borrower, account } = market;
      const abi = vault.interface;
      await expectUntouched(market, () =>
        expect(
          vault
            .connect(borrower)
            .batch([
              abi.encodeFunctionData('repay', [account, usdc(1_000)]),
              abi.encodeFunctionData('borrow', [account, usdc(1_000) + 1n, borrower.address]),
            ]),
        )
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(account, wad(4_000) - 10n ** 12n, wad(5_040)),
      );
      await vault
        .connect(borrower)
        .batch([
          abi.encodeFunctionData('repay', [account, usdc(1_000)]),
          abi.encodeFunctionData('borrow', [account, usdc(1_000), borrower.address]),
        ]);
    });

    it('reverts with Undercollateralised when it raises Rm, though E - Rm rises too [VLT-04]', async () => {
      const market = await loadFixture(restrictedFixture);
      const { vault, borrower, account, link: chain } = market;
      const abi = vault.interface;
      await expectUntouched(market, () =>
        expect(
          vault
            .connect(borrower)
            .batch([
              abi.encodeFunctionData('deposit', [account, chain.address, link(200)]),
              abi.encodeFunctionData('borrow', [account, usdc(1_900), borrower.address]),
            ]),
        )
          .to.be.revertedWithCustomError(vault, 'Undercollateralised')
          .withArgs(account, wad(5_100), () => true),
      );
    });

    it('swaps no live collateral for a dead one, nor takes that out [VLT-04] [VLT-39]', async () => {
      const market = await loadFixture(restrictedFixture);
      const { vault, borrower, account, weth: eth, link: chain } = market;
      const abi = vault.interface;
      await vault.connect(borrower).deposit(account, chain.address, 1n);
      await chain.feed.setReverting(true);
      const swap = [
        abi.encodeFunctionData('deposit', [account, chain.address, link(10_000)]),
        abi.encodeFunctionData('withdraw', [account, eth.address, weth('0.1'), borrower.address]),
      ];
      const removal = [abi.encodeFunctionData('withdraw', [account, chain.address, 1n, borrower.address])];
      await expectUntouched(market, async () => {
        await expect(vault.connect(borrower).batch(swap))
          .to.be.revertedWithCustomError(vault, 'CollateralDown')
          .withArgs(account, chain.address);
        await expect(vault.connect(borrower).batch(removal)).to.be.revertedWithCustomError(
          vault,
          'Undercollateralised',
        );
      });
    });

    it('lets no owner below health one leave a debt with nothing behind it [VLT-04]', async () => {
      const market = await loadFixture(exampleFixture); // E 2,400, Rm 3,200: 12,800 of 16,000 counts
      const { vault, borrower, account, actors, weth: asset } = market;
      const abi = vault.interface;
      const leave = (repaid: bigint, taken: bigint) =>
        vault
          .connect(borrower)
          .batch([
            abi.encodeFunctionData('repay', [account, repaid]),
            abi.encodeFunctionData('withdraw', [account, asset.address, taken, borrower.address]),
          ]);
      await expectUntouched(market, async () => {
        for (const [repaid, taken] of [
          [usdc(12_800), MAX_UINT256], // all of it, for what of it counts
          [usdc(6_400), weth(5)], // half of it
          [usdc(13_000), weth('9.999')],
        ] as const) {
          await expect(leave(repaid, taken)).to.be.revertedWithCustomError(vault, 'Undercollateralised');
        }
        await vault.connect(actors.guardian).pause();
        await expect(leave(usdc(12_800), MAX_UINT256)).to.be.revertedWithCustomError(vault, 'Paused');
        await vault.connect(actors.governor).unpause();
      });
      await leave(usdc(6_805), weth(5)); // half of everything, and some interest: health stays what it was
    });

    it('reverts with Undercollateralised for an account that owed nothing before [VLT-04]', async () => {
      const { vault, borrower, weth: asset } = await loadFixture(restrictedFixture);
      const fresh = accountOf(borrower, 1);
      const abi = vault.interface;
      await expect(
        vault
          .connect(borrower)
          .batch([
            abi.encodeFunctionData('deposit', [fresh, asset.address, weth(1)]),
            abi.encodeFunctionData('borrow', [fresh, usdc(1_500), borrower.address]),
          ]),
      ).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    });

    it('passes for an operator too, within his rights [VLT-04]', async () => {
      const { vault, borrower, stranger, account, weth: asset } = await loadFixture(restrictedFixture);
      const abi = vault.interface;
      const steps = [
        abi.encodeFunctionData('repay', [account, usdc(1_000)]),
        abi.encodeFunctionData('withdraw', [account, asset.address, weth('0.5'), borrower.address]),
      ];
      await vault.connect(borrower).setOperator(account, stranger, OperatorRight.WITHDRAW, MAX_UINT40);
      await expect(vault.connect(stranger).batch(steps)).to.changeTokenBalance(asset.token, borrower, weth('0.5'));
    });
  });
});
