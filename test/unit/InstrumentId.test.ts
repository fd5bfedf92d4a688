import { expect } from 'chai';

import { InstrumentKind, positionMathFixture } from '../fixtures/instruments';
import { loadFixture } from '../fixtures/loadFixture';
import { wad } from '../fixtures/units';

const EXPIRY = 1_798_272_000n; // 2026-12-26 08:00 UTC

describe('InstrumentId', () => {
  it('reverts for what an id cannot say [INS-01]', async () => {
    const { math } = await loadFixture(positionMathFixture);
    const { Call, Perpetual } = InstrumentKind;
    for (const strike of [0n, 1n, 10n ** 12n - 1n, wad('100000.01'), wad(1_234_567), wad(10_000_000_000)]) {
      await expect(math.optionId(Call, 1, EXPIRY, strike), String(strike))
        .to.be.revertedWithCustomError(math, 'StrikeNotExact')
        .withArgs(strike);
    }
    for (const expiry of [0n, EXPIRY + 1n, 60n << 28n]) {
      await expect(math.optionId(Call, 1, expiry, wad(1)))
        .to.be.revertedWithCustomError(math, 'ExpiryNotExact')
        .withArgs(expiry);
    }
    await expect(math.optionId(Perpetual, 1, EXPIRY, wad(1))).to.be.revertedWithCustomError(math, 'NotAnOption');
  });

  it('says exactly what it was made of [INS-01]', async () => {
    const { math } = await loadFixture(positionMathFixture);
    expect([...(await math.describe(await math.perpetualId(7)))]).to.deep.equal([1n, 7n, 0n, 0n, true]);
    for (const kind of [InstrumentKind.Call, InstrumentKind.Put]) {
      for (const underlying of [1n, 255n]) {
        for (const strike of ['0.000001', '0.123456', '3.5', '999999', '103000', '98500', '1e6', '9999990000']) {
          const exact = strike === '1e6' ? wad(1_000_000) : wad(strike);
          const id = await math.optionId(kind, underlying, EXPIRY, exact);
          expect([...(await math.describe(id))]).to.deep.equal([kind, underlying, EXPIRY, exact, true]);
        }
      }
    }
  });

  it('is in the order of underlying, expiry and strike, perpetuals first [INS-02]', async () => {
    const { math } = await loadFixture(positionMathFixture);
    const { Call, Put } = InstrumentKind;
    const ids = [await math.perpetualId(1)];
    for (const expiry of [EXPIRY, EXPIRY + 86_400n]) {
      for (const strike of ['0.5', '999999', '1000000', '1000010', '20000000']) {
        for (const kind of [Call, Put]) ids.push(await math.optionId(kind, 1, expiry, wad(strike)));
      }
    }
    ids.push(await math.perpetualId(2));
    expect([...ids].sort((a, b) => (a < b ? -1 : 1))).to.deep.equal(ids);
  });

  it('has one form for one meaning [INS-02]', async () => {
    const { math } = await loadFixture(positionMathFixture);
    const id = await math.optionId(InstrumentKind.Call, 1, EXPIRY, wad(1_000_000));
    const isCanonical = async (word: bigint): Promise<boolean> => (await math.describe(word)).isCanonical;
    expect(await isCanonical(id)).to.equal(true);
    const [mantissa, exponent] = [1n << 4n, 1n << 24n];
    expect(await isCanonical(id + exponent - 90_000n * mantissa), 'the same strike otherwise').to.equal(false);
    expect(await isCanonical(id & ~(0xfffffn << 4n)), 'no strike').to.equal(false);
    expect(await isCanonical(id | (0xfffffn << 4n)), 'seven digits').to.equal(false);
    expect(await isCanonical(id | (15n << 24n)), 'a strike above all prices').to.equal(false);
    expect(await isCanonical((id & ~0xfn) | 4n), 'no such kind').to.equal(false);
    expect(await isCanonical(id & ((1n << 56n) - 1n)), 'no underlying').to.equal(false);
    expect(await isCanonical((id & ((1n << 28n) - 1n)) | (1n << 56n)), 'no expiry').to.equal(false);
    expect(await isCanonical((await math.perpetualId(1)) | (1n << 4n)), 'a perpetual with a strike').to.equal(false);
    expect(await isCanonical(0n)).to.equal(false);
  });
});
