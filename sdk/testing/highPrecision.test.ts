import { describe, expect, it } from 'vitest';

import {
  ONE,
  PI,
  precise,
  preciseCall,
  preciseDensity,
  preciseExp,
  preciseLn,
  preciseNormal,
  preciseSqrt,
} from './highPrecision';

// Against tables: what all other figures are compared with must not be wrong itself.

/** Thirty places, cut off. */
const places = (x: bigint): string => {
  const digits = (x / 10n ** 50n).toString().padStart(31, '0');
  return `${digits.slice(0, -30)}.${digits.slice(-30)}`;
};

describe('high precision', () => {
  it.each([
    ['pi', PI, '3.141592653589793238462643383279'],
    ['the root of 2', preciseSqrt(2n * ONE), '1.414213562373095048801688724209'],
    ['e', preciseExp(ONE), '2.718281828459045235360287471352'],
    ['exp(-1)', preciseExp(-ONE), '0.367879441171442321595523770161'],
    ['ln 2', preciseLn(2n * ONE), '0.693147180559945309417232121458'],
    ['ln 10', preciseLn(10n * ONE), '2.302585092994045684017991454684'],
    ['the density at 0', preciseDensity(0n), '0.398942280401432677939946059934'],
    ['N(0)', preciseNormal(0n), '0.500000000000000000000000000000'],
    ['N(1)', preciseNormal(ONE), '0.841344746068542948585232545632'],
    ['N(-2)', preciseNormal(-2n * ONE), '0.022750131948179207200282637166'],
    ['N(-7)', preciseNormal(-7n * ONE), '0.000000000001279812543885835004'],
  ])('has %s', (_, value, digits) => {
    expect(places(value)).toBe(digits);
  });

  it('has the price of an option at the money, F * (2 * N(s / 2) - 1)', () => {
    const deviation = precise(1n, 5n);
    const price = preciseCall(100n * ONE, 100n * ONE, deviation);
    expect(places(price)).toBe(places(100n * (2n * preciseNormal(deviation / 2n) - ONE)));
  });

  it('has the intrinsic value at expiry', () => {
    expect(preciseCall(3n * ONE, 2n * ONE, 0n)).toBe(ONE);
    expect(preciseCall(2n * ONE, 3n * ONE, 0n)).toBe(0n);
  });
});
