import type { RunResult } from '../result';
import { formatAmount, formatBps, formatDuration, formatNumber } from './format';
import { html, type Html } from './html';
import { tablePanel } from './tablePanel';

/** What the crash cost the owners of borrowing accounts, item by item. */
export function ownerCostTable(runs: readonly RunResult[]): Html {
  const row = (name: string, of: (run: RunResult) => string, className = ''): Html =>
    html`<tr class="${className}">
      <th scope="row">${name}</th>
      ${runs.map((run) => html`<td>${of(run)}</td>`)}
    </tr>`;
  return table('What it cost owners', runs, [
    row('Bonus to liquidators', ({ totals }) => formatAmount(totals.ownerCost.bonus)),
    row('Fee to the reserve', ({ totals }) => formatAmount(totals.ownerCost.fees)),
    row('Fees of margin calls', ({ totals }) => formatAmount(totals.ownerCost.callFees)),
    row('What sold collateral gained in the next hour', ({ totals }) => formatAmount(totals.ownerCost.gainNextHour)),
    row('Together', ({ totals, quote }) => `${formatAmount(totals.ownerCost.total)} ${quote}`, 'sum'),
    row('Of all collateral', ({ totals }) => formatBps(totals.ownerCost.bps), 'sum'),
  ]);
}

/** How fast calls and liquidations came. */
export function delayTable(runs: readonly RunResult[]): Html {
  const rows = (
    [
      ['callableToCalled', 'From callable to called'],
      ['liquidatableToClosed', 'From liquidatable to sold'],
    ] as const
  ).flatMap(([key, name]) => [
    html`<tr class="group">
      <th scope="rowgroup" colspan="${runs.length + 1}">${name}</th>
    </tr>`,
    ...(
      [
        ['median', 'half of them within'],
        ['ninetieth', 'nine in ten within'],
        ['worst', 'the slowest'],
      ] as const
    ).map(
      ([quantile, label]) =>
        html`<tr>
          <th scope="row">${label}</th>
          ${runs.map(({ totals }) => html`<td>${formatDuration(totals.delays[key][quantile])}</td>`)}
        </tr>`,
    ),
  ]);
  const missed = html`<tr class="sum">
    <th scope="row">Never: still liquidatable at the end</th>
    ${runs.map(({ totals }) => html`<td>${formatNumber(totals.missed)}</td>`)}
  </tr>`;
  return table('How fast keepers were', runs, [...rows, missed]);
}

/** What each keeper did and earned. */
export function keeperTable(runs: readonly RunResult[]): Html {
  const rows = runs.flatMap((run, i) => [
    html`<tr class="group">
      <th scope="rowgroup" colspan="8">${key(i)}${run.policy.name}</th>
    </tr>`,
    ...run.keepers.map(
      (keeper) =>
        html`<tr>
          <th scope="row">${keeper.name} (${keeper.funding === 'flash' ? 'no capital' : 'own capital'})</th>
          <td>${formatNumber(keeper.calls)}</td>
          <td>${formatNumber(keeper.liquidations)}</td>
          <td>${formatAmount(keeper.callFees)}</td>
          <td>${formatAmount(keeper.bonus)}</td>
          <td>${formatAmount(keeper.gasCost)}</td>
          <td>${formatAmount(keeper.profit)}</td>
          <td>${formatNumber(keeper.failedTransactions)}</td>
        </tr>`,
    ),
  ]);
  return tablePanel({
    caption: 'What keepers did and earned',
    heads: ['calls', 'sales', 'call fees', 'bonus', 'gas', 'profit', 'failed'],
    rows,
    className: 'wide',
  });
}

/** The parameters of each policy; those that differ stand out. */
export function parameterTable(runs: readonly RunResult[]): Html {
  const [first] = runs;
  const names = new Map<string, string[]>();
  for (const { policy } of runs) {
    for (const { group, name } of policy.parameters) {
      const known = names.get(group) ?? [];
      if (!known.includes(name)) names.set(group, [...known, name]);
    }
  }
  const valueOf = (run: RunResult, group: string, name: string): string =>
    run.policy.parameters.find((parameter) => parameter.group === group && parameter.name === name)?.value ?? '–';
  const rows = [...names].flatMap(([group, list]) => [
    html`<tr class="group">
      <th scope="rowgroup" colspan="${runs.length + 1}">${group}</th>
    </tr>`,
    ...list.map((name) => {
      const values = runs.map((run) => valueOf(run, group, name));
      const differs = new Set(values).size > 1;
      return html`<tr class="${differs ? 'differs' : ''}">
        <th scope="row">${name}</th>
        ${values.map((value) => html`<td>${value}</td>`)}
      </tr>`;
    }),
  ]);
  return first === undefined ? html`` : table('Parameters', runs, rows, 'wide parameters');
}

/** The mark of a run, as in the charts. */
export function key(run: number): Html {
  return html`<i class="key key-${run + 1}" aria-hidden="true"></i>`;
}

function table(caption: string, runs: readonly RunResult[], rows: readonly Html[], className = ''): Html {
  const heads = runs.map(({ policy }, i) => html`${key(i)}${policy.name}`);
  return tablePanel({ caption, heads, rows, className });
}
