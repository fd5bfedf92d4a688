import type { EChartsCoreOption } from 'echarts/core';

import { formatAmount, formatNumber } from '../../format';
import type { PageBooks, PageData } from '../../pageData';
import type { Look } from '../look';
import { along, frame } from './frame';

const MODES = ['cross', 'portfolio'] as const;

/** Initial margin of all books, and the equity in their accounts, by mode. */
export function booksMarginChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  const { books, times } = booksOf(data);
  const lines = MODES.flatMap((mode, i) => [
    { name: `required, ${mode}`, values: books?.modes[mode].initial ?? [], color: look.runs[i], type: 'solid' },
    { name: `equity, ${mode}`, values: books?.modes[mode].equity ?? [], color: look.runs[i], type: 'dashed' },
  ]);
  return drawLines({ data, look, width, unit: data.quote, format: formatAmount, times, lines });
}

/** Volatility at the money, of the world and of the feed, expiry by expiry. */
export function booksVolatilityChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  const { books, times } = booksOf(data);
  const lines = (books?.volatility ?? []).flatMap(({ name, market, feed }, i) => [
    { name: `market, ${name}`, values: market, color: look.runs[i % 2], type: 'solid' },
    { name: `feed, ${name}`, values: feed, color: look.runs[i % 2], type: 'dashed' },
  ]);
  return drawLines({ data, look, width, unit: 'a year', format: toPercent, times, lines });
}

/** How far the perpetual stands from the index. */
export function booksPerpetualChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  const { books, times } = booksOf(data);
  const lines = (books?.perpetual ?? []).map(({ name, gap }, i) => ({
    name,
    values: gap,
    color: look.runs[i % 2],
    type: 'solid',
  }));
  const format = (value: number): string => `${formatNumber(value, 1)}\u202f%`;
  return drawLines({ data, look, width, unit: 'of the index', format, times, lines, min: 'dataMin' });
}

interface Lines {
  readonly data: PageData;
  readonly look: Look;
  readonly width: number;
  readonly unit: string;
  readonly format: (value: number) => string;
  readonly min?: 'dataMin';
  readonly times: readonly number[];
  readonly lines: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly color: string | undefined;
    readonly type: string;
  }[];
}

function drawLines({ times, lines, ...options }: Lines): EChartsCoreOption {
  return {
    ...frame({ ...options, legend: lines.map(({ name }) => name), dashes: true }),
    series: lines.map(({ name, values, color, type }) => ({
      type: 'line',
      name,
      symbol: 'none',
      lineStyle: { color, type, width: 1.8 },
      itemStyle: { color },
      data: along(times, values),
    })),
  };
}

function booksOf({ runs }: PageData): { readonly books: PageBooks | undefined; readonly times: readonly number[] } {
  return { books: runs[0]?.books, times: runs[0]?.times ?? [] };
}

function toPercent(value: number): string {
  return `${formatNumber(value * 100)}\u202f%`;
}
