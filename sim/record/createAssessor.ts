import { readContract } from 'viem/actions';

import { marginVaultAbi, marginLensAbi, marginPolicyAbi } from '../../sdk/abi';
import { readInstruments } from '../../sdk/client';
import {
  assess,
  describeInstrument,
  fundingPaid,
  health,
  measurePositions,
  InstrumentKind,
  marginState,
  MarginState,
  toCashFloor,
  type AccountId,
  type Assessment,
  type BookInputs,
  type CollateralRisk,
  type LiquidationTerms,
  type PairRisk,
  type Portfolio,
  type Price,
} from '../../sdk/math';
import { STATES, type StateName } from '../result';
import type { World } from '../world/world';
import type { ChainEvent } from '../chain/createEventReader';
import type { ScreenRow } from '../chain/createScreenShortcut';
import type { AccountBook, Books } from './createBooks';

/** Where an account stands at one moment. */
export interface Standing {
  readonly state: StateName;
  readonly assessment: Assessment;
  /** At the account's better side, WAD. */
  readonly health: bigint;
  /** quote WAD */
  readonly cash: bigint;
}

/** Prices and pool at one moment, with which any account can be measured as the chain would. */
export interface Moment {
  /** By asset address in lower case. */
  readonly prices: ReadonlyMap<string, Price>;
  /** By the number of the underlying, what positions are measured with. */
  readonly underlyings: ReadonlyMap<number, BookInputs>;
  readonly measure: (book: AccountBook) => Standing;
  /** As the lens packs them; nothing where an account is not in the books. */
  readonly rows: (accounts: readonly AccountId[], books: Books) => readonly ScreenRow[] | undefined;
}

export interface Assessor {
  readonly terms: LiquidationTerms;
  /** Notices what moves prices or interest within one second: feed it all events. */
  readonly notice: (event: ChainEvent) => void;
  /** What the chain says now; read again only when its time, or something that `notice` was told, has moved it. */
  readonly look: () => Promise<Moment>;
}

const STATE_NAMES: Readonly<Record<number, StateName>> = Object.fromEntries(
  STATES.filter((name) => name !== 'Closed').map((name) => [MarginState[name], name]),
);

/**
 * Within one second a view of prices, pool and clock changes only with these: interest is projected to the second, so
 * whoever borrows or repays moves the indices of later seconds only.
 */
const MOVERS: ReadonlySet<string> = new Set<ChainEvent['eventName']>([
  'AnswerUpdated',
  'PriceRecorded',
  'LossSocialised',
  'PauseChanged',
  'VolatilityPublished',
  'VolatilitySampled',
  'OutageRecorded',
]);

