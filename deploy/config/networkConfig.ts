import { z } from 'zod';

import { readJsonFile } from './readJsonFile';
import { address, bytes32, decimal, percentOfWhole, positiveDecimal, seconds24, seconds32, symbol } from './units';

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

const feed = z
  .strictObject({
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
  })
  .refine((f) => f.startPrice !== undefined || (f.primary !== MOCK && f.second !== MOCK), {
    path: ['startPrice'],
    message: 'a mocked feed needs a start price',
  });

const collateral = token.extend({
  feed,
  pool: z.strictObject({
    /** quote that each side of a pool on a development chain is worth at the start price */
    depthQuote: positiveDecimal,
  }),
});

/** `deployments/config/<network>.json`: what the system stands on, and how long its roles must wait. */
export const networkConfigSchema = z
  .strictObject({
    chainId: z.int().positive(),
    quote: token,
    collaterals: z.array(collateral).min(1),
    /** Uniswap V2; "deploy" deploys the factory and a seeded pair a collateral */
    uniswapV2Factory: z.union([z.literal('deploy'), address], { error: 'is neither an address nor "deploy"' }),
    /** L2 sequencer uptime feed; null where the chain has none */
    sequencer: z.strictObject({ feed: address, graceSeconds: seconds24 }).nullable(),
    /** notice before shares of the default fund may be redeemed, and for how long they then may */
    defaultFund: z.strictObject({ cooldownSeconds: seconds32, redeemWindowSeconds: seconds32 }),
    /** seconds between scheduling a restricted call and executing it, by role; pausing never waits */
    executionDelaySeconds: z.strictObject({ admin: seconds32, risk: seconds32, governor: seconds32 }),
    /** seconds from the grant of a role until its new holder has it; in force five days after deploying */
    grantDelaySeconds: seconds32,
    /** seconds before a contract's functions may be given to other roles, or the contract to another authority, whoever
     * asks; in force five days after deploying */
    targetAdminDelaySeconds: seconds32,
  })
  .superRefine(({ quote, collaterals, uniswapV2Factory }, context) => {
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
  });

export type NetworkConfig = z.output<typeof networkConfigSchema>;
export type CollateralConfig = NetworkConfig['collaterals'][number];
export type TokenConfig = NetworkConfig['quote'];

/** @throws AppError `config_missing`, `config_invalid` */
export function readNetworkConfig(path: string): NetworkConfig {
  return readJsonFile(path, 'network configuration', networkConfigSchema);
}
