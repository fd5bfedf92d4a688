import type { RunResult } from '../result';
import { booksSection } from './booksSection';
import { bundlePage } from './bundlePage';
import { compareRuns, type Comparison } from './comparison';
import { formatCount, formatNumber, formatPrice, formatTime } from './format';
import { html, scriptJson, scriptText, type Html } from './html';
import { toPageData } from './pageData';
import { panel } from './panel';
import { describeNoLoss, summarise } from './summary';
import { delayTable, key, keeperTable, ownerCostTable, parameterTable } from './tables';

export interface RenderReportParameters {
  /** One run, or two of the same crash under different policies: the first is held against the second. */
  readonly runs: readonly RunResult[];
  /** What to type to get the same report again. */
  readonly command: string;
}

/**
 * One HTML page that needs nothing else: no network, no second file. The same runs give the same page, byte for byte.
 * @throws RangeError without a run
 */
export async function renderReport({ runs, command }: RenderReportParameters): Promise<string> {
  const [first] = runs;
  if (first === undefined) throw new RangeError('a report needs a run');
  const data = toPageData(runs);
  const { script, style } = await bundlePage();
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <title>${first.scenario.title}: a crash replayed by Plimsoll</title>
        <style>
          ${{ markup: style }}
        </style>
      </head>
      <body>
        ${masthead(first)}
        <main>
          ${summary(runs)} ${tiles(runs)} ${charts(runs)} ${booksSection(first)}
          <h2>In figures</h2>
          <div class="tables">${ownerCostTable(runs)} ${delayTable(runs)} ${keeperTable(runs)}</div>
          <h2>What was assumed</h2>
          <div class="tables">
            ${parameterTable(runs)}
            <div class="panel wide">
              <h3>Scenario</h3>
              <ul class="assumptions">
                ${first.scenario.assumptions.map((text) => html`<li>${text}</li>`)}
              </ul>
            </div>
          </div>
          ${again(runs, command)}
        </main>
        <footer>
          Made by Plimsoll from a replay of its contracts and keepers on a local chain. Prices:
          ${first.scenario.source}. Charts: Apache ECharts, Apache License 2.0.
        </footer>
        <script type="application/json" id="data">
          ${scriptJson(data)}
        </script>
        <script>
          ${scriptText(script)};
        </script>
      </body>
    </html> `;
  return markup;
}

function masthead({ scenario, assets, population }: RunResult): Html {
  const [asset] = assets;
  const market = asset?.market ?? [];
  const prices =
    asset === undefined
      ? ''
      : ` · ${asset.symbol} ${formatPrice(market[0] ?? 0)} → ${formatPrice(Math.min(...market))} → ${formatPrice(market.at(-1) ?? 0)}`;
  return html`<header class="masthead">
    <div>
      <p class="brand">${MARK}Plimsoll crash replay</p>
      <h1>${scenario.title}</h1>
      <p class="when">
        ${formatTime(scenario.start)} to ${formatTime(scenario.start + scenario.seconds)}${prices} ·
        ${formatCount(population.borrowers, 'borrowing account')}
      </p>
    </div>
    <button id="theme" type="button" aria-label="Switch theme">${HALF_MOON}</button>
  </header>`;
}

function summary(runs: readonly RunResult[]): Html {
  const paragraphs = summarise(runs);
  return html`<section class="summary" aria-label="Summary">
    ${paragraphs.map((text, i) => {
      const run = i - 1;
      if (run >= 0 && run < runs.length) return html`<p>${key(run)}${text}</p>`;
      return html`<p class="${run >= runs.length ? 'verdict' : ''}">${text}</p>`;
    })}
  </section>`;
}

function tiles(runs: readonly RunResult[]): Html {
  const against = runs[1]?.policy.name ?? '';
  const tile = ({ metric, values, difference }: Comparison): Html =>
    html`<section class="tile">
      <h3>${metric.title}</h3>
      <p class="note">${metric.note}${metric.unit === undefined ? '' : `, ${metric.unit(runs[0]?.quote ?? '')}`}</p>
      <dl>
        ${values.map(
          ({ text, part }, i) =>
            html`<div class="row ${i === 0 ? 'first' : 'second'}">
              <dt>${key(i)}${runs[i]?.policy.name ?? ''}</dt>
              <dd>${text}</dd>
              <div class="bar" aria-hidden="true"><i style="width:${formatNumber(part * 100, 1)}%"></i></div>
            </div>`,
        )}
      </dl>
      ${difference === undefined ? html`` : html`<p class="difference ${difference.verdict}">${difference.text} against ${against}</p>`}
    </section>`;
  return html`<div class="tiles">${compareRuns(runs).map(tile)}</div>`;
}

function charts(runs: readonly RunResult[]): Html {
  const symbols = runs[0]?.assets.map(({ symbol }) => symbol) ?? [];
  const assets =
    symbols.length < 2
      ? html``
      : html`${symbols.map((symbol, i) => html`<button type="button" data-asset="${i}" aria-pressed="${String(i === 0)}">${symbol}</button>`)}`;
  const loss = runs.some(({ totals }) => totals.waterfall.shortfall > 0);
  const sales = runs.some(({ totals }) => totals.liquidations > 0);
  return html`<h2>The crash, minute by minute</h2>
    <div class="toolbar">
      ${assets}
      <span class="gap"></span>
      <span class="hint">drag the slider under the price, or hold Ctrl and scroll</span>
      <button type="button" data-zoom="all" aria-pressed="true">Whole crash</button>
      <button type="button" data-zoom="worst-hour" aria-pressed="false">Worst hour</button>
    </div>
    <div class="charts">
      ${panel('price', 'Price and oracle band', 'The market, the band in which the oracle places the price (spot and smoothed price span it), and where each policy sold collateral: the larger the mark, the larger the sale.', 'wide')}
      ${runs.map(({ policy }, i) => panel(`states-${i}`, `Accounts by state: ${policy.name}`, 'Every borrowing account, at the oracle’s price.', runs.length === 1 ? 'wide' : ''))}
      ${panel('counts', 'Calls, cures, sales', 'How many so far. An account may be called again once it was cured, and sold in several parts: there may be more sales than accounts liquidated.')}
      ${panel('owner-cost', 'Cost to owners', 'Bonuses, fees and what sold collateral gained in the hour after its sale, so far.')}
      ${
        loss
          ? html`${panel('shortfall', 'Bad debt', 'What liquidated accounts could not pay, so far.')}${panel('waterfall', 'Who bore it', 'The waterfall, from the first to pay to the last.')}`
          : html`<section class="panel wide nothing">
              <h3>Bad debt</h3>
              <p>${describeNoLoss(runs)}</p>
            </section>`
      }
      ${sales ? panel('sales', 'How deep accounts were when sold', 'Health one is the line at which margin is called. The larger the mark, the larger the sale.') : html``}
      ${panel('pool', 'Pool against market', 'Selling seized collateral pushes the pool down; arbitrage brings it back.', sales ? '' : 'wide')}
      ${panel('gas', 'Gas', 'Base fee, where each keeper stops sending, and when one did not run.', 'wide', 'low')}
    </div>`;
}

function again(runs: readonly RunResult[], command: string): Html {
  return html`<h2>Run it again</h2>
    <div class="panel again">
      <dl>
        <dt>Command</dt>
        <dd>${command}</dd>
        <dt>Seed</dt>
        <dd>${String(runs[0]?.seed ?? '')}</dd>
        ${runs.map(
          ({ policy, digest }) =>
            html`<dt>Digest, ${policy.name}</dt>
              <dd>${digest}</dd>`,
        )}
      </dl>
    </div>`;
}

/** A load line: a disc crossed at the height to which the hull may sink. */
const MARK = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
  <circle cx="12" cy="12" r="7" />
  <path d="M1 12h22" />
</svg>`;

const HALF_MOON = html`<svg viewBox="0 0 24 24" aria-hidden="true">
  <circle cx="12" cy="12" r="9" fill="none" stroke="currentColor" stroke-width="2" />
  <path d="M12 3a9 9 0 0 1 0 18z" fill="currentColor" />
</svg>`;
