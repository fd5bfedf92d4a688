import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom } from 'viem';

import { readInstruments, readMargins, readReport } from '../../sdk/client';
import {
  assess,
  assessPositions,
  fundingIndexAt,
  fundingRateOf,
  largestWithdrawal,
  PriceStatus,
  type AccountId,
} from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import { createRandom, type Random } from '../../sim/random';
import { loadFixture } from '../fixtures/loadFixture';
import { openBooks, publishSmiles, quotePrices, twoUnderlyingsFixture, type BooksWorld } from '../fixtures/mixedBooks';
import { SettlementStatus } from '../fixtures/settlementFixture';
import { HOUR, MINUTE } from '../fixtures/units';

const client = createPublicClient({
  cacheTime: 0,
  transport: custom(
    { request: (request: { method: string; params?: unknown[] }) => hre.network.provider.request(request) },
    { retryCount: 0 },
  ),
});

const MARKETS = 12;

/** Accounts of loans, collaterals, perpetuals and options. */
async function booksFixture() {
  const world = await twoUnderlyingsFixture();
  const random = createRandom(SEED);
  const accounts = await openBooks(world, { random, count: 4, positions: 7 });
  return { ...world, accounts, random: random.fork('markets') };
}

/** What was seen of prices and settlements, to make sure that something was. */
type Seen = Set<string>;

/** Every account: what the sdk computes from one read is what the chain computes. */
async function compare({ manifest, accounts }: BooksWorld & { accounts: AccountId[] }, seen: Seen): Promise<void> {
  const lens = manifest.contracts.MarginLens.address;
  for (const account of accounts) {
    const report = await readReport(client, { lens, account });
    const { assessment, portfolio } = report;
    expect(assess(report), account).to.deep.equal(assessment);
    expect(portfolio.collateral.map((_, leg) => largestWithdrawal(report, leg))).to.deep.equal(
      report.largestWithdrawals,
    );
    for (const { index, perpetual, expiries } of report.underlyings.values()) {
      seen.add(`index ${index.status}`).add(`perpetual ${perpetual.status}`);
      for (const { volatilityStatus, settlementStatus, window } of expiries.values()) {
        seen.add(`volatility ${volatilityStatus}`).add(`settlement ${settlementStatus}`);
        if (window.fixedWeight > 0n) seen.add('window');
      }
    }
    const [row] = await readMargins(client, { lens, accounts: [account] });
    expect(row).to.deep.include({
      markEquity: assessment.mark.equity,
      betterMaintenance: assessment.better.maintenance,
      positions: portfolio.positions.length,
      downPositions: (assessment.downLegs >> BigInt(portfolio.collateral.length)).toString(2).replaceAll('0', '')
        .length,
      downLegs: Number(assessment.downLegs & ((1n << BigInt(portfolio.collateral.length)) - 1n)),
    });
  }
}

/** Prices anywhere, each feed fresh, doubtful or dead, and volatility as old as it gets. */
async function moveAnywhere(world: BooksWorld, random: Random): Promise<void> {
  await time.increase([MINUTE, 10 * MINUTE, 45 * MINUTE, 3 * HOUR][random.int(4)]!);
  if (random.chance(0.4)) await publishSmiles(world);
  for (const underlying of world.underlyings) {
    await quotePrices(underlying, 0.7 + random.next() * 0.6, 0.98 + random.next() * 0.04);
    const { index, perpetual, number } = underlying;
    await world.oracle.update([index.address, perpetual.address]);
    if (random.chance(0.5)) await world.vault.updateFunding(number);
    await time.increase(1 + random.int(300));
    for (const { feed } of [index, perpetual]) {
      const fate = random.next();
      const [, answer] = await feed.latestRoundData();
      if (fate < 0.2) await feed.setReverting(true);
      else if (fate < 0.4) await feed.pushAt(answer, (await time.latest()) - 2 * HOUR);
    }
  }
}

