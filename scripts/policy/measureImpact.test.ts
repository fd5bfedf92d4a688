import { describe, expect, it } from 'vitest';

import type { AccountStanding, RampedPolicy } from '../../sdk/client';
import { assess, MarginMode, MarginState, PriceStatus, type LiquidationTerms } from '../../sdk/math';
import { measureImpact } from './measureImpact';

const WAD = 10n ** 18n;
const ASSET = '0x00000000000000000000000000000000000000aa';
const NO_RAMP = { fromHaircutBps: 0, fromDepth: 0n, startedAt: 0, endsAt: 0 };
const NO_GROWTH = { from: 0n, perDay: 0n, startedAt: 0 };
const PRICE = { spot: 2_000n * WAD, low: 2_000n * WAD, high: 2_000n * WAD, updatedAt: 1, status: PriceStatus.Live };
const TERMS: LiquidationTerms = {
  bonusMinBps: 1_000,
  bonusMaxBps: 2_000,
  feeBps: 200,
  kappaBps: 9_000,
  targetHealthBps: 12_500,
  criticalHealthBps: 5_000,
  cureBufferBps: 200,
  bonusRamp: 3_600,
  maxGrace: 1_200,
  callFeeCents: 100,
  floorBonusCents: 500,
  socialisationCapBps: 500,
};

function policyOf(maintenanceHaircutBps: number, initialHaircutBps: number): RampedPolicy {
  const haircuts = { maintenanceHaircutBps, initialHaircutBps };
  const risk = { listed: true, decimals: 18, ...haircuts, depth: 10n ** 28n, supplyCap: 10n ** 28n };
  const cash = { baseRateBps: 0, slopeLowBps: 0, slopeHighBps: 0, kinkBps: 8_000, reserveFactorBps: 0 };
  return {
    version: 1n,
    isSealed: true,
    speeds: { haircutBpsPerDay: 200, depthBpsPerDay: 1_000, capGrowthBpsPerDay: 5_000, termsDuration: 86_400 },
    cash: { target: { ...cash, minDebt: 200, borrowCap: 1_000_000 }, growth: NO_GROWTH },
    liquidation: { target: TERMS, from: TERMS, span: { startedAt: 0, endsAt: 0 } },
    collaterals: [
      {
        asset: ASSET,
        terms: { target: risk, ramp: NO_RAMP, growth: NO_GROWTH },
        pair: {
          target: { listed: false, maintenanceHaircutBps: 0, initialHaircutBps: 0 },
          ramp: { fromHaircutBps: 0, startedAt: 0, endsAt: 0 },
        },
        pace: { capacity: 1n, refillPerSecond: 1n },
      },
    ],
  };
}

const TODAY = policyOf(1_000, 2_000);

/** Owes `debt` on one whole token at 2,000. */
function owing(debt: number): AccountStanding {
  const account = `0x${debt.toString(16).padStart(64, '0')}` as const;
  const collateral = [{ asset: ASSET, amount: WAD }] as const;
  const portfolio = { account, mode: MarginMode.Cross, cash: BigInt(-debt) * WAD, collateral, positions: [] };
  const [known] = TODAY.collaterals;
  if (known === undefined) throw new Error('nothing is listed');
  const { terms, pair } = known;
  const assessment = assess({ portfolio, prices: [PRICE], risks: [terms.target], pairs: [pair.target] });
  return {
    account,
    portfolio,
    assessment,
    marginCall: { calledAt: 0, deadline: 0, caller: ASSET, reason: 0 } as never,
  };
}

const impactsOf = (debt: number, changed: RampedPolicy) =>
  measureImpact({
    standings: [owing(debt)],
    prices: new Map([[ASSET, PRICE]]),
    underlyings: new Map(),
    today: { policy: TODAY, timestamp: 1_000n, liveTime: 1_000n },
    changed: {
      policy: changed,
      instruments: { version: 1n, isSealed: true, rampDuration: 86_400, underlyings: [] },
      timestamp: 1_000n,
      endsAt: 1_000n,
    },
  }).map(({ before, after }) => [before.state, after.state]);

describe('measureImpact', () => {
  it('names who turns, and not who stays well', () => {
    expect(impactsOf(1_750, policyOf(1_500, 2_500))).toEqual([[MarginState.Restricted, MarginState.Callable]]);
    expect(impactsOf(1_000, policyOf(1_500, 2_500))).toEqual([]);
  });

  it('names who sinks deeper in the state in which he is', () => {
    // short of initial margin before and after
    expect(impactsOf(1_650, policyOf(1_000, 3_000))).toEqual([[MarginState.Restricted, MarginState.Restricted]]);
    // of less health, and callable before and after
    expect(impactsOf(1_850, policyOf(1_200, 2_000))).toEqual([[MarginState.Callable, MarginState.Callable]]);
    // nothing changes for him, or it eases
    expect(impactsOf(1_850, TODAY)).toEqual([]);
    expect(impactsOf(1_850, policyOf(900, 1_900))).toEqual([]);
  });
});
