import { describe, expect, it } from 'vitest';

import { InstrumentKind, toOption, toPerpetual } from './instrumentId';
import { raiseToLeast } from './leastRequirement';
import type { Assessment, Portfolio, Position } from './types';
import { WAD } from './units';

const NOW = 1_800_000_000n;
const TERMS = { floorBonusCents: 500, timestamp: NOW };
const NOTHING = { equity: 0n, initial: 0n, maintenance: 0n };
const LEAST = { equity: 0n, initial: 20n * WAD, maintenance: 10n * WAD };
const SMALL: Assessment = {
  worse: NOTHING,
  mark: NOTHING,
  better: NOTHING,
  markCollateral: 0n,
  markNotional: 0n,
  legValues: [],
  downLegs: 0n,
};
const call = (expiry: bigint) => toOption({ kind: InstrumentKind.Call, underlying: 1, expiry, strike: 100n * WAD });
const LATER = call(NOW + 3_600n);

function account(positions: readonly Omit<Position, 'costBasis'>[], cash = 0n): Portfolio {
  return {
    account: `0x${'00'.repeat(32)}`,
    mode: 0,
    cash,
    collateral: [],
    positions: positions.map((position) => ({ ...position, costBasis: 0n })),
  };
}

describe('the least requirement [POS-07]', () => {
  it.each([
    ['a perpetual either way', account([{ instrument: toPerpetual(1), size: -1n }])],
    ['a short option', account([{ instrument: LATER, size: -1n }])],
    ['a long option beside a debt', account([{ instrument: LATER, size: 1n }], -1n)],
  ])('is asked of %s', (_, portfolio) => {
    const { worse, mark, better } = raiseToLeast(SMALL, portfolio, TERMS);
    expect([worse, mark, better]).toEqual([LEAST, LEAST, LEAST]);
  });

  it.each([
    ['who has no positions', account([], -1n)],
    ['a long option', account([{ instrument: LATER, size: 1n }], 1n)],
    ['an expired option', account([{ instrument: call(NOW), size: -1n }])],
    ['what is left of a closed perpetual', account([{ instrument: toPerpetual(1), size: 0n }])],
  ])('is not asked of %s', (_, portfolio) => {
    expect(raiseToLeast(SMALL, portfolio, TERMS)).toEqual(SMALL);
  });

  it('is asked only at the worse prices while a leg is Down', () => {
    const portfolio = account([{ instrument: toPerpetual(1), size: 1n }]);
    const { worse, mark, better } = raiseToLeast({ ...SMALL, downLegs: 1n }, portfolio, TERMS);
    expect([worse, mark, better]).toEqual([LEAST, NOTHING, NOTHING]);
  });

  it('leaves what is more as it is', () => {
    const much = { equity: 0n, initial: 30n * WAD, maintenance: 5n * WAD };
    const portfolio = account([{ instrument: toPerpetual(1), size: 1n }]);
    expect(raiseToLeast({ ...SMALL, mark: much }, portfolio, TERMS).mark).toEqual({ ...much, maintenance: 10n * WAD });
  });
});
