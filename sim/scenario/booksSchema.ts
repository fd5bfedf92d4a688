import { z } from 'zod';

// The part of a scenario file that says who holds perpetuals and options, and what their markets do in the crash.

const positive = z.number().positive();
const share = z.number().min(0).max(1);

/** Log-normal, cut at both ends. */
const spread = z.strictObject({ median: positive, sigma: z.number().min(0).max(3), least: positive, most: positive });

const market = z.strictObject({
  /** The perpetual trades at the index times `exp(premium + follows * x)`, where x is how far (log) the index stands
   * from its average of `memory` seconds half-life: below it in a crash. */
  perpetual: z.strictObject({ premiumBps: z.number().min(-100).max(100), follows: z.number().min(-1).max(1) }),
  volatility: z.strictObject({
    expiries: z
      .array(
        z.strictObject({
          /** From the start, at the policy's time of day. */
          days: z.int().min(3).max(365),
          /** At the money, a year, while nothing happens. */
          atMoney: z.number().min(0.05).max(3),
          /** At the money it is `atMoney * exp(reaction * s)`, where s is how far below its average the index has been,
           * which is forgotten with a half-life of `calm`. */
          reaction: z.number().min(0).max(5),
        }),
      )
      .min(1)
      .max(4),
    /** Shape of raw SVI, of the variance at the money: `b`, and the others as they are. */
    smile: z.strictObject({
      b: z.number().min(0).max(1),
      rho: z.number().gt(-1).lt(1),
      m: z.number().min(-1).max(1),
      sigma: z.number().min(0.01).max(2),
    }),
    /** Seconds. */
    calm: positive,
    confidenceBps: z.int().min(0).max(1_000),
    /** The publisher signs a slice when volatility has moved so far, of itself, or after so long. */
    movePercent: positive,
    everySeconds: positive,
  }),
  /** Half-life of the average that x is measured from, seconds. */
  memory: positive,
  /** What whoever trades in the crash pays beyond the mark, of the index. */
  spreadBps: z.strictObject({ perpetual: z.number().min(0).max(200), option: z.number().min(0).max(250) }),
  /** Where these figures come from. */
  note: z.string().min(1),
});

const leg = z.strictObject({
  kind: z.enum(['call', 'put', 'perpetual']),
  /** Which of the market's expiries; none for a perpetual. */
  expiry: z.int().min(0).default(0),
  /** Strike of the index at the start, rounded to two digits. */
  moneyness: z.number().min(0.2).max(5).default(1),
  /** For each unit of the book's size, negative sells. */
  units: z.number().refine((value) => value !== 0, 'a leg of nothing'),
});

const group = z.strictObject({
  name: z.string().regex(/^[a-z][a-z -]{1,30}$/, 'lower-case letters, spaces and hyphens'),
  /** Who they are and what they do, a phrase. */
  about: z.string().min(1),
  /** Symbol of the underlying. */
  market: z.string(),
  /** Books; each is held twice, in a cross and in a portfolio account. */
  count: z.int().min(1).max(200),
  /** Units of the underlying. */
  size: spread,
  legs: z.array(leg).min(1).max(16),
  /** Units of the underlying held as collateral, for each unit of the book's size. */
  holds: z.number().min(0).max(10).default(0),
  /** Those who keep the delta of their book near zero by the perpetual trade when it is further off, of the size; they
   * look so often. */
  hedge: z.strictObject({ band: share, everySeconds: positive }).optional(),
  /** Equity at the start, of the initial requirement of the account's mode: `least + (most - least) * u ** skew`. */
  cushion: z.strictObject({ least: z.number().min(1.02), most: z.number().max(20), skew: positive }),
});

export const booksSchema = z
  .strictObject({
    /** By the symbol of the underlying. */
    markets: z.record(z.string(), market),
    groups: z
      .array(group)
      .min(1)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'groups need different names'),
  })
  .superRefine(({ markets, groups }, context) => {
    for (const [i, { market: symbol, legs, cushion, size }] of groups.entries()) {
      const say = (path: (string | number)[], message: string): void =>
        context.addIssue({ code: 'custom', path: ['groups', i, ...path], message });
      const known = markets[symbol];
      if (known === undefined) say(['market'], `${symbol} has no market`);
      const expiries = known?.volatility.expiries.length ?? 0;
      if (legs.some(({ kind, expiry }) => kind !== 'perpetual' && expiry >= expiries)) {
        say(['legs'], 'a leg has an expiry that there is not');
      }
      if (cushion.least > cushion.most) say(['cushion'], 'least is above most');
      if (size.least > size.most) say(['size'], 'least is above most');
    }
  });

export type BooksScenario = z.infer<typeof booksSchema>;
export type MarketScenario = BooksScenario['markets'][string];
export type GroupScenario = BooksScenario['groups'][number];
