import { expect } from 'chai';
import { encodeBytes32String } from 'ethers';

import { MarginPolicy__factory, MockERC20__factory } from '../../typechain-types';
import { countSlots } from '../fixtures/countSlots';
import { loadFixture } from '../fixtures/loadFixture';
import { cashTerms, collateralRisk, liquidationTerms, policyFixture } from '../fixtures/policyFixture';

const UINT48_MAX = 2n ** 48n - 1n;
const UINT96_MAX = 2n ** 96n - 1n;
const UINT128_MAX = 2n ** 128n - 1n;
const DAY = 86_400n;

type Bound<T> = readonly [change: Partial<T>, parameter: string, value: bigint, least: bigint, most: bigint];

/** One below and one above bounds that do not depend on other parameters. */
function around<K extends string>(parameter: K, least: bigint, most: bigint): Bound<Record<K, bigint>>[] {
  const above: Bound<Record<K, bigint>> = [
    { [parameter]: most + 1n } as Record<K, bigint>,
    parameter,
    most + 1n,
    least,
    most,
  ];
  const below: Bound<Record<K, bigint>> = [
    { [parameter]: least - 1n } as Record<K, bigint>,
    parameter,
    least - 1n,
    least,
    most,
  ];
  return least === 0n ? [above] : [below, above];
}

