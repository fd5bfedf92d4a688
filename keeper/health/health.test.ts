import { afterEach, describe, expect, it } from 'vitest';

import type { KeeperStatus } from '../status';
import { assessHealth } from './assessHealth';
import { createHealthServer, type HealthServer } from './createHealthServer';
import { describeHealth } from './describeHealth';

const NOW = 1_700_000_000_000;
const LIMITS = { maxHeadAge: 30, maxBlockAge: 120 };

const WELL: KeeperStatus = {
  head: {
    number: 7n,
    hash: `0x${'07'.repeat(32)}`,
    parentHash: `0x${'06'.repeat(32)}`,
    timestamp: BigInt(NOW / 1_000 - 10),
    baseFee: 1n,
  },
  followedAt: NOW - 1_000,
  lag: 0n,
  accounts: { tracked: 3, watched: 2, unhealthy: 1, unknown: 0 },
  signer: { address: '0x00000000000000000000000000000000000000aa', balance: 10n ** 18n, canPay: true },
  inFlight: [{ kind: 'call', nonce: 4, hash: '0x12', ageMs: 1_500, bumps: 1, stuck: false }],
  lastError: undefined,
  failures: 0,
};

const codes = (status: KeeperStatus, limits = LIMITS): string[] =>
  assessHealth(status, limits, NOW).map(({ code }) => code);

describe('assessHealth', () => {
  it.each<[string, Partial<KeeperStatus>]>([
    ['starting', { head: undefined, followedAt: 0 }],
    ['head_stale', { followedAt: NOW - 31_000 }],
    ['block_old', { head: { ...WELL.head!, timestamp: BigInt(NOW / 1_000 - 121) } }],
    ['behind', { lag: 1n }],
    ['signer_cannot_pay', { signer: { ...WELL.signer!, canPay: false } }],
    ['transaction_stuck', { inFlight: [{ ...WELL.inFlight[0]!, stuck: true }] }],
    ['pass_failed', { failures: 1, lastError: { code: 'node_timeout', message: 'slow', atMs: NOW } }],
  ])('says %s', (code, change) => {
    expect(codes({ ...WELL, ...change })).toEqual([code]);
  });

  it('has nothing to say of a keeper that is well, nor of a dry run without a signer', () => {
    expect(codes(WELL)).toEqual([]);
    expect(codes({ ...WELL, signer: undefined, inFlight: [] })).toEqual([]);
  });

  it('leaves block time alone where a chain mines on demand, and where it was warped ahead', () => {
    const old = { ...WELL, head: { ...WELL.head!, timestamp: 1n } };
    expect(codes(old, { ...LIMITS, maxBlockAge: 0 })).toEqual([]);
    expect(codes({ ...WELL, head: { ...WELL.head!, timestamp: BigInt(NOW) } })).toEqual([]);
  });
});

describe('describeHealth', () => {
  it('answers 503 before there is anything to keep [KPR-11]', () => {
    expect(describeHealth(undefined, LIMITS, NOW)).toMatchObject({ status: 503 });
  });

  it('answers 200 with what it knows [KPR-11]', () => {
    const { status, body } = describeHealth(WELL, LIMITS, NOW);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      ok: true,
      reasons: [],
      head: { number: 7, age_seconds: 10, followed_seconds_ago: 1 },
      signer: { balance_native: '1', can_pay: true },
      in_flight: [{ kind: 'call', nonce: 4, age_seconds: 1.5, bumps: 1 }],
      dry_run: false,
    });
  });
});

describe('createHealthServer', () => {
  let server: HealthServer | undefined;

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const open = async () => {
    server = await createHealthServer({
      host: '127.0.0.1',
      port: 0,
      endpoints: {
        '/health': () => ({ status: 503, type: 'application/json', body: '{}' }),
        '/broken': () => {
          throw new Error('hush');
        },
      },
    });
    return server;
  };

  it('refuses a port that is taken, in one line', async () => {
    const { url } = await open();
    const port = Number(new URL(url).port);
    await expect(createHealthServer({ host: '127.0.0.1', port, endpoints: {} })).rejects.toMatchObject({
      code: 'port_unavailable',
    });
  });

  it('knows its paths, answers GET only, and survives an endpoint that fails', async () => {
    const { url } = await open();
    const status = async (path: string, method = 'GET') => (await fetch(url + path, { method })).status;
    expect(await status('/health?verbose=1')).toBe(503);
    expect(await status('/other')).toBe(404);
    expect(await status('/toString')).toBe(404);
    expect(await status('/health', 'POST')).toBe(405);
    const broken = await fetch(`${url}/broken`);
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain('hush');
  });
});
