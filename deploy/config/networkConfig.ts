import { z } from 'zod';

import { LEAST_FUND_DELAYS, MOST_FUND_DELAY } from '../../sdk/deployment';
import { readJsonFile } from './readJsonFile';
import {
  address,
  bytes32,
  cents,
  decimal,
  percentOfWhole,
  positiveDecimal,
  seconds24,
  seconds32,
  symbol,
} from './units';

/** In place of an address: deployed from contracts/mocks, on a development chain only. */
export const MOCK = 'mock';

const addressOrMock = z.union([z.literal(MOCK), address], { error: `is neither an address nor "${MOCK}"` });

const token = z.strictObject({
  symbol,
  name: z.string().min(1),
  decimals: z.int().min(0).max(18),
  address: addressOrMock,
});

const pythPrice = z.strictObject({
  /** Pyth's contract on this chain */
  pyth: address,
  /** Pyth's id of the price */
  id: bytes32,
  /** how wide half of the confidence interval may be, of the price */
  confidencePercent: percentOfWhole,
});

const feed = z.strictObject({
  /** Chainlink AggregatorV3 of the asset in quote */
  primary: addressOrMock,
  /** another source of the same price: an aggregator, or a price of Pyth believed while it is certain enough */
  second: z
    .union([addressOrMock, pythPrice], { error: `is neither an address nor "${MOCK}" nor a price of Pyth` })
    .optional(),
  /** how far the sources may differ */
  disagreementPercent: percentOfWhole,
  /** first answer of mocked feeds, quote a whole token */
  startPrice: positiveDecimal.optional(),
  /** answers at or outside these bounds are no answers, quote a whole token; kept to three digits, rounded outward */
  floor: decimal,
  ceiling: positiveDecimal,
});

const collateral = token.extend({
  feed: feed.refine((f) => f.startPrice !== undefined || !isMocked(f), {
    path: ['startPrice'],
    message: 'a mocked feed needs a start price',
  }),
  pool: z.strictObject({
    /** quote that each side of a pool on a development chain is worth at the start price */
    depthQuote: positiveDecimal,
  }),
});

/** What perpetuals and options may be traded on, where the policy has terms for it. */
const underlying = z.strictObject({
  symbol,
  /** the collateral whose price is the index */
  index: symbol,
  /** the perpetual's own price, what it trades at elsewhere; mocked, it starts at the index unless it has a start price */
  perpetual: feed,
});

/** Seconds that are at least `least`, or the fund would be none, and no more than a tranche's code takes. */
const fundDelay = (least: number, why: string) =>
  seconds32
    .refine((value) => value >= least, `is below ${least} seconds: ${why}`)
    .refine((value) => value <= MOST_FUND_DELAY, `is above ${MOST_FUND_DELAY} seconds: it would lock money up`);

/** Seconds within the bounds of the close-out's code. */
const closeOutTime = (least: number, most: number) =>
  seconds32.refine((value) => value >= least && value <= most, `is not within ${least} and ${most} seconds`);

/** The tranches of the default fund, and what they stand for. */
const defaultFund = z.strictObject({
  /** from a request to enter to the claim */
  entryDelaySeconds: fundDelay(LEAST_FUND_DELAYS.entryDelay, 'whoever sees a gain come would enter for it'),
  /** from notice to redemption */
  cooldownSeconds: fundDelay(LEAST_FUND_DELAYS.cooldown, 'whoever sees a loss come would leave before it'),
  /** for how long shares under notice may be redeemed, and matured deposits be claimed */
  redeemWindowSeconds: fundDelay(LEAST_FUND_DELAYS.window, 'an outage would keep everybody in for another notice'),
  /** most that the tranches pay a day for one collateral and for all, of what they have */
  marketCapPercent: percentOfWhole,
  dayCapPercent: percentOfWhole,
  /** reserves to keep, of all debt; what is above goes to the tranches */
  reserveTargetPercent: percentOfWhole,
  /** the junior tranche's part of that */
  juniorSharePercent: percentOfWhole,
  /** most that closed-out accounts may tie up, of the reserves and the junior tranche */
  carryCapPercent: percentOfWhole,
  closeOut: z.strictObject({
    /** how long a liquidatable account is left to liquidators, unless it is too small for them */
    patienceSeconds: closeOutTime(600, 86_400),
    /** until the discount on what is for sale is at its most */
    discountRampSeconds: closeOutTime(600, 604_800),
    maxDiscountPercent: percentOfWhole,
    /** most to whoever closes an account out */
    tipQuote: cents,
  }),
});