/** Measures accounts off chain with the sdk's arithmetic, which is the contracts' own: one read for all accounts. */
export async function createAssessor({ chain, manifest, assets, traders }: World): Promise<Assessor> {
  const { client } = chain;
  const { MarginVault, MarginPolicy, MarginLens } = manifest.contracts;
  const policy = { address: MarginPolicy.address, abi: marginPolicyAbi } as const;
  const risks = new Map<string, CollateralRisk>();
  const pairs = new Map<string, PairRisk>();
  for (const { address } of assets) {
    const key = address.toLowerCase();
    risks.set(key, await readContract(client, { ...policy, functionName: 'collateralRisk', args: [address] }));
    pairs.set(key, await readContract(client, { ...policy, functionName: 'pairRisk', args: [address] }));
  }
  const terms = await readContract(client, { ...policy, functionName: 'liquidationTerms' });

  let last: { readonly now: number; readonly moment: Moment } | undefined;

  async function read(): Promise<Moment> {
    const vault = { address: MarginVault.address, abi: marginVaultAbi } as const;
    const pool = await readContract(client, { ...vault, functionName: 'pool' });
    const liveTime = await readContract(client, { ...vault, functionName: 'liveTime' });
    const read = await readContract(client, {
      address: MarginLens.address,
      abi: marginLensAbi,
      functionName: 'prices',
      args: [assets.map(({ address }) => address)],
    });
    const prices = new Map(assets.map(({ address }, i) => [address.toLowerCase(), of(read, i)]));
    const underlyings = new Map<number, BookInputs>();
    const indices = new Map<number, bigint>();
    const { instruments = [], markets = [] } = traders ?? {};
    if (markets.length > 0) {
      const reports = await readInstruments(client, { lens: MarginLens.address, instruments });
      for (const { number, index, scenarios } of markets) {
        underlyings.set(number, { ...get(reports, number), indexKey: index, scenarios });
        const args = [number] as const;
        indices.set(number, await readContract(client, { ...vault, functionName: 'fundingIndexOf', args }));
      }
    }
    const now = BigInt(chain.now());
    const least = { floorBonusCents: terms.floorBonusCents, timestamp: now };
    const portfolioOf = ({ account, mode, principal, collateral, positions }: AccountBook): Portfolio => ({
      account,
      mode,
      cash: toCashFloor(pool, principal),
      collateral,
      positions: positions.map(({ instrument, size, basis }) => {
        const { kind, underlying } = describeInstrument(instrument);
        const paid = kind === InstrumentKind.Perpetual ? fundingPaid(size, get(indices, underlying)) : 0n;
        return { instrument, size, costBasis: basis + paid };
      }),
    });
    const assessPortfolio = (portfolio: Portfolio): Assessment => {
      const keys = portfolio.collateral.map(({ asset }) => asset.toLowerCase());
      return assess({
        portfolio,
        prices: keys.map((key) => get(prices, key)),
        risks: keys.map((key) => get(risks, key)),
        pairs: keys.map((key) => get(pairs, key)),
        ...measurePositions(portfolio, underlyings, now),
        least,
      });
    };
    /** Books and options take time, and are asked for several times a step. */
    const measured = new Map<AccountId, { readonly version: number; readonly assessment: Assessment }>();
    const assessBook = (book: AccountBook) => {
      const cash = toCashFloor(pool, book.principal);
      const known = measured.get(book.account);
      const assessment = known?.version === book.version ? known.assessment : assessPortfolio(portfolioOf(book));
      measured.set(book.account, { version: book.version, assessment });
      return { cash, assessment, state: marginState(assessment, book.call, terms, liveTime).state };
    };
    return {
      prices,
      underlyings,
      measure: (book) => {
        const { cash, assessment, state } = assessBook(book);
        const name = cash >= 0n && book.positions.length === 0 ? 'Closed' : STATE_NAMES[state];
        if (name === undefined) throw new Error(`a margin state ${state} is not known`);
        return { state: name, assessment, health: health(assessment.better), cash };
      },
      rows: (accounts, books) => {
        const rows: ScreenRow[] = [];
        for (const account of accounts) {
          const book = books.accounts.get(account);
          if (book === undefined) return undefined;
          const { cash, assessment, state } = assessBook(book);
          const { mark, better, downLegs } = assessment;
          const legs = BigInt(book.collateral.length);
          rows.push({
            cash,
            markEquity: mark.equity,
            initial: mark.initial,
            maintenance: mark.maintenance,
            betterEquity: better.equity,
            betterMaintenance: better.maintenance,
            deadline: book.call.deadline,
            state,
            downLegs: Number(BigInt.asUintN(book.collateral.length, downLegs)),
            positions: book.positions.length,
            downPositions: (downLegs >> legs).toString(2).replaceAll('0', '').length,
          });
        }
        return rows;
      },
    };
  }

  return {
    terms,
    notice: ({ eventName }) => {
      if (MOVERS.has(eventName)) last = undefined;
    },
    look: async () => {
      const now = chain.now();
      if (last?.now !== now) last = { now, moment: await read() };
      return last.moment;
    },
  };
}

function get<K, T>(map: ReadonlyMap<K, T>, key: K): T {
  const value = map.get(key);
  if (value === undefined) throw new Error(`${String(key)} is nothing that this world has a price for`);
  return value;
}

function of<T>(list: readonly T[], i: number): T {
  const value = list[i];
  if (value === undefined) throw new RangeError(`nothing at ${i}`);
  return value;
}
