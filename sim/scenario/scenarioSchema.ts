import { z } from 'zod';

import { booksSchema } from './booksSchema';

// The form of a scenario file. Unknown keys fail: a misspelt assumption must not be an assumption silently left out.

const seconds = z.number().nonnegative();
const positive = z.number().positive();
const share = z.number().min(0).max(1);

/** Points in time order, `[seconds from the start, value]`. */
const points = z
  .array(z.tuple([seconds, positive]))
  .min(1)
  .refine((list) => list.every(([second], i) => i === 0 || second > (list[i - 1]?.[0] ?? 0)), {
    message: 'points must be in order of time, each second once',
  });

const sourcedPrice = z.strictObject({ points });
const followingPrice = z.strictObject({
  follows: z.string(),
  /** Each logarithmic move is so many times the leader's. */
  beta: z.number().min(-2).max(3),
  /** Price at second zero. */
  first: positive,
  /** Where beta comes from. */
  note: z.string(),
});

const accounts = z.strictObject({
  borrowers: z.int().min(1).max(5_000),
  lenders: z.int().min(1).max(100),
  /** Part of the lent cash that is borrowed at the start. */
  utilisation: z.number().min(0.05).max(0.95),
  /** Capital of the default fund, as a part of the debt. */
  fundShare: share,
  isolatedShare: share,
  /** What collateral consists of, as parts of its value. An isolated account takes the largest part only. */
  mixes: z
    .array(z.strictObject({ weight: z.number().nonnegative(), parts: z.record(z.string(), share) }))
    .min(1)
    .refine((list) => list.some(({ weight }) => weight > 0), 'one mix needs a weight')
    .refine(
      (list) => list.every(({ parts }) => Math.abs(Object.values(parts).reduce((a, b) => a + b, 0) - 1) < 1e-9),
      'the parts of a mix must sum to one',
    ),
  /** Collateral value, log-normal, cut at both ends. */
  size: z.strictObject({ median: positive, sigma: z.number().min(0).max(3), least: positive, most: positive }),
  /** Debt as a part of the most that initial margin allows: `least + (most - least) * u ** skew`. */
  loan: z.strictObject({ least: share, most: share, skew: positive }),
});

const owners = z.strictObject({
  /** Part of the owners who answer a call; the others never look. */
  answerShare: share,
  /** Seconds from the call to the answer, log-normal. */
  delay: z.strictObject({ median: positive, sigma: z.number().min(0).max(3) }),
  /** What an owner has left to answer with, as a part of the collateral's value at the start. */
  purse: share,
  /** Health an answer aims for, of those that can afford it. */
  restores: z.number().min(1.02).max(3),
});

const pool = z.strictObject({
  /** Quote tokens on one side at the start; the other side holds as much in value. */
  quoteDepth: positive,
  /** Seconds in which arbitrage takes back half of what sales have pushed the pool away from the market. */
  halfLife: positive,
  /** When liquidity providers leave a part of it only. */
  thinning: z.array(z.strictObject({ from: seconds, until: positive, share: z.number().min(0.01).max(1) })).default([]),
});

const keeper = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,24}$/, 'lower-case letters, digits and hyphens'),
  funding: z.enum(['capital', 'flash']),
  /** Quote tokens it starts with; a flash keeper needs none. */
  capital: z.number().nonnegative(),
  /** It sends nothing while gas is dearer. */
  maxGasGwei: positive,
  /** When it does not run at all. */
  dead: z.array(z.strictObject({ from: seconds, until: positive })).default([]),
});

export const scenarioSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9-]+$/, 'lower-case letters, digits and hyphens'),
    title: z.string().min(1),
    /** Where the prices come from. */
    source: z.string().min(1),
    start: z.iso.datetime(),
    interpolation: z.literal('log-linear'),
    prices: z.record(z.string(), z.union([sourcedPrice, followingPrice])),
    steps: z.strictObject({ maxMoveBps: positive, minSeconds: positive, maxSeconds: positive }),
    accounts,
    owners,
    /** Base fee in gwei, log-linear between the points. */
    gasGwei: z.strictObject({ points, note: z.string() }),
    oracle: z.strictObject({
      /** A feed pushes when the market is so far from its last answer ... */
      deviationBps: positive,
      /** ... or its last answer is so old. */
      heartbeat: positive,
      /** Seconds by which what it pushes is late. */
      delay: seconds,
    }),
    pools: z.record(z.string(), pool),
    keepers: z
      .array(keeper)
      .min(1)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'keepers need different names'),
    /** Perpetuals and options, if there are any. */
    books: booksSchema.optional(),
  })
  .superRefine((scenario, context) => {
    const say = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const known = scenario.prices;
    for (const [asset, price] of Object.entries(known)) {
      if (!('follows' in price)) continue;
      const leader = known[price.follows];
      if (leader === undefined || 'follows' in leader)
        say(['prices', asset], `${price.follows} has no points to follow`);
    }
    for (const asset of Object.keys(scenario.pools)) {
      if (known[asset] === undefined) say(['pools', asset], 'has no price');
    }
    for (const [i, { parts }] of scenario.accounts.mixes.entries()) {
      for (const asset of Object.keys(parts)) {
        if (scenario.pools[asset] === undefined) say(['accounts', 'mixes', i], `${asset} has no pool to be sold in`);
      }
    }
    if (scenario.accounts.loan.least > scenario.accounts.loan.most) say(['accounts', 'loan'], 'least is above most');
    if (scenario.accounts.size.least > scenario.accounts.size.most) say(['accounts', 'size'], 'least is above most');
    if (scenario.steps.minSeconds > scenario.steps.maxSeconds) say(['steps'], 'minSeconds is above maxSeconds');
  });

export type Scenario = z.infer<typeof scenarioSchema>;
