import type { Address } from 'viem';

import type { AccountStanding, RampedInstruments, RampedPolicy, UnderlyingReport } from '../../sdk/client';
import { AppError } from '../../sdk/errors';
import {
  assess,
  collateralRiskAt,
  excess,
  health,
  liquidationTermsAt,
  MarginState,
  marginState,
  max,
  measurePositions,
  pairRiskAt,
  type AccountId,
  type Assessment,
  type MarginInputs,
  type Price,
} from '../../sdk/math';
import { projectUnderlyings } from './projectUnderlyings';

/** What a change makes of an account, at today's prices and debts. */
export interface Impact {
  readonly account: AccountId;
  /** quote WAD, zero where there are positions alone */
  readonly debt: bigint;
  readonly before: Standing;
  /** when every ramp has ended */
  readonly after: Standing;
  /** what is missing to health one then, quote WAD */
  readonly missing: bigint;
  /** From when the account may be called, or sold without a call; undefined where it stands as today. */
  readonly turnsAt?: bigint;
}

export interface Standing {
  readonly health: bigint;
  /** see `MarginState` */
  readonly state: number;
}

export interface ImpactInputs {
  readonly standings: readonly AccountStanding[];
  /** Today's, by asset. */
  readonly prices: ReadonlyMap<Address, Price>;
  /** What positions are measured with today, by number; their terms then are those of `changed`. */
  readonly underlyings: ReadonlyMap<number, UnderlyingReport>;
  readonly today: { readonly policy: RampedPolicy; readonly timestamp: bigint; readonly liveTime: bigint };
  /** The policy as the change will set it, at the time of the change, and when its last ramp ends. */
  readonly changed: {
    readonly policy: RampedPolicy;
    readonly instruments: RampedInstruments;
    readonly timestamp: bigint;
    readonly endsAt: bigint;
  };
}

/**
 * Accounts whose state a change makes worse, or that sink deeper in one that is not well, the one that will miss most
 * first.
 * @throws AppError `mismatch`: the sdk's figures are not the chain's
 */
export function measureImpact({ standings, prices, underlyings, today, changed }: ImpactInputs): Impact[] {
  const impacts = standings.flatMap((standing): Impact[] => {
    if (!isAtRisk(standing)) return [];
    const measure = (policy: RampedPolicy, timestamp: bigint, positions: Measured): Assessment => {
      const { floorBonusCents } = liquidationTermsAt(policy.liquidation, timestamp);
      const least = { floorBonusCents, timestamp: today.timestamp };
      return assess({ ...toInputs(standing, prices, policy, timestamp), ...positions, least });
    };
    const holds = standing.portfolio.positions.length > 0;
    const known = measurePositions(standing.portfolio, underlyings, today.timestamp);
    // what positions are worth is that of today; what they require by itself, that of the terms
    const then = (timestamp: bigint): Assessment => {
      const terms = holds ? projectUnderlyings(underlyings, changed.instruments, timestamp) : underlyings;
      const positions = holds ? measurePositions(standing.portfolio, terms, today.timestamp) : known;
      return measure(changed.policy, timestamp, positions);
    };
    const stateAt = (policy: RampedPolicy, timestamp: bigint, assessment: Assessment): number =>
      marginState(assessment, standing.marginCall, liquidationTermsAt(policy.liquidation, timestamp), today.liveTime)
        .state;
    const now = measure(today.policy, today.timestamp, known);
    agree(standing, now);
    const end = then(changed.endsAt);
    const before = { health: health(now.better), state: stateAt(today.policy, today.timestamp, now) };
    const after = { health: health(end.better), state: stateAt(changed.policy, changed.endsAt, end) };
    const sinks = after.health < before.health || excess(end.worse) < excess(now.worse);
    if (after.state < before.state || (after.state === before.state && !(isUnwell(before) && sinks))) return [];
    const isTurned = (timestamp: bigint): boolean =>
      stateAt(changed.policy, timestamp, then(timestamp)) > max2(before.state, MarginState.Restricted);
    const turnsAt = isTurned(changed.endsAt) ? firstTime(changed.timestamp, changed.endsAt, isTurned) : undefined;
    const missing = max(end.better.equity < 0n ? -end.better.equity : 0n, missingToOne(end));
    return [
      {
        account: standing.account,
        debt: max(-standing.portfolio.cash, 0n),
        before,
        after,
        missing,
        ...(turnsAt !== undefined && { turnsAt }),
      },
    ];
  });
  return impacts.sort((a, b) => (a.missing === b.missing ? 0 : a.missing < b.missing ? 1 : -1));
}

type Measured = ReturnType<typeof measurePositions>;

/** Whether it is short of initial margin already, or worse. */
function isUnwell({ state }: Standing): boolean {
  return state >= MarginState.Restricted;
}

/** Whether it has anything that a margin call could be about. */
export function isAtRisk({ portfolio: { cash, positions } }: AccountStanding): boolean {
  return cash < 0n || positions.length > 0;
}

function missingToOne({ better: { equity, maintenance } }: Assessment): bigint {
  return max(maintenance - equity, 0n);
}

function max2(a: number, b: number): number {
  return a > b ? a : b;
}

/** First second of `[from, to]` at which `holds`, which stays so once it does. */
function firstTime(from: bigint, to: bigint, holds: (timestamp: bigint) => boolean): bigint {
  if (holds(from)) return from;
  let [no, yes] = [from, to];
  while (yes - no > 1n) {
    const middle = (no + yes) / 2n;
    if (holds(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}

function toInputs(
  { portfolio }: AccountStanding,
  prices: ReadonlyMap<Address, Price>,
  policy: RampedPolicy,
  timestamp: bigint,
): MarginInputs {
  const terms = portfolio.collateral.map(({ asset }) => {
    const found = policy.collaterals.find((each) => each.asset === asset);
    const price = prices.get(asset);
    if (found === undefined || price === undefined) throw new Error(`${asset} is held and not listed`);
    return { found, price };
  });
  return {
    portfolio,
    prices: terms.map(({ price }) => price),
    risks: terms.map(({ found }) => collateralRiskAt(found.terms, timestamp)),
    pairs: terms.map(({ found }) => pairRiskAt(found.pair, timestamp)),
  };
}

function agree({ account, assessment }: AccountStanding, here: Assessment): void {
  const same = (['worse', 'mark', 'better'] as const).every(
    (side) =>
      here[side].equity === assessment[side].equity &&
      here[side].initial === assessment[side].initial &&
      here[side].maintenance === assessment[side].maintenance,
  );
  if (same) return;
  throw new AppError(`${account} is measured otherwise on chain than here: npm run explain -- ${account} shows where`, {
    code: 'mismatch',
  });
}