/** `deployments/config/<network>.json`: what the system stands on, and how long its roles must wait. */
export const networkConfigSchema = z
  .strictObject({
    chainId: z.int().positive(),
    quote: token,
    collaterals: z.array(collateral).min(1),
    underlyings: z.array(underlying).max(255).optional(),
    /** Uniswap V2; "deploy" deploys the factory and a seeded pair a collateral */
    uniswapV2Factory: z.union([z.literal('deploy'), address], { error: 'is neither an address nor "deploy"' }),
    /** L2 sequencer uptime feed; null where the chain has none */
    sequencer: z.strictObject({ feed: address, graceSeconds: seconds24 }).nullable(),
    defaultFund,
    /** seconds between scheduling a restricted call and executing it, by role; pausing never waits */
    executionDelaySeconds: z.strictObject({ admin: seconds32, risk: seconds32, governor: seconds32 }),
    /** seconds from the grant of a role until its new holder has it; in force five days after deploying */
    grantDelaySeconds: seconds32,
    /** seconds before a contract's functions may be given to other roles, or the contract to another authority, whoever
     * asks; in force five days after deploying */
    targetAdminDelaySeconds: seconds32,
  })
  .superRefine(({ quote, collaterals, underlyings = [], uniswapV2Factory }, context) => {
    const mocksOnly = [quote, ...collaterals].every((listed) => listed.address === MOCK);
    if (
      uniswapV2Factory === 'deploy' &&
      !(mocksOnly && collaterals.every(({ feed: f }) => f.startPrice !== undefined))
    ) {
      const message = '"deploy" seeds pools with mocked tokens at their start price, and not all tokens have both';
      context.addIssue({ code: 'custom', path: ['uniswapV2Factory'], message });
    }
    const seen = new Set([quote.symbol]);
    collaterals.forEach(({ symbol: name }, index) => {
      if (seen.has(name)) {
        context.addIssue({ code: 'custom', path: ['collaterals', index, 'symbol'], message: `${name} is there twice` });
      }
      seen.add(name);
    });
    const refuse = (index: number, field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: ['underlyings', index, field], message });
    const taken = new Set<string>();
    underlyings.forEach((each, i) => {
      for (const [field, name] of [
        ['symbol', each.symbol],
        // under which the oracle keeps the price
        ['perpetual', each.perpetual.primary],
      ] as const) {
        if (name !== MOCK && taken.has(name)) refuse(i, field, `${name} is there twice`);
        taken.add(name);
      }
      const found = collaterals.find(({ symbol: name }) => name === each.index);
      if (found === undefined) refuse(i, 'index', `${each.index} is no collateral`);
      else if (isMocked(each.perpetual) && (each.perpetual.startPrice ?? found.feed.startPrice) === undefined) {
        refuse(i, 'perpetual', 'a mocked feed needs a start price');
      }
    });
  });

export type NetworkConfig = z.output<typeof networkConfigSchema>;
export type CollateralConfig = NetworkConfig['collaterals'][number];
export type UnderlyingConfig = NonNullable<NetworkConfig['underlyings']>[number];
export type TokenConfig = NetworkConfig['quote'];
export type PriceConfig = z.output<typeof feed>;

function isMocked({ primary, second }: z.output<typeof feed>): boolean {
  return primary === MOCK || second === MOCK;
}

/** @throws AppError `config_missing`, `config_invalid` */
export function readNetworkConfig(path: string): NetworkConfig {
  return readJsonFile(path, 'network configuration', networkConfigSchema);
}
