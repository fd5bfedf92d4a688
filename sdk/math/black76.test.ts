import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { magnitude, SEED, signed } from '../testing/arbitraries';
import {
  over,
  precise,
  preciseCall,
  preciseDensity,
  preciseLn,
  preciseNormal,
  preciseSqrt,
  times,
} from '../testing/highPrecision';
import { livelyOption, LONGEST, optionInputs, type OptionInputs } from '../testing/optionTerms';
import {
  callDelta,
  callPrice,
  deviationOf,
  logMoneynessOf,
  optionGamma,
  optionVega,
  putPrice,
  type OptionTerms,
} from './black76';
import { naturalLog } from './naturalLog';
import { WAD, YEAR } from './units';

/** Of the forward: the bound of docs/spec.md, and what docs/risk.md says was measured. */
const BOUND = 10n ** 9n;
const MEASURED = 4n * 10n ** 10n;

const LARGEST = 2n ** 96n - 1n;
const quote = magnitude(LARGEST - 1n).map((x) => x + 1n);

/** Anything that the contracts take, sensible or not. */
const anything: fc.Arbitrary<OptionTerms> = fc.record({
  forward: quote,
  strike: quote,
  logMoneyness: signed(2n ** 128n - 1n),
  deviation: magnitude(2n ** 128n - 1n),
});

const termsOf = ({ forward, strike, volatility, timeLeft }: OptionInputs): OptionTerms => ({
  forward,
  strike,
  logMoneyness: logMoneynessOf(forward, strike),
  deviation: deviationOf(volatility, timeLeft),
});

const callOf = (option: OptionInputs): bigint => callPrice(termsOf(option));

const size = (x: bigint): bigint => (x < 0n ? -x : x);

/** By what a call's price is off, at thirty places. */
function errorOf({ forward, strike, volatility, timeLeft }: OptionInputs): bigint {
  const deviation = times(precise(volatility, WAD), preciseSqrt(precise(timeLeft, YEAR)));
  const exact = preciseCall(precise(forward, WAD), precise(strike, WAD), deviation);
  return size(callOf({ forward, strike, volatility, timeLeft }) * 10n ** 12n - exact / 10n ** 50n);
}

/** Whether that is within a part of the forward, and the wei that rounding takes. */
const isWithin = (option: OptionInputs, part: bigint): boolean =>
  errorOf(option) <= (option.forward * 10n ** 12n) / part + 10n ** 12n;

