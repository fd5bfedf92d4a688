import { decodeFunctionResult, encodeFunctionData, type Address, type Hex } from 'viem';

import { uniswapV2FlashLiquidatorAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { divUp, max, min, mulDivDown, PriceStatus, WAD, type LiquidationPlan } from '../../sdk/math';
import { decimal } from '../format';
import type { ScreenedAccount } from '../screen/screenAccounts';
import { isSkip, skip, type Action, type PricedAction, type Skip } from './action';
import { bestSlice, type SaleLeg } from './bestSlice';
import { describe } from './preview';
import { simulate, type Refusal } from './simulate';
import { gasInQuote, priceAction, type Situation } from './situation';

// No flash liquidation takes less, so that what does not pay for it need not be tried.
const LEAST_GAS = 400_000n;
// What interest and other people's trades may change before the slice is tried, part of what it is worth.
const UNCERTAINTY = WAD / 1_000n;

interface FlashTrial {
  /** Quote token units; negative is what the sale fell short. */
  readonly profit: bigint;
  readonly plan: LiquidationPlan;
}

/**
 * The transaction that takes a slice over and sells it in the pools at once, or why there is none. How large a slice
 * brings most is worked out from the pools' reserves; only that one is tried on the chain.
 */
export async function planWithFlash(
  situation: Situation,
  deployment: Manifest,
  row: ScreenedAccount,
  largest: LiquidationPlan,
): Promise<PricedAction | Skip> {
  const { config, terms, minDebt, from } = situation;
  const flash = deployment.contracts['UniswapV2FlashLiquidator']?.address;
  if (flash === undefined) return skip('no_flash_liquidator');
  // it sells what it takes over within its call, and nobody buys positions there
  if (row.positions > 0) return skip('positions_need_capital', { positions: row.positions });
  const legs = await readLegs(situation, row);
  if (isSkip(legs)) return legs;
  const scale = 10n ** BigInt(18 - deployment.quote.decimals);
  const slice = bestSlice({ row, largest, legs, terms, minDebt, scale });
  const unsure = mulDivDown(max(row.markEquity - row.cash, 0n), mulDivDown(UNCERTAINTY, slice.fraction, WAD), WAD);
  const expected = slice.profit * scale;
  if (expected + unsure < config.minProfit + gasInQuote(situation, LEAST_GAS)) {
    return skip('unprofitable', { fraction: decimal(slice.fraction), expected: decimal(expected) });
  }
  const trial = await tryFlash(situation, flash, row, { ...largest, fraction: slice.fraction }, scale);
  if (isSkip(trial)) return trial;
  if (trial.profit < 0n) return skip('SaleShort', { short: decimal(-trial.profit * scale) });

  const gain = trial.profit * scale;
  const action = (minProfit: bigint): Action => ({
    ...describe(row, trial.plan),
    mode: 'flash',
    to: flash,
    data: flashCall(row, slice.fraction, minProfit, from),
    gain,
    reserved: 0n,
  });
  const planned = await priceAction(situation, action(0n));
  if (isSkip(planned)) return planned;
  // what the chain enforces: by then the pool may have moved, and a loss is nobody's wish
  const floor = max(config.minProfit + gasInQuote(situation, planned.gas), 0n);
  return { ...planned, ...action(min(divUp(floor, scale), trial.profit)) };
}

/**
 * What of the account would be sold, and where. A leg without a price stays with the account; one without a pair is set
 * aside by the contract, so it brings nothing and holds nothing up.
 */
async function readLegs({ collateralOf, pools, prices }: Situation, row: ScreenedAccount): Promise<SaleLeg[] | Skip> {
  const legs: SaleLeg[] = [];
  const unsold: Address[] = [];
  for (const { asset, amount } of collateralOf(row.account)) {
    if (prices.get(asset)?.status === PriceStatus.Down) continue;
    const reserves = await pools.read(asset);
    if (reserves === undefined) unsold.push(asset);
    else legs.push({ amount, reserves });
  }
  return legs.length === 0 && unsold.length > 0 ? skip('NoPair', { assets: unsold }) : legs;
}

async function tryFlash(
  { client, config, from }: Situation,
  flash: Address,
  row: ScreenedAccount,
  plan: LiquidationPlan,
  scale: bigint,
): Promise<FlashTrial | Refusal> {
  const answer = await simulate(client, {
    on: config.simulateOn,
    from,
    to: flash,
    data: flashCall(row, plan.fraction, 0n, from),
  });
  if (typeof answer === 'string') {
    const [profit, done] = decodeFunctionResult({
      abi: uniswapV2FlashLiquidatorAbi,
      functionName: 'liquidate',
      data: answer,
    });
    return { profit, plan: done };
  }
  const { revert } = answer;
  if (revert?.name !== 'SaleShort') return answer;
  const [, missing] = revert.args as readonly [bigint, bigint];
  return { profit: -divUp(missing, scale), plan };
}

function flashCall({ account }: ScreenedAccount, fraction: bigint, minProfit: bigint, recipient: Address): Hex {
  return encodeFunctionData({
    abi: uniswapV2FlashLiquidatorAbi,
    functionName: 'liquidate',
    args: [account, fraction, minProfit, recipient],
  });
}
