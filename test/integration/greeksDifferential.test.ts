import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import fc from 'fast-check';
import { ethers } from 'hardhat';

import { deltaRequirements, greeksOf } from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import { MarketData__factory, StandardMargin__factory } from '../../typechain-types';
import type { GreeksStructOutput } from '../../typechain-types/contracts/risk/StandardMargin';
import { COVERING } from '../fixtures/covering';
import { inputsOf, randomMarket, tell, toPositions } from '../fixtures/randomBooks';

// Net exposures of whole portfolios in any market: the sdk against contracts/risk/StandardMargin.sol, to the wei.

const MARKETS = COVERING ? 2 : 10;
const PORTFOLIOS = 40;

describe('net delta, vega and gamma of the sdk', () => {
  it('are those of the contract for 400 random books, with what they require [GRK-01] [DLT-08]', async function () {
    this.timeout(300_000);
    const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
    const data = await new MarketData__factory(deployer).deploy();
    const model = await new StandardMargin__factory(deployer).deploy(data, data, data, data, data);
    let exposed = 0;
    const property = fc.asyncProperty(randomMarket(PORTFOLIOS), async (market) => {
      const { inputs, times } = inputsOf(market, BigInt(await time.latest()));
      for (const [number, known] of inputs) await tell(data, number, known);
      const at = BigInt(await time.latest());
      for (const book of market.books) {
        const positions = toPositions(book, inputs, times);
        const greeks = await model.greeksOf([...positions]);
        const found = greeks.map(toGreeks);
        expect(found).to.deep.equal(greeksOf(positions, inputs, at));
        const required = await model.deltaMarginOf([...positions]);
        expect(
          required.map((each) => {
            const { initial, maintenance, isFloor } = each;
            return { greeks: toGreeks(each.greeks), initial, maintenance, isFloor };
          }),
        ).to.deep.equal(deltaRequirements(positions, inputs, at));
        exposed += found.filter(({ gamma }) => gamma !== 0n).length;
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: MARKETS, endOnFailure: true });
    if (!COVERING) expect(exposed, 'underlyings with options that move').to.be.above(50);
  });
});

function toGreeks({ underlying, status, delta, vega, gamma }: GreeksStructOutput) {
  return { underlying: Number(underlying), status: Number(status), delta, vega, gamma };
}
