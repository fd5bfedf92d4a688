import { formatHealth, formatWad } from '../../sdk/format';
import type { Loan } from './readLoans';

/** A line a loan. An account is named by its id: the owner's address, then the index. */
export function formatLoans(loans: readonly Loan[]): string {
  const rows = loans.map(({ account, debt, health, state }) => [
    account,
    formatWad(debt),
    formatHealth(health, 3),
    state,
  ]);
  const table = [['account', 'debt', 'health', 'state'], ...rows];
  return table
    .map(([account = '', debt = '', health = '', state = '']) =>
      `  ${account.padEnd(66)}  ${debt.padStart(12)}  ${health.padStart(7)}  ${state}`.trimEnd(),
    )
    .join('\n');
}
