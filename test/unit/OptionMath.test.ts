import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { encodeSlice, logMoneynessOf } from '../../sdk/math';
import { MathHarness__factory, OptionMathHarness__factory } from '../../typechain-types';
import { loadFixture } from '../fixtures/loadFixture';
import { HOUR, WAD, wad } from '../fixtures/units';

// The ends of what options are priced with; test/integration/optionDifferential.test.ts has all that is between.

async function mathFixture() {
  const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
  const options = await new OptionMathHarness__factory(deployer).deploy();
  const math = await new MathHarness__factory(deployer).deploy();
  return { options, math };
}

describe('maths of options', () => {
  it('has a delta of one, a half and zero at expiry, and neither vega nor gamma [OPT-08]', async () => {
    const { options } = await loadFixture(mathFixture);
    for (const [logMoneyness, delta] of [
      [1n, WAD],
      [0n, WAD / 2n],
      [-1n, 0n],
    ] as const) {
      expect(await options.greeks(wad(40_000), logMoneyness, 0n)).to.deep.equal([delta, 0n, 0n]);
    }
  });

  it('has the logarithm of prices that are worlds apart, and of the same ones none [OPT-07]', async () => {
    const { options } = await loadFixture(mathFixture);
    for (const power of [0n, 1n, 3n, 7n, 9n, 20n, 40n, 63n, 65n, 95n]) {
      for (const [forward, strike] of [
        [2n ** power, 1n],
        [1n, 2n ** power],
      ] as const) {
        const { logMoneyness } = await options.prices(forward, strike, WAD, HOUR);
        expect(logMoneyness).to.equal(logMoneynessOf(forward, strike));
        const exact = Math.LN2 * Number(power) * (forward > strike ? 1 : -1);
        expect(Number(logMoneyness) / 1e18).to.be.closeTo(exact, 1e-13);
      }
    }
  });

  it('takes no variance below that of 1 % nor above that of 500 %, whatever a slice says far out [VOL-12]', async () => {
    const { math } = await loadFixture(mathFixture);
    const flat = { b: 0n, rho: 0n, m: 0n, sigma: 10n ** 8n, publishedAt: 1, confidenceBps: 0 };
    const ONE = 10n ** 10n;
    for (const [a, variance] of [
      [ONE / 10_000n - 1n, wad('0.0001')],
      [ONE / 10_000n, wad('0.0001')],
      [ONE / 4n, wad('0.25')],
      [26n * ONE, wad(25)],
    ] as const) {
      expect((await math.sviFigures(encodeSlice({ ...flat, a }), wad(3), 1n)).variance).to.equal(variance);
    }
  });
});
