import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String } from 'ethers';

import { loadFixture } from '../fixtures/loadFixture';
import { loanFixture } from '../fixtures/marketFixture';
import { cashTerms, collateralRisk, policyFixture } from '../fixtures/policyFixture';
import { readAssessment } from '../fixtures/readAccount';
import { usdc, weth as ether } from '../fixtures/units';

async function pairFixture() {
  const world = await policyFixture();
  await world.policy.setPair(world.weth, { listed: true, maintenanceHaircutBps: 1_500, initialHaircutBps: 2_000 });
  await world.policy.seal();
  return world;
}

describe('MarginPolicy at once', () => {
  it('lowers risk by the guardian only, who does not wait [POL-12]', async () => {
    const { policy, actors, weth: asset } = await loadFixture(loanFixture);
    for (const caller of [actors.admin, actors.risk, actors.governor, actors.stranger]) {
      const by = policy.connect(caller);
      for (const attempt of [
        () => by.raiseInitialHaircut(asset.address, 9_000),
        () => by.raisePairInitialHaircut(asset.address, 9_000),
        () => by.lowerSupplyCap(asset.address, 0),
        () => by.lowerBorrowCap(0),
        () => by.closeToNewRisk(asset.address),
      ]) {
        await expect(attempt()).to.be.revertedWithCustomError(policy, 'AccessManagedUnauthorized');
      }
    }
    await policy.connect(actors.guardian).lowerBorrowCap(0);
  });

  it('reverts with WouldLoosen and both values where risk would rise [POL-12]', async () => {
    const { policy, asset } = await loadFixture(pairFixture);
    const refused = (attempt: Promise<unknown>, parameter: string, value: bigint, known: bigint) =>
      expect(attempt)
        .to.be.revertedWithCustomError(policy, 'WouldLoosen')
        .withArgs(encodeBytes32String(parameter), value, known);
    await refused(policy.raiseInitialHaircut(asset, 2_199n), 'initialHaircutBps', 2_199n, 2_200n);
    await refused(policy.raisePairInitialHaircut(asset, 1_999n), 'initialHaircutBps', 1_999n, 2_000n);
    const above = collateralRisk.supplyCap + 1n;
    await refused(policy.lowerSupplyCap(asset, above), 'supplyCap', above, above - 1n);
    await refused(policy.lowerBorrowCap(cashTerms.borrowCap + 1n), 'borrowCap', 500_000_001n, 500_000_000n);
  });

  it('reverts for what is not listed, and above all of the value [POL-02]', async () => {
    const { policy, asset, wbtc } = await loadFixture(pairFixture);
    for (const attempt of [
      () => policy.raiseInitialHaircut(wbtc, 9_000),
      () => policy.lowerSupplyCap(wbtc, 0),
      () => policy.closeToNewRisk(wbtc),
    ]) {
      await expect(attempt()).to.be.revertedWithCustomError(policy, 'CollateralNotListed');
    }
    await expect(policy.raisePairInitialHaircut(wbtc, 9_000)).to.be.revertedWithCustomError(policy, 'PairNotListed');
    for (const attempt of [
      () => policy.raiseInitialHaircut(asset, 10_001),
      () => policy.raisePairInitialHaircut(asset, 10_001),
    ]) {
      await expect(attempt()).to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds');
    }
  });

  it('is an event also where nothing but later changes is restricted [POL-04]', async () => {
    const { policy, asset, quote } = await loadFixture(pairFixture);
    const version = await policy.version();
    const restricts = (change: Promise<unknown>, subject: string, by: bigint) =>
      expect(change)
        .to.emit(policy, 'NewRiskRestricted')
        .withArgs(version + by, subject);
    await restricts(policy.raiseInitialHaircut(asset, 2_200n), asset, 1n);
    await restricts(policy.raisePairInitialHaircut(asset, 2_000n), asset, 2n);
    await restricts(policy.lowerSupplyCap(asset, collateralRisk.supplyCap), asset, 3n);
    await restricts(policy.lowerBorrowCap(cashTerms.borrowCap), await quote.getAddress(), 4n);
    await restricts(policy.closeToNewRisk(asset), asset, 7n);
    expect(await policy.restrictedAt(asset)).to.equal(version + 7n);
  });

  it('changes that one parameter, and is an event with a version [POL-04] [POL-12]', async () => {
    const { policy, asset } = await loadFixture(pairFixture);
    const version = (await policy.version()) + 1n;
    const { depth, supplyCap } = collateralRisk;
    await expect(policy.raiseInitialHaircut(asset, 10_000))
      .to.emit(policy, 'CollateralChanged')
      .withArgs(version, asset, [true, 18n, 1_700n, 10_000n, depth, supplyCap]);
    await expect(policy.lowerSupplyCap(asset, 5n))
      .to.emit(policy, 'CollateralChanged')
      .withArgs(version + 1n, asset, [true, 18n, 1_700n, 10_000n, depth, 5n]);
    expect(await policy.intakeOf(asset)).to.deep.equal([true, 5n]);
    await expect(policy.raisePairInitialHaircut(asset, 3_000))
      .to.emit(policy, 'PairChanged')
      .withArgs(version + 2n, asset, [true, 1_500n, 3_000n]);
    await expect(policy.lowerBorrowCap(7n))
      .to.emit(policy, 'CashTermsChanged')
      .withArgs(version + 3n, Object.values({ ...cashTerms, borrowCap: 7n }));
    expect((await policy.cashTerms()).borrowCap).to.equal(7n);
  });

  it('lowers what a cap grows to without stopping it, and stops it where it is above [POL-09] [POL-12]', async () => {
    const { policy, wbtc } = await loadFixture(pairFixture);
    await policy.listCollateral(wbtc, { ...collateralRisk, depth: 1n, supplyCap: 1_000n });
    await time.increase(4 * 86_400);
    await policy.lowerSupplyCap(wbtc, 600n);
    expect((await policy.intakeOf(wbtc)).supplyCap).to.equal(500n);
    await time.increase(86_400);
    expect((await policy.intakeOf(wbtc)).supplyCap).to.equal(600n);
    await policy.lowerSupplyCap(wbtc, 0n);
    expect((await policy.intakeOf(wbtc)).supplyCap).to.equal(0n);
  });

  it('releases by the risk role only, and nothing that is not restricted [POL-13]', async () => {
    const { policy, actors, weth: asset } = await loadFixture(loanFixture);
    const risk = policy.connect(actors.risk);
    for (const restriction of [0n, await policy.version()]) {
      await expect(risk.release(asset.address, restriction))
        .to.be.revertedWithCustomError(policy, 'OtherRestriction')
        .withArgs(asset.address, restriction, 0n);
    }
    await policy.connect(actors.guardian).closeToNewRisk(asset.address);
    const restriction = await policy.restrictedAt(asset.address);
    for (const caller of [actors.guardian, actors.governor, actors.stranger]) {
      await expect(policy.connect(caller).release(asset.address, restriction)).to.be.revertedWithCustomError(
        policy,
        'AccessManagedUnauthorized',
      );
    }
    await expect(risk.release(asset.address, restriction)).to.emit(policy, 'Released');
    expect(await policy.restrictedAt(asset.address)).to.equal(0n);
  });

  it('closes an asset to new risk and leaves the accounts that stand on it as they stood [POL-12] [P29]', async () => {
    const market = await loadFixture(loanFixture);
    const { vault, policy, actors, borrower, account, weth: asset } = market;
    const before = await readAssessment(market, account);
    await policy.connect(actors.guardian).closeToNewRisk(asset.address);
    const after = await readAssessment(market, account);
    expect(after.better).to.deep.equal([before.better.equity, after.better.initial, before.better.maintenance]);
    expect(after.better.initial).to.equal(after.markCollateral);
    await expect(vault.connect(borrower).deposit(account, asset.address, ether(1))).to.be.revertedWithCustomError(
      vault,
      'SupplyCapExceeded',
    );
    await expect(vault.connect(borrower).borrow(account, usdc(1), borrower)).to.be.revertedWithCustomError(
      vault,
      'Undercollateralised',
    );
    await vault.connect(borrower).repay(account, usdc(14_000));
    await vault.connect(borrower).withdraw(account, asset.address, ether(10), borrower);
  });
});
