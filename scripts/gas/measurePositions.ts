import { encodeFunctionData, parseAbi, type Address, type Hex } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import { INT256_MAX, toAccountId, WAD, type InstrumentId } from '../../sdk/math';
import { KEEPER, placeMock } from './openBench';
import { openTrading, PERPETUAL, type TradingBench } from './openTrading';
import type { Action } from './peers';

const meterAbi = parseAbi([
  'struct Holding { address asset; uint96 amount; }',
  'struct Position { uint64 instrument; int256 size; int256 costBasis; }',
  'struct Portfolio { bytes32 account; uint8 mode; int256 cash; Holding[] collateral; Position[] positions; }',
  'function ofPortfolio(address model, Portfolio portfolio) view returns (uint256)',
  'function ofSecond(address target, bytes first, bytes second) returns (uint256)',
]);
const CROSS = 0;
const PORTFOLIO = 2;
const USD = 10n ** 6n;
/** Two rows of nine moves, tails with volatility raised, and no move. */
const SCENARIOS = 23n;
const MAKER = 1;
const LEGS = 16;

/** Checks on warm storage, and whole transactions with positions. */
export async function measurePositions(): Promise<Partial<Record<Action, bigint>>> {
  const bench = await openTrading();
  await settleIn(bench);
  const meter = await placeMock(bench.chain, 'CheckMeter');
  const checks = await measureChecks(bench, meter);
  const fills = await measureFill(bench, meter);
  const liquidateBook = await measureLiquidation(bench, {
    mode: CROSS,
    trader: 10,
    bidder: 20,
    stake: 3_950,
    movesTo: 2_800,
  });
  const liquidatePortfolio = await measureLiquidation(bench, {
    mode: PORTFOLIO,
    trader: 11,
    bidder: 21,
    stake: 2_400,
    movesTo: 3_000,
  });
  return { ...checks, ...fills, liquidateBook, liquidatePortfolio };
}

/** A maker with much cash, and a bidder. */
async function settleIn(bench: TradingBench): Promise<void> {
  await bench.give(KEEPER, toAccountId(KEEPER, 0n), bench.manifest.quote.address, 1_000_000n * USD);
  await bench.open(MAKER, 1_000_000);
  await bench.settle(600);
  await bench.move(2_010);
}

async function measureChecks(bench: TradingBench, meter: Address): Promise<Partial<Record<Action, bigint>>> {
  const engine = bench.manifest.contracts.RiskEngine.address;
  const check = (mode: number, count: number): Promise<bigint> => {
    const positions = bookOf(bench, count).map(([instrument, size]) => ({
      instrument,
      size: BigInt(size) * WAD,
      costBasis: 0n,
    }));
    const portfolio = { account: bench.accountOf(MAKER), mode, cash: 100_000n * WAD, collateral: [], positions };
    return bench.chain.client.readContract({
      address: meter,
      abi: meterAbi,
      functionName: 'ofPortfolio',
      args: [engine, portfolio],
    });
  };
  const [portfolio16, portfolio32] = [await check(PORTFOLIO, 16), await check(PORTFOLIO, 32)];
  return {
    portfolio16,
    portfolio32,
    optionScenario: (portfolio32 - portfolio16) / (16n * SCENARIOS),
    standard16: await check(CROSS, 16),
  };
}

/** Two accounts that hold the perpetual already trade it again, and once more in the same transaction. */
async function measureFill(bench: TradingBench, meter: Address): Promise<Partial<Record<Action, bigint>>> {
  for (const trader of [2, 3]) await bench.open(trader, 20_000);
  await bench.trade({ buyer: 2, seller: 3, instrument: PERPETUAL, size: 1 });
  await bench.settle(600);
  await bench.move(2_010);
  const again = { buyer: 2, seller: 3, instrument: PERPETUAL, size: 1 };
  const call = async (): Promise<Hex> => {
    return encodeFunctionData({ abi: marginVaultAbi, functionName: 'fill', args: await bench.fillOf(again) });
  };
  const { result: fillWarm } = await bench.chain.client.simulateContract({
    address: meter,
    abi: meterAbi,
    functionName: 'ofSecond',
    args: [bench.vault, await call(), await call()],
  });
  return { fillWarm, fill: await bench.trade(again) };
}

interface Sinking {
  readonly mode: number;
  readonly trader: number;
  readonly bidder: number;
  /** whole quote units: enough for initial margin, and after the move too little for maintenance */
  readonly stake: number;
  readonly movesTo: number;
}

/** An account that has sold the book is taken by a bidder of the same mode who holds none of it. */
async function measureLiquidation(bench: TradingBench, sinking: Sinking): Promise<bigint> {
  const { mode, trader, bidder, stake, movesTo } = sinking;
  await bench.settle(86_400);
  await bench.move(2_010);
  await bench.settle(600);
  await bench.move(2_010);
  await bench.open(trader, stake, mode);
  await bench.open(bidder, 100_000, mode);
  for (const [instrument, size] of bookOf(bench, LEGS)) {
    const [buyer, seller] = size < 0 ? [trader, MAKER] : [MAKER, trader];
    await bench.trade({ buyer, seller, instrument, size: Math.abs(size) });
  }
  await bench.move(movesTo);
  const gas = await bench.send({
    from: bench.addressOf(bidder),
    to: bench.vault,
    abi: marginVaultAbi,
    functionName: 'liquidate',
    args: [bench.accountOf(trader), bench.accountOf(bidder), WAD, INT256_MAX, '0x'],
  });
  const { positions } = await bench.chain.client.readContract({
    address: bench.vault,
    abi: marginVaultAbi,
    functionName: 'portfolio',
    args: [bench.accountOf(bidder)],
  });
  if (positions.length !== LEGS) throw new Error(`${positions.length} positions were taken over, not ${LEGS}`);
  return gas;
}

/** Options of one expiry at as many strikes, calls and puts in turn, every third one short. */
function bookOf(bench: TradingBench, count: number): (readonly [InstrumentId, number])[] {
  return Array.from({ length: count }, (_, i) => [bench.option(i % 2 === 0, 1_600 + 50 * i), i % 3 === 0 ? -1 : 1]);
}
