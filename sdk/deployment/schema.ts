import { getAddress, isAddress, isHex, size, type Address, type Hex } from 'viem';
import { z } from 'zod';

/** Contracts that every deployment has. What else it has (venues, mocks) stands beside them under its own name. */
export const CORE_CONTRACTS = [
  'AccessManager',
  'PriceOracle',
  'MarginPolicy',
  'InstrumentPolicy',
  'VolatilityFeed',
  'SettlementFeed',
  'RealisedVolatility',
  'StandardMargin',
  'PortfolioMargin',
  'RiskEngine',
  'MarginVault',
  'LossWaterfall',
  'OpenLosses',
  'DefaultFund/junior',
  'DefaultFund/senior',
  'Liquidator',
  'CloseOut',
  'MarginLens',
] as const;

export type CoreContract = (typeof CORE_CONTRACTS)[number];

/** Checksummed on the way in, so that addresses compare by `===` everywhere after. */
const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), 'is not an address')
  .transform((text): Address => getAddress(text));

const hash = z
  .string()
  .refine((text): boolean => isHex(text) && size(text) === 32, 'is not a 32-byte hash')
  .transform((text) => text.toLowerCase() as Hex);

const count = z.int().nonnegative();

/** Constructor arguments as JSON: integers are decimal strings, since JSON numbers lose digits. */
const constructorArgument = z.union([z.string(), z.boolean(), z.array(z.union([z.string(), z.boolean()]))]);

const contract = z.strictObject({
  address,
  constructorArgs: z.array(constructorArgument),
  txHash: hash,
  block: count,
});

const asset = z.strictObject({
  symbol: z.string().min(1),
  address,
  decimals: z.int().min(0).max(18),
  /** Chainlink feed of the asset in quote. */
  feed: address,
});

const underlying = z.strictObject({
  symbol: z.string().min(1),
  /** In `InstrumentPolicy`'s list, and so in the ids of instruments. */
  number: z.int().min(1).max(255),
  /** Key of the index' price in the price oracle: the token of a collateral. */
  index: address,
  /** Key of the perpetual's own price there. */
  perpetual: address,
  /** Chainlink feed of the perpetual in quote. */
  perpetualFeed: address,
});

const role = z.strictObject({
  /** decimal, a uint64 */
  id: z.string().regex(/^\d+$/, 'is not a role number'),
  name: z.string().min(1),
  holders: z.array(address),
});

/**
 * `deployments/<network>/manifest.json`: what stands where. Written when a deployment is complete and verified, never
 * before; read by everything off chain.
 */
export const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  network: z.string().min(1),
  chainId: z.int().positive(),
  /** Hash of block 0, which tells a restarted development chain from the one deployed to. */
  genesisHash: hash.optional(),
  /** No event of this deployment is older. */
  startBlock: count,
  policyName: z.string().min(1),
  quote: z.strictObject({ symbol: z.string().min(1), address, decimals: z.int().min(0).max(18) }),
  assets: z.array(asset),
  /** what perpetuals and options are traded on */
  underlyings: z.array(underlying).default([]),
  contracts: z
    .object(Object.fromEntries(CORE_CONTRACTS.map((name) => [name, contract])) as Record<CoreContract, typeof contract>)
    .catchall(contract),
  roles: z.array(role),
});

/** A deployment as read: addresses checksummed. */
export type Manifest = z.output<typeof manifestSchema>;
export type DeployedAsset = Manifest['assets'][number];
export type DeployedUnderlying = Manifest['underlyings'][number];
export type DeployedContract = Manifest['contracts'][CoreContract];
