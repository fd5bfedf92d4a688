import { erc20Abi, parseAbi, zeroAddress, zeroHash, type Address, type Client, type Hex } from 'viem';
import { readContract } from 'viem/actions';

import { marginLensAbi, priceOracleAbi } from '../abi';
import type { Manifest } from '../deployment';
import { WAD, type Price } from '../math';
import { pythAnswer } from './pythAnswer';

const AGGREGATOR = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
]);
const PYTH = parseAbi([
  'struct PythPrice { int64 price; uint64 conf; int32 expo; uint256 publishTime; }',
  'function getPriceUnsafe(bytes32 id) view returns (PythPrice)',
]);

/** What a source says now, whether or not the oracle believes it. */
export interface SourceAnswer {
  /** quote WAD; not positive where the source says nonsense */
  readonly price: bigint;
  /** timestamp */
  readonly updatedAt: bigint;
  /** quote WAD, of Pyth only */
  readonly confidence: bigint;
}

export interface FeedConfig {
  readonly primary: Address;
  readonly second: Address;
  readonly secondId: Hex;
  /** seconds */
  readonly openAge: number;
  readonly liquidationAge: number;
  readonly disagreementBps: number;
  readonly confidenceBps: number;
  /** quote WAD */
  readonly floor: bigint;
  readonly ceiling: bigint;
}

/** All that is known of the price of one collateral. */
export interface FeedFacts {
  readonly symbol: string;
  readonly asset: Address;
  readonly config: FeedConfig;
  /** timestamp of what was last recorded for smoothing */
  readonly recordedAt: number;
  readonly price: Price;
  /** undefined where it does not answer, or there is none */
  readonly primary: SourceAnswer | undefined;
  readonly second: SourceAnswer | undefined;
  readonly decimals: { readonly token: number | undefined; readonly policy: number };
}

export interface SequencerFacts {
  readonly exists: boolean;
  readonly feed: Address;
  /** seconds */
  readonly grace: number;
  readonly isUp: boolean;
  /** undefined where it does not answer */
  readonly round: { readonly answer: bigint; readonly startedAt: bigint } | undefined;
}

export interface ReadFeedsParameters {
  readonly manifest: Pick<Manifest, 'contracts'>;
  readonly collaterals: readonly { readonly asset: Address; readonly symbol: string; readonly decimals: number }[];
  readonly blockNumber: bigint;
}

/** Prices as the oracle gives them, beside what the sources say themselves. */
export async function readFeeds(client: Client, parameters: ReadFeedsParameters): Promise<FeedFacts[]> {
  const { manifest, collaterals, blockNumber } = parameters;
  const { PriceOracle, MarginLens } = manifest.contracts;
  const oracle = { address: PriceOracle.address, abi: priceOracleAbi, blockNumber } as const;
  const assets = collaterals.map(({ asset }) => asset);
  const prices = await readContract(client, {
    address: MarginLens.address,
    abi: marginLensAbi,
    functionName: 'prices',
    args: [assets],
    blockNumber,
  });
  return Promise.all(
    collaterals.map(async ({ asset, symbol, decimals }, i): Promise<FeedFacts> => {
      const [config, { recordedAt }, token] = await Promise.all([
        readContract(client, { ...oracle, functionName: 'feedOf', args: [asset] }),
        readContract(client, { ...oracle, functionName: 'recordOf', args: [asset] }),
        orNothing(readContract(client, { address: asset, abi: erc20Abi, functionName: 'decimals', blockNumber })),
      ]);
      const [primary, second] = await Promise.all([
        config.primary === zeroAddress ? undefined : readAggregator(client, config.primary, blockNumber),
        readSecond(client, config, blockNumber),
      ]);
      const price = prices[i];
      if (price === undefined) throw new RangeError(`no price was read for ${symbol}`);
      return { symbol, asset, config, recordedAt, price, primary, second, decimals: { token, policy: decimals } };
    }),
  );
}

/** The uptime feed of the L2, where there is one. */
export async function readSequencer(
  client: Client,
  { manifest, blockNumber }: Omit<ReadFeedsParameters, 'collaterals'>,
): Promise<SequencerFacts> {
  const oracle = { address: manifest.contracts.PriceOracle.address, abi: priceOracleAbi, blockNumber } as const;
  const [exists, [feed, grace], isUp] = await Promise.all([
    readContract(client, { ...oracle, functionName: 'hasSequencer' }),
    readContract(client, { ...oracle, functionName: 'sequencer' }),
    readContract(client, { ...oracle, functionName: 'isSequencerUp' }),
  ]);
  if (feed === zeroAddress) return { exists, feed, grace, isUp, round: undefined };
  const round = await orNothing(
    readContract(client, { address: feed, abi: AGGREGATOR, functionName: 'latestRoundData', blockNumber }),
  );
  return { exists, feed, grace, isUp, round: round && { answer: round[1], startedAt: round[2] } };
}

async function readSecond(
  client: Client,
  { second, secondId }: FeedConfig,
  blockNumber: bigint,
): Promise<SourceAnswer | undefined> {
  if (second === zeroAddress) return undefined;
  if (secondId === zeroHash) return readAggregator(client, second, blockNumber);
  const functionName = 'getPriceUnsafe';
  const answer = await orNothing(
    readContract(client, { address: second, abi: PYTH, functionName, args: [secondId], blockNumber }),
  );
  return answer && pythAnswer(answer);
}

async function readAggregator(
  client: Client,
  address: Address,
  blockNumber: bigint,
): Promise<SourceAnswer | undefined> {
  const feed = { address, abi: AGGREGATOR, blockNumber } as const;
  const [decimals, round] = await Promise.all([
    orNothing(readContract(client, { ...feed, functionName: 'decimals' })),
    orNothing(readContract(client, { ...feed, functionName: 'latestRoundData' })),
  ]);
  if (decimals === undefined || round === undefined) return undefined;
  const [, answer, , updatedAt] = round;
  return { price: (answer * WAD) / 10n ** BigInt(decimals), updatedAt, confidence: 0n };
}

/** A source may do anything; that it does not answer is one of the things to be found. */
function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch(() => undefined);
}
