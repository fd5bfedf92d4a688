import { describe, expect, it } from 'vitest';

import { describeInstrument, InstrumentKind, isOption, toOption, toPerpetual } from './instrumentId';
import { WAD } from './units';

const CALL = { kind: InstrumentKind.Call, underlying: 1, expiry: 1_798_272_000n, strike: 103_000n * WAD };

describe('toOption', () => {
  it('refuses what an id cannot say [INS-01]', () => {
    for (const [change, message] of [
      [{ kind: InstrumentKind.Perpetual }, /call or a put/],
      [{ expiry: CALL.expiry + 1n }, /whole minute/],
      [{ expiry: 0n }, /whole minute/],
      [{ expiry: 60n << 28n }, /whole minute/],
      [{ strike: 0n }, /digits/],
      [{ strike: 1n }, /digits/],
      [{ strike: 1_234_567n * WAD }, /digits/],
      [{ strike: 10_000_000_000n * WAD }, /digits/],
      [{ underlying: 0 }, /no underlying/],
      [{ underlying: 256 }, /no underlying/],
    ] as const) {
      expect(() => toOption({ ...CALL, ...change })).toThrow(message);
    }
  });

  it('makes what describeInstrument takes apart [INS-01]', () => {
    expect(describeInstrument(toOption(CALL))).toEqual(CALL);
    expect(isOption(describeInstrument(toOption(CALL)))).toBe(true);
  });
});

describe('toPerpetual', () => {
  it('has neither expiry nor strike [INS-01]', () => {
    const instrument = describeInstrument(toPerpetual(7));
    expect(instrument).toEqual({ kind: InstrumentKind.Perpetual, underlying: 7, expiry: 0n, strike: 0n });
    expect(isOption(instrument)).toBe(false);
  });

  it('refuses a number that is none [INS-01]', () => {
    expect(() => toPerpetual(0)).toThrow(/no underlying/);
    expect(() => toPerpetual(1.5)).toThrow(/no underlying/);
  });
});
