import fc from 'fast-check';
import { encodePacked } from 'viem';
import { describe, expect, it } from 'vitest';

import { magnitude, SEED, signed } from '../testing/arbitraries';
import { decodeMargins, type MarginRow } from './decodeMargins';

const INT128 = 2n ** 127n - 1n;

function pack(row: MarginRow): string {
  return encodePacked(
    ['int128', 'int128', 'uint128', 'uint128', 'int128', 'uint128', 'uint40', 'uint8', 'uint8', 'uint8', 'uint8'],
    [
      row.cash,
      row.markEquity,
      row.initial,
      row.maintenance,
      row.betterEquity,
      row.betterMaintenance,
      row.deadline,
      row.state,
      row.downLegs,
      row.positions,
      row.downPositions,
    ],
  ).slice(2);
}

const row: fc.Arbitrary<MarginRow> = fc.record({
  cash: signed(INT128),
  markEquity: signed(INT128),
  initial: magnitude(2n ** 128n - 1n),
  maintenance: magnitude(2n ** 128n - 1n),
  betterEquity: signed(INT128),
  betterMaintenance: magnitude(2n ** 128n - 1n),
  deadline: fc.integer({ min: 0, max: 2 ** 40 - 1 }),
  state: fc.integer({ min: 0, max: 5 }),
  downLegs: fc.integer({ min: 0, max: 255 }),
  positions: fc.integer({ min: 0, max: 32 }),
  downPositions: fc.integer({ min: 0, max: 32 }),
});

describe('decodeMargins', () => {
  it('refuses an answer of another length, an empty one too [SDK-03]', () => {
    expect(() => decodeMargins('0x', 1)).toThrow('should be 105 bytes, not 0');
    expect(() => decodeMargins(`0x${'00'.repeat(106)}`, 1)).toThrow('not 106');
  });

  it('keeps an account that could not be assessed apart from all others [SDK-03]', () => {
    const healthy: MarginRow = {
      cash: -1n,
      markEquity: -1n,
      initial: 0n,
      maintenance: 0n,
      betterEquity: -1n,
      betterMaintenance: 0n,
      deadline: 0,
      state: 0,
      downLegs: 255,
      positions: 255,
      downPositions: 255,
    };
    expect(decodeMargins(`0x${'ff'.repeat(105)}${pack(healthy)}`, 2)).toEqual(['unknown', healthy]);
  });

  it('gives back what was packed', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        expect(decodeMargins(`0x${rows.map(pack).join('')}`, rows.length)).toEqual(rows);
      }),
      { seed: SEED },
    );
  });
});
