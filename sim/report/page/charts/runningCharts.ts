import type { EChartsCoreOption } from 'echarts/core';

import { formatAmount, formatBps, formatNumber } from '../../format';
import type { PageData, PageRun, Point } from '../../pageData';
import type { Look } from '../look';
import { along, frame, held } from './frame';

const COST_UNIT = 'bp of the collateral at the start';

const KINDS = [
  { key: 'calls', name: 'calls', type: 'dotted' },
  { key: 'cures', name: 'cures', type: 'dashed' },
  { key: 'liquidations', name: 'sales', type: 'solid' },
] as const;

/** How often margin was called, cured and sold so far. */
export function countsChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  const nameOf = (kind: string, run: PageRun): string => `${kind}, ${run.name}`;
  const legend = data.runs.flatMap((run) => KINDS.map(({ name }) => nameOf(name, run)));
  return {
    ...frame({ data, look, width, legend, unit: 'so far', dashes: true }),
    series: data.runs.flatMap((run, i) =>
      KINDS.map(({ key, name, type }) => ({
        ...runningLine(run[key], data, look, i, nameOf(name, run)),
        lineStyle: { color: look.runs[i], type, width: 2 },
      })),
    ),
  };
}

/** What the crash cost owners so far. */
export function ownerCostChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  return {
    ...frame({ data, look, width, legend: namesOf(data), unit: COST_UNIT, format: formatBps, min: 'dataMin' }),
    series: data.runs.map((run, i) => runningArea(run.ownerCost, data, look, i, run.name)),
  };
}

/** What liquidated accounts could not pay so far. */
export function shortfallChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  return {
    ...frame({ data, look, width, legend: namesOf(data), unit: data.quote, format: formatAmount }),
    series: data.runs.map((run, i) => runningArea(run.shortfall, data, look, i, run.name)),
  };
}

/** How far the pool stands from the market. */
export function poolChart(data: PageData, look: Look, width: number, assetIndex: number): EChartsCoreOption {
  const format = (value: number): string => `${formatNumber(value, 1)}\u202f%`;
  return {
    ...frame({ data, look, width, legend: namesOf(data), unit: 'pool against market', format, min: 'dataMin' }),
    series: data.runs.map((run, i) => ({
      ...line(look, i, run.name),
      data: along(run.times, run.assets[assetIndex]?.poolGap ?? []),
      areaStyle: { color: look.runs[i], opacity: 0.12 },
    })),
  };
}

/** Base fee, the most each keeper pays, and when keepers were dead. */
export function gasChart(data: PageData, look: Look, width: number): EChartsCoreOption {
  const [run] = data.runs;
  if (run === undefined) return {};
  return {
    ...frame({ data, look, width, unit: 'gwei', legend: ['base fee'], max: roomAbove(Math.max(...run.gasGwei)) }),
    series: [
      {
        type: 'line',
        name: 'base fee',
        symbol: 'none',
        lineStyle: { color: look.market, width: 1.6 },
        itemStyle: { color: look.market },
        areaStyle: { color: look.market, opacity: 0.08 },
        data: along(run.times, run.gasGwei),
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: look.muted, type: 'dashed', width: 1 },
          label: {
            position: 'insideStartTop',
            color: look.muted,
            fontFamily: look.font,
            fontSize: 11,
            formatter: '{b}',
          },
          data: caps(run),
        },
        markArea: {
          silent: true,
          itemStyle: { color: look.states.Liquidatable, opacity: 0.12 },
          label: { position: 'insideTop', color: look.ink, fontFamily: look.font, fontSize: 11 },
          data: run.keepers.flatMap(({ name, dead }) =>
            dead.map(({ from, until }) => [
              { name: `${name} dead`, xAxis: data.from + from * 1_000 },
              { xAxis: data.from + until * 1_000 },
            ]),
          ),
        },
      },
    ],
  };
}

/** A round number so far above `most` that a line of text fits between. */
function roomAbove(most: number): number {
  const wanted = Math.max(most * 1.35, 1);
  const step = 10 ** Math.floor(Math.log10(wanted)) / 2;
  return Math.ceil(wanted / step) * step;
}

function namesOf({ runs }: PageData): string[] {
  return runs.map(({ name }) => name);
}

function caps(run: PageRun): { name: string; yAxis: number }[] {
  const most = Math.max(...run.gasGwei);
  return run.keepers
    .filter(({ maxGasGwei }) => maxGasGwei <= most) // a limit that never bound would only squash the curve
    .map(({ name, maxGasGwei }) => ({ name: `${name} stops here`, yAxis: maxGasGwei }));
}

function runningArea(points: readonly Point[], data: PageData, look: Look, run: number, name: string): object {
  return {
    ...runningLine(points, data, look, run, name),
    areaStyle: { color: look.runs[run], opacity: 0.1, origin: 'start' },
  };
}

function runningLine(points: readonly Point[], data: PageData, look: Look, run: number, name: string): object {
  return { ...line(look, run, name), step: 'end', data: held(points, data.until) };
}

function line(look: Look, run: number, name: string): object {
  return {
    type: 'line',
    name,
    symbol: 'none',
    lineStyle: { color: look.runs[run], width: 2 },
    itemStyle: { color: look.runs[run] },
  };
}
