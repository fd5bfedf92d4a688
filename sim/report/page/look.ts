import type { StateName } from '../../result';

/** How charts look now: colours follow the page's theme, sizes its width. */
export interface Look {
  readonly dark: boolean;
  readonly narrow: boolean;
  readonly font: string;
  /** Width of a text of the legend, pixels. */
  readonly measure: (text: string) => number;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly card: string;
  readonly market: string;
  /** One a run: the first policy, and the one it is held against. */
  readonly runs: readonly string[];
  readonly states: Readonly<Record<StateName, string>>;
  /** Shares of the waterfall, first to last resort. */
  readonly waterfall: readonly string[];
}

/** Size of the text in legends, pixels. */
export const LEGEND_TEXT = 12;

/** Reads the look from the page's custom properties, so that it is written down once, in the style sheet. */
export function readLook(root: HTMLElement): Look {
  const style = getComputedStyle(root);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const pen = document.createElement('canvas').getContext('2d');
  if (pen !== null) pen.font = `${LEGEND_TEXT}px ${style.fontFamily}`;
  return {
    measure: (text) => pen?.measureText(text).width ?? text.length * LEGEND_TEXT * 0.6,
    dark: of('scheme') === 'dark',
    narrow: root.clientWidth < 640,
    font: style.fontFamily,
    ink: of('ink'),
    muted: of('muted'),
    line: of('line'),
    card: of('card'),
    market: of('market'),
    runs: [of('run-1'), of('run-2')],
    states: {
      Closed: of('closed'),
      Healthy: of('healthy'),
      Restricted: of('restricted'),
      Callable: of('callable'),
      Called: of('called'),
      Liquidatable: of('liquidatable'),
      Insolvent: of('insolvent'),
    },
    waterfall: [of('reserve'), of('junior'), of('senior'), of('socialised'), of('unpaid')],
  };
}
