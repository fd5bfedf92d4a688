import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { expect } from 'chai';
import type { Result } from 'ethers';
import fc from 'fast-check';
import { ethers } from 'hardhat';

import * as math from '../../sdk/math';
import { WAD } from '../../sdk/math';
import {
  cashPool,
  cashTerms,
  liquidationTerms,
  logMoneyness,
  magnitude,
  marginCall,
  marginInputs,
  SEED,
  signed,
  sviSlice,
} from '../../sdk/testing/arbitraries';
import { MathHarness__factory, type MathHarness } from '../../typechain-types';
import { COVERING } from '../fixtures/covering';

// The sdk against contracts/math and contracts/types, function by function and to the wei.

const RUNS = COVERING ? 50 : 300;

const holding = fc.record({
  amount: magnitude(2n ** 96n - 1n),
  price: magnitude(2n ** 98n - 1n),
  decimals: fc.constantFrom(6, 8, 18),
  haircutBps: fc.integer({ min: 0, max: 10_000 }),
  depth: magnitude(2n ** 96n - 2n).map((depth) => depth + 1n),
});

const margin = fc.record({
  equity: signed(2n ** 180n),
  initial: magnitude(2n ** 180n),
  maintenance: magnitude(2n ** 180n),
});

/** Of a health about one, which is where states are told apart. */
const nearOne = fc
  .record({
    maintenance: magnitude(2n ** 120n),
    more: magnitude(2n ** 110n),
    health: fc.integer({ min: -200, max: 1_400 }),
  })
  .map(({ maintenance, more, health }) => ({
    equity: (maintenance * BigInt(health)) / 1_000n,
    initial: maintenance + more,
    maintenance,
  }));

/** Any account, called or not, before its deadline or after it. */
const standing = fc
  .record({ inputs: marginInputs, mark: nearOne, better: nearOne, called: marginCall, terms: liquidationTerms })
  .map(({ inputs, mark, better, ...rest }) => ({ ...rest, account: { ...math.assess(inputs), mark, better } }));

/** An account below health one, which is all that liquidation is asked about. */
const liquidatable = fc
  .record({
    inputs: marginInputs,
    elapsed: magnitude(200_000n),
    part: fc.bigInt({ min: 1n, max: WAD }),
    terms: liquidationTerms,
    cashTerms,
  })
  .map(({ inputs, ...rest }) => ({ ...rest, account: math.assess(inputs), cash: inputs.portfolio.cash }))
  .filter(({ account }) => math.health(account.better) < WAD);

