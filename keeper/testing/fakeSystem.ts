import {
  decodeFunctionData,
  encodeErrorResult,
  encodeFunctionResult,
  encodePacked,
  getAddress,
  numberToHex,
  parseEther,
  zeroAddress,
  type Abi,
  type Address,
  type Hex,
} from 'viem';

import {
  closeOutAbi,
  errorsAbi,
  marginVaultAbi,
  marginLensAbi,
  marginPolicyAbi,
  realisedVolatilityAbi,
  settlementFeedAbi,
  uniswapV2FactoryAbi,
  uniswapV2FlashLiquidatorAbi,
  uniswapV2PairAbi,
} from '../../sdk/abi';
import type { MarginRow, MaybeMarginRow } from '../../sdk/client';
import { manifestSchema } from '../../sdk/deployment';
import {
  MarginState,
  max,
  PriceStatus,
  SETTLEMENT_WINDOW,
  SettlementStatus,
  WAD,
  type AccountId,
  type LiquidationPlan,
  type Price,
} from '../../sdk/math';
import { testManifest } from '../../sdk/testing/testManifest';
import type { Reserves } from '../pools/constantProduct';
import { addMempool } from './fakeMempool';
import { createFakeNode, rpcFailure } from './fakeNode';

const FLASH: Address = getAddress('0x00000000000000000000000000000000000f1a54');
const FACTORY: Address = getAddress('0x00000000000000000000000000000000000fac70');
const PAIR: Address = getAddress('0x0000000000000000000000000000000000009a14');
const ROW_TYPES = [
  'int128',
  'int128',
  'uint128',
  'uint128',
  'int128',
  'uint128',
  'uint40',
  'uint8',
  'uint8',
  'uint8',
  'uint8',
] as const;

const ERRORS: Abi = errorsAbi; // by a name that only a test knows

/** A revert of a contract, as a node answers it. */
export function revertWith(errorName: string, args: readonly unknown[]): Error {
  return rpcFailure(3, 'execution reverted', encodeErrorResult({ abi: ERRORS, errorName, args }));
}

/** An account that owes 14,000 against 10 WETH at 1,650: health 0.8908. */
export const SHORT_ROW: MarginRow = {
  cash: parseEther('-14000'),
  markEquity: parseEther('2500'),
  initial: parseEther('3630'),
  maintenance: parseEther('2805'),
  betterEquity: parseEther('2500'),
  betterMaintenance: parseEther('2805'),
  deadline: 0,
  state: MarginState.Callable,
  downLegs: 0,
  positions: 0,
  downPositions: 0,
};

/** A full close of it with a bonus of 280. */
export const FULL_PLAN: LiquidationPlan = {
  fraction: WAD,
  bonusRate: parseEther('0.1'),
  bonus: parseEther('280'),
  fee: 0n,
  pay: parseEther('2220'),
  shortfall: 0n,
};

/** `plan` for a smaller fraction (WAD). */
export function scalePlan(plan: LiquidationPlan, fraction: bigint): LiquidationPlan {
  const scaled = (value: bigint): bigint => (value * fraction) / WAD;
  return { ...plan, fraction, bonus: scaled(plan.bonus), fee: scaled(plan.fee), pay: scaled(plan.pay) };
}

