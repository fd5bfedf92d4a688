import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import fc from 'fast-check';
import { ethers } from 'hardhat';

import {
  assessPositions,
  encodeSlice,
  InstrumentKind,
  PriceStatus,
  toOption,
  toPerpetual,
  WAD,
  type ExpiryInputs,
  type Margin,
  type Position,
  type PositionAssessment,
  type UnderlyingInputs,
} from '../../sdk/math';
import { magnitude, SEED, signed } from '../../sdk/testing/arbitraries';
import {
  MarketData__factory,
  StandardMargin__factory,
  type MarketData,
  type StandardMargin,
} from '../../typechain-types';
import type { PositionAssessmentStructOutput } from '../../typechain-types/contracts/risk/StandardMargin';

// Whole portfolios of perpetuals and options, of two underlyings and three expiries, in any market: the sdk against
// contracts/risk/StandardMargin.sol, to the wei.

const MARKETS = 50;
const PORTFOLIOS = 100;
const UNDERLYINGS = [1, 2] as const;
const DAY = 86_400n;
const ONE_BPS = 10n ** 6n; // of a parameter of a slice

const status = fc.constantFrom(
  PriceStatus.Live,
  PriceStatus.Live,
  PriceStatus.Live,
  PriceStatus.Degraded,
  PriceStatus.Down,
);

const price = fc
  .record({
    spot: fc.bigInt({ min: 10n ** 15n, max: 10n ** 24n }),
    below: fc.integer({ min: 0, max: 10_000 }),
    above: fc.integer({ min: 0, max: 4_000 }),
    status,
    isSteady: fc.boolean(),
  })
  .map(({ spot, below, above, isSteady, ...rest }) => ({
    ...rest,
    spot,
    low: isSteady ? spot : spot - (spot * BigInt(below)) / 10_000n,
    high: isSteady ? spot : spot + (spot * BigInt(above)) / 10_000n,
    updatedAt: 1,
  }));

const ppm = fc.integer({ min: 1_000, max: 300_000 });
const bps = fc.integer({ min: 0, max: 10_000 });
const scale = magnitude(3n * WAD).map((more) => WAD + more);

const rates = fc.record({
  terms: fc.record({
    perpetualInitialPpm: ppm,
    perpetualMaintenancePpm: ppm,
    perpetualSlope: magnitude(10n ** 15n),
    optionInitialPpm: ppm,
    optionFloorPpm: ppm,
    optionMaintenancePpm: ppm,
    profitInitialBps: bps,
    profitMaintenanceBps: bps,
    longInitialBps: bps,
    longMaintenanceBps: bps,
  }),
  initialScale: scale,
  maintenanceScale: scale,
});

const expiryInputs = fc
  .record({
    a: fc.bigInt({ min: ONE_BPS, max: 100_000n * ONE_BPS }),
    b: fc.bigInt({ min: 0n, max: 5_000n * ONE_BPS }),
    rho: fc.bigInt({ min: -9_000n * ONE_BPS, max: 9_000n * ONE_BPS }),
    m: fc.bigInt({ min: -5_000n * ONE_BPS, max: 5_000n * ONE_BPS }),
    sigma: fc.bigInt({ min: 10n * ONE_BPS, max: 10_000n * ONE_BPS }),
    confidenceBps: fc.constantFrom(0, 0, 50, 10_000),
    volatilityStatus: status,
    fixedWeight: fc.bigInt({ min: 0n, max: WAD }),
    fixedAverage: fc.bigInt({ min: 10n ** 15n, max: 10n ** 24n }),
    settlementPrice: fc.bigInt({ min: 10n ** 15n, max: 10n ** 24n }),
    settlementStatus: fc.constantFrom(...([1, 2, 3, 4] as const)),
  })
  .map(
    ({ volatilityStatus, fixedWeight, fixedAverage, settlementPrice, settlementStatus, ...slice }): ExpiryInputs => ({
      slice: { ...slice, publishedAt: 1 },
      volatilityStatus,
      window: { fixedWeight, fixedAverage },
      settlementPrice,
      settlementStatus,
    }),
  );

/** Strikes about the index, so that options are neither all worthless nor all sure. */
const strikeParts = fc.integer({ min: 20, max: 400 });
const size = signed(10n ** 21n).map((value) => (value === 0n ? 1n : value));

const positionOf = fc.record({
  underlying: fc.constantFrom(...UNDERLYINGS),
  kind: fc.constantFrom(InstrumentKind.Perpetual, InstrumentKind.Call, InstrumentKind.Call, InstrumentKind.Put),
  expiry: fc.nat({ max: 2 }),
  strikeParts,
  size,
  costBasis: signed(10n ** 24n),
});

