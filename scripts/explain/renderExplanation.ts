import { formatAmount, formatBps, formatHealth, formatSpan, formatTime, formatWad } from '../../sdk/format';
import { SIDES, workOut, type LegExplained, type ReadExplanation } from '../../sdk/explain';
import { formatAccountId, MarginState, PriceStatus } from '../../sdk/math';
import { plainTable } from '../cli/plainTable';
import { renderCures, renderLiquidation, renderTriggers, type Naming } from './renderNext';
import { renderMoves, renderPositions } from './renderPositions';

/** An explanation for people, from the verdict down to the formulas. */
export function renderExplanation(explanation: ReadExplanation, naming: Naming): string {
  const { account, block, mode, isEmpty, isKnownUsed, differences, compared } = explanation;
  const { network, quote } = naming;
  const title = `account ${formatAccountId(account)} on ${network}, block ${block.number} (${formatTime(block.timestamp)})`;
  if (isEmpty && isKnownUsed) return `${title}\nnothing is in this account any more: all of it was taken out`;
  if (isEmpty) return `${title}\nnothing is in this account; the node does not tell whether anybody ever used it`;
  return [
    title,
    `amounts in ${quote.symbol} unless said otherwise; a ${mode.toLowerCase()} account`,
    '',
    verdict(explanation),
    '',
    renderHoldings(explanation),
    '',
    ...renderPositions(explanation),
    renderSides(explanation),
    '',
    ...renderCall(explanation),
    ...renderCures(explanation, naming),
    ...renderTriggers(explanation),
    ...renderMoves(explanation),
    ...renderLiquidation(explanation),
    '',
    renderWork(explanation),
    '',
    differences.length === 0
      ? `digits are cut, not rounded; ${compared} numbers computed here are the chain's, to the last digit`
      : `${differences.length} of ${compared} numbers are not the chain's`,
  ].join('\n');
}

const MEANING: Readonly<Record<string, string>> = {
  Healthy: 'it has what it needs, also for more risk',
  Restricted: 'nobody may call it, but only steps that make it safer pass',
  Callable: 'anyone may call margin on it now',
  Called: 'margin was called, and its grace runs',
  Liquidatable: 'anyone may take it over now',
  Insolvent: 'anyone may take it over now, and it cannot pay the bonus: the waterfall does',
};

function verdict({ state, sides, cash, positions }: ReadExplanation): string {
  const h = formatHealth(sides.better.health);
  const owes = cash < 0n ? `owes ${formatWad(-cash)}` : 'owes nothing';
  const meaning =
    cash >= 0n && positions.length === 0 && state === 'Healthy'
      ? 'nothing can be called or sold'
      : (MEANING[state] ?? 'an unknown state');
  return `${state.toUpperCase()}: ${meaning}. It ${owes}, health ${h} (called below 1)`;
}

function renderHoldings({ cash, legs }: ReadExplanation): string {
  const status = (leg: LegExplained): string =>
    Object.entries(PriceStatus).find(([, number]) => number === leg.price.status)?.[0] ?? '?';
  const rows = legs.map((leg) => {
    const { symbol, amount, risk, price, haircuts, sides } = leg;
    return [
      symbol,
      formatAmount(amount, risk.decimals),
      status(leg),
      ...[price.low, price.spot, price.high].map((each) => formatWad(each, 2)),
      formatWad(sides.mark.value),
      `${formatBps(haircuts.maintenanceHaircutBps)} / ${formatBps(haircuts.initialHaircutBps)}`,
      formatAmount(risk.depth, risk.decimals),
      formatWad(sides.mark.value - sides.mark.maintenance),
      formatWad(sides.mark.value - sides.mark.initial),
    ];
  });
  const cashRow = ['cash', formatWad(cash), ...Array.from({ length: 9 }, () => '')];
  return plainTable({
    head: [
      'holds',
      'amount',
      'price is',
      'low',
      'spot',
      'high',
      'value',
      'haircuts Hm / Hi',
      'depth D',
      'counts Hm',
      'Hi',
    ],
    aligns: ['left', 'right', 'left', ...Array.from({ length: 8 }, () => 'right' as const)],
    rows: [cashRow, ...rows],
  });
}

function renderSides({ sides }: ReadExplanation): string {
  const row = (label: string, of: (side: (typeof SIDES)[number]) => string): string[] => [label, ...SIDES.map(of)];
  return plainTable({
    head: ['measured at', 'worse prices', 'mark (spot)', 'better prices'],
    aligns: ['left', 'right', 'right', 'right'],
    rows: [
      row('equity E', (side) => formatWad(sides[side].equity)),
      row('initial requirement Ri', (side) => formatWad(sides[side].initial)),
      row('maintenance requirement Rm', (side) => formatWad(sides[side].maintenance)),
      row('health E / Rm', (side) => formatHealth(sides[side].health)),
      row('excess E - Ri', (side) => formatWad(sides[side].excess)),
      ['decides', 'new risk', 'what a sale costs', 'calls and sales'],
    ],
  });
}

function renderCall({ call, callPossible, state }: ReadExplanation): string[] {
  if (callPossible !== null) {
    const { grace, fee } = callPossible;
    return [`margin call    none yet; a call now gives ${formatSpan(grace)} of grace and costs ${formatWad(fee)}`];
  }
  if (call === null) {
    return state === nameOf(MarginState.Liquidatable) || state === nameOf(MarginState.Insolvent)
      ? ['margin call    none, and none is needed: health is below the critical']
      : ['margin call    none'];
  }
  const { left, curedAt, record } = call;
  const when = left > 0n ? `${left} live seconds left` : `its deadline passed ${-left} live seconds ago`;
  const made =
    record === undefined
      ? 'the node does not tell who made it; '
      : `at health ${formatHealth(record.health)} in block ${record.block} (${formatTime(record.at)}), by ${record.caller}, who got ${formatWad(record.fee)}; `;
  return [`margin call    ${made}${when}; cured at health ${formatHealth(curedAt)}`];
}

function renderWork(explanation: ReadExplanation): string {
  return plainTable({
    head: ['how it comes about, at spot', 'formula', 'worked'],
    aligns: ['left', 'left', 'left'],
    rows: workOut(explanation).map(({ what, formula, worked }) => [what, formula, worked]),
  });
}

function nameOf(state: number): string {
  return Object.entries(MarginState).find(([, number]) => number === state)?.[0] ?? '';
}
