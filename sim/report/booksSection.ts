import { BOOK_MODES, type BookMode } from '../books/market';
import type { BooksResult, GroupFacts } from '../books/result';
import type { RunResult } from '../result';
import { BOOK_METRICS, describeBooks, formatMetric, savedPart, totalOf } from './booksFigures';
import { formatAmount, formatNumber, formatPercent } from './format';
import { html, type Html } from './html';
import { panel } from './panel';
import { tablePanel } from './tablePanel';
import { key } from './tables';

/** What perpetuals and options came to, cross accounts beside portfolio accounts; nothing where there are none. */
export function booksSection({ books, quote, policy }: RunResult): Html {
  if (books === undefined) return html``;
  return html`<h2>Perpetuals and options: cross beside portfolio</h2>
    <section class="summary books" aria-label="Perpetuals and options">
      ${describeBooks(books, quote).map((text, i) => html`<p>${i === 0 ? html`` : key(i - 1)}${text}</p>`)}
    </section>
    ${tiles(books, quote)}
    <div class="charts">
      ${panel('books-margin', 'What the books required', `Initial margin of all books under ${policy.name}, and what owners had in their accounts: the same books, held in cross and in portfolio accounts.`, 'wide')}
      ${BOOK_MODES.map((mode) => panel(`books-${mode}`, `Books by state: ${mode}`, 'Every account with a book, at the oracle’s prices.'))}
      ${panel('books-volatility', 'Volatility', 'At the money, a year: what the world traded at, and what the feed said, which its guard lets move only so fast.')}
      ${panel('books-perpetual', 'Perpetual against index', 'What the world paid for the perpetual, beyond the index. Funding follows it.')}
    </div>
    <div class="tables">${groupTable(books)}</div>`;
}

function tiles({ groups }: BooksResult, quote: string): Html {
  const totals = BOOK_MODES.map((mode) => totalOf(groups, mode));
  return html`<div class="tiles">
    ${BOOK_METRICS.map((metric) => {
      const values = totals.map((figures) => metric.value(figures));
      const largest = Math.max(...values.map(Math.abs));
      return html`<section class="tile">
        <h3>${metric.title}</h3>
        <p class="note">${metric.note}${metric.isAmount ? `, ${quote}` : ''}</p>
        <dl>
          ${values.map(
            (value, i) =>
              html`<div class="row ${i === 0 ? 'first' : 'second'}">
                <dt>${key(i)}${BOOK_MODES[i] ?? ''}</dt>
                <dd>${formatMetric(metric, value)}</dd>
                <div class="bar" aria-hidden="true">
                  <i style="width:${formatNumber(largest === 0 ? 0 : (Math.abs(value) / largest) * 100, 1)}%"></i>
                </div>
              </div>`,
          )}
        </dl>
      </section>`;
    })}
  </div>`;
}

const COLUMNS = [
  'books',
  'initial',
  'saved',
  'equity',
  'called',
  'liquidated',
  'cost',
  'bad debt',
  'at the end',
] as const;

/** Group by group, one line a mode. */
function groupTable({ groups }: BooksResult): Html {
  const rows = groups.flatMap((group) => [
    html`<tr class="group">
      <th scope="rowgroup" colspan="${COLUMNS.length + 1}">${group.name}: ${group.about}</th>
    </tr>`,
    ...BOOK_MODES.map((mode, i) => groupRow(group, mode, i)),
  ]);
  return tablePanel({ caption: 'Who held what, and what came of it', heads: COLUMNS, rows, className: 'wide' });
}

function groupRow(group: GroupFacts, mode: BookMode, i: number): Html {
  const figures = group.modes[mode];
  return html`<tr>
    <th scope="row">${key(i)}${mode}</th>
    <td>${formatNumber(group.books)}</td>
    <td>${formatAmount(figures.initial)}</td>
    <td>${mode === 'cross' ? '' : formatPercent(savedPart(group), 0)}</td>
    <td>${formatAmount(figures.equity)}</td>
    <td>${formatNumber(figures.accountsCalled)}</td>
    <td>${formatNumber(figures.accountsLiquidated)}</td>
    <td>${formatAmount(figures.cost)}</td>
    <td>${formatAmount(figures.shortfall)}</td>
    <td>${formatAmount(figures.equityAtEnd)}</td>
  </tr>`;
}
