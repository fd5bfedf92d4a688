import { loadFixture } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { systemFixture } from '../fixtures/systemFixture';

describe('deploySystem', () => {
  it('seeds each pool at the start price', async () => {
    const { weth, quote } = await loadFixture(systemFixture);
    const tokens = await weth.token.balanceOf(weth.pair);
    const quotes = await quote.balanceOf(weth.pair);
    expect((quotes * 10n ** 18n) / tokens).to.equal(2_000n * 10n ** 6n);
  });

  it('leaves the vault with a live price of each collateral', async () => {
    const { lens, weth, wbtc, link } = await loadFixture(systemFixture);
    const prices = await lens.prices([weth.address, wbtc.address, link.address]);
    expect(prices.map(({ spot }) => spot)).to.deep.equal([2_000n, 40_000n, 15n].map((price) => price * 10n ** 18n));
    expect(prices.map(({ status }) => status)).to.deep.equal([2n, 2n, 2n]);
  });
});
