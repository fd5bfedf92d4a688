import type { EChartsCoreOption } from 'echarts/core';

import { formatAmount, formatPrice } from '../../format';
import type { PageData } from '../../pageData';
import type { Look } from '../look';
import { along, frame } from './frame';

/** Market, the oracle's band of each policy, and where each policy sold. */
export function priceChart(data: PageData, look: Look, width: number, assetIndex: number): EChartsCoreOption {
  const [first] = data.runs;
  const market = first?.assets[assetIndex]?.market ?? [];
  const bands = data.runs.flatMap((run, i) => {
    const asset = run.assets[assetIndex];
    if (asset === undefined) return [];
    const shared = {
      type: 'line',
      name: bandName(run.name),
      symbol: 'none',
      stack: `band ${i}`,
      stackStrategy: 'all',
      lineStyle: { width: 0 },
      itemStyle: { color: look.runs[i] },
      tooltip: { show: false },
      silent: true,
      z: 1,
    };
    const heights = asset.high.map((high, at) => high - (asset.low[at] ?? high));
    return [
      { ...shared, data: along(run.times, asset.low) },
      {
        ...shared,
        data: along(run.times, heights),
        areaStyle: { color: look.runs[i], opacity: look.dark ? 0.28 : 0.2 },
      },
    ];
  });
  const priceAt = priceLookup(first?.times ?? [], market);
  const sales = data.runs.map((run, i) => ({
    type: 'scatter',
    name: salesName(run.name),
    data: run.sales.map(([time, value, health, account]) => [time, priceAt(time), value, health, account]),
    symbol: i === 0 ? 'circle' : 'diamond',
    symbolSize: (point: number[]) => Math.min(22, 4 + Math.sqrt((point[2] ?? 0) / 3_000)),
    itemStyle: { color: look.runs[i], opacity: 0.7, borderColor: look.card, borderWidth: 1 },
    tooltip: {
      trigger: 'item',
      formatter: ({ data: point }: { data: [number, number, number, number, string] }) =>
        `${run.name} sold ${formatAmount(point[2])} ${data.quote}<br>health ${point[3].toFixed(3)}, account ${shortAccount(point[4])}`,
    },
    z: 4,
  }));
  const names = data.runs.map(({ name }) => name);
  const legend = [...names.map(bandName), 'market', ...names.map(salesName)];
  return {
    ...frame({ data, look, width, legend, unit: data.quote, format: formatPrice, slider: true, min: 'dataMin' }),
    series: [
      ...bands,
      {
        type: 'line',
        name: 'market',
        data: along(first?.times ?? [], market),
        symbol: 'none',
        lineStyle: { color: look.market, width: 1.6, join: 'round' },
        itemStyle: { color: look.market },
        z: 3,
      },
      ...sales,
    ],
  };
}

const bandName = (run: string): string => `oracle band, ${run}`;
const salesName = (run: string): string => `sales, ${run}`;

export function shortAccount(account: string): string {
  return account.length > 16 ? `${account.slice(0, 8)}…${account.slice(-4)}` : account;
}

function priceLookup(times: readonly number[], prices: readonly number[]): (time: number) => number {
  return (time) => {
    let low = 0;
    let high = times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((times[middle] ?? 0) <= time) low = middle;
      else high = middle - 1;
    }
    return prices[low] ?? 0;
  };
}
