import { encodeFunctionData } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { BPS, max, min, mulDivDown, mulDivFloor, WAD, type LiquidationPlan } from '../../sdk/math';
import { decimal } from '../format';
import type { ScreenedAccount } from '../screen/screenAccounts';
import { isSkip, skip, type Action, type PricedAction, type Skip } from './action';
import { costOf, describe, preview, SMALLEST_PART } from './preview';
import { estimate } from './simulate';
import { withGas, type Situation } from './situation';

// Of the cash there is, since interest and price move what a slice costs by the time it is mined.
const CAPITAL_USED_BPS = 9_950n;
// What a liquidation with capital costs, where a dry run cannot simulate it for want of a signer.
const ASSUMED_GAS = 500_000n;
/** What `plan` brings at mark once the collateral is sold at the expected cost. Quote WAD. */
function gainOf(row: ScreenedAccount, plan: LiquidationPlan, saleCostBps: number): bigint {
  const cost = costOf(row, plan);
  const value = mulDivFloor(row.markEquity - row.cash, plan.fraction, WAD);
  return value - cost - mulDivDown(max(value, 0n), BigInt(saleCostBps), BPS);
}

/** The transaction that takes over as much of the account as the bidder account can pay for, or why there is none. */
export async function planWithCapital(
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
  const to = deployment.contracts.MarginVault.address;
  const data = encodeFunctionData({
    abi: marginVaultAbi,
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
