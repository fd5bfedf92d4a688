import { decodeFunctionResult, encodeFunctionData, type Address, type Hex } from 'viem';

import { liquidatorAbi, uniswapV2FlashLiquidatorAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { BPS, divUp, max, MarginState, min, mulDivDown, mulDivFloor, WAD, type LiquidationPlan } from '../../sdk/math';
import { decimal } from '../format';
import type { ScreenedAccount } from '../screen/screenAccounts';
import { isSkip, skip, type Action, type Facts, type LiquidationMode, type PricedAction, type Skip } from './action';
import { betterHealthText } from './planMarginCall';
import { estimate, simulate, type Refusal } from './simulate';
import { gasInQuote, netOf, priceAction, withGas, type Situation } from './situation';

// Of the cash there is, since interest and price move what a slice costs by the time it is mined.
const CAPITAL_USED_BPS = 9_950n;
// What a liquidation with capital costs, where a dry run cannot simulate it for want of a signer.
const ASSUMED_GAS = 500_000n;
// Smaller slices of one account are not worth their gas.
const SMALLEST_PART = 20n;

/**
 * Liquidates an account in the way that nets more after gas, with capital or without, or says why neither nets what the
 * configuration asks for.
 */
export async function planLiquidation(
  situation: Situation,
  deployment: Manifest,
  row: ScreenedAccount,
): Promise<PricedAction | Skip> {
  const { liquidate: mode, minProfit } = situation.config;
  const largest = await preview(situation, deployment, row, WAD);
  if (isSkip(largest)) return largest;

  const capital = mode === 'flash' ? undefined : await planWithCapital(situation, deployment, row, largest);
  const flash = mode === 'capital' ? undefined : await planWithFlash(situation, deployment, row, largest);
  const ways = [flash, capital].filter((way) => way !== undefined);
  const possible = ways.filter((way): way is PricedAction => !isSkip(way));
  const [best] = possible.sort((a, b) => (netOf(b) > netOf(a) ? 1 : -1));
  if (best !== undefined && netOf(best) >= minProfit) return best;
  return whyNot(best, ways, { capital, flash }, minProfit);
}

function whyNot(
  best: PricedAction | undefined,
  ways: readonly (PricedAction | Skip)[],
  byMode: Readonly<Record<LiquidationMode, PricedAction | Skip | undefined>>,
  minProfit: bigint,
): Skip {
  const each = Object.entries(byMode).flatMap(([mode, way]) =>
    way === undefined ? [] : [[`${mode}_reason`, isSkip(way) ? way.skipped : 'unprofitable']],
  );
  const reasons = Object.fromEntries(each) as Facts;
  if (best !== undefined) {
    const { mode, gain, gasCost } = best;
    const facts = { mode, gain: decimal(gain), gas_cost: decimal(gasCost), min_profit: decimal(minProfit), ...reasons };
    return skip('unprofitable', facts);
  }
  const [first = skip('no_way')] = ways.filter(isSkip);
  return skip(first.skipped, { ...first.facts, ...reasons });
}

/** The plan that the contract would follow now for at most `fraction` (WAD). */
async function preview(
  { client, config, from }: Situation,
  deployment: Manifest,
  { account }: ScreenedAccount,
  fraction: bigint,
): Promise<LiquidationPlan | Refusal> {
  const answer = await simulate(client, {
    on: config.simulateOn,
    from,
    to: deployment.contracts.Liquidator.address,
    data: encodeFunctionData({ abi: liquidatorAbi, functionName: 'preview', args: [account, fraction] }),
  });
  if (typeof answer !== 'string') return answer;
  return decodeFunctionResult({ abi: liquidatorAbi, functionName: 'preview', data: answer });
}

/* WITH CAPITAL */

/** What `plan` takes out of the bidder's cash: the price of the slice, and the debt that comes with it. Quote WAD. */
function costOf({ cash }: ScreenedAccount, { pay, fraction }: LiquidationPlan): bigint {
  return pay - mulDivFloor(cash, fraction, WAD);
}

/** What `plan` brings at mark once the collateral is sold at the expected cost. Quote WAD. */
function gainOf(row: ScreenedAccount, plan: LiquidationPlan, saleCostBps: number): bigint {
  const cost = costOf(row, plan);
  const value = mulDivFloor(row.markEquity - row.cash, plan.fraction, WAD);
  return value - cost - mulDivDown(max(value, 0n), BigInt(saleCostBps), BPS);
}

async function planWithCapital(
  situation: Situation,
  deployment: Manifest,
  row: ScreenedAccount,
  largest: LiquidationPlan,
): Promise<PricedAction | Skip> {
  const { config, dryRun, client, from, bidder } = situation;
  const plan = await fitToCapital(situation, deployment, row, largest);
  if (isSkip(plan)) return plan;
  const cost = costOf(row, plan);
  const gain = gainOf(row, plan, config.saleCostBps);
  const tolerance = min(
    mulDivDown(max(cost, 0n), BigInt(config.payToleranceBps), BPS),
    max(gain - config.minProfit, 0n),
  );
  const to = deployment.contracts.Liquidator.address;
  const data = encodeFunctionData({
    abi: liquidatorAbi,
    functionName: 'liquidate',
    args: [row.account, bidder, plan.fraction, plan.pay + tolerance, '0x'],
  });
  const action: Action = {
    ...describe(row, plan),
    mode: 'capital',
    to,
    data,
    gain,
    reserved: max(cost + tolerance, 0n),
  };
  if (dryRun) return withGas(situation, action, ASSUMED_GAS);

  const used = await estimate(client, { on: config.simulateOn, from, to, data });
  if (typeof used !== 'bigint') return used;
  return withGas(situation, action, used);
}

/** The plan for as much as the bidder's cash and the limit a transaction allow. */
async function fitToCapital(
  situation: Situation,
  deployment: Manifest,
  row: ScreenedAccount,
  largest: LiquidationPlan,
): Promise<LiquidationPlan | Skip> {
  const { available, config } = situation;
  const most = mulDivDown(
    config.maxPerTx === undefined ? available : min(available, config.maxPerTx),
    CAPITAL_USED_BPS,
    BPS,
  );
  const cost = costOf(row, largest);
  if (cost <= most) return largest;
  const short = skip('insufficient_capital', { cost: decimal(cost), available: decimal(most) });
  if (most <= 0n || most * SMALLEST_PART < cost) return short;
  const smaller = await preview(situation, deployment, row, mulDivDown(largest.fraction, most, cost));
  if (isSkip(smaller)) return { skipped: 'insufficient_capital', facts: { ...short.facts, ...smaller.facts } };
  return smaller;
}

/* WITHOUT CAPITAL */

interface FlashTrial {
  readonly fraction: bigint;
  /** Quote token units; negative is what the sale fell short. */
  readonly profit: bigint;
  readonly plan: LiquidationPlan;
}

async function planWithFlash(
  situation: Situation,
  deployment: Manifest,
  row: ScreenedAccount,
  largest: LiquidationPlan,
): Promise<PricedAction | Skip> {
  const flash = deployment.contracts['UniswapV2FlashLiquidator']?.address;
  if (flash === undefined) return skip('no_flash_liquidator');
  const scale = quoteScale(deployment);
  const trial = await bestTrial(situation, flash, row, largest, scale);
  if (isSkip(trial)) return trial;
  if (trial.profit < 0n) return skip('SaleShort', { short: decimal(-trial.profit * scale) });

  const gain = trial.profit * scale;
  const action = (minProfit: bigint): Action => ({
    ...describe(row, trial.plan),
    mode: 'flash',
    to: flash,
    data: flashCall(row, trial.fraction, minProfit, situation.from),
    gain,
    reserved: 0n,
  });
  const planned = await priceAction(situation, action(0n));
  if (isSkip(planned)) return planned;
  // what the chain enforces: by then the pool may have moved, and a loss is nobody's wish
  const floor = max(situation.config.minProfit + gasInQuote(situation, planned.gas), 0n);
  return { ...planned, ...action(min(divUp(floor, scale), trial.profit)) };
}

/**
 * The slice that brings most. The bonus grows with the slice and the price impact of its sale with the square, so a slice
 * that brings less than half of its bonus is too large, by a factor that follows from what it brings.
 */
async function bestTrial(
  situation: Situation,
  flash: Address,
  row: ScreenedAccount,
  largest: LiquidationPlan,
  scale: bigint,
): Promise<FlashTrial | Skip> {
  const first = await tryFlash(situation, flash, row, largest, scale);
  if (isSkip(first)) return first;
  const bonus = first.plan.bonus / scale;
  if (bonus <= 0n || first.profit * 2n >= bonus) return first;
  const part = (first.fraction * bonus) / (2n * (bonus - first.profit));
  if (part * SMALLEST_PART < first.fraction) return first;
  const second = await tryFlash(situation, flash, row, { ...largest, fraction: part }, scale);
  return isSkip(second) || second.profit <= first.profit ? first : second;
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
    return { fraction: plan.fraction, profit, plan: done };
  }
  const { revert } = answer;
  if (revert?.name !== 'SaleShort') return answer;
  const [, missing] = revert.args as readonly [bigint, bigint];
  return { fraction: plan.fraction, profit: -divUp(missing, scale), plan };
}

function flashCall({ account }: ScreenedAccount, fraction: bigint, minProfit: bigint, recipient: Address): Hex {
  return encodeFunctionData({
    abi: uniswapV2FlashLiquidatorAbi,
    functionName: 'liquidate',
    args: [account, fraction, minProfit, recipient],
  });
}

/* BOTH */

function describe(row: ScreenedAccount, plan: LiquidationPlan) {
  return {
    kind: 'liquidate',
    account: row.account,
    reason: reasonOf(row),
    facts: {
      health: betterHealthText(row),
      fraction: decimal(plan.fraction),
      bonus: decimal(plan.bonus),
      pay: decimal(plan.pay),
      shortfall: decimal(plan.shortfall),
      cost: decimal(costOf(row, plan)),
    },
  } as const;
}

/** Why the account may be liquidated. */
function reasonOf({ state, deadline }: ScreenedAccount): string {
  if (state === MarginState.Insolvent) return 'insolvent';
  return deadline === 0 ? 'health_critical' : 'deadline_passed';
}

function quoteScale({ quote }: Manifest): bigint {
  return 10n ** BigInt(18 - quote.decimals);
}
