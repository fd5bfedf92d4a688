import type { AccountId, LiquidationTerms } from '../../sdk/math';
import type { Moment } from '../record/createAssessor';
import type { Recorder, Records } from '../record/createRecorder';
import type { World } from '../world/world';
import { createBooksRecorder } from './createBooksRecorder';
import { createPublisher } from './createPublisher';
import { createTraderAgents } from './createTraderAgents';
import { openBooks } from './openBooks';
import type { BooksResult } from './result';
import { sellPositions } from './sellPositions';
import { createExchange } from './trade';

export interface StartBooksParameters {
  readonly world: World;
  readonly recorder: Recorder;
  readonly terms: LiquidationTerms;
  readonly seed: number;
  /** What the chain says now, with all that has happened. */
  readonly look: () => Promise<Moment>;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Everything of perpetuals and options in a run. */
export interface RunningBooks {
  readonly accounts: readonly AccountId[];
  readonly pushFeeds: (second: number) => Promise<void>;
  readonly hear: (account: AccountId, second: number) => void;
  /** Owners answer calls, and those who hedge trade. */
  readonly act: (second: number) => Promise<void>;
  readonly sellPositions: (account: AccountId) => Promise<void>;
  readonly sample: (moment: Moment) => void;
  readonly result: (records: Records) => BooksResult;
}

/** Publishes the first volatilities and opens every book; nothing where the scenario has none. */
export async function startBooks(parameters: StartBooksParameters): Promise<RunningBooks | undefined> {
  const { world, recorder, terms, seed, look, onProgress } = parameters;
  const { traders } = world;
  if (traders === undefined) return undefined;
  const { books } = recorder;
  const publisher = await createPublisher(world, traders.markets);
  await publisher.push(0);
  const exchange = createExchange(world, traders);
  const opened = await openBooks({ world, traders, exchange, books, look, ...(onProgress && { onProgress }) });
  const agents = createTraderAgents({ world, opened, exchange, publisher, books, terms, seed });
  const record = createBooksRecorder({ traders, opened, books, publisher });
  return {
    accounts: opened.map(({ account }) => account),
    pushFeeds: publisher.push,
    hear: agents.hear,
    act: async (second) => {
      recorder.topUp(await agents.answer(second, await look()));
      record.hedged(await agents.hedge(second, look));
    },
    sellPositions: (account) => sellPositions({ world, traders, exchange, publisher, books, account }),
    sample: record.sample,
    result: record.result,
  };
}
