import type { EChartsCoreOption } from 'echarts/core';

import { STATES } from '../../../result';
import type { PageData } from '../../pageData';
import type { Look } from '../look';
import { along, frame } from './frame';

/** Accounts by state, calm at the bottom, closed at the top. */
export function statesChart(data: PageData, look: Look, width: number, runIndex: number): EChartsCoreOption {
  const run = data.runs[runIndex];
  const total = run === undefined ? 0 : STATES.reduce((sum, state) => sum + (run.states[state][0] ?? 0), 0);
  const order = [...STATES.filter((state) => state !== 'Closed'), 'Closed' as const];
  return {
    ...frame({ data, look, width, legend: order, unit: 'accounts', max: total }),
    series: order.map((state) => ({
      type: 'line',
      name: state,
      stack: 'accounts',
      step: 'end',
      symbol: 'none',
      lineStyle: { width: 0 },
      itemStyle: { color: look.states[state] },
      areaStyle: { color: look.states[state], opacity: 1 },
      emphasis: { focus: 'series' },
      data: along(run?.times ?? [], run?.states[state] ?? []),
    })),
  };
}
