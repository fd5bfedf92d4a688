import type { EChartsCoreOption } from 'echarts/core';

import { formatNumber } from '../../format';
import type { PageData } from '../../pageData';
import { LEGEND_TEXT, type Look } from '../look';

export interface FrameOptions {
  readonly data: PageData;
  readonly look: Look;
  /** What the y axis counts, shown above it. */
  readonly unit: string;
  readonly format?: (value: number) => string;
  /** Names in the legend. */
  readonly legend: readonly string[];
  /** Width of the chart, pixels: legends that are wider take several lines. */
  readonly width: number;
  /** Legends show how a line is drawn, not only its colour. */
  readonly dashes?: boolean;
  /** Show the slider that zooms all charts. */
  readonly slider?: boolean;
  readonly min?: number | 'dataMin';
  readonly max?: number;
}

/** What all charts over time share: axes, legend, tooltip, zoom. */
export function frame(options: FrameOptions): EChartsCoreOption & { yAxis: Record<string, unknown> } {
  const { data, look, unit, format = formatNumber, slider = false, dashes = false } = options;
  const { rows, legend } = wrapLegend(options.legend, options.width, look, dashes ? 26 : 14);
  const text = { color: look.muted, fontFamily: look.font, fontSize: 11 };
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: look.font },
    aria: { enabled: true },
    grid: { left: look.narrow ? 44 : 52, right: 14, top: 32 + rows * LEGEND_ROW, bottom: slider ? 74 : 26 },
    legend: { ...legend, ...(dashes ? { itemStyle: { opacity: 0 } } : { icon: 'roundRect' }) },
    tooltip: {
      trigger: 'axis',
      className: 'tip',
      confine: true,
      transitionDuration: 0,
      backgroundColor: look.card,
      borderColor: look.line,
      textStyle: { color: look.ink, fontFamily: look.font, fontSize: 12 },
      axisPointer: { type: 'line', lineStyle: { color: look.muted, width: 1, type: 'dashed' } },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? format(value) : '–'),
    },
    xAxis: {
      type: 'time',
      min: data.from,
      max: data.until,
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, formatter: TIME_LABEL },
      splitLine: { show: false },
      splitNumber: look.narrow ? 4 : 8,
    },
    yAxis: {
      type: 'value',
      name: unit,
      nameLocation: 'end',
      nameGap: 10,
      nameTextStyle: { ...text, align: 'left', padding: [0, 0, 0, look.narrow ? -36 : -44] },
      axisLabel: { ...text, formatter: (value: number) => format(value) },
      splitLine: { lineStyle: { color: look.line, opacity: 0.6 } },
      splitNumber: 4,
      ...(options.min === 'dataMin' ? { scale: true } : { min: options.min ?? 0 }),
      ...(options.max !== undefined && { max: options.max }),
    },
    dataZoom: [
      {
        type: 'inside',
        filterMode: 'none',
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseWheel: false,
        preventDefaultMouseMove: false,
        minValueSpan: 120_000,
      },
      {
        type: 'slider',
        show: slider,
        filterMode: 'none',
        bottom: 4,
        left: look.narrow ? 44 : 52,
        right: 14,
        height: 26,
        minValueSpan: 120_000,
        borderColor: look.line,
        fillerColor: look.dark ? 'rgba(255,255,255,0.10)' : 'rgba(20,40,70,0.08)',
        dataBackground: {
          lineStyle: { color: look.muted, opacity: 0.5 },
          areaStyle: { color: look.muted, opacity: 0.12 },
        },
        selectedDataBackground: { lineStyle: { color: look.muted }, areaStyle: { color: look.muted, opacity: 0.2 } },
        handleStyle: { color: look.card, borderColor: look.muted },
        moveHandleStyle: { color: look.muted, opacity: 0.5 },
        showDetail: false,
        brushSelect: false,
      },
    ],
  };
}

const LEGEND_ROW = 24;
const LEGEND_GAP = 12;
const SWATCH_GAP = 5;

/** A legend that fills `width` and goes on below, and how many lines that takes. */
export function wrapLegend(names: readonly string[], width: number, look: Look, swatch = 14) {
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const own = swatch + SWATCH_GAP + look.measure(name) + LEGEND_GAP;
    if (used > 0 && used + own - LEGEND_GAP > width) {
      rows += 1;
      used = 0;
    }
    used += own;
  }
  const legend = {
    type: 'plain',
    top: 0,
    left: 0,
    right: 0,
    padding: 0,
    itemWidth: swatch,
    itemHeight: 8,
    itemGap: LEGEND_GAP,
    textStyle: {
      color: look.ink,
      fontFamily: look.font,
      fontSize: LEGEND_TEXT,
      lineHeight: LEGEND_ROW - LEGEND_GAP,
      height: LEGEND_ROW - LEGEND_GAP,
    },
    inactiveColor: look.line,
    data: [...names],
  };
  return { rows, legend };
}

const TIME_LABEL = {
  year: '{yyyy}',
  month: '{d} {MMM}',
  day: '{d} {MMM}',
  hour: '{HH}:{mm}',
  minute: '{HH}:{mm}',
  second: '{HH}:{mm}:{ss}',
  millisecond: '{HH}:{mm}:{ss}',
  none: '{HH}:{mm}',
};

/** Points of a series along the times of a run. */
export function along(times: readonly number[], values: readonly number[]): [number, number][] {
  return times.map((time, i) => [time, values[i] ?? NaN]);
}

/** A running sum holds until it changes, and to the end of the chart. */
export function held(points: readonly (readonly [number, number])[], until: number): (readonly [number, number])[] {
  const last = points.at(-1);
  return last === undefined ? [] : [...points, [until, last[1]]];
}