describe('MarginPolicy', () => {
  it('reverts with AccessManagedUnauthorized when anyone but the role sets anything [POL-01]', async () => {
    const { policy, stranger, weth, wbtc } = await loadFixture(policyFixture);
    const byStranger = policy.connect(stranger);
    for (const attempt of [
      () => byStranger.listCollateral(wbtc, collateralRisk),
      () => byStranger.setCollateral(weth, collateralRisk),
      () => byStranger.setPace(weth, { capacity: DAY, refillPerSecond: 1n }),
      () => byStranger.setPair(weth, { listed: true, maintenanceHaircutBps: 1_500n, initialHaircutBps: 2_000n }),
      () => byStranger.setCashTerms(cashTerms),
      () => byStranger.setLiquidationTerms(liquidationTerms),
    ]) {
      await expect(attempt())
        .to.be.revertedWithCustomError(policy, 'AccessManagedUnauthorized')
        .withArgs(stranger.address);
    }
  });

  describe('listCollateral', () => {
    it('reverts with QuoteIsCash for the quote token [POL-03]', async () => {
      const { policy, quote } = await loadFixture(policyFixture);
      await expect(policy.listCollateral(quote, collateralRisk))
        .to.be.revertedWithCustomError(policy, 'QuoteIsCash')
        .withArgs(await quote.getAddress());
    });

    it('reverts with CollateralAlreadyListed the second time [POL-03]', async () => {
      const { policy, asset } = await loadFixture(policyFixture);
      await expect(policy.listCollateral(asset, collateralRisk))
        .to.be.revertedWithCustomError(policy, 'CollateralAlreadyListed')
        .withArgs(asset);
    });

    it('reverts with NotAToken where there is no token [POL-03]', async () => {
      const { policy, manager, stranger } = await loadFixture(policyFixture);
      for (const asset of [stranger.address, await manager.getAddress()]) {
        await expect(policy.listCollateral(asset, collateralRisk))
          .to.be.revertedWithCustomError(policy, 'NotAToken')
          .withArgs(asset);
      }
    });

    it('reverts with TooManyDecimals above 18 [POL-03]', async () => {
      const { policy, admin } = await loadFixture(policyFixture);
      const token = await new MockERC20__factory(admin).deploy('Fine', 'FINE', 19);
      await expect(policy.listCollateral(token, collateralRisk))
        .to.be.revertedWithCustomError(policy, 'TooManyDecimals')
        .withArgs(await token.getAddress(), 19);
    });

    it('reads the decimals, ignores what it is told, and leaves the pace open [POL-03]', async () => {
      const { policy, wbtc } = await loadFixture(policyFixture);
      const version = (await policy.version()) + 1n;
      const listed = [true, 8n, 1_700n, 2_200n, collateralRisk.depth, collateralRisk.supplyCap];
      await expect(policy.listCollateral(wbtc, { ...collateralRisk, decimals: 3 }))
        .to.emit(policy, 'CollateralListed')
        .withArgs(version, await wbtc.getAddress(), listed)
        .and.to.emit(policy, 'PaceChanged')
        .withArgs(version, await wbtc.getAddress(), [UINT128_MAX, UINT128_MAX]);
      expect(await policy.collateralRisk(wbtc)).to.deep.equal(listed);
      expect(await policy.paceLimit(wbtc)).to.deep.equal([UINT128_MAX, UINT128_MAX]);
      expect(await policy.version()).to.equal(version);
    });

    it('keeps the order of listing [POL-15]', async () => {
      const { policy, weth, wbtc } = await loadFixture(policyFixture);
      await policy.listCollateral(wbtc, collateralRisk);
      expect(await policy.collaterals()).to.deep.equal([await weth.getAddress(), await wbtc.getAddress()]);
    });
  });

  describe('setCollateral', () => {
    const bounds: Bound<typeof collateralRisk>[] = [
      [{ maintenanceHaircutBps: 99n }, 'maintenanceHaircutBps', 99n, 100n, 9_500n],
      [{ maintenanceHaircutBps: 9_501n }, 'maintenanceHaircutBps', 9_501n, 100n, 9_500n],
      [{ initialHaircutBps: 1_699n }, 'initialHaircutBps', 1_699n, 1_700n, 9_500n],
      [{ initialHaircutBps: 9_501n }, 'initialHaircutBps', 9_501n, 1_700n, 9_500n],
      [{ depth: 0n }, 'depth', 0n, 1n, UINT96_MAX],
    ];

    it('reverts with CollateralNotListed for a token that is not listed [POL-15]', async () => {
      const { policy, wbtc } = await loadFixture(policyFixture);
      await expect(policy.setCollateral(wbtc, collateralRisk))
        .to.be.revertedWithCustomError(policy, 'CollateralNotListed')
        .withArgs(await wbtc.getAddress());
    });

    it('reverts with ParameterOutOfBounds and the numbers, as listing does [POL-02]', async () => {
      const { policy, weth, wbtc } = await loadFixture(policyFixture);
      for (const [change, parameter, ...numbers] of bounds) {
        for (const attempt of [
          () => policy.setCollateral(weth, { ...collateralRisk, ...change }),
          () => policy.listCollateral(wbtc, { ...collateralRisk, ...change }),
        ]) {
          await expect(attempt())
            .to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds')
            .withArgs(encodeBytes32String(parameter), ...numbers);
        }
      }
    });

    it('replaces the parameters but neither the listing nor the decimals [POL-03]', async () => {
      const { policy, asset } = await loadFixture(policyFixture);
      const version = (await policy.version()) + 1n;
      const changed = [true, 18n, 9_500n, 9_500n, 1n, 0n];
      await expect(
        policy.setCollateral(asset, {
          listed: false,
          decimals: 6,
          maintenanceHaircutBps: 9_500,
          initialHaircutBps: 9_500,
          depth: 1,
          supplyCap: 0,
        }),
      )
        .to.emit(policy, 'CollateralChanged')
        .withArgs(version, asset, changed);
      expect(await policy.collateralRisk(asset)).to.deep.equal(changed);
    });
  });

  describe('setPace', () => {
    it('reverts with CollateralNotListed for a token that is not listed [POL-15]', async () => {
      const { policy, wbtc } = await loadFixture(policyFixture);
      await expect(policy.setPace(wbtc, { capacity: 1n, refillPerSecond: 1n })).to.be.revertedWithCustomError(
        policy,
        'CollateralNotListed',
      );
    });

    it('reverts with ParameterOutOfBounds where a bucket would never open or take more than a day to fill [POL-02]', async () => {
      const { policy, asset } = await loadFixture(policyFixture);
      const refused = (capacity: bigint, refillPerSecond: bigint, parameter: string, ...numbers: bigint[]) =>
        expect(policy.setPace(asset, { capacity, refillPerSecond }))
          .to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds')
          .withArgs(encodeBytes32String(parameter), ...numbers);
      await refused(0n, 1n, 'capacity', 0n, 1n, UINT128_MAX);
      await refused(1n, 0n, 'refillPerSecond', 0n, 1n, UINT128_MAX);
      await refused(10n * DAY + 1n, 10n, 'refillPerSecond', 10n, 11n, UINT128_MAX);
    });

    it('sets the bucket and emits PaceChanged [POL-04]', async () => {
      const { policy, asset } = await loadFixture(policyFixture);
      await expect(policy.setPace(asset, { capacity: 10n * DAY, refillPerSecond: 10n }))
        .to.emit(policy, 'PaceChanged')
        .withArgs((await policy.version()) + 1n, asset, [10n * DAY, 10n]);
      expect(await policy.paceLimit(asset)).to.deep.equal([10n * DAY, 10n]);
    });
  });

  describe('setPair', () => {
    const pair = { listed: true, maintenanceHaircutBps: 1_500n, initialHaircutBps: 2_000n };
    const bounds: Bound<typeof pair>[] = [
      [{ maintenanceHaircutBps: 99n }, 'maintenanceHaircutBps', 99n, 100n, 9_500n],
      [{ initialHaircutBps: 1_499n }, 'initialHaircutBps', 1_499n, 1_500n, 9_500n],
      [{ listed: false }, 'maintenanceHaircutBps', 1_500n, 0n, 0n],
      [{ listed: false, maintenanceHaircutBps: 0n }, 'initialHaircutBps', 2_000n, 0n, 0n],
    ];

    it('reverts with CollateralNotListed for a token that is not listed [POL-15]', async () => {
      const { policy, wbtc } = await loadFixture(policyFixture);
      await expect(policy.setPair(wbtc, pair)).to.be.revertedWithCustomError(policy, 'CollateralNotListed');
    });

    it('reverts with ParameterOutOfBounds and the numbers [POL-02]', async () => {
      const { policy, asset } = await loadFixture(policyFixture);
      for (const [change, parameter, ...numbers] of bounds) {
        await expect(policy.setPair(asset, { ...pair, ...change }))
          .to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds')
          .withArgs(encodeBytes32String(parameter), ...numbers);
      }
    });

    it('lists the pair, takes it off the list as it was, and emits PairChanged [POL-04]', async () => {
      const { policy, asset } = await loadFixture(policyFixture);
      const unlisted = { listed: false, maintenanceHaircutBps: 0n, initialHaircutBps: 0n };
      for (const risk of [unlisted, pair, { ...pair, listed: false }]) {
        await expect(policy.setPair(asset, risk))
          .to.emit(policy, 'PairChanged')
          .withArgs((await policy.version()) + 1n, asset, Object.values(risk));
        expect(await policy.pairRisk(asset)).to.deep.equal(Object.values(risk));
      }
      await expect(policy.setPair(asset, unlisted))
        .to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds')
        .withArgs(encodeBytes32String('maintenanceHaircutBps'), 0n, 1_500n, 1_500n);
    });
  });

  describe('setCashTerms', () => {
    const bounds: Bound<typeof cashTerms>[] = [
      [{ baseRateBps: 40_000n }, 'rateBps', 46_400n, 0n, 40_000n],
      [{ slopeHighBps: 2n ** 32n - 1n }, 'rateBps', 2n ** 32n + 599n, 0n, 40_000n],
      ...around('kinkBps', 1n, 9_999n),
      ...around('reserveFactorBps', 0n, 5_000n),
      [{ minDebt: 0n }, 'minDebt', 0n, 1n, UINT48_MAX],
      [{ minDebt: 49n }, 'callFeeCents', 100n, 0n, 98n],
    ];

    it('reverts with ParameterOutOfBounds and the numbers [POL-02]', async () => {
      const { policy } = await loadFixture(policyFixture);
      for (const [change, parameter, ...numbers] of bounds) {
        await expect(policy.setCashTerms({ ...cashTerms, ...change }), parameter)
          .to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds')
          .withArgs(encodeBytes32String(parameter), ...numbers);
      }
    });

    it('sets the terms and emits CashTermsChanged [POL-04]', async () => {
      const { policy } = await loadFixture(policyFixture);
      const changed = { ...cashTerms, kinkBps: 9_999n, minDebt: 50n };
      await expect(policy.setCashTerms(changed))
        .to.emit(policy, 'CashTermsChanged')
        .withArgs((await policy.version()) + 1n, Object.values(changed));
      expect(await policy.cashTerms()).to.deep.equal(Object.values(changed));
    });
  });

  describe('setLiquidationTerms', () => {
    const bounds: Bound<typeof liquidationTerms>[] = [
      ...around('bonusMaxBps', 1n, 5_000n),
      [{ bonusMinBps: 4_001n }, 'bonusMinBps', 4_001n, 1n, 4_000n],
      [{ bonusMinBps: 0n }, 'bonusMinBps', 0n, 1n, 4_000n],
      ...around('feeBps', 0n, 2_000n),
      ...around('kappaBps', 5_000n, 9_500n),
      ...around('criticalHealthBps', 1_000n, 9_500n),
      ...around('cureBufferBps', 0n, 2_000n),
      ...around('targetHealthBps', 10_300n, 20_000n),
      [{ cureBufferBps: 2_000n, targetHealthBps: 12_099n }, 'targetHealthBps', 12_099n, 12_100n, 20_000n],
      ...around('bonusRamp', 0n, DAY),
      ...around('maxGrace', 0n, DAY),
      ...around('callFeeCents', 0n, 400n),
      ...around('floorBonusCents', 0n, 2_000n),
      ...around('socialisationCapBps', 0n, 1_000n),
    ];

    it('reverts with ParameterOutOfBounds and the numbers [POL-02]', async () => {
      const { policy } = await loadFixture(policyFixture);
      for (const [change, parameter, ...numbers] of bounds) {
        await expect(policy.setLiquidationTerms({ ...liquidationTerms, ...change }), parameter)
          .to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds')
          .withArgs(encodeBytes32String(parameter), ...numbers);
      }
    });

    it('allows no fee before the least debt is set [POL-05]', async () => {
      const { policy, manager, quote, admin } = await loadFixture(policyFixture);
      const fresh = await new MarginPolicy__factory(admin).deploy(await manager.getAddress(), await quote.getAddress());
      await expect(fresh.setLiquidationTerms(liquidationTerms))
        .to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds')
        .withArgs(encodeBytes32String('callFeeCents'), 100n, 0n, 0n);
    });

    it('sets the terms, at the bounds too, and emits LiquidationTermsChanged [POL-04]', async () => {
      const { policy } = await loadFixture(policyFixture);
      const widest = {
        bonusMinBps: 5_000n,
        bonusMaxBps: 5_000n,
        feeBps: 2_000n,
        kappaBps: 9_500n,
        targetHealthBps: 20_000n,
        criticalHealthBps: 9_500n,
        cureBufferBps: 2_000n,
        bonusRamp: DAY,
        maxGrace: DAY,
        callFeeCents: 400n,
        floorBonusCents: 2_000n,
        socialisationCapBps: 1_000n,
      };
      await expect(policy.setLiquidationTerms(widest))
        .to.emit(policy, 'LiquidationTermsChanged')
        .withArgs((await policy.version()) + 1n, Object.values(widest));
      expect(await policy.liquidationTerms()).to.deep.equal(Object.values(widest));
    });
  });

  it('reads each struct from one slot [POL-06]', async () => {
    const { policy, asset } = await loadFixture(policyFixture);
    const reads = [
      policy.interface.encodeFunctionData('collateralRisk', [asset]),
      policy.interface.encodeFunctionData('pairRisk', [asset]),
      policy.interface.encodeFunctionData('paceLimit', [asset]),
      policy.interface.encodeFunctionData('cashTerms'),
      policy.interface.encodeFunctionData('liquidationTerms'),
    ];
    for (const data of reads) {
      expect(await countSlots(await policy.getAddress(), data), data).to.equal(1);
    }
  });

  it('says zero of a token that is not listed [POL-15]', async () => {
    const { policy, wbtc } = await loadFixture(policyFixture);
    expect(await policy.collateralRisk(wbtc)).to.deep.equal([false, 0n, 0n, 0n, 0n, 0n]);
    expect(await policy.pairRisk(wbtc)).to.deep.equal([false, 0n, 0n]);
    expect(await policy.paceLimit(wbtc)).to.deep.equal([0n, 0n]);
  });
});
