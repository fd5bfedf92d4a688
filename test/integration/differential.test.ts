import { expect } from 'chai';
import fc from 'fast-check';
import hre, { ethers } from 'hardhat';
import { createPublicClient, custom, type Address } from 'viem';

import { readRamps } from '../../sdk/client';
import {
  accrued,
  assess,
  collateralRiskAt,
  excess,
  grace,
  health,
  largestBorrow,
  largestFraction,
  largestWithdrawal,
  MarginMode,
  marginState,
  MarginState,
  pairRiskAt,
  planLiquidation,
  PriceStatus,
  toAccountId,
  toCashFloor,
  toPrincipalFloor,
  WAD,
  type MarginInputs,
  type Portfolio,
  type Price,
} from '../../sdk/math';
import {
  cashPool,
  cashTerms,
  collateralRisk,
  liquidationTerms,
  magnitude,
  marginCall,
  pairRisk,
  SEED,
} from '../../sdk/testing/arbitraries';
import type { FiguresStructOutput } from '../../typechain-types/contracts/mocks/RiskBatch';
import type { PortfolioStruct } from '../../typechain-types/contracts/risk/RiskEngine';
import { COVERING } from '../fixtures/covering';
import {
  LIQUIDATION_AGE,
  movePrices,
  OPEN_AGE,
  openRiskWorld,
  startRamps,
  type RiskAsset,
  type RiskAssetParameters,
  type RiskWorld,
} from '../fixtures/riskFixture';
import { toAssessment } from '../fixtures/toAssessment';

// The sdk against the risk engine over random accounts: every figure to the wei.

const ASSETS = 12;
// Instrumented, a round takes a minute and a half, and what it covers the first one has covered.
const ROUNDS = COVERING ? 1 : 25;
const ACCOUNTS_PER_ROUND = COVERING ? 100 : 400;
// the trace of one call, which coverage reads, must fit in memory
const ACCOUNTS_PER_CALL = COVERING ? 5 : 100;
/** Rounds with bisections. */
const SEARCHED_ROUNDS = 8;
/** Accounts of each round for which the engine is asked one figure at a time. */
const ASKED_PER_ROUND = 40;
/** Small accounts with the debt that they may have, for figures whose bisection costs a hundred assessments each. */
const DEBTORS_PER_ROUND = 15;
/** A hundred assessments in one call, or a hundred accounts. */
const MUCH_GAS = 1_000_000_000n;

const parameters: fc.Arbitrary<RiskAssetParameters[]> = fc
  .array(fc.record({ risk: collateralRisk, pair: pairRisk }), { minLength: ASSETS, maxLength: ASSETS })
  .map((all) =>
    all.map(({ risk, pair }, i) => {
      // each decimals for a third of the assets, whatever chance says; the last asset is not listed
      const decimals = [6, 8, 18][i % 3]!;
      const depth = (risk.depth * 10n ** BigInt(decimals)) / 10n ** BigInt(risk.decimals);
      if (i === ASSETS - 1) return { risk: UNLISTED, pair: { ...pair, listed: false, ...NO_HAIRCUTS } };
      const bounded = withinPolicy(risk);
      return { risk: { ...risk, ...bounded, decimals, depth }, pair: { ...pair, ...bounded } };
    }),
  );

const NO_HAIRCUTS = { maintenanceHaircutBps: 0, initialHaircutBps: 0 };
const UNLISTED = { listed: false, decimals: 0, ...NO_HAIRCUTS, depth: 0n, supplyCap: 0n };

/** MarginPolicy takes no haircut below one per cent. */
function withinPolicy({ maintenanceHaircutBps, initialHaircutBps }: RiskAssetParameters['risk']) {
  return {
    maintenanceHaircutBps: Math.max(maintenanceHaircutBps, 100),
    initialHaircutBps: Math.max(initialHaircutBps, 100),
  };
}