describe(`callPrice and putPrice (seed ${SEED})`, () => {
  it('are off by no more than 1e-9 of the forward, and by 2.5e-11 as measured [OPT-01]', () => {
    for (const options of [optionInputs, livelyOption]) {
      fc.assert(
        fc.property(options, (option) => isWithin(option, BOUND) && isWithin(option, MEASURED)),
        { seed: SEED, numRuns: 2_000 },
      );
    }
  });

  it('are as good at the corners of the admitted range [OPT-01]', () => {
    const forward = 100_000n * WAD;
    for (const volatility of [WAD / 100n, WAD / 2n, 5n * WAD]) {
      for (const timeLeft of [1n, 60n, 86_400n, YEAR, LONGEST]) {
        for (const tenths of [1n, 9n, 10n, 11n, 100n]) {
          const strike = (forward * tenths) / 10n;
          for (const near of [strike - 1n, strike, strike + 1n]) {
            expect(isWithin({ forward, strike: near, volatility, timeLeft }, MEASURED)).toBe(true);
          }
        }
      }
    }
  });

  it('are as good between, on a grid of distances and deviations [OPT-01]', () => {
    for (const volatility of [WAD / 10n, WAD, 4n * WAD]) {
      for (const timeLeft of [3_600n, 30n * 86_400n, YEAR]) {
        for (let percent = 10n; percent <= 1_000n; percent += 15n) {
          const option = { forward: 3_000n * WAD, strike: 30n * percent * WAD, volatility, timeLeft };
          expect(isWithin(option, MEASURED)).toBe(true);
        }
      }
    }
  });

  it('differ by exactly forward less strike, whatever they are given [OPT-02]', () => {
    fc.assert(
      fc.property(anything, (terms) => callPrice(terms) - putPrice(terms) === terms.forward - terms.strike),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('are at least intrinsic and at most forward and strike, whatever they are given [OPT-03]', () => {
    fc.assert(
      fc.property(anything, (terms) => {
        const [call, put] = [callPrice(terms), putPrice(terms)];
        const ahead = terms.forward - terms.strike;
        return (
          call >= 0n && call >= ahead && call <= terms.forward && put >= 0n && put >= -ahead && put <= terms.strike
        );
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('are exactly intrinsic at expiry [OPT-03]', () => {
    fc.assert(
      fc.property(anything, (terms) => {
        const ahead = terms.forward - terms.strike;
        const expired = { ...terms, deviation: 0n };
        return callPrice(expired) === (ahead > 0n ? ahead : 0n) && putPrice(expired) === (ahead < 0n ? -ahead : 0n);
      }),
      { seed: SEED },
    );
  });

  it('move with forward, strike and volatility as theory says by any step that matters [OPT-04]', () => {
    // the exact change is at least what both errors together may hide
    const hidden = ({ forward }: OptionInputs): bigint => forward / 10n ** 10n + 2n;
    fc.assert(
      fc.property(livelyOption, fc.bigInt({ min: 1n, max: 10n ** 6n }), (option, part) => {
        const base = callOf(option);
        const more = (field: 'forward' | 'strike' | 'volatility'): bigint =>
          callOf({ ...option, [field]: option[field] + option[field] / part + 1n });
        return (
          more('strike') <= base + hidden(option) &&
          more('forward') >= base - hidden(option) &&
          more('volatility') >= base - hidden(option)
        );
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });

  it('move so on a grid of ticks of a part in 100,000, to 1e-14 of the forward [OPT-04]', () => {
    const forward = 100_000n * WAD;
    const tick = forward / 100_000n;
    const noise = forward / 10n ** 14n;
    const months = YEAR / 12n;
    for (const [percent, timeLeft] of [
      [20n, 3_600n],
      [80n, 86_400n],
      [50n, months],
      [300n, 6n * months],
    ] as const) {
      const volatility = (percent * WAD) / 100n;
      const span = (forward * deviationOf(volatility, timeLeft) * 6n) / WAD;
      const least = forward - span > forward / 10n ? forward - span : forward / 10n;
      for (let strike = least; strike < forward + span; strike += span / 500n) {
        const option = { forward, strike, volatility, timeLeft };
        const price = callOf(option);
        expect(callOf({ ...option, strike: strike + tick }) <= price + noise).toBe(true);
        expect(callOf({ ...option, forward: forward + tick }) >= price - noise).toBe(true);
        expect(callOf({ ...option, volatility: volatility + volatility / 100_000n }) >= price - noise).toBe(true);
      }
    }
  });

  it('rise with time left, second by second, to 1e-14 of the forward [OPT-04]', () => {
    const [forward, volatility] = [3_000n * WAD, WAD];
    for (const strike of [2_900n * WAD, 3_000n * WAD, 3_150n * WAD]) {
      let last = callOf({ forward, strike, volatility, timeLeft: 0n });
      for (let timeLeft = 1n; timeLeft <= 1_800n; ++timeLeft) {
        const price = callOf({ forward, strike, volatility, timeLeft });
        expect(price >= last - forward / 10n ** 14n).toBe(true);
        last = price;
      }
    }
  });

  it('do not feel an error of 1e-12 in the log-moneyness', () => {
    fc.assert(
      fc.property(livelyOption, signed(10n ** 6n), (option, error) => {
        const terms = termsOf(option);
        const moved = callPrice({ ...terms, logMoneyness: terms.logMoneyness + error });
        return size(moved - callPrice(terms)) <= option.forward / 10n ** 11n + 1n;
      }),
      { seed: SEED, numRuns: 1_000 },
    );
  });
});

describe('the worked example of docs/risk.md, "Option prices"', () => {
  const option = {
    forward: 100_000n * WAD,
    strike: 110_000n * WAD,
    volatility: (6n * WAD) / 10n,
    timeLeft: 2_592_000n,
  };
  const terms = termsOf(option);
  const { forward } = terms;

  it('is what the maths gives [SDK-08]', () => {
    expect(terms.logMoneyness).toBe(-95_310_179_804_324_861n);
    expect(terms.deviation).toBe(172_014_653_724_298_764n);
    expect(callPrice(terms)).toBe(3_270_260504262420100000n);
    expect(putPrice(terms)).toBe(13_270_260504262420100000n);
    expect(callDelta(terms)).toBe(319_865_685_693_553_585n);
    expect(optionVega(forward, terms)).toBe(35_754_810570529078100000n);
    expect(optionGamma(forward, terms)).toBe(20_785_909_686_413n);
  });

  it('moves with a scenario by the logarithm of its shock', () => {
    const logMoneyness = terms.logMoneyness + naturalLog((12n * WAD) / 10n);
    expect(callPrice({ ...terms, forward: (forward * 12n) / 10n, logMoneyness })).toBe(13_866_253505223081690000n);
  });
});

describe(`delta, vega, gamma (seed ${SEED})`, () => {
  const [forward, logMoneyness] = [100_000n * WAD, WAD / 10n];

  it('are at expiry a step, and nothing', () => {
    expect([1n, 0n, -1n].map((each) => callDelta({ logMoneyness: each, deviation: 0n }))).toEqual([WAD, WAD / 2n, 0n]);
    expect(optionVega(forward, { logMoneyness, deviation: 0n })).toBe(0n);
    expect(optionGamma(forward, { logMoneyness, deviation: 0n })).toBe(0n);
  });

  it('are those of the definition [OPT-08]', () => {
    fc.assert(
      fc.property(livelyOption, (option) => {
        const terms = termsOf(option);
        const deviation = precise(terms.deviation, WAD);
        const ratio = preciseLn(precise(option.forward, option.strike));
        const upper = over(ratio, deviation) + deviation / 2n;
        const exactForward = precise(option.forward, WAD);
        const near = (value: bigint, exact: bigint, bound: bigint): boolean =>
          size(precise(value, WAD) - exact) <= bound;
        const density = preciseDensity(upper);
        // of the log-moneyness a wei is lost, which a short time makes much of
        const lost = over(precise(2n, WAD), deviation) + precise(1n, 10n ** 16n);
        const step = over(lost, times(exactForward, deviation)) + precise(1n, WAD);
        return (
          near(callDelta(terms), preciseNormal(upper), lost + precise(3n, 10n ** 12n)) &&
          near(
            optionVega(option.forward, terms),
            times(exactForward, density),
            times(lost, exactForward) + precise(1n, WAD),
          ) &&
          near(optionGamma(option.forward, terms), over(density, times(exactForward, deviation)), step)
        );
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

describe(`deviationOf (seed ${SEED})`, () => {
  it('is the volatility after a year, and nothing at expiry', () => {
    expect(deviationOf(WAD / 2n, YEAR)).toBe(WAD / 2n);
    expect(deviationOf(WAD / 2n, 0n)).toBe(0n);
  });

  it('is the root, rounded down', () => {
    fc.assert(
      fc.property(magnitude(LARGEST), magnitude(2n ** 40n - 1n), (volatility, timeLeft) => {
        const square = (volatility ** 2n * timeLeft) / YEAR;
        const root = deviationOf(volatility, timeLeft);
        return root ** 2n <= square && (root + 1n) ** 2n > square;
      }),
      { seed: SEED },
    );
  });
});
