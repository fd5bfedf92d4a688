import { formatBps, formatHealth, formatWad } from '../../sdk/format';
import type { ExposureExplained, PositionExplained, ReadExplanation, SetExplained } from '../../sdk/explain';
import { WAD } from '../../sdk/math';
import { plainTable } from '../cli/plainTable';

const POINTS = 100n;

/** Positions, what each requires by itself, and what sets of options together require instead. */
export function renderPositions({ positions, sets, exposures, positionSides }: ReadExplanation): string[] {
  if (positions.length === 0) return [];
  const row = (position: PositionExplained): string[] => {
    const { name, size, costBasis, status, price, option, alone, notional, described } = position;
    const unit = option?.value ?? price.spot;
    return [
      name,
      formatWad(size, 9).replace(/\.?0+$/, ''),
      status,
      ...(position.isDown || position.settlementPrice !== null ? ['', ''] : [formatWad(price.spot), formatWad(unit)]),
      described.strike === 0n ? formatWad(costBasis) : '',
      formatWad(notional),
      ...money(alone),
    ];
  };
  const setRow = ({ name, together }: SetExplained): string[] => [
    `${name}, netted`,
    ...Array.from({ length: 6 }, () => ''),
    ...money(together),
  ];
  const total = ['all positions', ...Array.from({ length: 6 }, () => ''), ...money(positionSides.mark)];
  const table = plainTable({
    head: ['position', 'size', 'price is', 'underlying', 'unit', 'cost C', 'notional', 'value', 'Rm', 'Ri'],
    aligns: ['left', 'right', 'left', ...Array.from({ length: 7 }, () => 'right' as const)],
    rows: [...positions.map(row), ...sets.map(setRow), total],
  });
  return [table, '', renderExposures(exposures), ''];
}

/** What the positions of each underlying come to, and what that requires. */
function renderExposures(exposures: readonly ExposureExplained[]): string {
  return plainTable({
    head: ['net exposure', 'delta', 'vega, a point', 'gamma, 1 % of U', 'delta margin Rm', 'Ri', 'which is'],
    aligns: ['left', ...Array.from({ length: 5 }, () => 'right' as const), 'left'],
    rows: exposures.map(({ symbol, greeks, inputs, initial, maintenance, isFloor }) => [
      symbol,
      formatWad(greeks.delta, 4),
      formatWad(greeks.vega / POINTS),
      formatWad((greeks.gamma * inputs.index.spot) / WAD / POINTS, 4),
      formatWad(maintenance),
      formatWad(initial),
      isFloor ? 'a floor' : 'reported only',
    ]),
  });
}

/** What moves of one underlying would do. */
export function renderMoves({ moves }: ReadExplanation): string[] {
  if (moves.length === 0) return [];
  return [
    'moves          health if one underlying moved, all else as it is now:',
    ...moves.map(({ symbol, now, outcomes }) => {
      const each = outcomes.map(({ moveBps, health }) => {
        return `${moveBps > 0n ? '+' : ''}${formatBps(moveBps)}: ${formatHealth(health, 3)}`;
      });
      return `${' '.repeat(15)}${symbol} at ${formatWad(now)}: ${each.join(', ')}`;
    }),
  ];
}

function money({ equity, maintenance, initial }: PositionExplained['alone']): string[] {
  return [equity, maintenance, initial].map((value) => formatWad(value));
}
