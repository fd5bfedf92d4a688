import type { Hex } from 'viem';
import { getTransactionReceipt } from 'viem/actions';

import type { AccountId } from '../sdk/math';

import { createFeeds } from './agents/createFeeds';
import { createOwners } from './agents/createOwners';
import { createPools } from './agents/createPools';
import { createKeeperAgent, type KeeperAgent } from './agents/createKeeperAgent';
import { createEventReader } from './chain/createEventReader';
import { createScreenShortcut } from './chain/createScreenShortcut';
import { startBooks, type RunningBooks } from './books/startBooks';
import { createRandom } from './random';
import { auditBooks, type Audit } from './record/auditBooks';
import { createAssessor, type Moment } from './record/createAssessor';
import { createRecorder, type Actor, type Records } from './record/createRecorder';
import { keeperFigures, measure } from './record/measure';
import { toNumber } from './record/numbers';
import type { RunResult } from './result';
import { describePolicy } from './describePolicy';
import { describeScenario } from './describeScenario';
import { durationOf } from './scenario/loadScenario';
import { createPricePath, stepSeconds } from './scenario/pricePath';
import { openWorld, type OpenWorldParameters } from './world/openWorld';
import type { World } from './world/world';

/** Keepers look again this often within a step, as long as they find something to do. */
const BLOCK_SECONDS = 12;
const MOST_PASSES = 4;
const GWEI = 1_000_000_000;

export interface RunCrashParameters extends Omit<OpenWorldParameters, 'onProgress'> {
  /** 0 to 1, never falling. */
  readonly onProgress?: (part: number, what: string) => void;
}

export interface CrashRun {
  readonly result: RunResult;
  readonly audit: Audit;
  readonly world: World;
}

/**
 * Replays a crash with the real contracts, real pools and real keepers on a chain of its own. The same parameters give
 * the same run, event by event.
 * @throws AppError where scenario and policy do not fit; Error where custody and books differ at the end
 */
export async function runCrash({ onProgress, ...parameters }: RunCrashParameters): Promise<CrashRun> {
  const opening = 0.1; // about the part of the time that opening accounts takes
  const world = await openWorld({
    ...parameters,
    onProgress: (done, total) =>
      onProgress?.((opening * (parameters.scenario.books ? 0.5 : 1) * done) / total, 'opening accounts'),
  });
  const { chain, scenario, start, population, manifest } = world;
  const { seed } = parameters;
  const recorder = createRecorder(world);
  const events = createEventReader(chain);
  const assessor = await createAssessor(world);
  const feeds = createFeeds(world);
  const pools = createPools(world);
  const owners = createOwners({ world, books: recorder.books, terms: assessor.terms, seed });
  const shuffles = createRandom(seed).fork('keepers');
  const gasPath = createPricePath(scenario.gasGwei.points);

  let clock = 0;
  let actor: Actor = 'others';
  /** Opened below, and heard of above. */
  let books: RunningBooks | undefined = undefined as RunningBooks | undefined;
  /** Takes what has happened since; owners hear of calls. */
  const catchUp = async (): Promise<void> => {
    const news = await events.read();
    news.forEach(assessor.notice);
    for (const account of recorder.take(news, clock, actor)) {
      owners.hear(account, clock);
      books?.hear(account, clock);
    }
  };
  const look = async (): Promise<Moment> => {
    await catchUp();
    return assessor.look();
  };
  books = await startBooks({
    world,
    recorder,
    terms: assessor.terms,
    seed,
    look,
    onProgress: (done, total) => onProgress?.(opening * (0.5 + (0.5 * done) / total), 'opening books'),
  });
  recorder.watch(books?.accounts ?? []);
  const provider = createScreenShortcut({
    provider: chain.provider,
    lens: manifest.contracts.MarginLens.address,
    rowsOf: async (accounts) => {
      await catchUp();
      return (await assessor.look()).rows(accounts, recorder.books);
    },
  });
  const keepers: KeeperAgent[] = [];
  for (const keeper of scenario.keepers) {
    const { sellPositions } = books ?? {};
    keepers.push(await createKeeperAgent({ world, books: recorder.books, provider, keeper, sellPositions }));
  }
  const gas = new Map(keepers.map(({ name }) => [name, { cost: 0, failed: 0 }]));
  await catchUp();
  const began = new Map<string, number>();
  for (const keeper of keepers) began.set(keeper.name, await keeper.worth(pricesAt(world, 0), await look()));
  const seconds = stepsOf(world);

  const passAll = async (): Promise<boolean> => {
    let acted = false;
    for (const keeper of shuffles.shuffle(keepers)) {
      if (!isAwake(keeper, clock, gasPath.at(clock))) continue;
      chain.takeTransactions();
      actor = { keeper: keeper.name };
      if (await keeper.pass()) acted = true;
      await catchUp();
      actor = 'others';
      await payGas(world, keeper, chain.takeTransactions(), clock, gas);
    }
    return acted;
  };

  for (const [i, second] of seconds.entries()) {
    const next = seconds[i + 1] ?? Infinity;
    const gwei = gasPath.at(second);
    clock = second;
    chain.setBaseFee(BigInt(Math.round(gwei * GWEI)));
    await chain.advanceTo(start + second);
    await pools.follow(second);
    await feeds.push(second);
    await books?.pushFeeds(second);
    const moment = await look();
    recorder.look(second, moment);
    recorder.topUp(await owners.act(second, moment));
    await books?.act(second);
    await catchUp();
    for (let pass = 0; pass < MOST_PASSES && clock < next; pass++, clock += BLOCK_SECONDS) {
      await chain.advanceTo(start + clock); // a block of its own, with the scenario's base fee, is what keepers see
      if (pass > 0) recorder.look(clock, await assessor.look());
      if (!(await passAll())) break;
    }
    const after = await look();
    recorder.sample(second, after, await pools.prices(), gwei);
    books?.sample(after);
    onProgress?.(opening + (1 - opening) * ((i + 1) / seconds.length), scenario.title);
  }

  const audit = await auditBooks(world, recorder.books);
  const records = recorder.records();
  const last = seconds.at(-1) ?? 0;
  const facts = [];
  for (const keeper of keepers) {
    const { cost, failed } = gas.get(keeper.name) ?? { cost: 0, failed: 0 };
    const { name, funding, maxGasGwei, dead } = keeper;
    facts.push({
      name,
      funding,
      maxGasGwei,
      dead,
      ...keeperFigures(name, records),
      gasCost: cost,
      profit: (await keeper.worth(pricesAt(world, last), await look())) - (began.get(name) ?? 0) - cost,
      failedTransactions: failed,
    });
  }
  const collateral = population.borrowers.reduce((sum, { value }) => sum + value, 0);
  const measured = books?.result(records);
  const { callers: _, end, ...series } = withoutBooks(records, books?.accounts ?? []);
  const quote = world.manifest.quote;
  const amounts = (list: readonly { readonly amount: bigint }[]): number =>
    toNumber(
      list.reduce((sum, { amount }) => sum + amount, 0n),
      quote.decimals,
    );
  return {
    world,
    audit,
    result: {
      scenario: describeScenario(scenario, seconds.length),
      policy: describePolicy(world.policy),
      quote: quote.symbol,
      seed,
      digest: recorder.digest(audit.balances),
      population: {
        borrowers: population.borrowers.length,
        isolated: population.borrowers.filter(({ mode }) => mode !== 0).length,
        lenders: population.lenders.length,
        lentCash: amounts(population.lenders),
        fundCapital: amounts(population.fundDepositors),
        collateral,
        debt: amounts(population.borrowers.map(({ debt }) => ({ amount: debt }))),
        answering: population.borrowers.filter(({ answers }) => answers).length,
      },
      ...series,
      keepers: facts,
      totals: measure({ ...series, end, collateral }),
      ...(measured && { books: measured }),
    },
  };
}

