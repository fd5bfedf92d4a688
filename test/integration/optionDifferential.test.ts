import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { expect } from 'chai';
import fc from 'fast-check';
import { ethers } from 'hardhat';

import * as math from '../../sdk/math';
import { WAD } from '../../sdk/math';
import { magnitude, SEED, signed } from '../../sdk/testing/arbitraries';
import { livelyOption, optionInputs } from '../../sdk/testing/optionTerms';
import { OptionMathHarness__factory, type OptionMathHarness } from '../../typechain-types';
import { COVERING } from '../fixtures/covering';

// The sdk's maths of options against the contracts', to the wei.

const RUNS = COVERING ? 50 : 1_000;
const LARGEST = 2n ** 96n - 1n;
const quote = magnitude(LARGEST - 1n).map((x) => x + 1n);

describe(`options in contracts/math against the sdk (seed ${SEED}, ${RUNS} runs each)`, () => {
  let harness: OptionMathHarness;

  before(async () => {
    const [signer] = (await ethers.getSigners()) as [HardhatEthersSigner];
    harness = await new OptionMathHarness__factory(signer).deploy();
  });

  function agrees<T>(arbitrary: fc.Arbitrary<T>, compare: (value: T) => Promise<void>): () => Promise<void> {
    return () => fc.assert(fc.asyncProperty(arbitrary, compare), { seed: SEED, numRuns: RUNS, endOnFailure: true });
  }

  it(
    'NaturalLog [OPT-05]',
    agrees(fc.oneof(quote, fc.bigInt({ min: WAD / 20n, max: 20n * WAD })), async (x) => {
      expect(await harness.ln(x)).to.equal(math.naturalLog(x));
    }),
  );

  it(
    'Exponential [OPT-05]',
    agrees(magnitude(43n * WAD), async (x) => {
      expect(await harness.expOfMinus(x)).to.equal(math.expOfMinus(x));
    }),
  );

  it(
    'Normal [OPT-05]',
    agrees(fc.oneof(signed(11n * WAD), fc.bigInt({ min: -8n * WAD, max: 8n * WAD })), async (x) => {
      const distance = x < 0n ? -x : x;
      expect([...(await harness.normal(x))]).to.deep.equal([
        math.normalTail(distance),
        math.normalCdf(x),
        math.normalDensity(distance),
      ]);
    }),
  );

  it(
    'Black76, what is admitted [OPT-05]',
    agrees(fc.oneof(optionInputs, livelyOption), async ({ forward, strike, volatility, timeLeft }) => {
      const logMoneyness = math.logMoneynessOf(forward, strike);
      const deviation = math.deviationOf(volatility, timeLeft);
      const terms = { forward, strike, logMoneyness, deviation };
      expect([...(await harness.prices(forward, strike, volatility, timeLeft))]).to.deep.equal([
        logMoneyness,
        deviation,
        math.callPrice(terms),
        math.putPrice(terms),
      ]);
      expect([...(await harness.greeks(forward, logMoneyness, deviation))]).to.deep.equal([
        math.callDelta(terms),
        math.optionVega(forward, terms),
        math.optionGamma(forward, terms),
      ]);
    }),
  );

  it(
    'Black76, whatever it is given [OPT-05]',
    agrees(
      fc.record({
        forward: quote,
        strike: quote,
        logMoneyness: fc.oneof(fc.constant(0n), signed(2n ** 128n - 1n)),
        deviation: magnitude(2n ** 128n - 1n),
      }),
      async (terms) => {
        const { forward, strike, logMoneyness, deviation } = terms;
        expect([...(await harness.pricesAt(forward, strike, logMoneyness, deviation))]).to.deep.equal([
          math.callPrice(terms),
          math.putPrice(terms),
        ]);
        expect([...(await harness.greeks(forward, logMoneyness, deviation))]).to.deep.equal([
          math.callDelta(terms),
          math.optionVega(forward, terms),
          math.optionGamma(forward, terms),
        ]);
      },
    ),
  );
});
