import { formatAmount, formatHealth, formatSpan, formatWad } from '../format';
import {
  clearableHealth,
  formatAccountId,
  health,
  marginState,
  MarginState,
  reserves,
  totalBorrow,
  totalSupply,
  type AccountId,
} from '../math';
import { reporter, type Check } from './check';
import type { LedgerAccount, LedgerFacts } from './readLedger';

const { ok, warn, fail, skip } = reporter('invariants');

/** Accounts named in one line. */
const NAMED = 3;

/** Whether the books are right: the properties P1 to P4 of the tests, and what nobody acts on, read from the chain. */
export function judgeLedger(facts: LedgerFacts): Check[] {
  const { accounts, unreadable } = facts;
  const known = 'refused' in accounts ? undefined : accounts;
  const why = 'refused' in accounts ? `the node refuses the logs: ${accounts.refused}` : partial(facts);
  return [
    ...facts.tokens.map((_, i) => judgeCustody(facts, i, known)),
    judgeQuote(facts, known),
    judgeSum('P2 debts', facts, { known, why, side: 'debt' }),
    judgeSum('P3 credits', facts, { known, why, side: 'credit' }),
    ...(known === undefined
      ? ['P4 debt and collateral', 'bad debt', 'calls'].map((name) => skip(name, why))
      : [judgeBacking(known), judgeBadDebt(known), judgeCalls(known, facts)]),
    ...(unreadable.length === 0
      ? []
      : [fail('readable', `the vault cannot assess ${unreadable.length} accounts: ${list(unreadable)}`)]),
  ];
}

function partial({ fromBlock }: LedgerFacts): string {
  return `only accounts that moved from block ${fromBlock} on are known`;
}

function judgeCustody(
  { tokens, isComplete }: LedgerFacts,
  i: number,
  known: readonly LedgerAccount[] | undefined,
): Check {
  const token = tokens[i];
  if (token === undefined) return fail('P1 custody', 'not read');
  const { asset, symbol, decimals, held, credited } = token;
  const name = `P1 custody ${symbol}`;
  const show = (units: bigint): string => formatAmount(units, decimals);
  const detail = `holds ${show(held)}, credited ${show(credited)}`;
  if (held < credited) return fail(name, `${detail}: ${show(credited - held)} is missing`, 'pause, and find out');
  if (known === undefined) return ok(name, `${detail}, accounts not summed`);
  const sum = known.reduce(
    (total, { portfolio }) => total + (portfolio.collateral.find((holding) => holding.asset === asset)?.amount ?? 0n),
    0n,
  );
  if (sum > credited || (isComplete && sum !== credited)) {
    return fail(name, `${detail}: the accounts sum to ${show(sum)}`, 'pause, and find out');
  }
  return ok(name, isComplete ? `${detail}, as the accounts sum up` : `${detail}, known accounts ${show(sum)}`);
}

/** Tokens against what is owed to lenders less what debtors owe. Rounding is in the vault's favour. */
function judgeQuote(
  { quote, pool, unsettled, isComplete }: LedgerFacts,
  known: readonly LedgerAccount[] | undefined,
): Check {
  const { symbol, held, scale } = quote;
  const name = `P1 custody ${symbol}`;
  const cash =
    known === undefined || !isComplete
      ? totalSupply(pool) - totalBorrow(pool)
      : known.reduce((sum, { portfolio }) => sum + portfolio.cash, 0n);
  // what winners were paid before losers have paid is cash that losers still owe
  const owed = cash + reserves(pool) - unsettled;
  const detail = `holds ${formatWad(held * scale, 6)}, owes ${formatWad(owed, 6)} of cash and reserves${unsettled === 0n ? '' : ', less what is unsettled'}`;
  // a unit for what principals round
  return held * scale + scale < owed
    ? fail(name, `${detail}: ${formatWad(owed - held * scale, 6)} is missing`, 'pause, and find out')
    : ok(name, detail);
}

interface SumParameters {
  readonly known: readonly LedgerAccount[] | undefined;
  readonly why: string;
  readonly side: 'debt' | 'credit';
}