/** A node with the system on it, as far as the keeper reads it. What the contracts answer is up to the test. */
export function createFakeSystem() {
  const node = createFakeNode();
  const mempool = addMempool(node);
  const manifest = manifestSchema.parse({
    ...testManifest,
    genesisHash: node.head().hash,
    contracts: {
      ...testManifest.contracts,
      UniswapV2FlashLiquidator: { ...testManifest.contracts.MarginLens, address: FLASH },
    },
  });
  const [asset] = manifest.assets;
  if (asset === undefined) throw new Error('the test manifest has no asset');
  const assetIsFirst = BigInt(asset.address) < BigInt(manifest.quote.address);
  const price: Price = {
    spot: parseEther('1650'),
    low: parseEther('1650'),
    high: parseEther('1650'),
    updatedAt: 0,
    status: PriceStatus.Live,
  };
  const world = {
    node,
    mempool,
    manifest,
    /** What the lens says of each account; a lone `Error` fails the whole call. */
    rows: new Map<AccountId, MaybeMarginRow | Error>(),
    price,
    /** Of the pool of `price`'s asset, token units; none where there is no pair. Deep, unless a test says otherwise. */
    reserves: { asset: parseEther('1000000'), quote: 1_650_000_000n * 10n ** 6n } as Reserves | undefined,
    bidderCash: 0n,
    balance: parseEther('1'),
    gas: 300_000n,
    preview: (_account: AccountId, fraction: bigint): LiquidationPlan => scalePlan(FULL_PLAN, fraction),
    flash: (_account: AccountId, fraction: bigint): { profit: bigint; plan: LiquidationPlan } => ({
      profit: (250_000_000n * fraction) / WAD,
      plan: scalePlan(FULL_PLAN, fraction),
    }),
    /** Seconds, of the last sample of every window. */
    sampledAt: 0n,
    /** Seconds, of the last look at every funding. */
    fundingAt: 0n,
    /** Price and status of every expiry. */
    settlement: [0n, SettlementStatus.None] as [bigint, number],
    /** Seconds between samples of volatility; zero where no asset has terms. */
    minInterval: 0n,
    /** Of a close-out through the fund, quote WAD; an `Error` where the contract refuses it. */
    tip: parseEther('2') as bigint | Error,
    /** Called for every transaction that is simulated or estimated. */
    check: (_to: Address, _data: Hex): void => undefined,
  };

  const contracts = manifest.contracts;
  const code = new Set([...Object.values(contracts)].map(({ address }) => address.toLowerCase()));
  node.on('eth_chainId', () => numberToHex(manifest.chainId));
  node.on('eth_getCode', (address: Address) => (code.has(address.toLowerCase()) ? '0x01' : '0x'));
  node.on('eth_getBalance', () => numberToHex(world.balance));
  node.on('eth_estimateGas', ({ to, data }: { to: Address; data: Hex }) => {
    world.check(to, data);
    return numberToHex(world.gas);
  });

  type Answer = (args: never) => unknown;
  const answers: readonly { at: Address; abi: Abi; functions: Readonly<Record<string, Answer>> }[] = [
    {
      at: contracts.MarginLens.address,
      abi: marginLensAbi,
      functions: {
        margins: ([accounts]: [AccountId[]]) => packRows(accounts, world.rows),
        prices: ([assets]: [Address[]]) => assets.map(() => world.price),
      },
    },
    {
      at: contracts.MarginPolicy.address,
      abi: marginPolicyAbi,
      functions: { liquidationTerms: () => TERMS, cashTerms: () => CASH_TERMS },
    },
    {
      at: contracts.MarginVault.address,
      abi: marginVaultAbi,
      functions: {
        cashOf: () => world.bidderCash,
        preview: ([account, fraction]: [AccountId, bigint]) => world.preview(account, fraction),
        marketOf: () => ({ ...NO_MARKET, fundingAt: Number(world.fundingAt) }),
      },
    },
    {
      at: contracts.SettlementFeed.address,
      abi: settlementFeedAbi,
      functions: {
        recordOf: ([, expiry]: [Address, bigint]) => ({
          ...NO_RECORD,
          lastPrice: world.sampledAt,
          lastSecond: Number(max(world.sampledAt - (expiry - SETTLEMENT_WINDOW), 0n)),
        }),
        settlementOf: () => world.settlement,
      },
    },
    {
      at: contracts.RealisedVolatility.address,
      abi: realisedVolatilityAbi,
      functions: {
        stateOf: () => NO_VOLATILITY,
        termsOf: () => ({ ...NO_TERMS, minInterval: Number(world.minInterval) }),
      },
    },
    {
      at: contracts.CloseOut.address,
      abi: closeOutAbi,
      functions: {
        closeOut: ([account, fraction]: [AccountId, bigint]) => {
          if (world.tip instanceof Error) throw world.tip;
          return [world.preview(account, fraction), world.tip];
        },
      },
    },
    {
      at: FLASH,
      abi: uniswapV2FlashLiquidatorAbi,
      functions: {
        factory: () => FACTORY,
        liquidate: ([account, fraction]: [AccountId, bigint]) => {
          const { profit, plan } = world.flash(account, fraction);
          return [profit, plan];
        },
      },
    },
    {
      at: FACTORY,
      abi: uniswapV2FactoryAbi,
      functions: { getPair: () => (world.reserves === undefined ? zeroAddress : PAIR) },
    },
    {
      at: PAIR,
      abi: uniswapV2PairAbi,
      functions: {
        getReserves: () => {
          const { asset: first = 0n, quote: second = 0n } = world.reserves ?? {};
          return assetIsFirst ? [first, second, 0] : [second, first, 0];
        },
      },
    },
  ];
  node.on('eth_call', ({ to, data }: { to: Address; data: Hex }) => {
    const contract = answers.find(({ at }) => at.toLowerCase() === to.toLowerCase());
    if (contract === undefined) throw rpcFailure(-32_000, `nothing to call at ${to}`);
    const { functionName, args } = decodeFunctionData({ abi: contract.abi, data });
    const answer = contract.functions[functionName];
    if (answer === undefined) throw rpcFailure(-32_000, `${functionName} is not faked`);
    const result = answer((args ?? []) as never);
    return encodeFunctionResult({ abi: contract.abi, functionName, result });
  });
  return world;
}

