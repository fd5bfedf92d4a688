import type { EChartsCoreOption } from 'echarts/core';

import { STATES, type StateName } from '../../../result';
import type { PageData } from '../../pageData';
import type { Look } from '../look';
import { along, frame } from './frame';

/** What there is to draw: moments, and how many accounts were in each state. */
export interface StatesOfAccounts {
  readonly times: readonly number[];
  readonly states: Readonly<Record<StateName, readonly number[]>>;
}

/** Accounts by state, calm at the bottom, closed at the top. */
export function statesChart(
  data: PageData,
  look: Look,
  width: number,
  { times, states }: StatesOfAccounts,
): EChartsCoreOption {
  const total = STATES.reduce((sum, state) => sum + (states[state][0] ?? 0), 0);
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
      data: along(times, states[state]),
    })),
  };
}
