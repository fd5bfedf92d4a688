import type { Manifest } from '../../sdk/deployment';
import { WAD } from '../../sdk/math';
import { decimal } from '../format';
import type { ScreenedAccount } from '../screen/screenAccounts';
import { isSkip, skip, type Facts, type LiquidationMode, type PricedAction, type Skip } from './action';
import { planWithCapital } from './planWithCapital';
import { planWithFlash } from './planWithFlash';
import { preview } from './preview';
import { netOf, type Situation } from './situation';

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
  byMode: Readonly<Record<Exclude<LiquidationMode, 'fund'>, PricedAction | Skip | undefined>>,
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
