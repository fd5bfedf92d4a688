import type { EChartsCoreOption } from 'echarts/core';

import { formatAmount, formatNumber } from '../../format';
import type { PageData } from '../../pageData';
import type { Look } from '../look';
import { frame } from './frame';
import { shortAccount } from './priceChart';

/** Health at which each account was sold; below the danger line a sale can no longer pay the debt. */
export function salesChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  const base = frame({
    data,
    look,
    width,
    legend: data.runs.map(({ name }) => name),
    unit: 'health when sold',
    format: (value) => formatNumber(value, 2),
    min: 'dataMin',
  });
  return {
    ...base,
    tooltip: { ...(base['tooltip'] as object), trigger: 'item' },
    series: data.runs.map((run, i) => ({
      type: 'scatter',
      name: run.name,
      symbol: i === 0 ? 'circle' : 'diamond',
      data: run.sales.map(([time, value, health, account]) => [time, health, value, account]),
      symbolSize: (point: number[]) => Math.min(24, 4 + Math.sqrt((point[2] ?? 0) / 2_500)),
      itemStyle: { color: look.runs[i], opacity: 0.6, borderColor: look.card, borderWidth: 1 },
      tooltip: {
        formatter: ({ data: point }: { data: [number, number, number, string] }) =>
          `${run.name} sold ${formatAmount(point[2])} ${data.quote}<br>health ${point[1].toFixed(3)}, account ${shortAccount(point[3])}`,
      },
    })),
  };
}
