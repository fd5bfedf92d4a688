/** What is measured, in the order of the table. */
export const ACTIONS = {
  deposit: 'first collateral deposit',
  borrow: 'first borrow, by who has held quote tokens',
  borrowEmpty: 'first borrow, into an empty wallet',
  borrowMore: 'each further collateral in a check that needs it',
  borrowSpare: 'each further collateral in a check that does not',
  call: 'margin call, without a fee',
  callFee: 'margin call, with the fee',
  callMore: 'each further call of a batch, without a fee',
  liquidate: 'liquidation without callback, called account',
  liquidateCritical: 'liquidation without callback, below hCritical',
  liquidateWorst:
    'worst liquidation: eight collaterals of two sources, a sequencer, a loss through the whole waterfall, a callback',
  portfolio16: 'check: portfolio margin, 16 options of one expiry, 23 scenarios',
  portfolio32: 'check: portfolio margin, 32 options of one expiry, 23 scenarios',
  optionScenario: 'check: one option more, for each scenario',
  standard16: 'check: standard margin, 16 options of one expiry',
  fillWarm: 'fill of one pair of perpetual orders, two open accounts, by itself on warm storage',
  fill: 'fill of one pair of perpetual orders, two open accounts',
  liquidateBook: 'liquidation of 16 options by a bidder who holds none, standard margin',
  liquidatePortfolio: 'liquidation of 16 options by a bidder who holds none, portfolio margin',
} as const;

export type Action = keyof typeof ACTIONS;

/**
 * Gas of the same action elsewhere, whole transactions, published or measured with the feeds of those systems: for the
 * order of magnitude, not for the last thousand.
 */
export const PEERS: Readonly<Partial<Record<Action, string>>> = {
  deposit: 'Morpho 74k, Comet 115k, Aave v3 164k',
  borrow: 'Morpho 84k, Comet 112k, Aave v3 245k',
  liquidate: 'Morpho 107k (isolated); Comet 250k in two steps, Euler 301k, Aave v3 340k (cross)',
  call: 'nobody has one',
  portfolio16: 'Derive v2 3.51M',
  portfolio32: 'Derive v2 6.95M',
  optionScenario: 'Derive v2 8-9k',
  standard16: 'Derive v2 0.88M',
  fillWarm: 'Derive v2 0.34M',
  fill: 'Derive v2 0.34M',
  liquidateBook: 'Derive v2 3.7-3.8M',
  liquidatePortfolio: 'Derive v2 3.7-3.8M',
};

/** What we are out to stay below; what is above it says why in `MISSED`. */
export const GOALS: Readonly<Partial<Record<Action, number>>> = {
  deposit: 100_000,
  borrow: 140_000,
  borrowEmpty: 140_000,
  borrowMore: 12_000,
  borrowSpare: 12_000,
  call: 90_000,
  callFee: 90_000,
  liquidate: 180_000,
  liquidateWorst: 5_000_000,
  portfolio16: 700_000,
  portfolio32: 1_400_000,
  optionScenario: 1_600,
  standard16: 450_000,
  fillWarm: 250_000,
  fill: 250_000,
  liquidateBook: 1_600_000,
  liquidatePortfolio: 1_600_000,
};

/** Goals that are not reached, and why. */
export const MISSED: Readonly<Partial<Record<Action, string>>> = {
  borrowEmpty: "the quote token's first balance costs 17,100",
  borrowMore: 'one answer of a feed costs 14,500 by itself; a check reads no more of them than it needs',
  fill: 'Derive v2 0.34M; two accounts are checked from cold feeds, index and perpetual, two signatures and two slots of filled orders',
  liquidatePortfolio:
    'Derive v2 3.7-3.8M; the scenarios are tried twice, for the account and for the bidder, and 16 new slots cost him 0.35M',
  callFee: "paying a fee moves cash of two accounts and the pool's; a policy without one is within the goal",
};
