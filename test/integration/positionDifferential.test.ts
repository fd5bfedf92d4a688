import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { expect } from 'chai';
import type { Result } from 'ethers';
import fc from 'fast-check';
import { ethers } from 'hardhat';

import * as math from '../../sdk/math';
import { WAD } from '../../sdk/math';
import { magnitude, SEED, signed } from '../../sdk/testing/arbitraries';
import { PositionMathHarness__factory, type PositionMathHarness } from '../../typechain-types';
import { COVERING } from '../fixtures/covering';

// The sdk against contracts/types/InstrumentId.sol and contracts/risk, function by function and to the wei.

const RUNS = COVERING ? 50 : 400;
const MOST_PRICE = 2n ** 90n;
const MOST_SIZE = 2n ** 90n;

const ppm = fc.integer({ min: 0, max: 1_000_000 });
const bps = fc.integer({ min: 0, max: 10_000 });
const scale = magnitude(3n * WAD).map((more) => WAD + more);
const size = signed(MOST_SIZE).map((value) => (value === 0n ? 1n : value));

const risk = fc.record({
  perpetualInitialPpm: ppm,
  perpetualMaintenancePpm: ppm,
  perpetualSlope: magnitude(2n ** 64n - 1n),
  optionInitialPpm: ppm,
  optionFloorPpm: ppm,
  optionMaintenancePpm: ppm,
  profitInitialBps: bps,
  profitMaintenanceBps: bps,
  longInitialBps: bps,
  longMaintenanceBps: bps,
});

const rates = fc.record({ terms: risk, initialScale: scale, maintenanceScale: scale });

const perpetual = fc.record({ size, costBasis: signed(2n ** 120n), price: magnitude(MOST_PRICE) });

const option = fc.record({
  isCall: fc.boolean(),
  size,
  strike: magnitude(MOST_PRICE),
  index: magnitude(MOST_PRICE),
  price: magnitude(MOST_PRICE),
});

const margin = fc.record({
  equity: signed(2n ** 150n),
  initial: magnitude(2n ** 150n),
  maintenance: magnitude(2n ** 150n),
});

const legs = fc
  .array(fc.record({ size, strike: magnitude(MOST_PRICE), isCall: fc.boolean(), margin }), {
    minLength: 1,
    maxLength: 16,
  })
  .map((unordered) => unordered.sort((a, b) => (a.strike < b.strike ? -1 : 1)));

const strike = fc
  .record({ mantissa: fc.integer({ min: 1, max: 999_999 }), exponent: fc.integer({ min: 0, max: 10 }) })
  .map(({ mantissa, exponent }) => BigInt(mantissa) * 10n ** BigInt(exponent) * 10n ** 12n);

const instrument = fc.record({
  kind: fc.constantFrom(math.InstrumentKind.Call, math.InstrumentKind.Put),
  underlying: fc.integer({ min: 1, max: 255 }),
  expiry: fc.integer({ min: 1, max: 2 ** 28 - 1 }).map((minutes) => BigInt(minutes) * 60n),
  strike,
});

describe('positions of the sdk', () => {
  let harness: PositionMathHarness;

  before(async () => {
    const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
    harness = await new PositionMathHarness__factory(deployer).deploy();
  });

  const holds = async <T>(cases: fc.Arbitrary<T>, compare: (one: T) => Promise<void>): Promise<void> => {
    await fc.assert(fc.asyncProperty(cases, compare), { seed: SEED, numRuns: RUNS });
  };
  const scalesOf = ({ initialScale, maintenanceScale }: math.StandardRates) => ({
    initial: initialScale,
    maintenance: maintenanceScale,
  });

  it('have the ids of the contracts, both ways [INS-03]', async () => {
    await holds(instrument, async (one) => {
      const id = math.toOption(one);
      expect(await harness.optionId(one.kind, one.underlying, one.expiry, one.strike)).to.equal(id);
      expect(math.describeInstrument(id)).to.deep.equal(one);
    });
    await holds(magnitude(2n ** 64n - 1n), async (id) => {
      const { kind, underlying, expiry, strike: exact } = await harness.describe(id);
      expect(math.describeInstrument(id)).to.deep.equal({
        kind: Number(kind),
        underlying: Number(underlying),
        expiry,
        strike: exact,
      });
    });
    for (const underlying of [1, 255]) {
      expect(await harness.perpetualId(underlying)).to.equal(math.toPerpetual(underlying));
    }
  });

  it('require of a perpetual what the contracts do [STD-10]', async () => {
    await holds(fc.record({ rates, perpetual }), async ({ rates: r, perpetual: p }) => {
      const other = await harness.perpetual(r.terms, scalesOf(r), p.size, p.costBasis, p.price);
      expect(toMargin(other)).to.deep.equal(math.perpetualMargin(r, p));
    });
  });

  it('require of an option what the contracts do [STD-10]', async () => {
    await holds(fc.record({ rates, option }), async ({ rates: r, option: o }) => {
      expect(toMargin(await harness.option(r.terms, scalesOf(r), o))).to.deep.equal(math.optionMargin(r, o));
    });
  });

  it('require of a set of options what the contracts do [STD-10]', async () => {
    const none = { equity: 0n, initial: 0n, maintenance: 0n };
    await holds(legs, async (set) => {
      const sent = set.map(({ margin: mark, ...leg }) => ({ ...leg, worse: none, mark, better: none }));
      const [leastPayoff, naked, total] = await harness.setOf(sent);
      const bound = math.boundOf(set);
      expect({ leastPayoff, naked: [...naked] }).to.deep.equal(bound);
      expect(toMargin(total)).to.deep.equal(math.setMargin(set, bound));
    });
  });
});

function toMargin(result: unknown): math.Margin {
  return (result as Result).toObject() as math.Margin;
}
