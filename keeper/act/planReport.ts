import { encodeFunctionData } from 'viem';

import { openLossesAbi } from '../../sdk/abi';
import type { Manifest } from '../../sdk/deployment';
import type { LossReport } from '../decide/decideReports';
import { decimal } from '../format';
import type { PricedAction, Skip } from './action';
import { priceAction, type Situation } from './situation';

/** Reports a loss, or that it is over. It earns nothing. */
export async function planReport(
  situation: Situation,
  deployment: Manifest,
  { account, loss, known }: LossReport,
): Promise<PricedAction | Skip> {
  return priceAction(situation, {
    kind: 'report',
    account,
    reason: loss === 0n ? 'loss_over' : known === 0n ? 'loss_open' : 'loss_changed',
    to: deployment.contracts.OpenLosses.address,
    data: encodeFunctionData({ abi: openLossesAbi, functionName: 'report', args: [account] }),
    gain: 0n,
    reserved: 0n,
    facts: { loss: decimal(loss), known: decimal(known) },
  });
}
