import { describe, expect, it } from 'vitest';

import { describeBooks, savedPart, totalOf } from './booksFigures';
import { renderReport } from './renderReport';
import { sampleBooks, sampleFigures } from './sampleBooks';
import { sampleRun } from './sampleRun';

const books = sampleBooks(10);

describe('totalOf', () => {
  it('adds groups up, figure by figure [SIM-04]', () => {
    expect(totalOf(books.groups, 'cross')).toMatchObject({ initial: 30_000, calls: 4, refused: 2, cost: 1_200 });
    expect(totalOf([], 'cross')).toEqual({});
  });
});

describe('savedPart', () => {
  it('is negative where portfolio margin asks for more, and nothing of nothing', () => {
    expect(books.groups.map(savedPart)).toEqual([0.6, -0.19999999999999996]);
    expect(savedPart({ modes: { cross: sampleFigures(0), portfolio: sampleFigures(5) } })).toBe(0);
  });
});

describe('describeBooks', () => {
  it('says what was saved, group by group, and what came of it [SIM-09]', () => {
    const [saved, cross, portfolio] = describeBooks(books, 'USDC');
    expect(saved).toContain('4 books of perpetuals and options, 200\u202fk USDC of underlying, were held twice');
    expect(saved).toContain('asked for 60\u202f% less of option makers, and for 20\u202f% more of levered longs.');
    expect(saved).toContain('20.0\u202fk in portfolio accounts, 30.0\u202fk in cross accounts, 33\u202f% less.');
    expect(cross).toContain('Margin was called on 2 cross accounts, and 2 were liquidated');
    expect(portfolio).toContain('They left no bad debt.');
  });

  it('says who paid for bad debt, and what is still open', () => {
    const [group] = books.groups;
    const bad = { ...sampleFigures(1_000), shortfall: 50, beyondFund: 10, underwater: 7 };
    const [, , portfolio] = describeBooks(
      { ...books, groups: [{ ...group!, modes: { cross: sampleFigures(1_000), portfolio: bad } }] },
      'USDC',
    );
    expect(portfolio).toContain(
      'left 50 of bad debt, 10 of it beyond reserves and fund, and at the end open ones were 7',
    );
  });
});

describe('renderReport', () => {
  it('shows books where there are some, and says nothing of them elsewhere [SIM-05] [SIM-09]', async () => {
    const run = sampleRun('derivatives', 600);
    const page = await renderReport({ runs: [{ ...run, books: sampleBooks(run.seconds.length) }], command: '' });
    const text = page.slice(0, page.indexOf('<script'));
    expect(text).toContain('cross beside portfolio');
    expect(text).toContain('what a option maker does');
    expect(text).not.toMatch(/NaN|undefined|\[object|Infinity/);
    for (const chart of ['books-margin', 'books-cross', 'books-portfolio', 'books-volatility', 'books-perpetual']) {
      expect(page).toContain(`data-chart="${chart}"`);
    }
    expect(await renderReport({ runs: [run], command: '' })).not.toContain('cross beside portfolio');
  });
});
