import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom, type Address } from 'viem';

import { readPolicy, readRamps, type RampedPolicy } from '../../sdk/client';
import {
  borrowCapAt,
  collateralRiskAt,
  liquidationTermsAt,
  pairRiskAt,
  setCashAt,
  setCollateralAt,
  setLiquidationAt,
  setPairAt,
  supplyCapAt,
  type CashTerms,
} from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import { createRandom } from '../../sim/random';
import { loadFixture } from '../fixtures/loadFixture';
import { collateralRisk, liquidationTerms, policyFixture } from '../fixtures/policyFixture';
import { DAY } from '../fixtures/units';

const CHANGES = 60;

const client = createPublicClient({
  cacheTime: 0,
  transport: custom(
    { request: (request: { method: string; params?: unknown[] }) => hre.network.provider.request(request) },
    { retryCount: 0 },
  ),
});

describe(`ramps against the sdk (seed ${SEED}, ${CHANGES} changes)`, function () {
  this.timeout(120_000);

  it('are what the sdk foresees when they are set, and at any second after [SDK-09]', async () => {
    const { policy, asset } = await loadFixture(policyFixture);
    const address = (await policy.getAddress()) as Address;
    await policy.setPair(asset, { listed: true, maintenanceHaircutBps: 1_500, initialHaircutBps: 9_000 });
    await policy.seal();
    const { next: random } = createRandom(SEED);
    const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
    const read = (): Promise<RampedPolicy> => readRamps(client, { policy: address });

    for (let i = 0; i < CHANGES; ++i) {
      const [before] = (await read()).collaterals;
      const { speeds, liquidation, cash } = await read();
      if (before === undefined) throw new Error('nothing is listed');
      // within what a year's ramp can cut
      const { depth: known } = collateralRiskAt(before.terms, BigInt(await time.latest()));
      const collateral = {
        ...collateralRisk,
        listed: true,
        decimals: 18,
        maintenanceHaircutBps: between(100, 4_000),
        initialHaircutBps: 9_000,
        depth: (known * BigInt(between(50, 200))) / 100n,
        // closed every so often, so that it has to wait
        supplyCap: (collateralRisk.supplyCap * BigInt(between(0, 3) * between(0, 100))) / 100n,
      };
      const lent: CashTerms = {
        ...cash.target,
        borrowCap: between(0, 3) * between(0, 400_000),
        minDebt: between(300, 400),
      };
      const pair = { listed: true, maintenanceHaircutBps: between(100, 4_000), initialHaircutBps: 9_000 };
      const terms = {
        ...Object.fromEntries(Object.entries(liquidationTerms).map(([field, value]) => [field, Number(value)])),
        bonusMaxBps: between(1_000, 5_000),
        feeBps: between(0, 2_000),
        kappaBps: between(5_000, 9_500),
        criticalHealthBps: between(1_000, 9_500),
        bonusRamp: between(0, DAY),
        maxGrace: between(0, DAY),
      } as typeof liquidation.target;
      const setters = [
        () => policy.setCollateral(asset, collateral),
        () => policy.setPair(asset, pair),
        () => policy.setLiquidationTerms(terms),
        () => policy.setCashTerms(lent),
      ];
      const which = between(0, 3);
      await setters[which]?.();

      const at = BigInt(await time.latest());
      const after = await read();
      const [now] = after.collaterals;
      if (which === 0) expect(now?.terms).to.deep.equal(setCollateralAt(before.terms, collateral, speeds, at));
      if (which === 1) expect(now?.pair).to.deep.equal(setPairAt(before.pair, pair, speeds, at));
      if (which === 2) {
        const { from, ...foreseen } = setLiquidationAt(liquidation, terms, speeds, at);
        const { from: found, ...rest } = after.liquidation;
        expect(rest).to.deep.equal(foreseen);
        if (foreseen.span.endsAt !== 0) expect(found).to.deep.equal(from);
      }
      if (which === 3) expect(after.cash).to.deep.equal(setCashAt(cash, lent, speeds, at));
      await time.increase(between(1, random() < 0.5 ? 3_600 : 3 * DAY));
      await agrees(after, address);
    }
  });

  /** What was known of ramps some time ago tells today's values. */
  async function agrees({ collaterals: [known], liquidation, cash }: RampedPolicy, address: Address): Promise<void> {
    const now = BigInt(await time.latest());
    const policy = await readPolicy(client, { policy: address });
    if (known === undefined) throw new Error('nothing is listed');
    expect(policy.collaterals[0]?.risk).to.deep.equal(collateralRiskAt(known.terms, now));
    expect(policy.collaterals[0]?.pair).to.deep.equal(pairRiskAt(known.pair, now));
    expect(policy.collaterals[0]?.supplyCap).to.equal(supplyCapAt(known.terms, now));
    expect(policy.cashTerms).to.deep.equal({ ...cash.target, borrowCap: Number(borrowCapAt(cash, now)) });
    expect(policy.liquidationTerms).to.deep.equal(liquidationTermsAt(liquidation, now));
  }
});
