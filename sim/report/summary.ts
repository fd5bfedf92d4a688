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
      `${bps >= 0 ? `That cost owners ${inWords(bps)} of their collateral` : `That saved owners ${inWords(-bps)} of their collateral`}: bonuses and fees took ${formatAmount(totals.bonus + totals.fees + totals.callFees)}, and ${rebound}.`,
    );
  }
  sentences.push(describeLoss(totals, quote));
  if (totals.missed > 0) {
    sentences.push(
      `${formatCount(totals.missed, 'account')} ${totals.missed === 1 ? 'was' : 'were'} left liquidatable at the end, ${formatAmount(totals.debtUnderwater)} under water.`,
    );
  }
  return sentences.join(' ');
}

/** Of runs in which nobody failed to pay: how near the nearest of the accounts sold came to it. */
export function describeNoLoss(runs: readonly RunResult[]): string {
  const sold = runs.filter(({ liquidations }) => liquidations.length > 0);
  const none = 'None: nothing was drawn on the waterfall.';
  if (sold.length === 0) return none;
  const nearest = sold.map(({ policy, liquidations }) => {
    const least = Math.min(...liquidations.map(({ health }) => health));
    return `health ${formatNumber(least, 2)}${runs.length > 1 ? ` under ${policy.name}` : ''}`;
  });
  return `${none} Every liquidated account paid its debt in full; the one nearest to failing was sold at ${listOf(nearest)} (at zero its collateral would only just have paid).`;
}

function describeLoss({ liquidations, waterfall }: RunResult['totals'], quote: string): string {
  const { shortfall, fromReserves, fromJunior, fromSenior, socialised, unpaid } = waterfall;
  if (shortfall === 0) {
    return liquidations === 0
      ? 'Nothing was drawn on the waterfall.'
      : 'Every liquidated account paid its debt in full: nothing was drawn on the waterfall.';
  }
  const shares = [
    [fromReserves, 'the reserve'],
    [fromJunior, 'the junior tranche'],
    [fromSenior, 'the senior tranche'],
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
        ? `saved owners ${inWords(-cost)} of their collateral`
        : `cost owners ${inWords(cost)} of their collateral more`;
  const lossText =
    Math.abs(loss) < 1
      ? 'left the same bad debt'
      : `left ${formatAmount(Math.abs(loss))} ${first.quote} ${loss < 0 ? 'less' : 'more'} bad debt`;
  return `In this crash ${accountsText}, ${costText} and ${lossText}.`;
}

/** The tiles and charts below write `bp`. */
function inWords(bps: number): string {
  return formatBps(bps).replace('bp', 'basis points');
}

function listOf(items: readonly string[]): string {
  const last = items.at(-1);
  return last === undefined || items.length === 1 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${last}`;
}
