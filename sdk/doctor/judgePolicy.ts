import type { Address } from 'viem';

import type { RampedPolicy } from '../client';
import { formatAmount, formatBps, formatSpan, formatTime, formatWad } from '../format';
import {
  borrowCapAt,
  borrowGrowthEndsAt,
  borrowRate,
  collateralRiskAt,
  growthEndsAt,
  liquidationTermsAt,
  pairRiskAt,
  supplyCapAt,
  totalBorrow,
  utilisation,
  WAD,
  type CashPool,
} from '../math';
import { reporter, type Check } from './check';

const { ok, warn, fail } = reporter('policy');

/** From this part of a cap on it is told, per cent. */
const NEARLY_FULL = 90n;
const SETTLE = 'npm run policy -- settle';

export interface PolicyFacts {
  readonly policy: RampedPolicy;
  readonly symbolOf: (asset: Address) => string;
  /** Those of the manifest. */
  readonly known: readonly Address[];
  /** By collateral of the policy, token units. */
  readonly totals: readonly bigint[];
  /** What the guardian has restricted and nobody released, with the version of the policy since when. */
  readonly restricted: readonly { readonly symbol: string; readonly version: bigint }[];
  readonly pool: CashPool;
  readonly quote: string;
  readonly now: bigint;
}

/** Whether the policy is kept, what of it moves, and whether it makes sense. */
export function judgePolicy(facts: PolicyFacts): Check[] {
  const { policy } = facts;
  return [
    policy.isSealed
      ? ok('sealed', `version ${policy.version}: what tightens ramps, and caps grow`)
      : fail('sealed', 'the policy is not sealed: changes hold at once', 'MarginPolicy.seal, by the risk role'),
    judgeListing(facts),
    ...policy.collaterals.flatMap((_, i) => [...judgeCap(facts, i), judgeHaircuts(facts, i)]),
    judgeBorrowCap(facts),
    judgeInterest(facts),
    judgeDust(facts),
    judgeLiquidation(facts),
    judgeRamps(facts),
    judgeRestrictions(facts),
  ];
}

function judgeListing({ policy, known, symbolOf }: PolicyFacts): Check {
  const listed = policy.collaterals.map(({ asset }) => asset);
  const strange = listed.filter((asset) => !known.includes(asset));
  const missing = known.filter((asset) => !listed.includes(asset));
  if (missing.length > 0) return fail('listing', `${missing.map(symbolOf).join(', ')}: deployed and not listed`);
  if (strange.length === 0) return ok('listing', listed.map(symbolOf).join(', '));
  const advice = 'npm run adopt, so that keepers and policy files know it';
  return warn('listing', `${strange.join(', ')}: listed, and not in the manifest`, advice);
}

function judgeCap({ policy, symbolOf, totals, now }: PolicyFacts, i: number): Check[] {
  const collateral = policy.collaterals[i];
  if (collateral === undefined) return [];
  const { asset, terms } = collateral;
  const name = `cap ${symbolOf(asset)}`;
  const total = totals[i] ?? 0n;
  const cap = supplyCapAt(terms, now);
  const show = (units: bigint): string => formatAmount(units, terms.target.decimals);
  const grows = cap < terms.target.supplyCap ? `, which grows to ${show(terms.target.supplyCap)}` : '';
  const detail = `the vault holds ${show(total)} of ${show(cap)}${grows}`;
  if (total > cap) return [fail(name, detail, 'nothing more comes in; what is above may stay or leave')];
  return [total > 0n && total * 100n >= cap * NEARLY_FULL ? warn(name, `${detail}: nearly full`) : ok(name, detail)];
}

function judgeHaircuts({ policy, symbolOf, now }: PolicyFacts, i: number): Check {
  const collateral = policy.collaterals[i];
  const name = `haircuts ${collateral === undefined ? '' : symbolOf(collateral.asset)}`;
  if (collateral === undefined) return fail(name, 'not listed');
  const risk = collateralRiskAt(collateral.terms, now);
  const pair = pairRiskAt(collateral.pair, now);
  const order = (of: { maintenanceHaircutBps: number; initialHaircutBps: number }): string =>
    `Hm ${formatBps(of.maintenanceHaircutBps)}, Hi ${formatBps(of.initialHaircutBps)}`;
  const isolated = pair.maintenanceHaircutBps === 0 ? 'not isolated' : `isolated ${order(pair)}`;
  const detail = `${order(risk)}; ${isolated}; depth ${formatAmount(risk.depth, risk.decimals)}`;
  const inOrder = [risk, pair].every((of) => of.initialHaircutBps >= of.maintenanceHaircutBps);
  if (!inOrder) return fail(name, `${detail}: Hi is below Hm`, 'MarginPolicy.raiseInitialHaircut');
  return risk.depth === 0n ? fail(name, `${detail}: without a depth it counts nothing`) : ok(name, detail);
}

