import { describe, expect, it } from 'vitest';

import { parseCandles, readCandles } from './readCandles';

const HEADER = 'ts_open,open,high,low,close,volume';
const RISING = '1584000000,100,110,95,105,12.5';
const FALLING = '1584000300,105,106,80,90,30';

describe('parseCandles', () => {
  it.each([
    ['a missing column', `ts_open,open,high,low\n${RISING}`, /line 1: the column close is missing/],
    ['an empty file', '', /line 1: the column ts_open is missing/],
    ['no candle', HEADER, /at least two candles/],
    ['one candle', `${HEADER}\n${RISING}`, /at least two candles/],
    ['a word for a price', `${HEADER}\n${RISING}\n1584000300,105,x,80,90,30`, /line 3: a time or price is missing/],
    ['an empty cell', `${HEADER}\n${RISING}\n1584000300,105,,80,90,30`, /line 3: a time or price is missing/],
    ['a short line', `${HEADER}\n${RISING}\n1584000300,105`, /line 3: a time or price is missing/],
    ['a negative price', `${HEADER}\n${RISING}\n1584000300,105,106,-80,90,30`, /line 3: a time or price is missing/],
    ['a low above the close', `${HEADER}\n${RISING}\n1584000300,105,106,95,90,30`, /line 3: high and low/],
    ['time running backwards', `${HEADER}\n${FALLING}\n${RISING}`, /line 3: the time is not after/],
  ])('refuses %s in one line', (_what, text, message) => {
    expect(() => parseCandles(text, 'candles.csv')).toThrow(message);
    try {
      parseCandles(text, 'candles.csv');
    } catch (error) {
      expect(error).toMatchObject({ code: 'candles_invalid' });
      expect((error as Error).message).not.toContain('\n');
    }
  });

  it('walks a rising candle over its low and a falling one over its high', () => {
    const { start, points, candles, width } = parseCandles([HEADER, RISING, FALLING].join('\n'), 'candles.csv');
    expect({ start, candles, width }).toEqual({ start: 1_584_000_000, candles: 2, width: 300 });
    expect(points).toEqual([
      [0, 100],
      [75, 95],
      [150, 110],
      [299, 105],
      [300, 105],
      [375, 106],
      [450, 80],
      [599, 90],
    ]);
  });

  it('takes columns in any order, Windows line ends and milliseconds', () => {
    const text = 'close,low,high,open,ts_open\r\n105,95,110,100,1584000000000\r\n90,80,106,105,1584000060000\r\n';
    expect(parseCandles(text, 'candles.csv')).toMatchObject({ start: 1_584_000_000, width: 60 });
  });
});

describe('readCandles', () => {
  it('says in one line that there is no such file', () => {
    expect(() => readCandles('nowhere/candles.csv')).toThrow('there is no candle file nowhere/candles.csv');
  });
});