describe(`contracts/math against the sdk (seed ${SEED}, ${RUNS} runs each)`, () => {
  let harness: MathHarness;
  const states = new Set<number>();

  before(async () => {
    const [signer] = (await ethers.getSigners()) as [HardhatEthersSigner];
    harness = await new MathHarness__factory(signer).deploy();
  });

  function agrees<T>(arbitrary: fc.Arbitrary<T>, compare: (value: T) => Promise<void>): () => Promise<void> {
    return () => fc.assert(fc.asyncProperty(arbitrary, compare), { seed: SEED, numRuns: RUNS, endOnFailure: true });
  }

  it(
    'Rounding',
    agrees(
      fc.tuple(
        signed(2n ** 200n),
        magnitude(2n ** 128n),
        magnitude(2n ** 128n).map((d) => d + 2n ** 80n),
      ),
      async ([x, y, d]) => {
        const size = x < 0n ? -x : x;
        expect([...(await harness.mulDivs(x, y, d))]).to.deep.equal([
          math.mulDivDown(size, y, d),
          math.mulDivUp(size, y, d),
          math.mulDivFloor(x, y, d),
          math.mulDivCeil(x, y, d),
          math.divUp(size, d),
        ]);
      },
    ),
  );

  it(
    'CompactPrice',
    agrees(magnitude(2n ** 112n - 1n), async (price) => {
      expect([...(await harness.compactPrices(price))]).to.deep.equal([math.compactDown(price), math.compactUp(price)]);
    }),
  );

  it(
    'Decay',
    agrees(fc.tuple(magnitude(2n ** 32n), fc.bigInt({ min: 1n, max: 86_400n })), async ([elapsed, halfLife]) => {
      expect(await harness.decayFactor(elapsed, halfLife)).to.equal(math.decayFactor(elapsed, halfLife));
    }),
  );

  it(
    'Svi',
    agrees(fc.tuple(sviSlice, logMoneyness, magnitude(2n ** 40n - 1n)), async ([slice, k, time]) => {
      const word = math.encodeSlice(slice);
      const { publishedAt, confidenceBps, ...parameters } = slice;
      expect(await harness.sviWord(parameters, publishedAt, confidenceBps)).to.equal(word);
      expect([...(await harness.sviFigures(word, k, time))]).to.deep.equal([
        math.varianceAt(slice, k),
        math.unboundedVarianceAt(slice, k),
        math.leastVariance(slice),
        math.areWingsSound(slice, time),
      ]);
    }),
  );

  it(
    'Haircut',
    agrees(holding, async ({ amount, price, decimals, haircutBps, depth }) => {
      const value = math.valueDown(amount, price, decimals);
      expect([...(await harness.counted(amount, price, decimals, haircutBps, depth))]).to.deep.equal([
        value,
        math.countedDown(value, haircutBps, amount, depth),
      ]);
    }),
  );

  it(
    'AccountId',
    agrees(fc.tuple(magnitude(2n ** 160n - 1n), magnitude(2n ** 96n - 1n)), async ([ownerBits, index]) => {
      const owner = ethers.getAddress(ethers.toBeHex(ownerBits, 20)) as `0x${string}`;
      const account = math.toAccountId(owner, index);
      expect([...(await harness.accountParts(owner, index))]).to.deep.equal([account, owner, index]);
      expect([math.ownerOf(account), math.indexOf(account)]).to.deep.equal([owner, index]);
    }),
  );

  it(
    'health and excess',
    agrees(margin, async (each) => {
      expect([...(await harness.standing(each))]).to.deep.equal([math.health(each), math.excess(each)]);
    }),
  );

  it(
    'InterestIndex',
    agrees(
      fc.tuple(cashPool, cashTerms, magnitude(10n ** 9n), signed(10n ** 28n)),
      async ([pool, terms, elapsed, figure]) => {
        const timestamp = BigInt(pool.accruedAt) + elapsed;
        const there = plain(await harness.accrued(pool, terms.reserveFactorBps, timestamp));
        const after = math.accrued(pool, terms.reserveFactorBps, timestamp);
        const words = { accruedAt: BigInt(after.accruedAt), borrowRatePpm: BigInt(after.borrowRatePpm) };
        expect(there).to.deep.equal({ ...after, ...words });
        expect([...(await harness.poolFigures(pool, terms))]).to.deep.equal([
          math.utilisation(pool),
          math.borrowRate(pool, terms),
          math.totalSupply(pool),
          math.totalBorrow(pool),
        ]);
        expect([...(await harness.cashAndPrincipal(pool, figure))]).to.deep.equal([
          math.toCashFloor(pool, figure),
          math.toPrincipalFloor(pool, figure),
        ]);
      },
    ),
  );

  it(
    'LiquidationMath, terms and rates',
    agrees(
      fc.tuple(signed(2n * WAD), signed(2n * WAD), magnitude(200_000n), margin, liquidationTerms),
      async ([health, paying, elapsed, mark, terms]) => {
        expect([...(await harness.callTerms(health, terms))]).to.deep.equal([
          math.grace(health, terms),
          math.criticalHealth(terms),
          math.curedHealth(terms),
        ]);
        expect(await harness.leastBonus(mark, terms)).to.equal(math.leastBonus(mark, terms));
        expect(plain(await harness.rates(health, paying, elapsed, terms))).to.deep.equal(
          math.rates(health, paying, elapsed, terms),
        );
      },
    ),
  );

  it(
    'LiquidationMath, state, elapsed and health that clears a call',
    agrees(standing, async ({ account, called: { call, liveTime }, terms }) => {
      const assessment = { ...account, legValues: [...account.legValues] };
      const { state, elapsed } = math.marginState(account, call, terms, liveTime);
      states.add(state);
      expect([...(await harness.standingOf(assessment, call, liveTime, terms))]).to.deep.equal([
        BigInt(state),
        state >= math.MarginState.Liquidatable,
        elapsed,
        math.clearableHealth(call, liveTime, terms),
      ]);
    }),
  );

  it('has seen accounts in every state', () => {
    expect([...states].sort()).to.deep.equal(Object.values(math.MarginState));
  });

  it(
    'LiquidationMath, fraction and plan',
    agrees(liquidatable, async ({ account, cash, elapsed, part, terms, cashTerms: cashTermsOf }) => {
      const assessment = { ...account, legValues: [...account.legValues] };
      const { fraction, closes } = math.largestFraction(account, cash, elapsed, terms, cashTermsOf);
      expect([...(await harness.largestFraction(assessment, cash, elapsed, terms, cashTermsOf))]).to.deep.equal([
        fraction,
        closes,
        math.payingHealth(account),
      ]);
      for (const taken of [fraction, math.mulDivUp(fraction, part, WAD)]) {
        const [plan, leavesDust] = await harness.plan(assessment, cash, taken, elapsed, terms, cashTermsOf);
        const here = math.planLiquidation(account, cash, taken, elapsed, terms);
        expect(plain(plan)).to.deep.equal(here);
        expect(leavesDust).to.equal(math.leavesDust(account, cash, here, terms, cashTermsOf));
      }
    }),
  );
});

/** A struct as ethers returns it, without its positions: the generated types do not know that it is a Result. */
function plain(struct: object): Record<string, unknown> {
  return (struct as Result).toObject();
}
