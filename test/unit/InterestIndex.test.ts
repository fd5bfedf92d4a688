import type { HardhatEthersSigner } from '@nomicfoundation/hardhat-ethers/signers';
import { expect } from 'chai';
import { ethers } from 'hardhat';

import { MathHarness__factory } from '../../typechain-types';
import { loadFixture } from '../fixtures/loadFixture';
import { DAY, INDEX_ONE, NANO, wad } from '../fixtures/units';

const YEAR = BigInt(365 * DAY);

async function mathFixture() {
  const [deployer] = (await ethers.getSigners()) as [HardhatEthersSigner];
  return { math: await new MathHarness__factory(deployer).deploy() };
}

describe('InterestIndex', () => {
  it('gives the reserve all interest of what it has lent itself, when the last lender has left [VLT-27]', async () => {
    const { math } = await loadFixture(mathFixture);
    const pool = {
      supplyIndex: INDEX_ONE,
      borrowIndex: INDEX_ONE,
      accruedAt: 0n,
      borrowRatePpm: 100_000n,
      supplyPrincipal: 0n,
      borrowPrincipal: wad(1_000),
      reservesNano: wad(5_000) / NANO,
    };
    const after = await math.accrued(pool, 1_000n, YEAR);
    expect(after.borrowIndex).to.equal((INDEX_ONE * 11n) / 10n);
    expect([after.supplyIndex, after.reservesNano]).to.deep.equal([INDEX_ONE, wad(5_100) / NANO]);
  });
});