export type FakeSystem = ReturnType<typeof createFakeSystem>;

const NO_MARKET = { fundingIndex: 0n, fundingRate: 0n, perpetualLots: 0n, optionLots: 0n, unsettled: 0n };
const NO_RECORD = { weightedSum: 0n, covered: 0, isDisputed: false, isResolved: false };
const NO_VOLATILITY = { price: 0n, recent: 0n, variance: 0n, initial: 0n, from: 0n, since: 0, sampledAt: 0 };
const NO_TERMS = {
  referenceBps: 0,
  floorBps: 0,
  capBps: 0,
  rampBpsPerHour: 0,
  fastHalfLife: 0,
  slowHalfLife: 0,
};

const TERMS = {
  bonusMinBps: 1_000,
  bonusMaxBps: 4_000,
  feeBps: 200,
  kappaBps: 9_000,
  targetHealthBps: 12_500,
  criticalHealthBps: 6_000,
  cureBufferBps: 200,
  bonusRamp: 1_200,
  maxGrace: 600,
  callFeeCents: 100,
  floorBonusCents: 500,
  socialisationCapBps: 500,
};

const CASH_TERMS = {
  baseRateBps: 200,
  slopeLowBps: 400,
  slopeHighBps: 6_000,
  kinkBps: 8_000,
  reserveFactorBps: 1_000,
  minDebt: 200,
  borrowCap: 500_000_000,
};

function packRows(accounts: readonly AccountId[], rows: ReadonlyMap<AccountId, MaybeMarginRow | Error>): Hex {
  const packed = accounts.map((account) => {
    const row = rows.get(account) ?? 'unknown';
    if (row instanceof Error) throw row;
    if (row === 'unknown') return 'ff'.repeat(105);
    const { cash, markEquity, initial, maintenance, betterEquity, betterMaintenance, deadline } = row;
    const { state, downLegs, positions, downPositions } = row;
    const values = [
      cash,
      markEquity,
      initial,
      maintenance,
      betterEquity,
      betterMaintenance,
      deadline,
      state,
      downLegs,
      positions,
      downPositions,
    ];
    return encodePacked(ROW_TYPES, values as never).slice(2);
  });
  return `0x${packed.join('')}`;
}
