import { zeroAddress, zeroHash } from 'viem';
import { describe, expect, it } from 'vitest';

import { INDEX_ONE, PriceStatus, WAD } from '../math';
import { testAddress } from '../testing/arbitraries';
import { tally, type Check } from './check';
import { judgeFeeds, judgeSequencer } from './judgeFeeds';
import { judgeLedger } from './judgeLedger';
import type { FeedFacts, SequencerFacts } from './readFeeds';
import type { LedgerFacts } from './readLedger';

const NOW = 1_000_000n;

function feed(change: Partial<FeedFacts> = {}, config: Partial<FeedFacts['config']> = {}): FeedFacts {
  const answer = { price: 2_000n * WAD, updatedAt: NOW - 60n, confidence: 0n };
  return {
    symbol: 'WETH',
    asset: testAddress(1),
    config: {
      primary: testAddress(2),
      second: zeroAddress,
      secondId: zeroHash,
      openAge: 3_600,
      liquidationAge: 10_800,
      disagreementBps: 300,
      confidenceBps: 0,
      floor: 10n * WAD,
      ceiling: 100_000n * WAD,
      ...config,
    },
    recordedAt: Number(NOW) - 60,
    price: { spot: 2_000n * WAD, low: WAD, high: 2_000n * WAD, updatedAt: Number(NOW) - 60, status: PriceStatus.Live },
    primary: answer,
    second: undefined,
    decimals: { token: 18, policy: 18 },
    ...change,
  };
}

const amiss = (checks: readonly Check[]): string[] =>
  checks.filter(({ outcome }) => outcome !== 'ok').map(({ name, outcome }) => `${outcome} ${name}`);
/** Of a feed with one source, which is a warning itself and looked at by itself. */
const ofFeed = (...args: Parameters<typeof feed>): string[] =>
  amiss(judgeFeeds([feed(...args)], NOW)).filter((each) => each !== 'warning second source WETH');

describe('judgeFeeds', () => {
  it('finds a listing without a feed, a source that is silent, from the future, out of or near its bounds [DOC-02]', () => {
    const says = (price: bigint, updatedAt = NOW): string[] =>
      ofFeed({ primary: { price, updatedAt, confidence: 0n }, price: { ...feed().price, spot: price } });
    expect(ofFeed()).toEqual([]);
    expect(ofFeed({}, { primary: zeroAddress })).toEqual(['failure price WETH']);
    expect(ofFeed({ primary: undefined })).toEqual(['failure source WETH']);
    expect(says(2_000n * WAD, NOW + 1n)).toEqual(['failure source WETH']);
    expect(says(10n * WAD)).toEqual(['failure source WETH']);
    expect(says(95_000n * WAD)).toEqual(['warning source WETH']);
  });

  it('warns of a price that has one source only [DOC-02]', () => {
    const checks = judgeFeeds([feed()], NOW);
    expect(amiss(checks)).toEqual(['warning second source WETH']);
    expect(checks.find(({ outcome }) => outcome === 'warning')?.detail).toMatch(/^one source only: /);
  });

  it('finds a second source that is dead, uncertain or of another mind [DOC-02]', () => {
    const second = (price: bigint, age = 60n, confidence = 0n): Partial<FeedFacts> => ({
      second: { price: price * WAD, updatedAt: NOW - age, confidence: confidence * WAD },
    });
    const at = { second: testAddress(3) };
    const pyth = { ...at, secondId: testAddress(4), confidenceBps: 100 };
    const found = ['failure second source WETH'];
    expect(ofFeed(second(2_010n), at)).toEqual([]);
    expect(ofFeed(second(2_100n), at)).toEqual(found);
    expect(ofFeed(second(2_010n, 10_801n), at)).toEqual(found);
    expect(ofFeed({}, at)).toEqual(found);
    expect(ofFeed(second(2_010n, 60n, 19n), pyth)).toEqual([]);
    expect(ofFeed(second(2_010n, 60n, 40n), pyth)).toEqual(found);
  });

  it('finds a second source past the first age, where it keeps the price from being Live [DOC-02]', () => {
    const aged = (age: bigint, secondId: FeedFacts['config']['secondId'] = zeroHash): Check[] => {
      const second = { price: 2_010n * WAD, updatedAt: NOW - age, confidence: 0n };
      const status = age > 3_600n ? PriceStatus.Degraded : PriceStatus.Live;
      const facts = { second, price: { ...feed().price, status } };
      return judgeFeeds([feed(facts, { second: testAddress(3), secondId, confidenceBps: 100 })], NOW);
    };
    const failures = ['failure price WETH', 'failure second source WETH'];
    expect(amiss(aged(3_600n))).toEqual([]);
    expect(amiss(aged(3_601n))).toEqual(failures);
    expect(aged(3_601n).map(({ detail }) => detail)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('its second source last answered 60 min ago'),
        expect.stringContaining('confirms nothing from 60 min on: the price is not Live without it'),
      ]),
    );
    expect(aged(10_801n)[2]?.detail).toContain('is dead from 3 h on');

    const [price, , source] = aged(7_200n, testAddress(4));
    expect(price?.detail).toContain('nobody has pushed its price of Pyth for 2 h');
    expect(price?.advice).toContain(`bring a newer price ${testAddress(4)} to Pyth's contract ${testAddress(3)}`);
    expect(source?.advice).toBe(price?.advice);
  });

  it('finds decimals that are others than when the feed was configured, and a price long unrecorded [DOC-02]', () => {
    expect(ofFeed({ decimals: { token: 6, policy: 18 } })).toEqual(['failure decimals WETH']);
    expect(ofFeed({ price: { ...feed().price, spot: 20n * WAD } })).toEqual(['failure decimals WETH']);
    expect(ofFeed({ recordedAt: Number(NOW) - 90_000 })).toEqual(['warning smoothing WETH']);
  });
});

