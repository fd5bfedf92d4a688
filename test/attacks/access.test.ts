import { takeSnapshot, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { listToken } from '../fixtures/listToken';
import { loadFixture } from '../fixtures/loadFixture';
import { interestFixture, loanFixture, marketFixture, setPrice, withLoan } from '../fixtures/marketFixture';
import { deployAttacker, type AttackerCall } from '../fixtures/scriptedAttacker';
import { MockERC20__factory } from '../../typechain-types';
import { accountOf, DAY, link, MAX_UINT256, MAX_UINT40, OperatorRight, usdc, wad, weth } from '../fixtures/units';

const YEAR = 365 * DAY;

/** Cash has a price, 100,000 are lent, the borrower owes 14,000, and the attacker has a loan that anybody may liquidate. */
async function poolFixture() {
  const market = await withLoan(await interestFixture());
  const { vault, quote, lender, lent, bidder, bidderAccount, link: chain } = market;
  await vault.connect(bidder).withdraw(bidderAccount, quote, MAX_UINT256, bidder);
  await vault.connect(lender).withdraw(lent, quote, usdc(110_000), lender);
  const attacker = await deployAttacker(market);
  const { run, act, own, self } = attacker;
  await run([
    await act(vault, 'deposit', [own[0], quote, usdc(10_000)]),
    await act(vault, 'deposit', [own[2], chain.address, link(300)]),
    await act(vault, 'borrow', [own[2], usdc(3_000), self]),
  ]);
  await setPrice(chain, '10.4');
  return { ...market, attacker };
}

describe('Attacks: access', () => {
  // An operator who may withdraw borrows to himself, one who may top up moves to himself, and each tries what the other may,
  // another account of the owner's, and to make operators (Venus THE, 2026-03-15).
  it('V43 lets no operator have anything of the owner, nor more than he was given [VLT-19] [VLT-20] [VLT-21] [VLT-22]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, quote, borrower, keeper, stranger, account, weth: asset } = market;
    const [other, loot] = [accountOf(borrower, 1), accountOf(keeper)];
    await vault.connect(borrower).deposit(other, asset.address, weth(10));
    const operator = vault.connect(keeper);
    const before = [await quote.balanceOf(keeper), await asset.token.balanceOf(keeper)];
    const refused = async (attempts: readonly (readonly [() => Promise<unknown>, string])[]) => {
      for (const [attempt, error] of attempts) {
        await expect(attempt(), error).to.be.revertedWithCustomError(vault, error);
      }
    };

    await vault.connect(borrower).setOperator(account, keeper, OperatorRight.WITHDRAW, MAX_UINT40);
    await refused([
      [() => operator.borrow(account, usdc(300), keeper), 'RecipientNotOwner'],
      [() => operator.withdraw(account, asset.address, weth('0.1'), keeper), 'RecipientNotOwner'],
      [() => operator.transfer(account, loot, asset.address, weth('0.1')), 'DifferentOwners'],
      [() => operator.transfer(account, other, asset.address, weth('0.1')), 'NotAuthorised'],
      [() => operator.borrow(other, usdc(300), borrower), 'NotAuthorised'],
      [() => operator.setOperator(account, stranger, OperatorRight.ALL, MAX_UINT40), 'NotAuthorised'],
      [() => operator.setMode(account, 1), 'NotAuthorised'],
      [() => operator.contribute(account, 1n), 'NotAuthorised'],
    ]);
    await vault.connect(borrower).setOperator(account, keeper, OperatorRight.TOP_UP, MAX_UINT40);
    await refused([
      [() => operator.transfer(account, loot, asset.address, weth('0.1')), 'DifferentOwners'],
      [() => operator.borrow(account, usdc(300), borrower), 'NotAuthorised'],
      [() => operator.withdraw(account, asset.address, weth('0.1'), borrower), 'NotAuthorised'],
    ]);
    await vault.connect(borrower).setOperator(account, keeper, OperatorRight.TRADE, MAX_UINT40);
    await refused([[() => operator.borrow(account, usdc(300), borrower), 'NotAuthorised']]);
    expect([await quote.balanceOf(keeper), await asset.token.balanceOf(keeper)]).to.deep.equal(before);
    expect(await vault.debtOf(account)).to.equal(usdc(14_000));
  });

  // What he may do ends with his right: in the second after its expiry, and in the call after it was taken back.
  it('V43 ends what an operator may do at its expiry, and at once when it is taken back [VLT-19]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, borrower, keeper, account, quote } = market;
    const borrow = () => vault.connect(keeper).borrow(account, usdc(100), borrower);
    const expiry = (await time.latest()) + 1_000;
    await vault.connect(borrower).setOperator(account, keeper, OperatorRight.ALL, expiry);
    await time.setNextBlockTimestamp(expiry - 2);
    await expect(borrow()).to.changeTokenBalance(quote, borrower, usdc(100));
    await time.setNextBlockTimestamp(expiry);
    await expect(borrow()).to.be.revertedWithCustomError(vault, 'NotAuthorised');
    await vault.connect(borrower).setOperator(account, keeper, OperatorRight.ALL, MAX_UINT40);
    await vault.connect(borrower).setOperator(account, keeper, 0, 0);
    await expect(borrow()).to.be.revertedWithCustomError(vault, 'NotAuthorised');
    expect(await vault.debtOf(account)).to.equal(usdc(14_100));
  });

  // A stranger deposits crumbs of seven listed tokens for somebody whose account is called. There is no place left for what
  // the owner would top it up with.
  it('V43 lets no stranger fill up the places of an account [VLT-09] [VLT-10]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, deployer, borrower, stranger, strangerAccount, account, wbtc: rescue } = market;
    for (let i = 0; i < 7; i++) {
      const token = await new MockERC20__factory(deployer).deploy('Crumb', `CRUMB${i}`, 18);
      await listToken(market, token, { price: 1, depth: wad(1_000), supplyCap: wad(1_000) });
      await token.mint(stranger, 2n);
      await token.connect(stranger).approve(vault, MAX_UINT256);
      await vault.connect(stranger).deposit(strangerAccount, token, 1n);
      for (const push of [
        () => vault.connect(stranger).deposit(account, token, 1n),
        () => vault.connect(stranger).transfer(strangerAccount, account, token, 1n),
      ]) {
        await expect(push()).to.be.revertedWithCustomError(vault, 'CollateralNotHeld');
      }
    }
    expect((await vault.portfolio(account)).collateral.length).to.equal(1);
    await vault.connect(borrower).deposit(account, rescue.address, 1n);
  });

  // For one transaction the attacker borrows all that the pool has, so that its rate is at its most, or lends it as much
  // again, so that it is at its least, and has interest accrued in between (Aave v3.4, StErMi H-01).
  it('V48 charges nobody for what the pool was in the middle of a transaction [VLT-27]', async () => {
    const market = await loadFixture(poolFixture);
    const { vault, quote, lent, account, attacker } = market;
    const { act, callBack, own, self } = attacker;
    const liquidity = await vault.liquidity();
    expect(liquidity).to.be.closeTo(usdc(83_000), 10n);
    const drain = [
      await act(vault, 'borrow', [own[1], liquidity, self]),
      await act(vault, 'accrue', []),
      await act(vault, 'repay', [own[1], MAX_UINT256]),
    ];
    const flood = [
      await act(vault, 'deposit', [own[1], quote, usdc(80_000)]),
      await act(vault, 'accrue', []),
      await act(vault, 'withdraw', [own[1], quote, MAX_UINT256, self]),
    ];
    const at = (await time.latest()) + 10;
    const snapshot = await takeSnapshot();
    const yearAfter = async (calls: readonly AttackerCall[]) => {
      await time.setNextBlockTimestamp(at);
      await callBack(own[2], calls);
      await time.increaseTo(at + YEAR);
      const figures = [await vault.cashOf(account), await vault.cashOf(lent)] as const;
      await snapshot.restore();
      return figures;
    };
    const [owed, earned] = await yearAfter([]);
    expect(-owed).to.be.within(wad(14_280), wad(14_500));
    for (const calls of [drain, flood, [...flood, ...drain]]) {
      const [debt, credit] = await yearAfter(calls);
      expect(debt, 'the debtor').to.be.closeTo(owed, wad('0.001'));
      expect(credit, 'the lender').to.be.closeTo(earned, wad('0.001'));
    }
  });

  // In one transaction, with a flash loan of 100 WETH: deposit, borrow against it, take it out again and pay it back.
  it('V48 lends nothing against collateral that is there for one transaction [VLT-03]', async () => {
    const market = await loadFixture(marketFixture);
    const { vault, quote, weth: asset } = market;
    const { run, act, own, self, script } = await deployAttacker(market);
    const deposit = await act(vault, 'deposit', [own[0], asset.address, weth(100)]);
    const borrow = await act(vault, 'borrow', [own[0], usdc(70_000), self]);
    const leave = await act(vault, 'withdraw', [own[0], asset.address, weth(100), self]);
    const before = await quote.balanceOf(script);
    await expect(run([deposit, borrow, leave])).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    await expect(
      run([await act(vault, 'batch', [[deposit.data, borrow.data, leave.data]])]),
    ).to.be.revertedWithCustomError(vault, 'Undercollateralised');
    expect(await quote.balanceOf(script)).to.equal(before);
    expect(await vault.liquidity()).to.equal(usdc(300_000));
  });
});
