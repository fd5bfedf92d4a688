import { BOOK_MODES, type BookMode } from '../books/market';
import type { BooksResult, ModeFigures } from '../books/result';
import { STATES, type StateName } from '../result';

/**
 * Made-up figures of books for tests of the report.
 * @param steps length of the time axis
 */
export function sampleBooks(steps: number): BooksResult {
  const along = (of: (i: number) => number): number[] => Array.from({ length: steps }, (_, i) => of(i));
  const series = (initial: number) => ({
    states: Object.fromEntries(STATES.map((state) => [state, along(() => (state === 'Healthy' ? 4 : 0))])) as Record<
      StateName,
      number[]
    >,
    equity: along(() => initial * 1.5),
    initial: along(() => initial),
    maintenance: along(() => initial * 0.8),
  });
  const group = (name: string, cross: number, portfolio: number) => ({
    name,
    about: `what a ${name} does`,
    books: 2,
    notional: 100_000,
    modes: { cross: sampleFigures(cross), portfolio: sampleFigures(portfolio) } satisfies Record<BookMode, ModeFigures>,
  });
  return {
    markets: [
      {
        symbol: 'ETH',
        index: along(() => 100),
        perpetual: along((i) => 100 - i / steps),
        spot: along(() => 100),
        expiries: [{ expiry: 1_584_691_200, market: along(() => 0.8), feed: along(() => 0.7) }],
      },
    ],
    modes: { cross: series(30_000), portfolio: series(20_000) },
    groups: [group('option maker', 20_000, 8_000), group('levered long', 10_000, 12_000)],
    accounts: BOOK_MODES.map((mode) => ({ account: `0x${mode}`, group: 'option maker', mode })),
    calls: [],
    topUps: [],
    liquidations: [],
    losses: [],
  };
}

export function sampleFigures(initial: number): ModeFigures {
  return {
    initial,
    maintenance: initial * 0.8,
    equity: initial * 1.5,
    accountsCalled: 1,
    calls: 2,
    topUps: 0,
    topUpValue: 0,
    accountsLiquidated: 1,
    liquidations: 3,
    notionalSold: 40_000,
    cost: 600,
    shortfall: 0,
    beyondFund: 0,
    hedges: 5,
    refused: 1,
    missed: 0,
    underwater: 0,
    equityAtEnd: initial,
  };
}