function judgeBorrowCap({ policy: { cash }, pool, quote, now }: PolicyFacts): Check {
  const owed = totalBorrow(pool);
  const cap = borrowCapAt(cash, now) * WAD;
  const target = BigInt(cash.target.borrowCap) * WAD;
  const grows = cap < target ? `; the cap grows to ${formatWad(target, 0)}` : '';
  const detail = `${formatWad(owed)} of ${formatWad(cap, 0)} ${quote} is owed${grows}`;
  if (owed > cap) return fail('borrow cap', detail, 'nothing more is lent; interest may have done it');
  return owed > 0n && owed * 100n >= cap * NEARLY_FULL
    ? warn('borrow cap', `${detail}: nearly full`)
    : ok('borrow cap', detail);
}

function judgeInterest({ policy: { cash }, pool }: PolicyFacts): Check {
  const { baseRateBps, slopeLowBps, slopeHighBps, kinkBps, reserveFactorBps } = cash.target;
  const kink = baseRateBps + slopeLowBps;
  const percentOfPpm = (ppm: bigint): string => formatBps(ppm / 100n);
  const detail =
    `${formatBps(baseRateBps)} a year at rest, ${formatBps(kink)} at ${formatBps(kinkBps)}, ${formatBps(kink + slopeHighBps)} at all; ` +
    `debtors pay ${percentOfPpm(BigInt(pool.borrowRatePpm))}, ${formatBps(reserveFactorBps)} of it to the reserves`;
  const asked = borrowRate(pool, cash.target);
  // the stored rate is that of the last movement of cash
  const apart = asked - BigInt(pool.borrowRatePpm);
  return apart > 10_000n || apart < -10_000n
    ? warn(
        'interest',
        `${detail}; the curve asks ${percentOfPpm(asked)} at ${formatBps(utilisation(pool) / 10n ** 14n)}`,
        'MarginVault.accrue',
      )
    : ok('interest', detail);
}

function judgeDust({ policy: { cash, liquidation }, quote, now }: PolicyFacts): Check {
  const { callFeeCents, floorBonusCents } = liquidationTermsAt(liquidation, now);
  const cents = (value: number): string => formatWad(BigInt(value), 2, 100n);
  const detail = `least debt ${cash.target.minDebt} ${quote}, call fee ${cents(callFeeCents)}, least bonus ${cents(floorBonusCents)}`;
  return cash.target.minDebt === 0
    ? fail('dust', `${detail}: debts too small to be worth a liquidation may be opened`, 'MarginPolicy.setCashTerms')
    : ok('dust', detail);
}

function judgeLiquidation({ policy, now }: PolicyFacts): Check {
  const terms = liquidationTermsAt(policy.liquidation, now);
  const ratio = (bps: number): string => formatWad(BigInt(bps), 2, 10_000n);
  const detail =
    `grace up to ${formatSpan(terms.maxGrace)}, no call needed below ${ratio(terms.criticalHealthBps)}, target ${ratio(terms.targetHealthBps)}, ` +
    `bonus ${formatBps(terms.bonusMinBps)} to ${formatBps(terms.bonusMaxBps)} of Rm over ${formatSpan(terms.bonusRamp)}`;
  const sound =
    terms.bonusMinBps <= terms.bonusMaxBps &&
    terms.criticalHealthBps < 10_000 &&
    terms.targetHealthBps > 10_000 + terms.cureBufferBps &&
    terms.bonusMinBps > 0;
  return sound
    ? ok('liquidation', detail)
    : fail('liquidation', `${detail}: out of order`, 'MarginPolicy.setLiquidationTerms');
}

function judgeRamps({ policy, symbolOf, now }: PolicyFacts): Check {
  const ends = [
    ...policy.collaterals.flatMap(({ asset, terms, pair }) => [
      { what: `${symbolOf(asset)} haircut or depth`, end: terms.ramp.endsAt },
      { what: `${symbolOf(asset)} cap`, end: growthEndsAt(terms) },
      { what: `${symbolOf(asset)} pair`, end: pair.ramp.endsAt },
    ]),
    { what: 'borrow cap', end: borrowGrowthEndsAt(policy.cash) },
    { what: 'terms of liquidation', end: policy.liquidation.span.endsAt },
  ].filter(({ end }) => end !== 0);
  const ended = ends.filter(({ end }) => BigInt(end) <= now);
  if (ended.length > 0) {
    const detail = `arrived and still looked up: ${ended.map(({ what }) => what).join(', ')}`;
    return warn('ramps', detail, SETTLE);
  }
  if (ends.length === 0) return ok('ramps', 'nothing ramps or grows');
  return ok('ramps', ends.map(({ what, end }) => `${what} until ${formatTime(end)}`).join(', '));
}

function judgeRestrictions({ restricted }: PolicyFacts): Check {
  const name = 'restrictions';
  if (restricted.length === 0) return ok(name, 'the guardian has restricted nothing');
  const which = restricted.map(({ symbol, version }) => `${symbol} (version ${version})`).join(', ');
  return warn(
    name,
    `restricted by the guardian: ${which}`,
    'once the reason is gone: MarginPolicy.release, by the risk role',
  );
}
