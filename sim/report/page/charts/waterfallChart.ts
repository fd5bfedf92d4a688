import type { EChartsCoreOption } from 'echarts/core';

import { formatAmount } from '../../format';
import type { PageData, WaterfallShare } from '../../pageData';
import type { Look } from '../look';
import { wrapLegend } from './frame';

const SHARES: readonly { readonly key: WaterfallShare; readonly name: string }[] = [
  { key: 'fromReserves', name: 'reserve' },
  { key: 'fromJunior', name: 'junior tranche' },
  { key: 'fromSenior', name: 'senior tranche' },
  { key: 'socialised', name: 'all lenders' },
  { key: 'unpaid', name: 'unpaid' },
];

/** Who bore what accounts could not pay: one bar a policy. */
export function waterfallChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  const text = { color: look.muted, fontFamily: look.font, fontSize: 11 };
  const names = SHARES.map(({ name }) => name);
  const { legend } = wrapLegend(names, width, look);
  return {
    animation: false,
    backgroundColor: 'transparent',
    aria: { enabled: true },
    grid: { left: look.narrow ? 74 : 92, right: 24, top: 56, bottom: 26 },
    legend: { ...legend, icon: 'roundRect' },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      className: 'tip',
      confine: true,
      backgroundColor: look.card,
      borderColor: look.line,
      textStyle: { color: look.ink, fontFamily: look.font, fontSize: 12 },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? `${formatAmount(value)} ${data.quote}` : '–'),
    },
    xAxis: {
      type: 'value',
      axisLabel: { ...text, formatter: (value: number) => formatAmount(value), hideOverlap: true },
      splitLine: { lineStyle: { color: look.line, opacity: 0.6 } },
      splitNumber: 4,
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: data.runs.map(({ name }) => name),
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: { ...text, color: look.ink, fontSize: 12, width: look.narrow ? 66 : 84, overflow: 'truncate' },
    },
    series: SHARES.map(({ key, name }, i) => ({
      type: 'bar',
      name,
      stack: 'loss',
      barMaxWidth: 44,
      itemStyle: { color: look.waterfall[i] },
      data: data.runs.map(({ waterfall }) => waterfall[key]),
    })),
  };
}
