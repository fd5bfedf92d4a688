import { createClient, custom, parseGwei } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';

import { createFakeClock } from '../testing/fakeClock';
import { addMempool } from '../testing/fakeMempool';
import { createFakeNode, noAnswer, rpcFailure } from '../testing/fakeNode';
import { createSender, type SenderConfig } from './sender';
import type { TransactionRequest } from './transaction';

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const BASE_FEE = parseGwei('1');

const CONFIG: SenderConfig = {
  maxGasPrice: parseGwei('100'),
  priorityFee: parseGwei('1'),
  bumpPercent: 25,
  maxInFlight: 4,
  transactionTimeout: 30,
  maxBumps: 3,
};

const REQUEST: TransactionRequest = {
  kind: 'call',
  to: '0x00000000000000000000000000000000000000bb',
  data: '0x1234',
  gas: 100_000n,
  maxFee: parseGwei('100'),
};

function setUp(config: Partial<SenderConfig> = {}, mined = 7) {
  const node = createFakeNode();
  const mempool = addMempool(node, { mined });
  const clock = createFakeClock();
  const told: string[] = [];
  const wallet = createClient({
    account,
    transport: custom({ request: node.client.request as never }, { retryCount: 0 }),
  });
  const sender = createSender<TransactionRequest>({
    client: node.client,
    wallet,
    chainId: 31_337,
    config: { ...CONFIG, ...config },
    clock,
    events: {
      bumped: ({ nonce, bumps }) => told.push(`bumped ${nonce} ${bumps}`),
      stuck: ({ nonce }) => told.push(`stuck ${nonce}`),
    },
  });
  return {
    node,
    mempool,
    clock,
    sender,
    told,
    submit: () => sender.submit(REQUEST, BASE_FEE),
    settle: () => sender.settle(BASE_FEE),
  };
}

