import fc from 'fast-check';

import { WAD } from '../math/units';

// Options as policy admits them, for property and differential tests.

/** Volatility of 1 % and of 500 % a year, WAD. */
export const LEAST_VOLATILITY = WAD / 100n;
export const GREATEST_VOLATILITY = 5n * WAD;
/** Seconds of three years. */
export const LONGEST = 94_608_000n;

export interface OptionInputs {
  /** quote WAD */
  readonly forward: bigint;
  /** quote WAD, from a tenth to ten times the forward */
  readonly strike: bigint;
  /** WAD a year */
  readonly volatility: bigint;
  /** seconds */
  readonly timeLeft: bigint;
}

/** Every magnitude alike between two positive bounds. */
function logUniform(least: number, greatest: number): fc.Arbitrary<bigint> {
  return fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((part) => BigInt(Math.round(least * (greatest / least) ** part)));
}

/** From a thousandth of a quote unit to ten billion of them. */
const forward = logUniform(1e15, 1e28);

/** The whole admitted range. */
export const optionInputs: fc.Arbitrary<OptionInputs> = fc
  .record({
    forward,
    moneyness: logUniform(1e8, 1e10), // billionths
    volatility: logUniform(Number(LEAST_VOLATILITY), Number(GREATEST_VOLATILITY)),
    timeLeft: logUniform(1, Number(LONGEST)),
  })
  .map(({ moneyness, ...rest }) => ({ ...rest, strike: (rest.forward * moneyness) / 10n ** 9n }));

/** Of that, what is within seven deviations of the forward: anything else is worth its intrinsic value. */
export const livelyOption: fc.Arbitrary<OptionInputs> = fc
  .record({ option: optionInputs, distance: fc.double({ min: -7, max: 7, noNaN: true }) })
  .map(({ option, distance }) => {
    const deviation = (Number(option.volatility) / 1e18) * Math.sqrt(Number(option.timeLeft) / 31_536_000);
    const moneyness = Math.exp(Math.min(Math.max(distance * deviation, -2.302), 2.302));
    return { ...option, strike: (option.forward * BigInt(Math.round(moneyness * 1e15))) / 10n ** 15n };
  });
