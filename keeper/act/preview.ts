import { decodeFunctionResult, encodeFunctionData } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { MarginState, mulDivFloor, WAD, type LiquidationPlan } from '../../sdk/math';
import { decimal } from '../format';
import type { ScreenedAccount } from '../screen/screenAccounts';
import { betterHealthText } from './planMarginCall';
import { simulate, type Refusal } from './simulate';
import type { Situation } from './situation';

// Smaller slices of one account are not worth their gas.
export const SMALLEST_PART = 20n;

/** The plan that the contract would follow now for at most `fraction` (WAD). */
export async function preview(
  { client, config, from }: Situation,
  deployment: Manifest,
  { account }: ScreenedAccount,
  fraction: bigint,
): Promise<LiquidationPlan | Refusal> {
  const answer = await simulate(client, {
    on: config.simulateOn,
    from,
    to: deployment.contracts.MarginVault.address,
    data: encodeFunctionData({ abi: marginVaultAbi, functionName: 'preview', args: [account, fraction] }),
  });
  if (typeof answer !== 'string') return answer;
  return decodeFunctionResult({ abi: marginVaultAbi, functionName: 'preview', data: answer });
}

/** What `plan` takes out of the bidder's cash: the price of the slice, and the debt that comes with it. Quote WAD. */
export function costOf({ cash }: Pick<ScreenedAccount, 'cash'>, { pay, fraction }: LiquidationPlan): bigint {
  return pay - mulDivFloor(cash, fraction, WAD);
}

/** What an action that follows `plan` says of itself. */
export function describe(row: ScreenedAccount, plan: LiquidationPlan) {
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
