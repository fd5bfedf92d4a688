import { BOOK_MODES, type BookMode } from '../books/market';
import type { BooksResult, GroupFacts, ModeFigures } from '../books/result';
import { formatAmount, formatCount, formatNumber, formatPercent } from './format';

/** One line of what the two ways of holding the same books came to, the same on the screen and in the report. */
export interface BookMetric {
  readonly title: string;
  readonly note: string;
  /** Amounts are in quote. */
  readonly isAmount: boolean;
  readonly value: (figures: ModeFigures) => number;
}

export const BOOK_METRICS: readonly BookMetric[] = [
  {
    title: 'Initial margin',
    note: 'required at the start, for the same books',
    isAmount: true,
    value: ({ initial }) => initial,
  },
  {
    title: 'Equity put up',
    note: 'at the start: the same multiple of what each mode requires',
    isAmount: true,
    value: ({ equity }) => equity,
  },
  {
    title: 'Accounts called',
    note: 'margin was called on them at least once',
    isAmount: false,
    value: ({ accountsCalled }) => accountsCalled,
  },
  {
    title: 'Accounts liquidated',
    note: 'wholly or in part',
    isAmount: false,
    value: ({ accountsLiquidated }) => accountsLiquidated,
  },
  {
    title: 'Cost of it',
    note: 'bonuses, fees and fees of calls',
    isAmount: true,
    value: ({ cost }) => cost,
  },
  {
    title: 'Bad debt',
    note: 'what liquidated accounts could not pay',
    isAmount: true,
    value: ({ shortfall }) => shortfall,
  },
  {
    title: 'Under water at the end',
    note: 'what open accounts are short by',
    isAmount: true,
    value: ({ underwater }) => underwater,
  },
  {
    title: 'Hedges refused',
    note: 'trades that would have brought a book back to neutral, for want of initial margin',
    isAmount: false,
    value: ({ refused }) => refused,
  },
];

export function formatMetric({ isAmount }: BookMetric, value: number): string {
  return isAmount ? formatAmount(value) : formatNumber(value);
}

/** All groups together. */
export function totalOf(groups: readonly GroupFacts[], mode: BookMode): ModeFigures {
  const all = groups.map(({ modes }) => modes[mode]);
  const keys = Object.keys(all[0] ?? {}) as (keyof ModeFigures)[];
  return Object.fromEntries(
    keys.map((key) => [key, all.reduce((sum, figures) => sum + figures[key], 0)]),
  ) as unknown as ModeFigures;
}

/** Of the margin of cross accounts the part that portfolio margin does not ask for; negative where it asks for more. */
export function savedPart({ modes }: Pick<GroupFacts, 'modes'>): number {
  return modes.cross.initial === 0 ? 0 : 1 - modes.portfolio.initial / modes.cross.initial;
}

/** What portfolio mode saved and what it cost, in plain words. */
export function describeBooks({ groups }: BooksResult, quote: string): string[] {
  const totals = { cross: totalOf(groups, 'cross'), portfolio: totalOf(groups, 'portfolio') };
  const books = groups.reduce((sum, group) => sum + group.books, 0);
  const notional = groups.reduce((sum, group) => sum + group.notional, 0);
  const bySaving = [...groups].sort((a, b) => savedPart(b) - savedPart(a));
  const saved = savedPart({ modes: totals });
  return [
    `${formatCount(books, 'book')} of perpetuals and options, ${formatAmount(notional)} ${quote} of underlying, ` +
      `${books === 1 ? 'was' : 'were'} held twice: in cross and in portfolio accounts. ${describeSaving(bySaving)} ` +
      `All books together: ${formatAmount(totals.portfolio.initial)} in portfolio accounts, ${formatAmount(totals.cross.initial)} in cross accounts, ${formatSaving(saved)}.`,
    ...BOOK_MODES.map((mode) => describeMode(mode, totals[mode], quote)),
  ];
}

/** @param groups those first of whom portfolio margin asks least, against cross margin */
function describeSaving(groups: readonly GroupFacts[]): string {
  const phrase = (group: GroupFacts): string => `${formatSaving(savedPart(group))} of ${group.name}s`;
  const less = groups.filter((group) => savedPart(group) >= 0).map(phrase);
  const more = groups.filter((group) => savedPart(group) < 0).map(phrase);
  if (less.length === 0) return `At the start portfolio margin asked for ${listOf(more)}.`;
  const rest = more.length === 0 ? '' : `, and for ${listOf(more)}`;
  return `At the start portfolio margin asked for ${listOf(less)}${rest}.`;
}

function describeMode(mode: BookMode, figures: ModeFigures, quote: string): string {
  const { accountsCalled, accountsLiquidated, notionalSold, cost, shortfall, beyondFund, equity } = figures;
  const called =
    accountsCalled === 0
      ? `No margin was called on ${mode} accounts`
      : `Margin was called on ${formatCount(accountsCalled, `${mode} account`)}`;
  const sold =
    accountsLiquidated === 0
      ? 'none was liquidated'
      : `${accountsLiquidated} ${accountsLiquidated === 1 ? 'was' : 'were'} liquidated, ${formatAmount(notionalSold)} ${quote} of positions, for ${formatAmount(cost)} of bonuses and fees (${formatPercent(cost / equity)} of the equity put up)`;
  const lost =
    shortfall === 0
      ? 'They left no bad debt'
      : `They left ${formatAmount(shortfall)} of bad debt, ${beyondFund === 0 ? 'all of it paid by reserves and fund' : `${formatAmount(beyondFund)} of it beyond reserves and fund`}`;
  const open =
    figures.underwater === 0 ? '' : `, and at the end open ones were ${formatAmount(figures.underwater)} short`;
  return `${called}, and ${sold}. ${lost}${open}.`;
}

function formatSaving(part: number): string {
  return part >= 0 ? `${formatPercent(part, 0)} less` : `${formatPercent(-part, 0)} more`;
}

function listOf(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