const move = fc
  .record({
    before: magnitude(10n ** 24n).map((price) => price + 1n),
    changeBps: fc.bigInt({ min: 3_000n, max: 20_000n }),
    feed: fc.constantFrom('fresh', 'fresh', 'fresh', 'old', 'dead', 'reverting'),
    // a little more and less than the limit of disagreement
    apartBps: fc.bigInt({ min: -300n, max: 300n }),
    secondReverting: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  })
  .map(({ before, changeBps, feed, ...second }) => ({
    ...second,
    before,
    spot: (before * changeBps) / 10_000n + 1n,
    age: feed === 'old' ? OPEN_AGE + 600 : feed === 'dead' ? LIQUIDATION_AGE + 600 : 0,
    reverting: feed === 'reverting',
  }));
const round = fc.record({
  moves: fc.array(move, { minLength: ASSETS, maxLength: ASSETS }),
  elapsed: fc.integer({ min: 1, max: 3_000 }),
});

const NO_PLAN = { fraction: 0n, bonusRate: 0n, bonus: 0n, fee: 0n, pay: 0n, shortfall: 0n };

const client = createPublicClient({
  cacheTime: 0,
  transport: custom(
    { request: (request: { method: string; params?: unknown[] }) => hre.network.provider.request(request) },
    { retryCount: 0 },
  ),
});

interface Draft {
  readonly mode: number;
  readonly legs: readonly number[];
  /** Of each leg's depth, in thousandths. */
  readonly shares: readonly bigint[];
  /** Of what the collateral is worth at spot, negative is debt. */
  readonly cashBps: bigint;
}

function drafts(leastLegs: number, mostLegs: number, cashBps: fc.Arbitrary<bigint>): fc.Arbitrary<Draft> {
  return fc
    .record({
      mode: fc.constantFrom(MarginMode.Cross, MarginMode.Cross, MarginMode.Isolated),
      legs: fc.uniqueArray(fc.integer({ min: 0, max: ASSETS - 1 }), { minLength: leastLegs, maxLength: mostLegs }),
      shares: fc.array(magnitude(2_000_000n), { minLength: mostLegs, maxLength: mostLegs }),
      cashBps,
    })
    .map(({ legs, ...rest }) => ({ ...rest, legs: rest.mode === MarginMode.Isolated ? legs.slice(0, 1) : legs }));
}

const anyAccount = drafts(0, 8, fc.bigInt({ min: -9_000n, max: 1_000n }));
const debtor = fc.tuple(drafts(1, 2, fc.constant(0n)), fc.bigInt({ min: 1n, max: 10_000n }));

const setting = fc.record({
  pool: cashPool,
  idle: magnitude(10n ** 8n),
  elapsed: magnitude(200_000n),
  called: marginCall,
  liquidation: liquidationTerms,
  cash: cashTerms,
});

type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

describe('RiskEngine against the sdk', () => {
  let world: RiskWorld;
  let compared = 0;
  let partialWithdrawals = 0;
  const seen = { [PriceStatus.Live]: 0, [PriceStatus.Degraded]: 0, [PriceStatus.Down]: 0 };
  const planned = { nothing: 0, part: 0, all: 0 };
  const states = new Map<number, number>();

  before(async () => {
    world = await openRiskWorld(sample(parameters, 1, SEED)[0]!);
  });

  for (const [i, { moves, elapsed }] of sample(round, ROUNDS, SEED).entries()) {
    const seed = SEED + i;
    it(`agrees to the wei on ${ACCOUNTS_PER_ROUND} accounts (seed ${seed}) [SDK-01]`, async () => {
      // from the third round on all terms are on a ramp
      if (i % 8 === 2) await startRamps(world);
      await movePrices(world, moves, elapsed);
      // every read at one block: prices and terms move with time by themselves
      const blockTag = await ethers.provider.getBlockNumber();
      const at = { ...world, assets: await readTerms(world, blockTag) };
      const prices = await readPrices(at, blockTag);
      const drawn = sample(anyAccount, ACCOUNTS_PER_ROUND, seed).map((draft) => toInputs(at, prices, draft));
      for (const { prices: legs } of drawn) legs.forEach(({ status }) => (seen[status as 0 | 1 | 2] += 1));
      const settings = sample(setting, drawn.length / ACCOUNTS_PER_CALL, seed);
      for (const [k, each] of settings.entries()) {
        const batch = drawn.slice(k * ACCOUNTS_PER_CALL, (k + 1) * ACCOUNTS_PER_CALL);
        for (const { plan, state } of await compareBatch(at, batch, each, blockTag)) {
          planned[plan] += 1;
          states.set(state, (states.get(state) ?? 0) + 1);
        }
        compared += batch.length;
      }
      for (const inputs of drawn.slice(0, ASKED_PER_ROUND)) await compareFigures(at, inputs, blockTag);
      for (const [account, usedBps] of i < SEARCHED_ROUNDS ? sample(debtor, DEBTORS_PER_ROUND, seed) : []) {
        const inputs = indebted(toInputs(at, prices, account), usedBps);
        if (await comparesPartialWithdrawal(at, inputs, blockTag)) partialWithdrawals += 1;
      }
    });
  }

  (COVERING ? it.skip : it)(
    'has compared 10,000 accounts in every state, with legs of every status and plans of every kind [SDK-01]',
    () => {
      expect(compared).to.be.at.least(10_000);
      for (const legs of Object.values(seen)) expect(legs).to.be.at.least(2_000);
      for (const plans of Object.values(planned)) expect(plans).to.be.at.least(200);
      for (const state of Object.values(MarginState)) expect(states.get(state), `state ${state}`).to.be.at.least(25);
      expect(partialWithdrawals).to.be.at.least(20);
    },
  );
});

