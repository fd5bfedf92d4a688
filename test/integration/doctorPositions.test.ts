import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom } from 'viem';

import { diagnose, type Check } from '../../sdk/doctor';
import { pickBlock } from '../../sdk/explain';
import { loadFixture } from '../fixtures/loadFixture';
import { moveTo, option, optionFixture, restAt, setTerms, trade, type TradingWorld } from '../fixtures/tradingFixture';
import { HOUR } from '../fixtures/units';

const client = createPublicClient({
  cacheTime: 0,
  transport: custom(
    { request: (request: { method: string; params?: unknown[] }) => hre.network.provider.request(request) },
    { retryCount: 0 },
  ),
});

async function examine({ manifest }: TradingWorld): Promise<Check[]> {
  const block = await pickBlock(client, { manifest });
  const checks = await diagnose(client, { manifest, block });
  return checks.filter(({ group, name }) => group === 'instruments' || name === 'P1 custody USDC');
}

const outcomes = (checks: readonly Check[]) => Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));

describe('doctor, of instruments', () => {
  it('finds their feeds, caps, funding and expiries as the chain has them [DOC-04]', async () => {
    const w = await loadFixture(optionFixture);
    const call = option(w, true, 42_000);
    const [mark] = await w.standardMargin.markOf(call);
    await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: 40_000 });
    await trade(w, { buyer: w.alice, seller: w.bob, size: 1, price: hre.ethers.formatEther(mark), instrument: call });
    const found = await examine(w);
    expect(new Set(found.filter(({ outcome }) => outcome === 'failure'))).to.deep.equal(new Set());
    const when = new Date(Number(w.expiry) * 1_000).toISOString().slice(0, 16).replace('T', ' ');
    expect(outcomes(found)[`options of WBTC, ${when}`]).to.equal('ok');
    await time.increaseTo(Number(w.expiry) + HOUR);
    await moveTo(w, 40_000);
    const later = outcomes(await examine(w));
    expect(later[`options of WBTC, ${when}`]).to.equal('failure');
    expect(later['funding of WBTC']).to.equal('warning');
  });

  it('does not miss the tokens of what is unsettled [DOC-04]', async () => {
    const w = await loadFixture(optionFixture);
    await setTerms(w, { unsettledCap: 2_100 });
    await trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_000 });
    await restAt(w, 41_000);
    // alice has won and is paid; bob has not paid
    await trade(w, { buyer: w.lender, seller: w.alice, size: 2, price: 41_000 });
    const found = outcomes(await examine(w));
    expect(found['P1 custody USDC']).to.equal('ok');
    expect(found['unsettled of WBTC']).to.equal('warning');
  });
});