function judgeSum(name: string, { pool, isComplete }: LedgerFacts, { known, why, side }: SumParameters): Check {
  if (known === undefined) return skip(name, why);
  const principals = known.map(({ principal }) => (side === 'debt' ? -principal : principal)).filter((p) => p > 0n);
  const sum = principals.reduce((total, principal) => total + principal, 0n);
  const total = side === 'debt' ? pool.borrowPrincipal : pool.supplyPrincipal;
  const detail = `${principals.length} accounts have ${formatWad(sum, 6)} at index one, the pool ${formatWad(total, 6)}`;
  if (sum > total || (isComplete && sum !== total)) return fail(name, detail, 'pause, and find out');
  return isComplete ? ok(name, detail) : skip(name, `${detail}: ${why}`);
}

function judgeBacking(known: readonly LedgerAccount[]): Check {
  const name = 'P4 debt and collateral';
  const debtors = known.filter(({ portfolio }) => portfolio.cash < 0n);
  const bare = debtors.filter(({ portfolio }) => portfolio.collateral.length === 0 && portfolio.positions.length === 0);
  if (bare.length === 0) return ok(name, `${debtors.length} accounts owe, each has collateral`);
  const owed = bare.reduce((sum, { portfolio }) => sum - portfolio.cash, 0n);
  const detail = `${bare.length} accounts owe ${formatWad(owed)} with nothing behind it: ${list(bare)}`;
  return fail(name, detail, 'close them through the fund: CloseOut.closeOut');
}

function judgeBadDebt(known: readonly LedgerAccount[]): Check {
  const name = 'bad debt';
  const sunk = known.filter(({ assessment }) => assessment.better.equity < 0n);
  if (sunk.length === 0) return ok(name, 'no account owes more than it has');
  const loss = sunk.reduce((sum, { assessment }) => sum - assessment.better.equity, 0n);
  const detail = `${sunk.length} accounts owe ${formatWad(loss)} more than they have: ${list(sunk)}`;
  return fail(name, detail, 'liquidate them: is a keeper running?');
}

/** What anyone could do and nobody has done. */
function judgeCalls(known: readonly LedgerAccount[], { terms, liveTime, patience }: LedgerFacts): Check {
  const name = 'calls';
  const keeper = 'is a keeper running? npm run explain tells of one account';
  const standing = known.map((each) => ({
    ...each,
    ...marginState(each.assessment, each.marginCall, terms, liveTime),
  }));
  const open = standing.filter(({ marginCall }) => marginCall.calledAt !== 0);
  const overdue = standing.filter(({ state, elapsed }) => state >= MarginState.Liquidatable && elapsed > patience);
  if (overdue.length > 0) {
    const detail = `nobody acts on ${overdue.length} calls that are past their deadline for more than ${formatSpan(patience)}: ${list(overdue)}`;
    return fail(name, detail, keeper);
  }
  const sellable = standing.filter(({ state }) => state >= MarginState.Liquidatable);
  const callable = standing.filter(({ state }) => state === MarginState.Callable);
  const cured = open.filter(
    ({ assessment, marginCall }) => health(assessment.mark) >= clearableHealth(marginCall, liveTime, terms),
  );
  const todo = [
    ...(sellable.length === 0 ? [] : [`${sellable.length} may be liquidated: ${list(sellable)}`]),
    ...(callable.length === 0 ? [] : [`${callable.length} below health one are not called: ${list(callable)}`]),
    ...(cured.length === 0 ? [] : [`${cured.length} are cured and not cleared: ${list(cured)}`]),
  ];
  if (todo.length > 0) return warn(name, todo.join('; '), keeper);
  const lowest = standing
    .filter(({ portfolio }) => portfolio.cash < 0n || portfolio.positions.length > 0)
    .map(({ assessment }) => health(assessment.better))
    .reduce<bigint | undefined>((least, h) => (least === undefined || h < least ? h : least), undefined);
  const nearest = lowest === undefined ? 'nobody owes' : `the lowest health is ${formatHealth(lowest)}`;
  return ok(name, `${open.length} run, none is overdue; ${nearest}`);
}

function list(accounts: readonly (AccountId | { readonly account: AccountId })[]): string {
  const names = accounts.slice(0, NAMED).map((each) => formatAccountId(typeof each === 'string' ? each : each.account));
  return accounts.length > NAMED ? `${names.join(', ')} and ${accounts.length - NAMED} more` : names.join(', ');
}
