import type {
  CallRecord,
  CureRecord,
  Delay,
  KeeperFacts,
  LiquidationRecord,
  LossRecord,
  OwnerCost,
  Totals,
  TopUpRecord,
} from '../result';

export interface Measured {
  readonly calls: readonly CallRecord[];
  readonly cures: readonly CureRecord[];
  readonly topUps: readonly TopUpRecord[];
  readonly liquidations: readonly LiquidationRecord[];
  readonly losses: readonly LossRecord[];
  /** Market and pool, entry by entry of the same steps. */
  readonly assets: readonly { readonly market: readonly number[]; readonly pool: readonly number[] }[];
  readonly end: { readonly missed: number; readonly underwater: number };
  /** Value of all collateral at the start, quote. */
  readonly collateral: number;
}

/** The figures of a whole run. */
export function measure(run: Measured): Totals {
  const { calls, cures, topUps, liquidations, losses } = run;
  const bonus = sum(liquidations, (one) => one.bonus);
  const fees = sum(liquidations, (one) => one.fee);
  const callFees = sum(calls, (one) => one.fee);
  return {
    accountsCalled: distinct(calls),
    calls: calls.length,
    cures: {
      owner: cures.filter(({ by }) => by === 'owner').length,
      liquidation: cures.filter(({ by }) => by === 'liquidation').length,
      price: cures.filter(({ by }) => by === 'price').length,
    },
    topUps: topUps.length,
    topUpValue: sum(topUps, (one) => one.value),
    accountsLiquidated: distinct(liquidations),
    liquidations: liquidations.length,
    collateralSold: sum(liquidations, (one) => one.collateral),
    bonus,
    fees,
    callFees,
    waterfall: {
      shortfall: sum(losses, (one) => one.shortfall),
      fromReserves: sum(losses, (one) => one.fromReserves),
      fromJunior: sum(losses, (one) => one.fromJunior),
      fromSenior: sum(losses, (one) => one.fromSenior),
      socialised: sum(losses, (one) => one.socialised),
      unpaid: sum(losses, (one) => one.unpaid),
    },
    ownerCost: ownerCost(
      { bonus, fees, callFees, gainNextHour: sum(liquidations, (one) => one.gainNextHour) },
      run.collateral,
    ),
    delays: {
      callableToCalled: delayOf(calls.map(({ waited }) => waited)),
      liquidatableToClosed: delayOf(liquidations.map(({ waited }) => waited)),
    },
    worstPoolDiscount: Math.max(
      0,
      ...run.assets.flatMap(({ market, pool }) => market.map((price, i) => 1 - (pool[i] ?? price) / price)),
    ),
    missed: run.end.missed,
    debtUnderwater: run.end.underwater,
  };
}

/** @param collateral all there was at the start, quote */
export function ownerCost(parts: Omit<OwnerCost, 'total' | 'bps'>, collateral: number): OwnerCost {
  const total = parts.bonus + parts.fees + parts.callFees + parts.gainNextHour;
  return { ...parts, total, bps: collateral === 0 ? 0 : (total / collateral) * 10_000 };
}

/** Quantiles that were really seen: the smallest wait that so many of them do not exceed. */
export function delayOf(waits: readonly number[]): Delay {
  const sorted = waits.toSorted((a, b) => a - b);
  const quantile = (part: number): number | null => sorted[Math.ceil(sorted.length * part) - 1] ?? null;
  return { count: sorted.length, median: quantile(0.5), ninetieth: quantile(0.9), worst: sorted.at(-1) ?? null };
}

/** What one keeper called and sold, out of the records of all. */
export function keeperFigures(
  name: string,
  { calls, callers, liquidations }: Pick<Measured, 'calls' | 'liquidations'> & { readonly callers: readonly string[] },
): Pick<KeeperFacts, 'calls' | 'liquidations' | 'callFees' | 'bonus'> {
  const own = calls.filter((_, i) => callers[i] === name);
  const sold = liquidations.filter(({ keeper }) => keeper === name);
  return {
    calls: own.length,
    liquidations: sold.length,
    callFees: sum(own, ({ fee }) => fee),
    bonus: sum(sold, ({ bonus }) => bonus),
  };
}

function sum<T>(list: readonly T[], of: (item: T) => number): number {
  return list.reduce((total, item) => total + of(item), 0);
}

function distinct(list: readonly { readonly account: string }[]): number {
  return new Set(list.map(({ account }) => account)).size;
}
