import {
  decodeEventLog,
  toEventSelector,
  type AbiEvent,
  type Address,
  type Hex,
  type ParseEventLogsReturnType,
} from 'viem';
import { getLogs } from 'viem/actions';

import {
  defaultFundAbi,
  marginVaultAbi,
  lossWaterfallAbi,
  marginPolicyAbi,
  mockAggregatorAbi,
  priceOracleAbi,
  riskEngineAbi,
  uniswapV2FactoryAbi,
  uniswapV2PairAbi,
  accessManagerAbi,
  realisedVolatilityAbi,
  volatilityFeedAbi,
} from '../../sdk/abi';
import type { SimChain } from './createSimChain';

const ABI = [
  ...marginVaultAbi,
  ...lossWaterfallAbi,
  ...defaultFundAbi,
  ...priceOracleAbi,
  ...marginPolicyAbi,
  ...riskEngineAbi,
  ...mockAggregatorAbi,
  ...uniswapV2PairAbi,
  ...uniswapV2FactoryAbi,
  ...accessManagerAbi,
  ...volatilityFeedAbi,
  ...realisedVolatilityAbi,
] as const;

/** Found by selector instead of by search: hashing every signature for every log would take longer than the run. */
const EVENTS: ReadonlyMap<Hex, AbiEvent> = new Map(
  ABI.filter((item) => item.type === 'event').map((item) => [toEventSelector(item), item]),
);

type Decoded = ParseEventLogsReturnType<typeof ABI, undefined, true>[number];
/** Member by member, so that the name of an event still tells the type of its arguments. */
type NameAndArgs<E> = E extends { eventName: infer Name; args: infer Args } ? { eventName: Name; args: Args } : never;

/** An event of the system, its pools or its feeds, as decoded. */
export type ChainEvent = NameAndArgs<Decoded> & {
  readonly address: Address;
  readonly block: bigint;
  readonly transaction: Hex;
};

export interface EventReader {
  /** All events since the last call, in order. Unknown ones are decoded to their bare data. */
  readonly read: () => Promise<ChainEvent[]>;
}

/** Reads the chain's events once, in order, from the first block on. */
export function createEventReader({ client, height }: SimChain): EventReader {
  let next = 0n;
  let seen = -1;
  return {
    read: async () => {
      if (seen === height()) return [];
      seen = height();
      const logs = await getLogs(client, { fromBlock: next });
      const last = logs.at(-1);
      if (last !== undefined) next = last.blockNumber + 1n;
      return logs.map((log): ChainEvent => {
        const item = EVENTS.get(log.topics[0] ?? '0x');
        const decoded =
          item === undefined
            ? { eventName: 'Unknown', args: { topics: log.topics, data: log.data } }
            : decodeEventLog({ abi: [item], topics: log.topics, data: log.data });
        return {
          ...decoded,
          address: log.address,
          block: log.blockNumber,
          transaction: log.transactionHash,
        } as unknown as ChainEvent;
      });
    },
  };
}
