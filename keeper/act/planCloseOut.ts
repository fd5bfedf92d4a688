import { decodeFunctionResult, encodeFunctionData } from 'viem';

import { closeOutAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { toAccountId, WAD } from '../../sdk/math';
import { decimal } from '../format';
import type { ScreenedAccount } from '../screen/screenAccounts';
import { isSkip, skip, type PricedAction, type Skip } from './action';
import { betterHealthText } from './planMarginCall';
import { simulate } from './simulate';
import { netOf, priceAction, type Situation } from './situation';

// Of the least debt: with less collateral an account is left to the fund at once. As in CloseOut.
const SMALL_DEBTS = 2n;
// The least patience that governance may set, seconds: what the contract asks for it says itself.
const LEAST_PATIENCE = 600n;

/** Whether the fund may be asked to take an account: too small for liquidators, or left by them for long. */
export function isLeft(
  { cash, markEquity, deadline, positions }: ScreenedAccount,
  { minDebt, head }: Pick<Situation, 'minDebt' | 'head'>,
): boolean {
  // the worth of positions is in equity too, and says nothing of the collateral
  if (positions === 0 && markEquity - cash < SMALL_DEBTS * minDebt) return true;
  return deadline !== 0 && head.timestamp >= BigInt(deadline) + LEAST_PATIENCE;
}

/** Has the fund take an account over, or says why not. The tip goes to account 0 of the caller. */
export async function planCloseOut(
  situation: Situation,
  deployment: Manifest,
  row: ScreenedAccount,
): Promise<PricedAction | Skip> {
  const { client, config, from } = situation;
  const to = deployment.contracts.CloseOut.address;
  const data = encodeFunctionData({
    abi: closeOutAbi,
    functionName: 'closeOut',
    args: [row.account, WAD, toAccountId(from, 0n)],
  });
  const answer = await simulate(client, { on: config.simulateOn, from, to, data });
  if (typeof answer !== 'string') return answer;
  const [plan, tip] = decodeFunctionResult({ abi: closeOutAbi, functionName: 'closeOut', data: answer });
  const planned = await priceAction(situation, {
    kind: 'closeOut',
    account: row.account,
    mode: 'fund',
    reason: 'left_by_liquidators',
    to,
    data,
    gain: tip,
    reserved: 0n,
    facts: {
      health: betterHealthText(row),
      fraction: decimal(plan.fraction),
      bonus: decimal(plan.bonus),
      shortfall: decimal(plan.shortfall),
      tip: decimal(tip),
    },
  });
  if (isSkip(planned) || netOf(planned) >= config.minProfit) return planned;
  return skip('close_out_at_a_loss', { tip: decimal(tip), gas_cost: decimal(planned.gasCost) });
}