function sample<T>(arbitrary: fc.Arbitrary<T>, numRuns: number, seed: number): T[] {
  return fc.sample(arbitrary, { numRuns, seed });
}

async function readPrices({ oracle, assets }: RiskWorld, blockTag: number): Promise<Price[]> {
  const prices: Price[] = [];
  for (const { address } of assets) {
    const { spot, low, high, updatedAt, status } = await oracle.read(address, { blockTag });
    prices.push({ spot, low, high, updatedAt: Number(updatedAt), status: Number(status) });
  }
  return prices;
}

function toInputs({ assets }: RiskWorld, prices: readonly Price[], { mode, legs, shares, cashBps }: Draft) {
  const chosen = legs.map((leg, k) => {
    const asset = assets[leg]!;
    // of an asset without parameters some million units
    const depth = asset.risk.depth === 0n ? 10n ** 9n : asset.risk.depth;
    return { asset, price: prices[leg]!, amount: (depth * shares[k]!) / 1_000_000n + 1n };
  });
  const worth = chosen.reduce(
    (sum, { asset, price, amount }) => sum + (amount * price.spot) / 10n ** BigInt(asset.risk.decimals),
    0n,
  );
  const portfolio: Portfolio = {
    account: toAccountId('0x70997970C51812dc3A010C7d01b50e0d17dc79C8', 0n),
    mode,
    cash: ((worth + WAD) * cashBps) / 10_000n,
    collateral: chosen.map(({ asset, amount }) => ({ asset: asset.address, amount })),
    positions: [],
  };
  return {
    portfolio,
    prices: chosen.map(({ price }) => price),
    risks: chosen.map(({ asset }) => asset.risk),
    pairs: chosen.map(({ asset }) => asset.pair),
  };
}

/** The account owing a part of the most that it may. */
function indebted(inputs: MarginInputs, usedBps: bigint): MarginInputs {
  const cash = -(largestBorrow(inputs) * usedBps) / 10_000n - 1n;
  return { ...inputs, portfolio: { ...inputs.portfolio, cash } };
}

/** Terms as the sdk foresees them at `blockTag` from what is known of their ramps. */
async function readTerms({ policy, assets }: RiskWorld, blockTag: number): Promise<RiskAsset[]> {
  const { timestamp } = (await ethers.provider.getBlock(blockTag))!;
  const address = (await policy.getAddress()) as Address;
  const { collaterals } = await readRamps(client, { policy: address, blockNumber: BigInt(blockTag) });
  const known = new Map(collaterals.map((each) => [each.asset.toLowerCase(), each]));
  return assets.map((asset) => {
    const ramped = known.get(asset.address.toLowerCase());
    if (ramped === undefined) return asset;
    const risk = collateralRiskAt(ramped.terms, BigInt(timestamp));
    return { ...asset, risk, pair: pairRiskAt(ramped.pair, BigInt(timestamp)) };
  });
}

