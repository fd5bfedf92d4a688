import type { Backstop, Tranche } from '../client';
import { LEAST_FUND_DELAYS, type FundDelays } from '../deployment';
import { formatAmount, formatBps, formatSpan, formatWad } from '../format';
import { reporter, type Check } from './check';

const { ok, warn, fail } = reporter('fund');

export interface TrancheRequests {
  /** Requests that stand, and what they are about: quote WAD at interest index one, shares. */
  readonly entering: { readonly holders: number; readonly assets: bigint };
  readonly leaving: { readonly holders: number; readonly shares: bigint };
}

export interface FundFacts {
  readonly backstop: Backstop;
  readonly delays: { readonly junior: FundDelays; readonly senior: FundDelays };
  readonly terms: {
    readonly marketCapBps: number;
    readonly dayCapBps: number;
    readonly reserveTargetBps: number;
    readonly juniorShareBps: number;
    readonly carryCapBps: number;
  };
  readonly closeOut: { readonly patience: number; readonly tipCents: number; readonly maxDiscountBps: number };
  /** undefined where the logs do not tell */
  readonly requests: { readonly junior: TrancheRequests; readonly senior: TrancheRequests } | undefined;
  /** all debt, quote WAD */
  readonly borrowed: bigint;
  readonly symbols: readonly { readonly symbol: string; readonly decimals: number }[];
  readonly quote: { readonly symbol: string; readonly decimals: number };
}

/** What stands behind the lenders. */
export function judgeFund(facts: FundFacts): Check[] {
  const { backstop, terms, closeOut, borrowed, quote } = facts;
  const { reserves, openLosses, carried } = backstop;
  const target = (borrowed * BigInt(terms.reserveTargetBps)) / 10_000n;
  const total = backstop.markets.reduce((sum, { losses }) => sum + losses.unpaid + losses.socialised, 0n);
  return [
    judgeTranche('junior', facts),
    judgeTranche('senior', facts),
    judgeDelays('junior', facts),
    judgeDelays('senior', facts),
    openLosses === 0n
      ? ok('open losses', 'none is reported')
      : warn(
          'open losses',
          `${formatWad(openLosses)} ${quote.symbol} reported and not paid: nobody leaves a tranche that it would reach`,
          'liquidate the accounts, or report them again (OpenLosses.report)',
        ),
    ...backstop.markets.map((_, i) => judgeMarket(facts, i)),
    ok(
      'loss caps',
      `a day at most ${formatBps(terms.dayCapBps)} of the tranches, ${formatBps(terms.marketCapBps)} for one collateral`,
    ),
    ok(
      'reserve target',
      `${formatWad(reserves)} of ${formatWad(target)} (${formatBps(terms.reserveTargetBps)} of all debt); what is above goes ${formatBps(terms.juniorShareBps)} to the junior tranche`,
    ),
    total === 0n
      ? ok('past losses', 'lenders have paid for none')
      : warn('past losses', `${formatWad(total)} ${quote.symbol} was socialised or went unpaid since deployment`),
    ok(
      'close-out',
      `${formatWad(carried)} tied up of at most ${formatBps(terms.carryCapBps)} of reserves and junior tranche; patience ${formatSpan(closeOut.patience)}, ` +
        `tip ${formatWad(BigInt(closeOut.tipCents), 2, 100n)}, discount up to ${formatBps(closeOut.maxDiscountBps)}`,
    ),
  ];
}

function judgeTranche(which: 'junior' | 'senior', { backstop, requests, quote }: FundFacts): Check {
  const name = `${which} tranche`;
  const { totalAssets, totalSupply, lossOpen }: Tranche = backstop[which];
  const asked = requests?.[which];
  const pending =
    asked === undefined
      ? ''
      : `; ${asked.entering.holders} waiting to enter with ${formatWad(asked.entering.assets)}, ${asked.leaving.holders} under notice`;
  const detail = `${formatAmount(totalAssets, quote.decimals)} ${quote.symbol} behind ${totalSupply} shares${pending}`;
  if (totalSupply > 0n && totalAssets === 0n) {
    return fail(name, `${detail}: wiped out, and new money would come to the old shares`, 'do not enter it');
  }
  return lossOpen ? warn(name, `${detail}; held by an open loss`) : ok(name, detail);
}

/** They are the tranche's for good: its code has no way to change them. */
function judgeDelays(which: 'junior' | 'senior', { delays }: FundFacts): Check {
  const name = `${which} delays`;
  const { entryDelay, cooldown, window } = delays[which];
  const detail = `enters after ${formatSpan(entryDelay)}, leaves after ${formatSpan(cooldown)}, within ${formatSpan(window)}`;
  const short = (['entryDelay', 'cooldown', 'window'] as const).filter(
    (key) => delays[which][key] < LEAST_FUND_DELAYS[key],
  );
  if (short.length === 0) return ok(name, detail);
  const least = short.map((key) => `${key} is below ${formatSpan(LEAST_FUND_DELAYS[key])}`).join(', ');
  return fail(
    name,
    `${detail}: ${least}, so money comes and goes around losses and gains`,
    'do not enter it: it needs another tranche',
  );
}

function judgeMarket({ backstop, symbols, quote }: FundFacts, i: number): Check {
  const market = backstop.markets[i];
  const { symbol, decimals } = symbols[i] ?? { symbol: '', decimals: 0 };
  const name = `cover ${symbol}`;
  if (market === undefined) return fail(name, 'not read');
  const { coverLeft, forSale, losses } = market;
  const stock = forSale === 0n ? '' : `, ${formatAmount(forSale, decimals)} ${symbol} of closed accounts for sale`;
  const paid = losses.fromReserves + losses.fromJunior + losses.fromSenior;
  const detail = `the tranches pay up to ${formatWad(coverLeft)} ${quote.symbol} more, ${formatWad(paid)} was paid${stock}`;
  const hasMoney = backstop.junior.totalAssets + backstop.senior.totalAssets > 0n;
  return hasMoney && coverLeft === 0n
    ? warn(name, `${detail}: its caps are used up for now`, 'they refill within a day')
    : ok(name, detail);
}
