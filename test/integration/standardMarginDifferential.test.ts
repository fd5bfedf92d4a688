import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import fc from 'fast-check';
import { ethers } from 'hardhat';

import {
  assessPositions,
  NO_DELTA_TERMS,
  type Position,
  type PositionAssessment,
  type UnderlyingInputs,
} from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import {
  MarketData__factory,
  StandardMargin__factory,
  type MarketData,
  type StandardMargin,
} from '../../typechain-types';
import type { PositionAssessmentStructOutput } from '../../typechain-types/contracts/risk/StandardMargin';
import { COVERING } from '../fixtures/covering';
import { inputsOf, randomMarket, tell, toPositions } from '../fixtures/randomBooks';
import { toMargin } from '../fixtures/toAssessment';

// Whole portfolios of perpetuals and options, of two underlyings and three expiries, in any market, half of them with
// delta margin as a floor: the sdk against
// contracts/risk/StandardMargin.sol, to the wei.

const SIDES = { worse: 1, held: 2 };
const MARKETS = COVERING ? 2 : 50;
const PORTFOLIOS = COVERING ? 20 : 100;

describe('standard margin of the sdk', () => {
  let data: MarketData;
  let model: StandardMargin;

  before(async () => {
    const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
    data = await new MarketData__factory(deployer).deploy();
    model = await new StandardMargin__factory(deployer).deploy(data, data, data, data, data);
  });

  const expectSides = async (
    positions: readonly Position[],
    { worse, mark, better, notionals, down }: PositionAssessment,
  ) => {
    const opening = toPositionAssessment(await model.assessSides([...positions], SIDES.worse));
    expect([opening.worse, opening.down]).to.deep.equal([worse, down]);
    const held = toPositionAssessment(await model.assessSides([...positions], SIDES.held));
    expect({ ...held, worse }).to.deep.equal({ worse, mark, better, notionals, down });
  };

  it('is that of the contract for 5,000 random books, at all prices together and at some [STD-10] [STD-16] [DLT-08]', async function () {
    this.timeout(600_000);
    const seen = { books: 0, large: 0, down: 0, raised: 0 };
    const property = fc.asyncProperty(randomMarket(PORTFOLIOS), async (market) => {
      const { inputs, times } = inputsOf(market, BigInt(await time.latest()));
      for (const [number, known] of inputs) await tell(data, number, known);
      const at = BigInt(await time.latest());
      const bare = withoutFloors(inputs);
      for (const book of market.books) {
        const positions = toPositions(book, inputs, times);
        const expected = assessPositions(positions, inputs, at);
        expect(toPositionAssessment(await model.assess([...positions]))).to.deep.equal(expected);
        if (seen.books++ % 4 === 0) await expectSides(positions, expected);
        if (expected.down !== 0n) ++seen.down;
        if (positions.length > 8) ++seen.large;
        const { mark, worse } = assessPositions(positions, bare, at);
        if (expected.mark.maintenance > mark.maintenance && expected.worse.initial > worse.initial) ++seen.raised;
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: MARKETS, endOnFailure: true });
    if (COVERING) return;
    expect(seen.down, 'books with a position that is Down').to.be.above(200);
    expect(seen.large, 'books of more than eight positions').to.be.above(1_000);
    expect(seen.raised, 'books that a floor asks for more').to.be.above(300);
  });
});

function withoutFloors(inputs: ReadonlyMap<number, UnderlyingInputs>): Map<number, UnderlyingInputs> {
  return new Map([...inputs].map(([number, known]) => [number, { ...known, delta: NO_DELTA_TERMS }]));
}

function toPositionAssessment({
  worse,
  mark,
  better,
  notionals,
  down,
}: PositionAssessmentStructOutput): PositionAssessment {
  return {
    worse: toMargin(worse),
    mark: toMargin(mark),
    better: toMargin(better),
    notionals: [...notionals],
    down,
  };
}
