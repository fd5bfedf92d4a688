import type { AccountId } from '../../sdk/math';
import type { LossIndex } from '../accounts/lossIndex';
import type { KeeperConfig } from '../config';
import type { Screening } from '../screen/screenAccounts';

/** A loss that the chain does not know as it is. Quote WAD. */
export interface LossReport {
  readonly account: AccountId;
  readonly loss: bigint;
  /** As last reported. */
  readonly known: bigint;
  /** Margin state of the account; zero where it owes nothing any more. */
  readonly state: number;
}

export interface DecideReportsParameters extends Pick<KeeperConfig, 'reportThreshold'> {
  readonly screening: Screening;
  readonly losses: Pick<LossIndex, 'lossOf' | 'accounts'>;
}

// A report costs gas, and interest makes every open loss another one each second: of what is known, one in so many.
const LEAST_CHANGE = 20n;

/**
 * The losses to report, the largest first: open ones that nobody may leave the fund before, and those that are over and
 * hold everybody up. Whatever could not be assessed is left as it is known.
 */
export function decideReports({ screening, losses, reportThreshold }: DecideReportsParameters): LossReport[] {
  const reports: LossReport[] = screening.rows.map(({ account, betterEquity, state }) => {
    return { account, loss: betterEquity < 0n ? -betterEquity : 0n, known: losses.lossOf(account), state };
  });
  const seen = new Set([...screening.rows.map(({ account }) => account), ...screening.unknown]);
  for (const account of losses.accounts()) {
    // it has neither a debt nor a call, or it would have been screened
    if (!seen.has(account)) reports.push({ account, loss: 0n, known: losses.lossOf(account), state: 0 });
  }
  return reports.filter((report) => isDue(report, reportThreshold)).sort(byChange);
}

function isDue(report: LossReport, threshold: bigint): boolean {
  const least = report.known / LEAST_CHANGE;
  return changeOf(report) >= (least > threshold ? least : threshold);
}

function changeOf({ loss, known }: LossReport): bigint {
  return loss > known ? loss - known : known - loss;
}

function byChange(a: LossReport, b: LossReport): number {
  const [first, second] = [changeOf(a), changeOf(b)];
  if (first !== second) return first > second ? -1 : 1;
  return a.account < b.account ? -1 : 1;
}
