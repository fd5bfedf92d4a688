import { formatAmountUp, formatBps, formatHealth, formatWad } from '../../sdk/format';
import type { Cure, PriceTrigger, ReadExplanation } from '../../sdk/explain';
import { WAD } from '../../sdk/math';

export interface Naming {
  readonly network: string;
  readonly quote: { readonly symbol: string; readonly decimals: number };
}

const GOALS: Readonly<Record<Cure['goal'], string>> = {
  cured: 'cures the call',
  'health one': 'takes it out of reach of a call',
  'initial margin': 'lets it take on risk again',
};

const INDENT = ' '.repeat(15);

/** What ends it, each by itself. */
export function renderCures({ cures, cash }: ReadExplanation, { quote }: Naming): string[] {
  const [first] = cures;
  if (first === undefined) return [];
  const ways = cures.map(({ by, symbol, decimals, amount, clearsDebt, aboveCap }) => {
    if (by === 'cash' && amount === null) return `no amount of ${quote.symbol}`;
    if (by === 'cash') {
      const units = formatWad(amount ?? 0n, quote.decimals, 10n ** BigInt(quote.decimals));
      return `${cash < 0n ? 'repaying' : 'bringing'} ${units} ${quote.symbol}${clearsDebt ? ', all of it: less than the least debt would be left' : ''}`;
    }
    if (amount === null) return `no amount of ${symbol ?? ''}`;
    const cap = aboveCap ? ' (more than its supply cap lets in now)' : '';
    return `adding ${formatAmountUp(amount, decimals ?? 0)} ${symbol ?? ''}${cap}`;
  });
  const done = cures.every(({ amount }) => amount === 0n);
  if (done) return [`a way out      nothing is missing: it is cured already, and anyone may clear the call`];
  return [`a way out      at this block, each of these ${GOALS[first.goal]}:`, ...ways.map((way) => INDENT + way)];
}

/** Prices that turn it. */
export function renderTriggers({ triggers, terms }: ReadExplanation): string[] {
  if (triggers.length === 0) return [];
  const critical = formatHealth(BigInt(terms.criticalHealthBps) * 10n ** 14n, 2);
  return [
    'prices         all else as it is now:',
    ...triggers.map((trigger) => {
      const { symbol, now } = trigger;
      const today = symbol === null ? 'all together' : `${symbol} at ${formatWad(now)}`;
      return `${INDENT}${today}: health one at ${showTrigger(trigger, 'call')}, critical (${critical}) at ${showTrigger(trigger, 'critical')}`;
    }),
  ];
}

function showTrigger({ symbol, now, ...at }: PriceTrigger, key: 'call' | 'critical'): string {
  const price = at[key];
  if (price === null) return 'no price';
  if (price === 0n) return 'no price, it is enough without';
  const move = ((price - now) * 10_000n) / now;
  const percent = `${price > now ? '+' : ''}${formatBps(move)}`;
  return symbol === null ? percent : `${formatWad(price)} (${percent})`;
}

/** What a bidder could take, or why he cannot. */
export function renderLiquidation({ liquidation, closeOut, state }: ReadExplanation): string[] {
  const { refusal, plan, paced } = liquidation;
  const lines =
    refusal === null
      ? ['liquidation    anyone, now:']
      : [`liquidation    refused now (${refusal.rule}): ${refusal.text}`];
  if (plan !== null) {
    const { fraction, bonusRate, bonus, fee, pay, shortfall } = plan;
    const once = refusal === null ? '' : 'once it is not, at these prices: ';
    const part = fraction === WAD ? 'all of it' : `${formatWad(fraction * 100n, 2)} % of everything`;
    const cost = pay >= 0n ? `for ${formatWad(pay)}` : `and is paid ${formatWad(-pay)}`;
    lines.push(
      `${INDENT}${once}a bidder takes ${part} ${cost}, which is a bonus of ${formatWad(bonus)} (${formatBps(bonusRate / 10n ** 14n)} of Rm, or the least); ${formatWad(fee)} goes to the reserves`,
    );
    if (paced) lines.push(`${INDENT}the pace lets no more be sold at once`);
    if (shortfall > 0n) lines.push(`${INDENT}the account is ${formatWad(shortfall)} short of that: the waterfall's`);
  }
  if (state !== 'Healthy')
    lines.push(`close-out      ${closeOut.closable ? 'anyone, through the fund' : 'no'}: ${closeOut.why}`);
  return lines;
}