describe(`positions in the sdk (seed ${SEED}, ${MARKETS} markets)`, () => {
  it('are measured as on chain from one read, whatever the feeds do [SDK-11]', async function () {
    this.timeout(300_000);
    const world = await loadFixture(booksFixture);
    const seen: Seen = new Set();
    for (let i = 0; i < MARKETS; ++i) {
      await moveAnywhere(world, world.random);
      await compare(world, seen);
    }
    for (const status of Object.values(PriceStatus)) {
      expect([...seen]).to.include.members([`index ${status}`, `perpetual ${status}`, `volatility ${status}`]);
    }
  });

  it('are measured as on chain in the window of settlement and after expiry [SDK-11]', async function () {
    this.timeout(300_000);
    const world = await loadFixture(booksFixture);
    const { expiry, underlyings, settlementFeed } = world;
    const [bitcoin] = underlyings;
    const seen: Seen = new Set();
    for (let left = 30 * MINUTE; left > 0; left -= 3 * MINUTE) {
      await time.increaseTo(Number(expiry) - left);
      for (const underlying of underlyings) await quotePrices(underlying, 1 + left / 100_000);
      if (left % (6 * MINUTE) === 0) await publishSmiles(world);
      // nobody looks after the other underlying: its settlement is for people to decide
      await settlementFeed.record(bitcoin!.index.address, expiry);
      if (left % (9 * MINUTE) === 0) await compare(world, seen);
    }
    for (const later of [1, 2 * HOUR + 1]) {
      await time.increaseTo(Number(expiry) + later);
      await compare(world, seen);
    }
    const { Pending, Final, Unresolved } = SettlementStatus;
    const settlements = [Pending, Final, Unresolved].map((status) => `settlement ${status}`);
    expect([...seen]).to.include.members(['window', ...settlements]);
  });

  it('can be read for instruments that nobody holds, in any order, unknown ones too', async () => {
    const { manifest, expiry, standardMargin } = await loadFixture(booksFixture);
    const lens = manifest.contracts.MarginLens.address;
    const option = (2n << 56n) | ((expiry / 60n) << 28n) | (500_000n << 4n) | 2n;
    const instruments = [option, (9n << 56n) | 1n, (1n << 56n) | 1n];
    const inputs = await readInstruments(client, { lens, instruments });
    expect([...inputs.keys()]).to.deep.equal([1, 2, 9]);
    expect([...inputs.get(2)!.expiries.keys()]).to.deep.equal([expiry]);
    expect(inputs.get(9)!.index.status).to.equal(PriceStatus.Down);
    const now = BigInt(await time.latest());
    const position = { instrument: option, size: 10n ** 18n, costBasis: 0n };
    const { mark } = assessPositions([position], inputs, now);
    expect(mark.equity).to.equal((await standardMargin.markOf(option))[0]);
  });

  it('have the funding of the chain [PNL-01]', async () => {
    const world = await loadFixture(twoUnderlyingsFixture);
    const random = createRandom(SEED);
    const { oracle, vault, underlyings, manifest } = world;
    const lens = manifest.contracts.MarginLens.address;
    const signs = new Set<number>();
    for (let i = 0; i < 20; ++i) {
      for (const underlying of underlyings) {
        await quotePrices(underlying, 0.9 + random.next() * 0.2, 0.95 + random.next() * 0.1);
        await oracle.update([underlying.index.address, underlying.perpetual.address]);
        await time.increase([30, HOUR, 10 * HOUR][random.int(3)]!);
        await quotePrices(underlying, 0.9 + random.next() * 0.2, 0.95 + random.next() * 0.1);
        const { number } = underlying;
        const before = await vault.marketOf(number);
        await vault.updateFunding(number);
        const { fundingIndex, fundingRate, fundingAt } = await vault.marketOf(number);
        const known = {
          fundingIndex: before.fundingIndex,
          fundingRate: before.fundingRate,
          fundingAt: Number(before.fundingAt),
        };
        expect(fundingIndexAt(known, fundingAt)).to.equal(fundingIndex);
        const inputs = await readInstruments(client, {
          lens,
          instruments: [(BigInt(number) << 56n) | 1n],
          blockNumber: BigInt(await time.latestBlock()),
        });
        const { perpetual, index } = inputs.get(number)!;
        expect(fundingRateOf(perpetual, index, 30_000)).to.equal(fundingRate);
        signs.add(Math.sign(Number(fundingRate)));
      }
    }
    expect([...signs].sort()).to.deep.equal([-1, 0, 1]);
  });
});
