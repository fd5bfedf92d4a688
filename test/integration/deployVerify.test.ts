import { setCode, time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { createMemoryJournal } from '../../deploy';
import { checkDelays } from '../../deploy/plan/roles';
import { deploy, loadJournaled, refusal } from '../fixtures/deployInProcess';
import { loadFixture } from '../fixtures/loadFixture';
import { attachSystem, developmentConfig, shippedConfig, systemFixture } from '../fixtures/systemFixture';

/** As on a chain with money, but in hours. */
const DELAYED = {
  ...developmentConfig(),
  executionDelaySeconds: { admin: 86_400, risk: 3_600, governor: 7_200 },
  grantDelaySeconds: 43_200,
  targetAdminDelaySeconds: 172_800,
};

describe('a deployment', () => {
  describe('verifying', () => {
    it('finds changed code [DEP-03]', async () => {
      const { store, system } = await loadJournaled();
      const code = await ethers.provider.getCode(system.vault);
      await setCode(await system.vault.getAddress(), `${code.slice(0, -2)}${code.endsWith('0') ? '1' : '0'}0`);
      expect(await refusal(deploy({ store }))).to.match(/not what was to be deployed: the code of MarginVault at 0x/);
    });

    it('finds a changed parameter, feed, pace and pair [DEP-03]', async () => {
      const { store, system } = await loadJournaled();
      const { policy, oracle, weth, wbtc, link, actors } = system;
      const terms = withChanges(await policy.liquidationTerms(), { maxGrace: 3_600n });
      await policy.connect(actors.risk).setLiquidationTerms(terms);
      await policy.connect(actors.risk).setPace(weth.address, { capacity: 86_400n, refillPerSecond: 1n });
      await policy.connect(actors.risk).setPair(wbtc.address, {
        listed: false,
        maintenanceHaircutBps: 1_500n,
        initialHaircutBps: 2_000n,
      });
      const feed = withChanges(await oracle.feedOf(link.address), { openAge: 3_000n });
      await oracle.connect(actors.risk).configure(link.address, feed);
      expect(await refusal(deploy({ store }))).to.contain(
        'MarginPolicy.liquidationTerms.maxGrace is 3600, not 1200; ' +
          'MarginPolicy.paceLimit(WETH).capacity is 86400, not 20000000000000000000000000; ' +
          'MarginPolicy.paceLimit(WETH).refillPerSecond is 1, not 11111111111111111111111; ' +
          'MarginPolicy.pairRisk(WBTC).listed is false, not true; ' +
          'PriceOracle.feedOf(LINK).openAge is 3000, not 3900',
      );
    });

    it('finds a further collateral', async () => {
      const { store, system } = await loadJournaled();
      const { policy, weth, actors } = system;
      const token = await ethers.deployContract('MockERC20', ['Doge', 'DOGE', 8]);
      const risk = withChanges(await policy.collateralRisk(weth.address), {});
      await policy.connect(actors.risk).listCollateral(token, risk);
      expect(await refusal(deploy({ store }))).to.match(/MarginPolicy\.collaterals is \[.*\], not \[/);
    });

    it('finds another waterfall [DEP-03]', async () => {
      const { store, system } = await loadJournaled();
      const { vault, waterfall, actors } = system;
      const stranger = actors.stranger.address;
      await vault.connect(actors.governor).setWaterfall(stranger);
      expect(await refusal(deploy({ store }))).to.contain(
        `MarginVault.waterfall is ${stranger}, not ${await waterfall.getAddress()}`
          .toLowerCase()
          .replace('marginvault', 'MarginVault'),
      );
    });

    it('finds a right of the deployer, a further holder and one who lost the role [DEP-03]', async () => {
      const { store, system } = await loadJournaled();
      const { manager, actors } = system;
      const admin = manager.connect(actors.admin);
      await admin.grantRole(2, actors.deployer, 0);
      await admin.grantRole(3, actors.stranger, 0);
      await admin.revokeRole(1, actors.guardian);
      await admin.grantRole(9, actors.stranger, 0);
      expect(await refusal(deploy({ store }))).to.contain(
        [
          `guardian ${actors.guardian.address} is [false, 0], not [true, 0]`,
          `role risk is also held by ${actors.deployer.address}`,
          `the deployer ${actors.deployer.address} still holds the role risk`,
          `role governor is also held by ${actors.stranger.address}`,
          `role 9 is held by ${actors.stranger.address}`,
        ].join('; '),
      );
    });

    it('finds a function that was given to another role', async () => {
      const { store, system } = await loadJournaled();
      const { manager, vault, actors } = system;
      const { selector } = vault.interface.getFunction('unpause');
      await manager.connect(actors.admin).setTargetFunctionRole(vault, [selector], 1);
      expect(await refusal(deploy({ store }))).to.contain('role of MarginVault.unpause is 1, not 3');
    });
  });

  describe('verifying who grants and cancels', () => {
    it('finds a role that others than the admin grant, or others than the guardian cancel [DEP-03] [DEP-11]', async () => {
      const { store, system } = await loadJournaled();
      const { manager, actors } = system;
      const admin = manager.connect(actors.admin);
      await admin.setRoleAdmin(2, 1);
      await admin.setRoleGuardian(3, 2n ** 64n - 1n);
      await admin.setRoleGuardian(4, 1);
      expect(await refusal(deploy({ store }))).to.contain(
        'admin of role risk is 1, not 0; ' +
          `guardian of role governor is ${2n ** 64n - 1n}, not 1; guardian of role publisher is 1, not 0`,
      );
    });

    it('finds a delay that is to fall [DEP-11]', async () => {
      const store = createMemoryJournal();
      const { manager, actors } = await attachSystem((await deploy({ store, config: DELAYED })).manifest);
      const admin = manager.connect(actors.admin);
      const data = manager.interface.encodeFunctionData('grantRole', [2, actors.risk.address, 0]);
      await admin.schedule(manager, data, 0);
      await time.increase(86_400);
      await admin.execute(manager, data);
      const found = `delay to come of risk ${actors.risk.address} is 0, not 3600`;
      expect(await refusal(deploy({ store, config: DELAYED }))).to.contain(found);
    });
  });

  describe('handing over', () => {
    it('leaves the deployer unable to do anything [DEP-04]', async () => {
      const { vault, policy, oracle, engine, manager, actors } = await loadFixture(systemFixture);
      const terms = withChanges(await policy.cashTerms(), {});
      const unauthorised = [vault, 'AccessManagedUnauthorized'] as const;
      await expect(vault.pause()).to.be.revertedWithCustomError(...unauthorised);
      await expect(vault.setWaterfall(actors.deployer)).to.be.revertedWithCustomError(...unauthorised);
      await expect(policy.setCashTerms(terms)).to.be.revertedWithCustomError(...unauthorised);
      await expect(oracle.configureSequencer(ethers.ZeroAddress, 0)).to.be.revertedWithCustomError(...unauthorised);
      await expect(engine.addModel(2, ethers.ZeroAddress)).to.be.revertedWithCustomError(...unauthorised);
      await expect(manager.grantRole(0, actors.deployer, 0)).to.be.revertedWithCustomError(
        manager,
        'AccessManagerUnauthorizedAccount',
      );
    });

    it('leaves each holder with its role and no other [DEP-04]', async () => {
      const { vault, policy, actors } = await loadFixture(systemFixture);
      const terms = withChanges(await policy.cashTerms(), {});
      const unauthorised = [vault, 'AccessManagedUnauthorized'] as const;
      await expect(policy.connect(actors.guardian).setCashTerms(terms)).to.be.revertedWithCustomError(...unauthorised);
      await expect(vault.connect(actors.risk).pause()).to.be.revertedWithCustomError(...unauthorised);
      await policy.connect(actors.risk).setCashTerms(terms);
      await vault.connect(actors.guardian).pause();
      await expect(vault.connect(actors.guardian).unpause()).to.be.revertedWithCustomError(...unauthorised);
      await vault.connect(actors.governor).unpause();
    });

    it('finds delays of grants and of contracts that are others [DEP-03] [DEP-08]', async () => {
      const store = createMemoryJournal();
      const { manifest } = await deploy({ store, config: DELAYED });
      const { manager, vault, actors } = await attachSystem(manifest);
      const admin = manager.connect(actors.admin);
      const calls = [
        manager.interface.encodeFunctionData('setGrantDelay', [2, 0]),
        manager.interface.encodeFunctionData('setTargetAdminDelay', [await vault.getAddress(), 1]),
      ];
      for (const data of calls) await admin.schedule(manager, data, 0);
      await time.increase(86_400);
      for (const data of calls) await admin.execute(manager, data);
      expect(await refusal(deploy({ store, config: DELAYED }))).to.contain(
        'grant delay of role risk is 0, not 43200; admin delay of MarginVault is 1, not 172800',
      );
    });

    it('makes grants and the giving away of functions wait, from five days on [DEP-08] [V52]', async () => {
      const system = await attachSystem((await deploy({ config: DELAYED })).manifest);
      const { manager, vault, policy, waterfall, closeOut, actors } = system;
      await time.increase(5 * 86_400);
      for (const role of [0, 1, 2, 3]) expect(await manager.getRoleGrantDelay(role)).to.equal(43_200n);
      for (const target of [vault, policy, waterfall, closeOut])
        expect(await manager.getTargetAdminDelay(target)).to.equal(172_800n);
      const admin = manager.connect(actors.admin);
      const data = manager.interface.encodeFunctionData('setTargetFunctionRole', [await vault.getAddress(), [], 1]);
      await admin.schedule(manager, data, 0);
      await time.increase(86_400);
      await expect(admin.execute(manager, data)).to.be.revertedWithCustomError(manager, 'AccessManagerNotReady');
      await time.increase(86_400);
      await admin.execute(manager, data);

      const grant = manager.interface.encodeFunctionData('grantRole', [1, actors.stranger.address, 0]);
      await admin.schedule(manager, grant, 0);
      await time.increase(86_400);
      await admin.execute(manager, grant);
      expect(await manager.hasRole(1, actors.stranger)).to.deep.equal([false, 0n]);
      await time.increase(43_200);
      expect(await manager.hasRole(1, actors.stranger)).to.deep.equal([true, 0n]);
    });

    it('refuses delays under an hour on any chain but a development one [DEP-08]', () => {
      const config = { ...DELAYED, chainId: 1 };
      expect(() => checkDelays(config)).not.to.throw();
      expect(() => checkDelays({ ...config, grantDelaySeconds: 60 })).to.throw('grantDelaySeconds is 60: outside');
      const executionDelaySeconds = { ...DELAYED.executionDelaySeconds, risk: 3_599 };
      expect(() => checkDelays({ ...config, executionDelaySeconds })).to.throw('executionDelaySeconds.risk is 3599');
    });

    it('makes every role of the shipped configuration wait but the guardian [DEP-08]', async () => {
      const { manifest } = await deploy({ config: shippedConfig() });
      const { vault, policy, oracle, engine, manager, actors } = await attachSystem(manifest);
      const unscheduled = [manager, 'AccessManagerNotScheduled'] as const;
      const terms = withChanges(await policy.cashTerms(), {});
      await expect(policy.connect(actors.risk).setCashTerms(terms)).to.be.revertedWithCustomError(...unscheduled);
      await expect(
        oracle.connect(actors.risk).configure(actors.stranger, withChanges(await oracle.feedOf(actors.stranger), {})),
      ).to.be.revertedWithCustomError(...unscheduled);
      await expect(engine.connect(actors.risk).addModel(7, actors.stranger)).to.be.revertedWithCustomError(
        ...unscheduled,
      );
      await expect(vault.connect(actors.governor).unpause()).to.be.revertedWithCustomError(...unscheduled);
      await policy.connect(actors.guardian).lowerBorrowCap(0);
      await vault.connect(actors.guardian).pause();
    });

    it('makes roles wait that are to wait, and lets the guardian cancel [DEP-08]', async () => {
      const { manifest } = await deploy({ config: DELAYED });
      const { vault, manager, actors } = await attachSystem(manifest);
      const governor = vault.connect(actors.governor);
      await expect(governor.setWaterfall(actors.stranger)).to.be.revertedWithCustomError(
        manager,
        'AccessManagerNotScheduled',
      );
      const data = vault.interface.encodeFunctionData('setWaterfall', [actors.stranger.address]);
      await manager.connect(actors.governor).schedule(vault, data, 0);
      await manager.connect(actors.guardian).cancel(actors.governor, vault, data);
      // pausing never waits
      await vault.connect(actors.guardian).pause();
    });

    it('lets a stolen guardian hold a pause up no longer than until the admin has revoked him [DEP-09]', async () => {
      const { manifest } = await deploy({ config: DELAYED });
      const { vault, manager, actors } = await attachSystem(manifest);
      const { admin, guardian: thief, governor } = actors;
      await vault.connect(thief).pause();
      const unpause = vault.interface.encodeFunctionData('unpause');
      const revoke = manager.interface.encodeFunctionData('revokeRole', [1, thief.address]);
      await manager.connect(governor).schedule(vault, unpause, 0);
      await manager.connect(admin).schedule(manager, revoke, 0);
      await manager.connect(thief).cancel(governor, vault, unpause);
      await expect(manager.connect(thief).cancel(admin, manager, revoke)).to.be.revertedWithCustomError(
        manager,
        'AccessManagerUnauthorizedCancel',
      );
      await time.increase(DELAYED.executionDelaySeconds.admin);
      await manager.connect(admin).execute(manager, revoke);
      await manager.connect(governor).schedule(vault, unpause, 0);
      await expect(manager.connect(thief).cancel(governor, vault, unpause)).to.be.revertedWithCustomError(
        manager,
        'AccessManagerUnauthorizedCancel',
      );
      await time.increase(DELAYED.executionDelaySeconds.governor);
      await manager.connect(governor).execute(vault, unpause);
      await expect(vault.connect(thief).pause()).to.be.revertedWithCustomError(vault, 'AccessManagedUnauthorized');
    });
  });
});

/** A struct that a contract returned, with changes. */
function withChanges<T extends object>(struct: T, changes: Partial<T>): T {
  const fields = (struct as T & { toObject(): Record<string, unknown> }).toObject();
  return { ...fields, ...changes } as T;
}
