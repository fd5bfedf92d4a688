import { health, MarginState, type AccountId } from '../../sdk/math';
import { isCured } from '../act/planMarginCall';
import type { Situation } from '../act/situation';
import type { ScreenedAccount } from '../screen/screenAccounts';

/** Who needs what, the worst first. */
export interface Candidates {
  readonly liquidate: readonly ScreenedAccount[];
  readonly call: readonly ScreenedAccount[];
  readonly clear: readonly ScreenedAccount[];
}

/** Sorts screened accounts by what is to be done about them. The keeper's own bidder account is left alone. */
export function sortCandidates(
  rows: readonly ScreenedAccount[],
  situation: Pick<Situation, 'terms' | 'bidder'>,
): Candidates {
  const others = rows.filter(({ account }) => account !== situation.bidder);
  const inStates = (...states: number[]) => others.filter(({ state }) => states.includes(state));
  return {
    liquidate: byDanger(inStates(MarginState.Liquidatable, MarginState.Insolvent)),
    call: byDanger(inStates(MarginState.Callable)),
    clear: inStates(MarginState.Healthy, MarginState.Restricted).filter(
      (row) => row.deadline !== 0 && isCured(row, situation),
    ),
  };
}

function byDanger(rows: readonly ScreenedAccount[]): ScreenedAccount[] {
  const keyed = rows.map((row) => ({ row, key: betterHealth(row) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : compareIds(a.row.account, b.row.account)));
  return keyed.map(({ row }) => row);
}

/** Health (WAD) by which accounts are called and liquidated. */
function betterHealth({ betterEquity, betterMaintenance }: ScreenedAccount): bigint {
  return health({ equity: betterEquity, initial: 0n, maintenance: betterMaintenance });
}

function compareIds(a: AccountId, b: AccountId): number {
  return a < b ? -1 : 1;
}
