import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { id } from 'ethers';

import { MockPythPrices__factory } from '../../typechain-types';
import { answerWith } from '../fixtures/answerWith';
import { loadFixture } from '../fixtures/loadFixture';
import { oracleFixture, PriceStatus, WAD } from '../fixtures/oracleFixture';

const ETHER = id('ETH / USD');
const DIGITS = 10n ** 8n;
const UINT64_MAX = 2n ** 64n - 1n;
/** A negative number as a word. */
const minus = (x: bigint): bigint => 2n ** 256n - x;

/** The oracle's fixture with Pyth as the second source: both at 2,000, Pyth give or take 2. */
async function pythFixture() {
  const world = await oracleFixture();
  const { admin, oracle, asset, config } = world;
  const pyth = await new MockPythPrices__factory(admin).deploy();
  await pyth.push(ETHER, 2_000n * DIGITS, 2n * DIGITS, -8, await time.latest());
  await oracle.configure(asset, { ...config, second: pyth, secondId: ETHER, confidenceBps: 100 });
  return { ...world, pyth };
}

describe('PriceOracle', () => {
  describe('Pyth as the second source', () => {
    it('agrees, and widens the band by what it is not sure of [ORC-17] [ORC-18]', async () => {
      const { oracle, asset } = await loadFixture(pythFixture);
      const { spot, low, high, status } = await oracle.read(asset);
      expect([spot, low, high, status]).to.deep.equal([2_000n * WAD, 1_998n * WAD, 2_002n * WAD, PriceStatus.Live]);
    });

    it('is lost where it does not answer [ORC-17] [ORC-05]', async () => {
      const { oracle, pyth, asset } = await loadFixture(pythFixture);
      await pyth.setReverting(true);
      const { spot, status } = await oracle.read(asset);
      expect([spot, status]).to.deep.equal([2_000n * WAD, PriceStatus.Degraded]);
    });

    it('is lost where what it answers is no price [ORC-17] [ORC-04]', async () => {
      const { oracle, pyth, asset } = await loadFixture(pythFixture);
      const now = BigInt(await time.latest());
      const good = [2_000n * DIGITS, 2n * DIGITS, minus(8n), now] as const;
      // the price, its confidence, its exponent and its time
      const answers: readonly [string, readonly bigint[], bigint][] = [
        ['good', good, PriceStatus.Live],
        ['zero', [0n, 0n, minus(8n), now], PriceStatus.Degraded],
        ['negative', [minus(2_000n * DIGITS), 0n, minus(8n), now], PriceStatus.Degraded],
        ['larger than Pyth can say', [2n ** 63n, 0n, minus(8n), now], PriceStatus.Degraded],
        ['of a confidence larger than Pyth can say', [good[0], UINT64_MAX + 1n, minus(8n), now], PriceStatus.Degraded],
        ['less certain than a part in a hundred', [good[0], 20n * DIGITS + 1n, minus(8n), now], PriceStatus.Degraded],
        ['as certain as it must be', [good[0], 20n * DIGITS, minus(8n), now], PriceStatus.Live],
        ['of more digits than prices have', [good[0], 0n, minus(19n), now], PriceStatus.Degraded],
        ['of fewer digits than none', [20n, 0n, 2n, now], PriceStatus.Degraded],
        ['of no digits', [2_000n, 0n, 0n, now], PriceStatus.Live],
        ['never published', [good[0], 0n, minus(8n), 0n], PriceStatus.Degraded],
        ['from the future', [good[0], 0n, minus(8n), now + 1_000n], PriceStatus.Degraded],
        ['short of a word', good.slice(0, 3), PriceStatus.Degraded],
      ];
      for (const [name, words, expected] of answers) {
        await answerWith(await pyth.getAddress(), words);
        const { spot, low, high, status } = await oracle.read(asset);
        expect(status, name).to.equal(expected);
        expect(spot, name).to.equal(2_000n * WAD);
        if (expected === PriceStatus.Degraded) expect([low, high], name).to.deep.equal([spot, spot]);
      }
    });
  });
});
