import type { Address } from 'viem';

import type { AccountStanding, RampedPolicy, UnderlyingReport } from '../../sdk/client';
import { AppError } from '../../sdk/errors';
import {
  assess,
  collateralRiskAt,
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
  /** What positions are measured with today, by number. */
  readonly underlyings: ReadonlyMap<number, UnderlyingReport>;
  readonly today: { readonly policy: RampedPolicy; readonly timestamp: bigint; readonly liveTime: bigint };
  /** The policy as the change will set it, at the time of the change, and when its last ramp ends. */
  readonly changed: { readonly policy: RampedPolicy; readonly timestamp: bigint; readonly endsAt: bigint };
}

/**
 * Accounts whose state a change makes worse, the one that will miss most first.
 * @throws AppError `mismatch`: the sdk's figures are not the chain's
 */
export function measureImpact({ standings, prices, underlyings, today, changed }: ImpactInputs): Impact[] {
  const impacts = standings.flatMap((standing): Impact[] => {
    if (!isAtRisk(standing)) return [];
    // what positions are worth, and require by themselves, is that of today
    const positions = measurePositions(standing.portfolio, underlyings, today.timestamp);
    const at = (policy: RampedPolicy, timestamp: bigint): Assessment => {
      const { floorBonusCents } = liquidationTermsAt(policy.liquidation, timestamp);
      const least = { floorBonusCents, timestamp: today.timestamp };
      return assess({ ...toInputs(standing, prices, policy, timestamp), ...positions, least });
    };
    const stateAt = (policy: RampedPolicy, timestamp: bigint, assessment: Assessment): number =>
      marginState(assessment, standing.marginCall, liquidationTermsAt(policy.liquidation, timestamp), today.liveTime)
        .state;
    const now = at(today.policy, today.timestamp);
    agree(standing, now);
    const then = at(changed.policy, changed.endsAt);
    const before = { health: health(now.better), state: stateAt(today.policy, today.timestamp, now) };
    const after = { health: health(then.better), state: stateAt(changed.policy, changed.endsAt, then) };
    if (after.state <= before.state) return [];
    const isTurned = (timestamp: bigint): boolean =>
      stateAt(changed.policy, timestamp, at(changed.policy, timestamp)) > max2(before.state, MarginState.Restricted);
    const turnsAt = isTurned(changed.endsAt) ? firstTime(changed.timestamp, changed.endsAt, isTurned) : undefined;
    const missing = max(then.better.equity < 0n ? -then.better.equity : 0n, missingToOne(then));
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
