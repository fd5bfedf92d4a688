import { readFileSync } from 'node:fs';

import { AppError } from '../../sdk/errors';
import type { PathPoint } from './pricePath';

const COLUMNS = ['ts_open', 'open', 'high', 'low', 'close'] as const;

/** Unix times above this are milliseconds: in seconds it is the year 5138. */
const MILLISECONDS_FROM = 100_000_000_000;

export interface CandlePath {
  /** Unix time of second zero. */
  readonly start: number;
  readonly points: readonly PathPoint[];
  readonly candles: number;
  /** Seconds of one candle. */
  readonly width: number;
}

/**
 * Reads a CSV of candles with the columns `ts_open,open,high,low,close` (others are ignored), one candle a line in order
 * of time, Unix time in seconds or milliseconds.
 * @throws AppError `candles_invalid`, one line that names the place
 */
export function readCandles(path: string): CandlePath {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new AppError(
      missing ? `there is no candle file ${path}` : `cannot read ${path}: ${(cause as Error).message}`,
      {
        code: 'candles_invalid',
        cause,
      },
    );
  }
  return parseCandles(text, path);
}

/**
 * The path inside a candle is a convention: a falling one goes open, high, low, close, a rising one open, low, high,
 * close, at the start, a quarter, half and the end of its time.
 * @param where the source of `text`, for messages
 * @throws AppError `candles_invalid`
 */
export function parseCandles(text: string, where: string): CandlePath {
  const bad = (line: number, reason: string): AppError =>
    new AppError(`${where}, line ${line}: ${reason}`, { code: 'candles_invalid' });

  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) throw bad(1, `the column ${missing[0]} is missing, it needs ${COLUMNS.join(',')}`);
  const places = COLUMNS.map((column) => names.indexOf(column));

  const rows = lines.map((line, i) => {
    const cells = line.split(',');
    const [time = NaN, open = NaN, high = NaN, low = NaN, close = NaN] = places.map((place) => {
      const cell = cells[place]?.trim() ?? '';
      return cell === '' ? NaN : Number(cell);
    });
    const row = { time: time > MILLISECONDS_FROM ? time / 1_000 : time, open, high, low, close };
    if (!Object.values(row).every((value) => Number.isFinite(value) && value > 0)) {
      throw bad(i + 2, 'a time or price is missing or is not a number above zero');
    }
    if (high < Math.max(open, close) || low > Math.min(open, close)) {
      throw bad(i + 2, 'high and low do not enclose open and close');
    }
    return row;
  });

  const [first, second] = rows;
  if (first === undefined || second === undefined) throw bad(1, 'at least two candles are needed');
  let width = second.time - first.time;
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before === undefined) continue;
    if (row.time <= before.time) throw bad(i + 2, 'the time is not after the line before');
    width = Math.min(width, row.time - before.time);
  }
  if (width < 4) throw bad(2, 'candles shorter than four seconds are not understood');

  const points = rows.flatMap(({ time, open, high, low, close }): PathPoint[] => {
    const [turn, back] = close < open ? [high, low] : [low, high];
    const at = time - first.time;
    return [
      [at, open],
      [at + width / 4, turn],
      [at + width / 2, back],
      [at + width - 1, close],
    ];
  });
  return { start: first.time, points, candles: rows.length, width };
}
