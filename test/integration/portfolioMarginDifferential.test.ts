import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import fc from 'fast-check';
import { ethers } from 'hardhat';
import { getAddress, numberToHex, type Address } from 'viem';

import { assessByPortfolio, type BookInputs, type CollateralInputs, type ScenarioTerms } from '../../sdk/math';
import { magnitude, SEED, signed } from '../../sdk/testing/arbitraries';
import {
  MarketData__factory,
  PortfolioMargin__factory,
  type MarketData,
  type PortfolioMargin,
} from '../../typechain-types';
import { COVERING } from '../fixtures/covering';
import { inputsOf, randomMarket, randomPrice, tell, toPositions } from '../fixtures/randomBooks';
import { toAssessment } from '../fixtures/toAssessment';

// Whole accounts by portfolio margin, with collateral that is an underlying and collateral that is not, in any market:
// the sdk against contracts/risk/PortfolioMargin.sol, to the wei.

const MARKETS = COVERING ? 2 : 50;
const PORTFOLIOS = COVERING ? 20 : 100;
const ASSESS = 'assess((bytes32,uint8,int256,(address,uint96)[],(uint64,int256,int256)[]))';
const OTHER: Address = getAddress(numberToHex(0xabcdef, { size: 20 }));

const bps = (least: number, most: number) => fc.integer({ min: least, max: most });
const scenarios: fc.Arbitrary<ScenarioTerms | undefined> = fc.option(
  fc
    .record({
      rangeBps: bps(100, 9_000),
      stepPart: bps(25, 100),
      initialBps: bps(10_000, 20_000),
      volatilityUpBps: bps(500, 20_000),
      volatilityDownBps: bps(500, 20_000),
      nakedPpm: bps(0, 100_000),
      basisPpm: bps(0, 100_000),
      tailShocksBps: fc.tuple(bps(-9_000, 0), bps(-9_000, 90_000), bps(0, 90_000), bps(0, 90_000)),
      tailWeightsBps: fc.tuple(bps(0, 10_000), bps(0, 10_000), bps(0, 10_000), bps(0, 10_000)),
    })
    .map(({ stepPart, ...terms }) => ({ ...terms, stepBps: Math.ceil((terms.rangeBps * stepPart) / 100) })),
  { nil: undefined, freq: 5 },
);

const collateral = fc.record({
  amount: magnitude(10n ** 22n),
  price: randomPrice,
  risk: fc.record({
    listed: fc.constantFrom(true, true, true, false),
    decimals: fc.constantFrom(6, 8, 18),
    maintenanceHaircutBps: bps(100, 5_000),
    initialHaircutBps: bps(5_000, 9_000),
    depth: fc.bigInt({ min: 10n ** 8n, max: 10n ** 24n }),
    supplyCap: fc.constant(0n),
  }),
});

describe('portfolio margin of the sdk', () => {
  let data: MarketData;
  let model: PortfolioMargin;

  before(async () => {
    const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
    data = await new MarketData__factory(deployer).deploy();
    model = await new PortfolioMargin__factory(deployer).deploy(data, data, data, data, data, data);
  });

  it('is that of the contract for 5,000 random accounts [PFM-10]', async function () {
    this.timeout(1_800_000);
    const seen = { down: 0, inside: 0, live: 0 };
    const cases = fc.tuple(
      randomMarket(PORTFOLIOS),
      fc.tuple(scenarios, scenarios),
      fc.tuple(collateral, collateral, collateral),
      fc.array(fc.tuple(fc.nat({ max: 7 }), signed(10n ** 24n)), { minLength: PORTFOLIOS, maxLength: PORTFOLIOS }),
      // of dynamic margin the first scale is never the lower one, and often they are the same
      fc.tuple(fc.boolean(), fc.boolean()),
    );
    const property = fc.asyncProperty(cases, async ([random, grids, held, accounts, areEqual]) => {
      const { inputs: known, times } = inputsOf(random, BigInt(await time.latest()));
      const inputs = new Map<number, BookInputs>();
      for (const [number, each] of known) {
        const { initialScale: a, maintenanceScale: b } = each.rates;
        const [least, most] = a < b ? [a, b] : [b, a];
        const rates = { ...each.rates, initialScale: areEqual[number - 1] ? least : most, maintenanceScale: least };
        const terms = grids[number - 1];
        const indexKey = getAddress(numberToHex(2 * number, { size: 20 }));
        inputs.set(number, { ...each, rates, indexKey, ...(terms === undefined ? {} : { scenarios: terms }) });
        await tell(data, number, { ...each, rates });
        await data.setScenarios(number, toSent(terms));
      }
      const kinds: CollateralInputs[] = held.map(({ amount, price, risk }, i) => {
        const asset = inputs.get(i + 1)?.indexKey ?? OTHER;
        return { holding: { asset, amount }, price: inputs.get(i + 1)?.index ?? price, risk };
      });
      for (const { holding, price, risk } of kinds) {
        await data.setCollateral(holding.asset, risk);
        if (holding.asset === OTHER) await data.setPrice(OTHER, price);
      }
      const now = BigInt(await time.latest());
      for (const [i, book] of random.books.entries()) {
        const [bits = 0, cash = 0n] = accounts[i] ?? [];
        const mine = kinds.filter((_, k) => (bits >> k) % 2 === 1);
        const positions = toPositions(book, inputs, times);
        const { assessment, worst } = assessByPortfolio({ cash, positions }, mine, inputs, now);
        const portfolio = {
          account: `0x${'11'.repeat(32)}`,
          mode: 2,
          cash,
          collateral: mine.map(({ holding }) => holding),
          positions,
        };
        expect(toAssessment(await model[ASSESS](portfolio))).to.deep.equal(assessment);
        if (i % 10 === 0) {
          const named = (await model.worstOf(portfolio)).map(
            ({ underlying, factor, volatility, loss, hasCollateral }) => ({
              underlying: Number(underlying),
              factor,
              volatility: Number(volatility),
              loss,
              hasCollateral,
            }),
          );
          expect(named).to.deep.equal(worst);
        }
        if (assessment.downLegs !== 0n) ++seen.down;
        else if (assessment.worse.equity > 0n) ++seen.live;
        if (worst.some(({ hasCollateral }) => hasCollateral)) ++seen.inside;
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: MARKETS, endOnFailure: true });
    if (COVERING) return;
    expect(seen.down, 'accounts with something that is Down').to.be.above(200);
    expect(seen.inside, 'accounts with collateral inside').to.be.above(50);
  });
});

/** All zero is a grid that was never set. */
function toSent(terms: ScenarioTerms | undefined) {
  const four = (values: readonly number[]) => [...values] as [number, number, number, number];
  const none = [0, 0, 0, 0];
  return {
    ...(terms ?? {
      rangeBps: 0,
      stepBps: 0,
      initialBps: 0,
      volatilityUpBps: 0,
      volatilityDownBps: 0,
      nakedPpm: 0,
      basisPpm: 0,
    }),
    tailShocksBps: four(terms?.tailShocksBps ?? none),
    tailWeightsBps: four(terms?.tailWeightsBps ?? none),
  };
}
