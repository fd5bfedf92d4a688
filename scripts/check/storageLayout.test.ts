import { describe, expect, it } from 'vitest';

import { describeLayout, diffLines, type Layout } from './storageLayout';

/** `mapping(address => Pair) pairs` after a number, as the compiler tells it. */
function layout(id: number, first = 'uint128'): Layout {
  const struct = `t_struct(Pair)${id}_storage`;
  const entry = (label: string, slot: string, offset: number, type: string) => ({ label, slot, offset, type });
  return {
    storage: [entry('count', '0', 0, 't_uint256'), entry('pairs', '1', 0, 't_mapping')],
    types: {
      t_uint256: { label: 'uint256', numberOfBytes: '32' },
      t_first: { label: first, numberOfBytes: '16' },
      t_mapping: { label: 'mapping(address => struct Pair)', numberOfBytes: '32', key: 't_address', value: struct },
      [struct]: {
        label: 'struct Pair',
        numberOfBytes: '32',
        members: [entry('a', '0', 0, 't_first'), entry('b', '0', 16, 't_first')],
      },
    },
  };
}

describe('describeLayout', () => {
  it('tells each variable with the fields of its struct, and not the number of a type', () => {
    expect(describeLayout(layout(7))).toEqual([
      'slot 0 byte 0: uint256 count (32 bytes)',
      'slot 1 byte 0: mapping(address => struct Pair) pairs (32 bytes)',
      '  slot 0 byte 0: uint128 a (16 bytes)',
      '  slot 0 byte 16: uint128 b (16 bytes)',
    ]);
    expect(describeLayout(layout(8))).toEqual(describeLayout(layout(7)));
  });

  it('says nothing of a contract without storage', () => {
    expect(describeLayout({ storage: [], types: null })).toEqual([]);
  });
});

describe('diffLines', () => {
  it('finds a field that has another type, and one that is gone (V53)', () => {
    const known = describeLayout(layout(7));
    expect(diffLines(known, known)).toEqual([]);
    expect(diffLines(known, describeLayout(layout(7, 'int128')))).toEqual([
      '-   slot 0 byte 0: uint128 a (16 bytes)',
      '+   slot 0 byte 0: int128 a (16 bytes)',
      '-   slot 0 byte 16: uint128 b (16 bytes)',
      '+   slot 0 byte 16: int128 b (16 bytes)',
    ]);
    expect(diffLines(known, known.slice(0, 3))).toEqual(['-   slot 0 byte 16: uint128 b (16 bytes)']);
  });
});
