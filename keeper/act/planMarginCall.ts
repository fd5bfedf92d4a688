import { encodeFunctionData } from 'viem';

import { marginVaultAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import { CENT, criticalHealth, curedHealth, health, max, min, WAD, type LiquidationTerms } from '../../sdk/math';
import { decimal, healthText } from '../format';
import type { ScreenedAccount } from '../screen/screenAccounts';
import { isSkip, skip, type PricedAction, type Skip } from './action';
import { netOf, priceAction, type Situation } from './situation';

/** Calls margin on an account that is `Callable`, or says why not. The fee goes to account 0 of the caller. */
export async function planCall(
  situation: Situation,
  deployment: Manifest,
  row: ScreenedAccount,
): Promise<PricedAction | Skip> {
  const { config, terms } = situation;
  const fee = feeOf(row, terms);
  const planned = await priceAction(situation, {
    kind: 'call',
    account: row.account,
    reason: 'health_below_one',
    to: deployment.contracts.MarginVault.address,
    data: encodeFunctionData({ abi: marginVaultAbi, functionName: 'call', args: [row.account] }),
    gain: fee,
    reserved: 0n,
    facts: { health: betterHealthText(row), fee: decimal(fee) },
  });
  if (isSkip(planned) || config.callAtALoss || netOf(planned) >= 0n) return planned;
  return skip('call_at_a_loss', { fee: decimal(fee), gas_cost: decimal(planned.gasCost) });
}

/** What the contract charges: never more than the equity at mark, nor than half of what is there above `hCritical`. */
export function feeOf(row: ScreenedAccount, terms: LiquidationTerms): bigint {
  const critical = criticalHealth(terms);
  const above = row.betterEquity - (row.betterMaintenance * critical) / WAD;
  const isAbove = health({ equity: row.betterEquity, initial: 0n, maintenance: row.betterMaintenance }) >= critical;
  const most = isAbove ? min(row.markEquity, above / 2n) : row.markEquity;
  return min(BigInt(terms.callFeeCents) * CENT, max(most, 0n));
}

/** Whether the open call of an account is cured, as the contract has it: it owes nothing, or has health above the buffer. */
export function isCured(row: ScreenedAccount, situation: Pick<Situation, 'terms'>): boolean {
  const { markEquity, maintenance } = row;
  return owesNothing(row) || health({ equity: markEquity, initial: 0n, maintenance }) >= curedHealth(situation.terms);
}

/** Who has positions may owe whatever the cash. */
function owesNothing({ cash, positions }: ScreenedAccount): boolean {
  return cash >= 0n && positions === 0;
}

/** Clears a call that is cured, or says why not. It earns nothing. */
export async function planClear(
  situation: Situation,
  deployment: Manifest,
  row: ScreenedAccount,
): Promise<PricedAction | Skip> {
  return priceAction(situation, {
    kind: 'clear',
    account: row.account,
    reason: owesNothing(row) ? 'no_debt' : 'cured',
    to: deployment.contracts.MarginVault.address,
    data: encodeFunctionData({ abi: marginVaultAbi, functionName: 'clear', args: [row.account] }),
    gain: 0n,
    reserved: 0n,
    facts: { health: betterHealthText(row) },
  });
}

/** Health by which accounts are called and liquidated. */
export function betterHealthText({ betterEquity, betterMaintenance }: ScreenedAccount): string {
  return healthText(health({ equity: betterEquity, initial: 0n, maintenance: betterMaintenance }));
}