/** Compares every figure of a batch of accounts whose cash comes from a principal; the state and kind of plan of each. */
async function compareBatch(
  { engine, batch }: RiskWorld,
  drawn: readonly MarginInputs[],
  { pool, idle, elapsed, called, liquidation, cash }: Setting,
  blockTag: number,
): Promise<{ plan: 'nothing' | 'part' | 'all'; state: number }[]> {
  const timestamp = BigInt(pool.accruedAt) + idle;
  const accrued_ = accrued(pool, cash.reserveFactorBps, timestamp);
  const principals = drawn.map(({ portfolio }) => toPrincipalFloor(accrued_, portfolio.cash));
  const [there] = await batch.figures(
    await engine.getAddress(),
    drawn.map(({ portfolio }, i) => ({ ...toStruct(portfolio), cash: principals[i]! })),
    { pool, timestamp, elapsed, marginCall: called.call, liveTime: called.liveTime, liquidation, cash },
    { blockTag, gasLimit: MUCH_GAS },
  );
  return drawn.map(({ portfolio, ...rest }, i) => {
    const inputs = { ...rest, portfolio: { ...portfolio, cash: toCashFloor(accrued_, principals[i]!) } };
    const here = toFigures(inputs, { elapsed, called, liquidation, cash });
    expect(readFigures(there[i]!), describeInputs(inputs)).to.deep.equal(here);
    return { plan: here.plan.fraction === 0n ? 'nothing' : here.closes ? 'all' : 'part', state: here.state };
  });
}

function toFigures(inputs: MarginInputs, { elapsed, called, liquidation, cash }: Omit<Setting, 'pool' | 'idle'>) {
  const assessment = assess(inputs);
  const { worse, better } = assessment;
  const owed = inputs.portfolio.cash;
  const due = health(better) < WAD;
  const { fraction, closes } = due
    ? largestFraction(assessment, owed, elapsed, liquidation, cash)
    : { fraction: 0n, closes: false };
  return {
    cash: owed,
    assessment,
    covered: excess(worse) >= 0n,
    state: marginState(assessment, called.call, liquidation, called.liveTime).state,
    grace: grace(health(better), liquidation),
    plan: due ? planLiquidation(assessment, owed, fraction, elapsed, liquidation) : NO_PLAN,
    closes,
  };
}

function readFigures(there: FiguresStructOutput): ReturnType<typeof toFigures> {
  const { fraction, bonusRate, bonus, fee, pay, shortfall } = there.plan;
  return {
    cash: there.cash,
    assessment: toAssessment(there.assessment),
    covered: there.covered,
    state: Number(there.state),
    grace: there.grace,
    plan: { fraction, bonusRate, bonus, fee, pay, shortfall },
    closes: there.closes,
  };
}

/** Compares what follows from the assessment at once. */
async function compareFigures({ engine }: RiskWorld, inputs: MarginInputs, blockTag: number): Promise<void> {
  const struct = toStruct(inputs.portfolio);
  const { mark, worse } = assess(inputs);
  const where = describeInputs(inputs);
  expect(await engine.health(struct, { blockTag }), where).to.equal(health(mark));
  expect(await engine.excess(struct, { blockTag }), where).to.equal(excess(worse));
  expect(await engine.largestBorrow(struct, { blockTag }), where).to.equal(largestBorrow(inputs));
}

/** Compares the largest withdrawal; whether it was neither nothing nor all. */
async function comparesPartialWithdrawal(
  { engine }: RiskWorld,
  inputs: MarginInputs,
  blockTag: number,
): Promise<boolean> {
  const { portfolio } = inputs;
  const [first] = portfolio.collateral;
  if (first === undefined) return false;
  const amount = await engine.largestWithdrawal(toStruct(portfolio), first.asset, { blockTag, gasLimit: MUCH_GAS });
  expect(amount, describeInputs(inputs)).to.equal(largestWithdrawal(inputs, 0));
  return amount > 0n && amount < first.amount;
}

function toStruct(portfolio: Portfolio): PortfolioStruct {
  return { ...portfolio, collateral: portfolio.collateral.map((holding) => ({ ...holding })), positions: [] };
}

function describeInputs(inputs: MarginInputs): string {
  return JSON.stringify(inputs, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