/** What is of loans: accounts with books are measured by themselves. */
function withoutBooks(records: Records, accounts: readonly AccountId[]): Records {
  if (accounts.length === 0) return records;
  const theirs = new Set<string>(accounts);
  const own = <T extends { readonly account: string }>(list: readonly T[]): T[] =>
    list.filter(({ account }) => !theirs.has(account));
  return {
    ...records,
    calls: own(records.calls),
    cures: own(records.cures),
    topUps: own(records.topUps),
    liquidations: own(records.liquidations),
    losses: own(records.losses),
  };
}

/** Steps follow the market and what feeds will say of it `delay` seconds later. */
function stepsOf({ assets, scenario }: World): number[] {
  const { delay } = scenario.oracle;
  const paths = assets.flatMap(({ path }) => [
    path,
    {
      points: path.points.map(([second, price]) => [second + delay, price] as const),
      at: (second: number) => path.at(second - delay),
    },
  ]);
  return stepSeconds(paths, durationOf(scenario), scenario.steps);
}

/** Above its limit a keeper sends nothing, so there is no need for it to look. */
function isAwake({ dead, maxGasGwei }: KeeperAgent, second: number, gwei: number): boolean {
  return gwei <= maxGasGwei && !dead.some(({ from, until }) => from <= second && second < until);
}

/** By symbol, what the world pays at `second`. */
function pricesAt({ assets }: World, second: number): Map<string, number> {
  return new Map(assets.map(({ symbol, path }) => [symbol, path.at(second)]));
}

/** Gas is paid in ether; its price here is that of the first asset called WETH. */
async function payGas(
  { chain, assets }: World,
  { name }: KeeperAgent,
  sent: readonly Hex[],
  second: number,
  paid: Map<string, { cost: number; failed: number }>,
): Promise<void> {
  const ether = assets.find(({ symbol }) => symbol === 'WETH')?.path.at(second) ?? 0;
  const account = paid.get(name);
  if (account === undefined) return;
  for (const hash of sent) {
    const { gasUsed, effectiveGasPrice, status } = await getTransactionReceipt(chain.client, { hash });
    account.cost += toNumber(gasUsed * effectiveGasPrice, 18) * ether;
    if (status !== 'success') account.failed += 1;
  }
}
