import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { encodeBytes32String } from 'ethers';

import { countSlots } from '../fixtures/countSlots';
import { loadFixture } from '../fixtures/loadFixture';
import { cashTerms, collateralRisk, liquidationTerms, policyFixture } from '../fixtures/policyFixture';
import { DAY } from '../fixtures/units';

const DEPTH = collateralRisk.depth;
const CAP = collateralRisk.supplyCap;
const LENT_MOST = 2n ** 48n - 1n;

/** The policy as it is once people may use it. */
async function sealedFixture() {
  const world = await policyFixture();
  await world.policy.setPair(world.weth, { listed: true, maintenanceHaircutBps: 1_500, initialHaircutBps: 2_000 });
  await world.policy.seal();
  return world;
}

type World = Awaited<ReturnType<typeof sealedFixture>>;

/** Sets WETH's terms, and says when. */
async function change({ policy, asset }: World, changes: Partial<typeof collateralRisk>): Promise<number> {
  await policy.setCollateral(asset, { ...collateralRisk, ...changes });
  return time.latest();
}

describe('MarginPolicy', () => {
  describe('seal', () => {
    it('is once and for all, and counts as a change [POL-07]', async () => {
      const { policy, stranger } = await loadFixture(policyFixture);
      await expect(policy.connect(stranger).seal()).to.be.revertedWithCustomError(policy, 'AccessManagedUnauthorized');
      expect(await policy.isSealed()).to.equal(false);
      await expect(policy.seal())
        .to.emit(policy, 'Sealed')
        .withArgs((await policy.version()) + 1n);
      expect(await policy.isSealed()).to.equal(true);
      await expect(policy.seal()).to.be.revertedWithCustomError(policy, 'AlreadySealed');
    });
  });

  describe('a maintenance haircut that rises', () => {
    it('changes nothing in its block, and then no more than two per cent of the value a day [POL-08] [P29]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset } = world;
      const start = await change(world, { maintenanceHaircutBps: 2_700n, initialHaircutBps: 3_000n });
      const haircuts = async () => {
        const { maintenanceHaircutBps, initialHaircutBps } = await policy.collateralRisk(asset);
        return [maintenanceHaircutBps, initialHaircutBps];
      };
      // the initial haircut bites at once
      expect(await haircuts()).to.deep.equal([1_700n, 3_000n]);
      await time.increaseTo(start + DAY);
      expect(await haircuts()).to.deep.equal([1_900n, 3_000n]);
      await time.increaseTo(start + 5 * DAY - 1);
      expect(await haircuts()).to.deep.equal([2_699n, 3_000n]);
      await time.increaseTo(start + 5 * DAY);
      expect(await haircuts()).to.deep.equal([2_700n, 3_000n]);
    });

    it('says from where it comes, and when it begins and ends [POL-04]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset } = world;
      const startedAt = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(startedAt);
      const changing = policy.setCollateral(asset, { ...collateralRisk, maintenanceHaircutBps: 1_800n });
      await expect(changing)
        .to.emit(policy, 'CollateralRampStarted')
        .withArgs(asset, [1_700n, DEPTH, startedAt, startedAt + DAY]);
    });

    it('takes a day at least, goes on from where it is when changed again, and falls at once [POL-08]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset } = world;
      const start = await change(world, { maintenanceHaircutBps: 1_800n });
      await time.increaseTo(start + DAY / 2);
      expect((await policy.collateralRisk(asset)).maintenanceHaircutBps).to.equal(1_750n);
      await change(world, { maintenanceHaircutBps: 2_150n });
      expect((await policy.collateralRisk(asset)).maintenanceHaircutBps).to.equal(1_750n);
      await time.increase(DAY);
      expect((await policy.collateralRisk(asset)).maintenanceHaircutBps).to.equal(1_950n);
      await change(world, { maintenanceHaircutBps: 1_600n });
      expect((await policy.collateralRisk(asset)).maintenanceHaircutBps).to.equal(1_600n);
    });

    it('ramps for a pair as well, but not where the pair counted nothing before [POL-08]', async () => {
      const { policy, asset, wbtc } = await loadFixture(sealedFixture);
      const pair = { listed: true, maintenanceHaircutBps: 1_900n, initialHaircutBps: 2_000n };
      await expect(policy.setPair(asset, pair)).to.emit(policy, 'PairRampStarted');
      const start = await time.latest();
      expect(await policy.pairRisk(asset)).to.deep.equal([true, 1_500n, 2_000n]);
      expect(await policy.pairTarget(asset)).to.deep.equal([
        Object.values(pair),
        [1_500n, BigInt(start), BigInt(start + 2 * DAY)],
      ]);
      await time.increaseTo(start + DAY);
      expect(await policy.pairRisk(asset)).to.deep.equal([true, 1_700n, 2_000n]);
      await time.increaseTo(start + 2 * DAY);
      expect(await policy.pairTarget(asset)).to.deep.equal([Object.values(pair), [0n, 0n, 0n]]);

      await policy.listCollateral(wbtc, collateralRisk);
      await policy.setPair(wbtc, pair);
      expect(await policy.pairRisk(wbtc)).to.deep.equal(Object.values(pair));
    });
  });

  describe('a depth that falls', () => {
    it('falls by no more than a tenth a day of what it falls to [POL-08] [P29]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset } = world;
      const start = await change(world, { depth: DEPTH / 2n });
      expect((await policy.collateralRisk(asset)).depth).to.equal(DEPTH);
      await time.increaseTo(start + DAY);
      expect((await policy.collateralRisk(asset)).depth).to.equal((DEPTH * 95n) / 100n);
      await time.increaseTo(start + 10 * DAY);
      expect((await policy.collateralRisk(asset)).depth).to.equal(DEPTH / 2n);
      await change(world, { depth: DEPTH });
      expect((await policy.collateralRisk(asset)).depth).to.equal(DEPTH);
    });

    it('reverts with RampTooLong where it would take more than a year [POL-08]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset } = world;
      await expect(policy.setCollateral(asset, { ...collateralRisk, depth: DEPTH / 100n }))
        .to.be.revertedWithCustomError(policy, 'RampTooLong')
        .withArgs(990 * DAY, 365 * DAY);
    });
  });

  describe('a supply cap', () => {
    it('is zero for three days when newly listed, and there two days later, at any depth [POL-09]', async () => {
      const { policy, wbtc } = await loadFixture(sealedFixture);
      const risk = { ...collateralRisk, depth: 2n ** 96n - 1n, supplyCap: 100n };
      await expect(policy.listCollateral(wbtc, risk)).to.emit(policy, 'CapGrowthStarted');
      const start = await time.latest();
      for (const [elapsed, cap] of [
        [0, 0n],
        [3 * DAY, 0n],
        [3 * DAY + DAY / 50, 1n],
        [4 * DAY, 50n],
        [5 * DAY, 100n],
        [9 * DAY, 100n],
      ] as const) {
        if (elapsed > 0) await time.increaseTo(start + elapsed);
        expect(await policy.intakeOf(wbtc)).to.deep.equal([true, cap]);
      }
    });

    it('grows by half of what it was a day, no faster by a greater depth, and falls at once [POL-09]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset } = world;
      await change(world, { depth: 100n * DEPTH });
      const start = await change(world, { supplyCap: 10n * CAP, depth: 200n * DEPTH });
      expect(await policy.intakeOf(asset)).to.deep.equal([true, CAP]);
      await time.increaseTo(start + DAY);
      expect((await policy.intakeOf(asset)).supplyCap).to.equal((CAP * 3n) / 2n);
      await change(world, { supplyCap: CAP / 4n, depth: 200n * DEPTH });
      expect((await policy.intakeOf(asset)).supplyCap).to.equal(CAP / 4n);
    });

    it('waits as a new one where it was zero [POL-09]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset } = world;
      await change(world, { supplyCap: 0n });
      const start = await change(world, {});
      expect((await policy.collateralTarget(asset)).growth).to.deep.equal([0n, CAP / 2n, BigInt(start + 3 * DAY)]);
      await time.increaseTo(start + 3 * DAY);
      expect((await policy.intakeOf(asset)).supplyCap).to.equal(0n);
      await time.increaseTo(start + 4 * DAY);
      expect((await policy.intakeOf(asset)).supplyCap).to.equal(CAP / 2n);
    });
  });

  describe('a borrow cap', () => {
    const capOf = async ({ policy }: World) => (await policy.cashTerms()).borrowCap;
    const raise = async ({ policy }: World, borrowCap: bigint) => {
      await policy.setCashTerms({ ...cashTerms, borrowCap });
      return time.latest();
    };

    it('holds at once before the policy is sealed [POL-07]', async () => {
      const world = await loadFixture(policyFixture);
      await expect(world.policy.setCashTerms({ ...cashTerms, borrowCap: LENT_MOST })).not.to.emit(
        world.policy,
        'BorrowCapGrowthStarted',
      );
      expect(await capOf(world)).to.equal(LENT_MOST);
    });

    it('grows by half of what it was a day, while the other terms of cash hold at once [POL-16]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy } = world;
      const known = cashTerms.borrowCap;
      const terms = { ...cashTerms, borrowCap: 3n * known, kinkBps: 7_000n, minDebt: 300n };
      await expect(policy.setCashTerms(terms)).to.emit(policy, 'BorrowCapGrowthStarted');
      const start = await time.latest();
      const growth = [known, known / 2n, BigInt(start)];
      expect(await policy.cashTarget()).to.deep.equal([Object.values(terms), growth]);
      for (const [elapsed, cap] of [
        [0, known],
        [DAY, (known * 3n) / 2n],
        [4 * DAY - 1, 3n * known - known / 2n / BigInt(DAY) - 1n],
        [4 * DAY, 3n * known],
        [9 * DAY, 3n * known],
      ] as const) {
        if (elapsed > 0) await time.increaseTo(start + elapsed);
        expect(await policy.cashTerms(), `${elapsed} s`).to.deep.equal(Object.values({ ...terms, borrowCap: cap }));
      }
    });

    it('grows from where it is when it is changed again, and falls at once [POL-16]', async () => {
      const world = await loadFixture(sealedFixture);
      const known = cashTerms.borrowCap;
      await time.increaseTo((await raise(world, 10n * known)) + DAY);
      const start = await raise(world, LENT_MOST);
      const from = await capOf(world);
      expect(from).to.be.within((known * 3n) / 2n, (known * 3n) / 2n + known / 20_000n);
      await time.increaseTo(start + DAY);
      expect(await capOf(world)).to.equal(from + from / 2n);
      await raise(world, known / 3n);
      expect(await capOf(world)).to.equal(known / 3n);
      expect((await world.policy.cashTarget()).growth).to.deep.equal([0n, 0n, 0n]);
    });

    it('grows from zero, and from little, by 50,000 a day [POL-16]', async () => {
      const world = await loadFixture(sealedFixture);
      for (const [known, perDay] of [
        [200_000n, 100_000n],
        [99_999n, 50_000n],
        [0n, 50_000n],
      ] as const) {
        await raise(world, known);
        const start = await raise(world, LENT_MOST);
        expect(await capOf(world)).to.equal(known);
        await time.increaseTo(start + DAY);
        expect(await capOf(world)).to.equal(known + perDay);
      }
    });

    it('goes on growing to what the guardian leaves of it, and is lowered at once [POL-12] [POL-16]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy } = world;
      const known = cashTerms.borrowCap;
      const start = await raise(world, 2n * known);
      await policy.lowerBorrowCap((known * 5n) / 4n);
      await time.increaseTo(start + DAY / 4);
      expect(await capOf(world)).to.equal((known * 9n) / 8n);
      await time.increaseTo(start + DAY);
      expect(await capOf(world)).to.equal((known * 5n) / 4n);
      await policy.lowerBorrowCap(known / 2n);
      expect(await capOf(world)).to.equal(known / 2n);
    });
  });

  describe('terms of liquidation', () => {
    /** Against the accounts, by so much. */
    const AGAINST = {
      bonusMinBps: 1_200n,
      bonusMaxBps: 4_200n,
      feeBps: 400n,
      kappaBps: 9_200n,
      targetHealthBps: 12_700n,
      criticalHealthBps: 6_200n,
      cureBufferBps: 400n,
      bonusRamp: 1_000n,
      maxGrace: 400n,
      callFeeCents: 300n,
      floorBonusCents: 700n,
      socialisationCapBps: 700n,
    };

    it('ramp where they turn against the accounts, field by field [POL-10] [P29]', async () => {
      const { policy } = await loadFixture(sealedFixture);
      for (const [field, value] of Object.entries(AGAINST) as [keyof typeof AGAINST, bigint][]) {
        const known = liquidationTerms[field];
        await expect(policy.setLiquidationTerms({ ...liquidationTerms, [field]: value }), field).to.emit(
          policy,
          'LiquidationRampStarted',
        );
        const start = await time.latest();
        const now = async () => (await policy.liquidationTerms())[field];
        expect(await now(), field).to.equal(known);
        await time.increaseTo(start + DAY / 2);
        expect(await now(), field).to.equal((known + value) / 2n);
        await time.increaseTo(start + DAY);
        expect(await now(), field).to.equal(value);
        // and back, in the accounts' favour, at once
        await expect(policy.setLiquidationTerms(liquidationTerms), field).not.to.emit(policy, 'LiquidationRampStarted');
        expect(await now(), field).to.equal(known);
      }
    });

    it('hold at once in the fields that turn in their favour, while the others ramp [POL-10]', async () => {
      const { policy } = await loadFixture(sealedFixture);
      await policy.setLiquidationTerms({ ...liquidationTerms, maxGrace: 1_200n, feeBps: 400n });
      const { maxGrace, feeBps } = await policy.liquidationTerms();
      expect([maxGrace, feeBps]).to.deep.equal([1_200n, 200n]);
      const [target, from, span] = await policy.liquidationTarget();
      expect([target.feeBps, from.feeBps, span.endsAt - span.startedAt]).to.deep.equal([400n, 200n, BigInt(DAY)]);
    });

    it('go on from where they are when they are changed again [POL-10]', async () => {
      const { policy } = await loadFixture(sealedFixture);
      await policy.setLiquidationTerms({ ...liquidationTerms, feeBps: 400n });
      await time.increase(DAY / 2);
      await policy.setLiquidationTerms({ ...liquidationTerms, feeBps: 800n });
      expect((await policy.liquidationTerms()).feeBps).to.equal(300n);
    });
  });

  describe('setRampSpeeds', () => {
    const slow = { haircutBpsPerDay: 50, depthBpsPerDay: 100, capGrowthBpsPerDay: 1_000, termsDuration: 7 * DAY };

    it('reverts with ParameterOutOfBounds where changes would come faster than code allows [POL-02]', async () => {
      const { policy, stranger } = await loadFixture(sealedFixture);
      await expect(policy.connect(stranger).setRampSpeeds(slow)).to.be.revertedWithCustomError(
        policy,
        'AccessManagedUnauthorized',
      );
      for (const [field, value, least, most] of [
        ['haircutBpsPerDay', 0, 1, 200],
        ['haircutBpsPerDay', 201, 1, 200],
        ['depthBpsPerDay', 0, 1, 1_000],
        ['depthBpsPerDay', 1_001, 1, 1_000],
        ['capGrowthBpsPerDay', 0, 1, 5_000],
        ['capGrowthBpsPerDay', 5_001, 1, 5_000],
        ['termsDuration', DAY - 1, DAY, 30 * DAY],
        ['termsDuration', 30 * DAY + 1, DAY, 30 * DAY],
      ] as const) {
        await expect(policy.setRampSpeeds({ ...slow, [field]: value }))
          .to.be.revertedWithCustomError(policy, 'ParameterOutOfBounds')
          .withArgs(encodeBytes32String(field), value, least, most);
      }
    });

    it('slows what is changed later [POL-08] [POL-04]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset } = world;
      await expect(policy.setRampSpeeds(slow))
        .to.emit(policy, 'RampSpeedsChanged')
        .withArgs((await policy.version()) + 1n, Object.values(slow));
      expect(await policy.rampSpeeds()).to.deep.equal(Object.values(slow).map(BigInt));
      const start = await change(world, { maintenanceHaircutBps: 1_800n, depth: DEPTH / 2n, supplyCap: 2n * CAP });
      const [, ramp, growth] = await policy.collateralTarget(asset);
      expect(ramp).to.deep.equal([1_700n, DEPTH, BigInt(start), BigInt(start + 100 * DAY)]);
      expect(growth).to.deep.equal([CAP, CAP / 10n, BigInt(start)]);
    });
  });

  describe('reading', () => {
    it('takes one slot where nothing ramps, and one again when what has ended is settled [POL-06] [POL-11]', async () => {
      const world = await loadFixture(sealedFixture);
      const { policy, asset, stranger } = world;
      const address = await policy.getAddress();
      const slots = async () => [
        await countSlots(address, policy.interface.encodeFunctionData('collateralRisk', [asset])),
        await countSlots(address, policy.interface.encodeFunctionData('intakeOf', [asset])),
        await countSlots(address, policy.interface.encodeFunctionData('pairRisk', [asset])),
        await countSlots(address, policy.interface.encodeFunctionData('liquidationTerms')),
        await countSlots(address, policy.interface.encodeFunctionData('cashWord')),
      ];
      expect(await slots()).to.deep.equal([1, 1, 1, 1, 1]);
      await change(world, { supplyCap: 2n * CAP });
      // a cap that grows is looked up by deposits only
      expect(await slots()).to.deep.equal([1, 2, 1, 1, 1]);
      await change(world, { maintenanceHaircutBps: 1_800n, supplyCap: 2n * CAP });
      await policy.setLiquidationTerms({ ...liquidationTerms, feeBps: 400n });
      await policy.setCashTerms({ ...cashTerms, borrowCap: 2n * cashTerms.borrowCap });
      expect(await slots()).to.deep.equal([2, 2, 1, 3, 2]);

      await expect(policy.connect(stranger).settle([asset])).not.to.emit(policy, 'CollateralSettled');
      expect(await slots()).to.deep.equal([2, 2, 1, 3, 2]);
      await time.increase(3 * DAY);
      await expect(policy.connect(stranger).settle([asset]))
        .to.emit(policy, 'CollateralSettled')
        .withArgs(asset)
        .and.to.emit(policy, 'LiquidationSettled')
        .and.to.emit(policy, 'CashSettled');
      expect(await slots()).to.deep.equal([1, 1, 1, 1, 1]);
      expect((await policy.cashTerms()).borrowCap).to.equal(2n * cashTerms.borrowCap);
      expect(await policy.collateralRisk(asset)).to.deep.equal([true, 18n, 1_800n, 2_200n, DEPTH, 2n * CAP]);
      expect((await policy.liquidationTerms()).feeBps).to.equal(400n);
    });
  });
});
