/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { connect, init, use, type ECharts, type EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

import type { BookMode } from '../../books/market';
import type { PageData, PageRun } from '../pageData';
import { booksMarginChart, booksPerpetualChart, booksVolatilityChart } from './charts/booksCharts';
import { priceChart } from './charts/priceChart';
import { countsChart, gasChart, ownerCostChart, poolChart, shortfallChart } from './charts/runningCharts';
import { salesChart } from './charts/salesChart';
import { statesChart, type StatesOfAccounts } from './charts/statesChart';
import { waterfallChart } from './charts/waterfallChart';
import { readLook, type Look } from './look';

// The script of a report: draws the charts, follows the theme and the width, keeps the zoom of all charts together.

use([
  AriaComponent,
  BarChart,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  LineChart,
  MarkAreaComponent,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  TooltipComponent,
]);

/** @param width of the chart, pixels */
type Draw = (data: PageData, look: Look, width: number, asset: number) => EChartsCoreOption;

/** By the name in `data-chart`. */
const CHARTS: Readonly<Record<string, Draw>> = {
  price: priceChart,
  'states-0': drawStates(({ runs }) => runs[0]),
  'states-1': drawStates(({ runs }) => runs[1]),
  counts: countsChart,
  'owner-cost': ownerCostChart,
  shortfall: shortfallChart,
  pool: poolChart,
  sales: salesChart,
  gas: gasChart,
  'books-margin': booksMarginChart,
  'books-cross': drawStates(({ runs }) => statesOfBooks(runs[0], 'cross')),
  'books-portfolio': drawStates(({ runs }) => statesOfBooks(runs[0], 'portfolio')),
  'books-volatility': booksVolatilityChart,
  'books-perpetual': booksPerpetualChart,
};
const ZOOM_GROUP = 'time';

function start(): void {
  const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageData;
  const places = [...document.querySelectorAll<HTMLElement>('[data-chart]')];
  let asset = 0;

  const charts = places.flatMap((place): { chart: ECharts; place: HTMLElement; draw: Draw }[] => {
    const name = place.dataset['chart'] ?? '';
    const draw = name === 'waterfall' ? waterfallChart : CHARTS[name];
    if (draw === undefined) return [];
    const chart = init(place, null, { renderer: 'svg', locale: 'EN', useDirtyRect: false });
    if (name !== 'waterfall') chart.group = ZOOM_GROUP;
    return [{ chart, place, draw }];
  });
  connect(ZOOM_GROUP);

  const zoomed = (): unknown => (charts[0]?.chart.getOption() as { dataZoom?: object[] } | undefined)?.dataZoom?.[0];
  const drawAll = (): void => {
    const look = readLook(document.documentElement);
    const zoom = zoomed() as { start?: number; end?: number } | undefined;
    for (const { chart, place, draw } of charts) {
      chart.setOption({ ...draw(data, look, place.clientWidth, asset), useUTC: true }, { notMerge: true });
      if (zoom?.start !== undefined)
        chart.dispatchAction({ type: 'dataZoom', start: zoom.start, end: zoom.end }, { silent: true });
    }
  };
  drawAll();

  const zoomTo = ([from, until]: readonly [number, number]): void => {
    for (const index of [0, 1]) {
      for (const { chart } of charts) {
        chart.dispatchAction(
          { type: 'dataZoom', dataZoomIndex: index, startValue: from, endValue: until },
          { silent: true },
        );
      }
    }
  };
  onPress('[data-zoom]', (button) => {
    zoomTo(button.dataset['zoom'] === 'worst-hour' ? widen(data.worstHour, data) : [data.from, data.until]);
  });
  onPress('[data-asset]', (button) => {
    asset = Number(button.dataset['asset']);
    drawAll();
  });

  followTheme(drawAll);
  let width = 0;
  new ResizeObserver(() => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    for (const { chart } of charts) chart.resize();
    drawAll();
  }).observe(document.documentElement);
}

function drawStates(choose: (data: PageData) => StatesOfAccounts | undefined): Draw {
  return (data, look, width) => {
    const accounts = choose(data);
    return accounts === undefined ? {} : statesChart(data, look, width, accounts);
  };
}

function statesOfBooks(run: PageRun | undefined, mode: BookMode): StatesOfAccounts | undefined {
  return run?.books && { times: run.times, states: run.books.modes[mode].states };
}

/** A quarter of an hour on both sides, so that what led there and followed is seen. */
function widen([from, until]: readonly [number, number], data: PageData): [number, number] {
  return [Math.max(data.from, from - 900_000), Math.min(data.until, until + 900_000)];
}

/** Buttons of a group: the pressed one is marked for eyes and screen readers alike. */
function onPress(selector: string, act: (button: HTMLElement) => void): void {
  const buttons = [...document.querySelectorAll<HTMLElement>(selector)];
  for (const button of buttons) {
    button.addEventListener('click', () => {
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      act(button);
    });
  }
}

/** The reader's system decides until the button is pressed. */
function followTheme(redraw: () => void): void {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const button = document.getElementById('theme');
  const isDark = (): boolean => (root.dataset['theme'] ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const label = (): void => {
    button?.setAttribute('aria-label', isDark() ? 'Switch to light' : 'Switch to dark');
  };
  label();
  button?.addEventListener('click', () => {
    root.dataset['theme'] = isDark() ? 'light' : 'dark';
    label();
    redraw();
  });
  system.addEventListener('change', () => {
    label();
    redraw();
  });
}

start();