describe('createSender', () => {
  it('sends nothing when gas is dearer than allowed, and keeps the nonce', async () => {
    const { sender, mempool, submit } = setUp();
    await expect(sender.submit(REQUEST, parseGwei('100'))).rejects.toMatchObject({ code: 'gas_price_above_limit' });
    await expect(sender.submit({ ...REQUEST, maxFee: parseGwei('1.5') }, BASE_FEE)).rejects.toMatchObject({
      code: 'gas_price_above_limit',
    });
    expect(mempool.pool.size).toBe(0);
    expect((await submit()).nonce).toBe(7);
  });

  it('uses a nonce again that the node refused [KPR-08]', async () => {
    const { node, submit } = setUp();
    await submit();
    node.fail('eth_sendRawTransaction', () => rpcFailure(-32_000, 'insufficient funds'));
    await expect(submit()).rejects.toMatchObject({ code: 'transaction_rejected', retryable: true });
    expect((await submit()).nonce).toBe(8);
  });

  it('moves past nonces that somebody else used', async () => {
    const { mempool, submit, settle } = setUp();
    await submit();
    mempool.mineNext();
    await settle();
    mempool.useNonce();
    expect((await submit()).nonce).toBe(9);
  });

  it('follows a transaction whose sending was not answered, and sends it again', async () => {
    const { node, mempool, clock, submit, settle } = setUp();
    node.fail('eth_sendRawTransaction', noAnswer);
    expect((await submit()).hashes).toHaveLength(1);
    expect((await submit()).nonce).toBe(8);
    clock.advance(30_000);
    await settle();
    expect([...mempool.pool.keys()].sort()).toEqual([7, 8]);
  });

  it('allows no more in flight than configured', async () => {
    const { submit, sender } = setUp({ maxInFlight: 2 });
    await submit();
    await submit();
    expect(sender.hasRoom()).toBe(false);
    await expect(submit()).rejects.toMatchObject({ code: 'in_flight_full' });
  });

  it('tells mined from reverted, with what they cost', async () => {
    const { mempool, submit, settle } = setUp();
    await submit();
    await submit();
    await submit();
    mempool.mineNext();
    mempool.mineNext({ status: 'reverted' });
    const settled = await settle();
    expect(settled.map(({ outcome, transaction }) => [transaction.nonce, outcome])).toEqual([
      [7, 'mined'],
      [8, 'reverted'],
    ]);
    expect(settled[0]).toMatchObject({ gasUsed: 50_000n, gasCost: 50_000n * 2_000_000_000n });
  });

  it('replaces what waits too long at the same nonce, at a fee that nodes accept [KPR-08]', async () => {
    const { clock, mempool, submit, settle, told } = setUp();
    const first = await submit();
    clock.advance(29_000);
    await settle();
    expect(told).toEqual([]);
    clock.advance(1_000);
    await settle();
    expect(told).toEqual(['bumped 7 1']);
    expect(mempool.pool.size).toBe(1);
    expect(mempool.pool.get(7)?.tx.maxFeePerGas).toBe((first.fees.maxFeePerGas * 125n) / 100n);
    mempool.mineNext();
    const [settled] = await settle();
    expect(settled).toMatchObject({ outcome: 'mined', transaction: { nonce: 7, bumps: 1 } });
    expect(settled?.hash).not.toBe(first.hashes[0]);
  });

  it('notices when the first sending was mined after all', async () => {
    const { clock, mempool, node, submit, settle } = setUp();
    const first = await submit();
    const original = mempool.pool.get(7)!;
    clock.advance(30_000);
    await settle();
    mempool.pool.set(7, original);
    mempool.mineNext();
    expect((await settle())[0]).toMatchObject({ outcome: 'mined', hash: first.hashes[0] });
    expect(node.head().number).toBe(1);
  });

  it('raises the fee no further than the bounds, says once that it is stuck, and keeps offering it [KPR-08]', async () => {
    const { clock, mempool, sender, submit, settle, told } = setUp({ maxBumps: 2 });
    await submit();
    for (let i = 0; i < 5; i++) {
      clock.advance(30_000);
      if (i === 4) mempool.drop();
      await settle();
    }
    expect(told).toEqual(['bumped 7 1', 'bumped 7 2', 'stuck 7']);
    expect(sender.inFlight()).toMatchObject([{ stuck: true, bumps: 2 }]);
    expect(mempool.pool.size).toBe(1);
  });

  it('does not bid more than a transaction is worth', async () => {
    const { clock, sender, settle, told } = setUp();
    await sender.submit({ ...REQUEST, maxFee: parseGwei('3.5') }, BASE_FEE);
    clock.advance(30_000);
    await settle();
    expect(told).toEqual(['stuck 7']);
  });

  it('waits for a receipt that comes later than the count, and then calls it replaced', async () => {
    const { mempool, submit, settle } = setUp();
    await submit();
    mempool.mineNext({ withReceipt: false });
    expect(await settle()).toEqual([]);
    expect(await settle()).toEqual([]);
    expect(await settle()).toMatchObject([{ outcome: 'replaced', gasCost: 0n }]);
  });

  it('fills the nonces before its own that a node lost [KPR-08]', async () => {
    const { node, clock, mempool, sender, submit, settle } = setUp();
    node.on('eth_getTransactionCount', (_address: never, tag: string) => (tag === 'latest' ? '0x7' : '0x9'));
    expect((await submit()).nonce).toBe(9);
    await settle();
    expect(mempool.pool.size).toBe(1);
    clock.advance(30_000);
    await settle();
    expect([...mempool.pool.keys()].sort((a, b) => a - b)).toEqual([7, 8, 9]);
    expect(mempool.pool.get(7)?.tx).toMatchObject({ to: account.address.toLowerCase(), gas: 21_000n });
    expect(sender.inFlight()).toHaveLength(1);
  });

  it('survives requests that fail while it settles', async () => {
    const { node, mempool, submit, settle, sender } = setUp();
    await submit();
    await submit();
    mempool.mineNext();
    mempool.mineNext();
    node.fail('eth_getTransactionReceipt', noAnswer);
    await expect(settle()).rejects.toThrow();
    expect(sender.inFlight()).toHaveLength(2);
    expect(await settle()).toHaveLength(2);
  });
});