describe('judgeSequencer', () => {
  const SEQUENCER: SequencerFacts = {
    exists: true,
    feed: testAddress(5),
    grace: 1_800,
    isUp: true,
    round: { answer: 0n, startedAt: NOW - 86_400n },
  };
  const of = (change: Partial<SequencerFacts>): Check => judgeSequencer({ ...SEQUENCER, ...change }, NOW);

  it('finds an uptime feed that is dead or not started, and says what still holds [DOC-02]', () => {
    expect(of({}).outcome).toBe('ok');
    const unread = [
      undefined,
      { answer: 0n, startedAt: 0n },
      { answer: 0n, startedAt: NOW + 1n },
      { answer: 1n, startedAt: NOW + 1n },
    ];
    for (const round of unread) {
      const { outcome, detail } = of({ isUp: false, round });
      expect(outcome).toBe('failure');
      expect(detail).toContain('does not answer: no price is Live');
      expect(detail).toContain('is Degraded, every other one Down; only who is below the critical health is sold');
    }
  });
});

function ledger(change: Partial<LedgerFacts> = {}): LedgerFacts {
  const margin = { equity: 10n * WAD, initial: 2n * WAD, maintenance: WAD };
  const account = (n: number, principal: bigint, collateral: bigint) => ({
    account: `0x${String(n).padStart(64, '0')}` as const,
    portfolio: {
      account: `0x${String(n).padStart(64, '0')}` as const,
      mode: 0,
      cash: principal,
      collateral: collateral === 0n ? [] : [{ asset: testAddress(1), amount: collateral }],
      positions: [],
    },
    assessment: {
      worse: margin,
      mark: margin,
      better: margin,
      markCollateral: 0n,
      markNotional: 0n,
      legValues: [],
      downLegs: 0n,
    },
    marginCall: { calledAt: 0, deadline: 0 },
    principal,
  });
  return {
    accounts: [account(1, 100n * WAD, 0n), account(2, -40n * WAD, 7n)],
    isComplete: true,
    fromBlock: 0n,
    unreadable: [],
    tokens: [{ asset: testAddress(1), symbol: 'WETH', decimals: 0, held: 7n, credited: 7n }],
    unsettled: 0n,
    quote: { symbol: 'USDC', held: 60_000_000n, scale: 10n ** 12n },
    pool: {
      supplyIndex: INDEX_ONE,
      borrowIndex: INDEX_ONE,
      accruedAt: 1,
      borrowRatePpm: 0,
      supplyPrincipal: 100n * WAD,
      borrowPrincipal: 40n * WAD,
      reservesNano: 0n,
    },
    terms: {
      bonusMinBps: 1_000,
      bonusMaxBps: 4_000,
      feeBps: 200,
      kappaBps: 9_000,
      targetHealthBps: 12_000,
      criticalHealthBps: 6_000,
      cureBufferBps: 100,
      bonusRamp: 600,
      maxGrace: 1_200,
      callFeeCents: 100,
      floorBonusCents: 500,
      socialisationCapBps: 100,
    },
    liveTime: 5_000n,
    patience: 7_200n,
    accruedAt: undefined,
    requests: undefined,
    ...change,
  };
}

describe('judgeLedger', () => {
  it('finds books that do not sum up, to the wei [DOC-02]', () => {
    const { pool, tokens, accounts } = ledger();
    const [token] = tokens;
    expect(amiss(judgeLedger(ledger()))).toEqual([]);
    expect(tally(judgeLedger(ledger()))).toEqual({ ok: 7, warnings: 0, failures: 0, skipped: 0 });
    const of = (change: Partial<LedgerFacts>): string[] => amiss(judgeLedger(ledger(change)));
    expect(of({ pool: { ...pool, borrowPrincipal: 40n * WAD + 1n } })).toEqual(['failure P2 debts']);
    expect(of({ pool: { ...pool, supplyPrincipal: 100n * WAD - 1n } })).toEqual(['failure P3 credits']);
    expect(of({ tokens: [{ ...token!, held: 8n, credited: 8n }] })).toEqual(['failure P1 custody WETH']);
    expect(of({ quote: { symbol: 'USDC', held: 59_999_998n, scale: 10n ** 12n } })).toEqual([
      'failure P1 custody USDC',
    ]);
    const [lender, debtor] = accounts as Exclude<typeof accounts, { refused: string }>;
    const bare = { ...debtor!, portfolio: { ...debtor!.portfolio, collateral: [] } };
    expect(of({ accounts: [lender!, bare], tokens: [{ ...token!, held: 0n, credited: 0n }] })).toEqual([
      'failure P4 debt and collateral',
    ]);
    expect(of({ unreadable: [lender!.account] })).toEqual(['failure readable']);
  });
});
