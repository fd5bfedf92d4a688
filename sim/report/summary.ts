import type { RunResult } from '../result';
import {
  formatAmount,
  formatBps,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPrice,
} from './format';

/** The run in plain words, a paragraph an entry; every figure and every verb follows from the numbers. */
export function summarise(runs: readonly RunResult[]): string[] {
  const [first, second] = runs;
  if (first === undefined) return [];
  const paragraphs = [describeCrash(first), ...runs.map(describeRun)];
  if (second !== undefined) paragraphs.push(compare(first, second));
  return paragraphs;
}

/** The deepest fall of a series from any earlier high, and where. */
export function deepestFall(prices: readonly number[]): { from: number; to: number; part: number } {
  let peak = 0;
  let best = { from: 0, to: 0, part: 0 };
  for (const [i, price] of prices.entries()) {
    if (price > (prices[peak] ?? price)) peak = i;
    const part = 1 - price / (prices[peak] ?? price);
    if (part > best.part) best = { from: peak, to: i, part };
  }
  return best;
}

function describeCrash({ assets, seconds, population, quote }: RunResult): string {
  const [asset] = assets;
  if (asset === undefined) return '';
  const { from, to, part } = deepestFall(asset.market);
  const price = (i: number): string => formatPrice(asset.market[i] ?? 0);
  const time = formatDuration((seconds[to] ?? 0) - (seconds[from] ?? 0));
  const fall =
    part === 0
      ? `${asset.symbol} never fell.`
      : `${asset.symbol} fell ${formatPercent(part)} in ${time}, from ${price(from)} to ${price(to)}, and ended at ${price(asset.market.length - 1)}.`;
  const debt = formatAmount(population.debt);
  const collateral = formatAmount(population.collateral);
  return `${fall} ${formatCount(population.borrowers, 'account')} owed ${debt} ${quote} against collateral worth ${collateral}.`;
}

function describeRun({ policy, totals, population, quote }: RunResult): string {
  const sentences: string[] = [];
  if (totals.calls === 0 && totals.liquidations === 0) {
    sentences.push(`Under ${policy.name} nobody was called and nobody was liquidated.`);
  } else {
    const called =
      totals.calls === 0
        ? 'nobody was called'
        : `margin was called ${formatCount(totals.calls, 'time')} on ${formatCount(totals.accountsCalled, 'account')}`;
    const cures = totals.cures.owner + totals.cures.price;
    const cured =
      totals.calls === 0
        ? ''
        : `, and ${cures === 0 ? 'none' : formatNumber(cures)} of these calls ${cures === 1 ? 'was' : 'were'} cured${cures === 0 ? '' : ` (${formatNumber(totals.cures.owner)} by owners, ${formatNumber(totals.cures.price)} by the price)`}`;
    sentences.push(`Under ${policy.name} ${called}${cured}.`);
    sentences.push(
      totals.liquidations === 0
        ? 'Nothing was sold.'
        : `${formatCount(totals.accountsLiquidated, 'account')} ${totals.accountsLiquidated === 1 ? 'was' : 'were'} liquidated in ${formatCount(totals.liquidations, 'sale')} of ${formatAmount(totals.collateralSold)} ${quote} of collateral, ${formatPercent(totals.collateralSold / population.collateral)} of all there was.`,
    );
  }
  const { bps, gainNextHour } = totals.ownerCost;
  if (totals.liquidations > 0) {
    const rebound =
      gainNextHour > 0
        ? `what was sold gained ${formatAmount(gainNextHour)} in the hour after`
        : `what was sold lost another ${formatAmount(-gainNextHour)} in the hour after, which its owners were spared`;
    sentences.push(
      `${bps >= 0 ? `That cost owners ${formatBps(bps)} of their collateral` : `That saved owners ${formatBps(-bps)} of their collateral`}: bonuses and fees took ${formatAmount(totals.bonus + totals.fees + totals.callFees)}, and ${rebound}.`,
    );
  }
  sentences.push(describeLoss(totals.waterfall, quote));
  if (totals.missed > 0) {
    sentences.push(
      `${formatCount(totals.missed, 'account')} ${totals.missed === 1 ? 'was' : 'were'} left liquidatable at the end, ${formatAmount(totals.debtUnderwater)} under water.`,
    );
  }
  return sentences.join(' ');
}

function describeLoss(
  { shortfall, fromReserves, fromFund, socialised, unpaid }: RunResult['totals']['waterfall'],
  quote: string,
): string {
  if (shortfall === 0) return 'Every liquidated account paid its debt in full.';
  const shares = [
    [fromReserves, 'the reserve'],
    [fromFund, 'the default fund'],
    [socialised, 'all lenders'],
    [unpaid, 'the liquidators themselves'],
  ] as const;
  const paid = shares.filter(([part]) => part > 0).map(([part, who]) => `${who} ${formatPercent(part / shortfall, 0)}`);
  const lenders = socialised === 0 ? ' Lenders lost nothing.' : '';
  return `Liquidated accounts were ${formatAmount(shortfall)} ${quote} short: ${listOf(paid)} bore it.${lenders}`;
}

function compare(first: RunResult, second: RunResult): string {
  const [a, b] = [first, second].map(({ policy }) => policy.name);
  const accounts = first.totals.accountsLiquidated - second.totals.accountsLiquidated;
  const cost = first.totals.ownerCost.bps - second.totals.ownerCost.bps;
  const loss = first.totals.waterfall.shortfall - second.totals.waterfall.shortfall;
  const accountsText =
    accounts === 0
      ? `${a} liquidated as many accounts as ${b}`
      : `${a} liquidated ${formatCount(Math.abs(accounts), 'account')} ${accounts < 0 ? 'fewer' : 'more'} than ${b}`;
  const costText =
    Math.abs(cost) < 0.05
      ? 'cost owners the same'
      : cost < 0
        ? `saved owners ${formatBps(-cost)} of their collateral`
        : `cost owners ${formatBps(cost)} of their collateral more`;
  const lossText =
    Math.abs(loss) < 1
      ? 'left the same bad debt'
      : `left ${formatAmount(Math.abs(loss))} ${first.quote} ${loss < 0 ? 'less' : 'more'} bad debt`;
  return `In this crash ${accountsText}, ${costText} and ${lossText}.`;
}

function listOf(items: readonly string[]): string {
  const last = items.at(-1);
  return last === undefined || items.length === 1 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${last}`;
}