const market = fc.record({
  underlyings: fc.tuple(...UNDERLYINGS.map(() => fc.record({ index: price, perpetual: price, rates }))),
  expiries: fc.tuple(...UNDERLYINGS.map(() => fc.tuple(expiryInputs, expiryInputs, expiryInputs))),
  books: fc.array(fc.array(positionOf, { minLength: 1, maxLength: 16 }), {
    minLength: PORTFOLIOS,
    maxLength: PORTFOLIOS,
  }),
});

describe('standard margin of the sdk', () => {
  let data: MarketData;
  let model: StandardMargin;

  before(async () => {
    const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
    data = await new MarketData__factory(deployer).deploy();
    model = await new StandardMargin__factory(deployer).deploy(data, data, data, data, data);
  });

  it('is that of the contract for 5,000 random books [STD-10]', async function () {
    this.timeout(600_000);
    const seen = { large: 0, down: 0 };
    const property = fc.asyncProperty(market, async ({ underlyings, expiries, books }) => {
      const now = BigInt(await time.latest());
      // one is over, one in its last half hour, one far away
      const minute = now / 60n;
      const times = [(minute - 10n) * 60n, (minute + 15n) * 60n, (minute + 1n) * 60n + 40n * DAY];
      const inputs = new Map<number, UnderlyingInputs>(
        UNDERLYINGS.map((number, i) => {
          const known = underlyings[i];
          const slices = expiries[i];
          if (known === undefined || slices === undefined) throw new Error('one for each underlying');
          return [number, { ...known, expiries: new Map(times.map((at, k) => [at, slices[k] as ExpiryInputs])) }];
        }),
      );
      for (const [number, known] of inputs) await tell(data, number, known);
      const at = BigInt(await time.latest());
      for (const book of books) {
        const positions = toPositions(book, inputs, times);
        const expected = assessPositions(positions, inputs, at);
        expect(toAssessment(await model.assess([...positions]))).to.deep.equal(expected);
        if (expected.down !== 0n) ++seen.down;
        if (positions.length > 8) ++seen.large;
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: MARKETS, endOnFailure: true });
    expect(seen.down, 'books with a position that is Down').to.be.above(200);
    expect(seen.large, 'books of more than eight positions').to.be.above(1_000);
  });
});

function toPositions(
  book: readonly {
    underlying: number;
    kind: number;
    expiry: number;
    strikeParts: number;
    size: bigint;
    costBasis: bigint;
  }[],
  inputs: ReadonlyMap<number, UnderlyingInputs>,
  times: readonly bigint[],
): Position[] {
  const positions = new Map<bigint, Position>();
  for (const { underlying, kind, expiry, strikeParts: parts, size: held, costBasis } of book) {
    const spot = inputs.get(underlying)?.index.spot ?? 0n;
    const instrument =
      kind === InstrumentKind.Perpetual
        ? toPerpetual(underlying)
        : toOption({ kind, underlying, expiry: times[expiry] ?? 0n, strike: sixDigits((spot * BigInt(parts)) / 100n) });
    positions.set(instrument, {
      instrument,
      size: held,
      costBasis: kind === InstrumentKind.Perpetual ? costBasis : 0n,
    });
  }
  return [...positions.values()].sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
}

function sixDigits(strike: bigint): bigint {
  const unit = 10n ** BigInt(Math.max(strike.toString().length - 6, 12));
  return (strike / unit) * unit || 10n ** 12n;
}

async function tell(data: MarketData, number: number, known: UnderlyingInputs): Promise<void> {
  const { index, perpetual, rates: r } = known;
  const { terms: risk, initialScale, maintenanceScale } = r;
  await data.setUnderlying(number, { index, perpetual, risk, initialScale, maintenanceScale });
  for (const [expiry, { slice, volatilityStatus, window, settlementPrice, settlementStatus }] of known.expiries) {
    const { confidenceBps, publishedAt } = slice;
    const volatility = { svi: encodeSlice(slice), confidenceBps, publishedAt, status: volatilityStatus };
    await data.setExpiry(number, expiry, {
      volatility,
      ...window,
      settlement: settlementPrice,
      status: settlementStatus,
    });
  }
}

function toAssessment({ worse, mark, better, notionals, down }: PositionAssessmentStructOutput): PositionAssessment {
  return {
    worse: toMargin(worse),
    mark: toMargin(mark),
    better: toMargin(better),
    notionals: [...notionals],
    down,
  };
}

function toMargin({ equity, initial, maintenance }: Margin): Margin {
  return { equity, initial, maintenance };
}
