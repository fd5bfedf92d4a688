import { describe, expect, it } from 'vitest';

import { createAccountIndex } from '../accounts/accountIndex';
import { cashChanged, marginCalled, testAccount, VAULT } from '../testing/fakeLogs';
import { createFakeNode, noAnswer, rpcFailure } from '../testing/fakeNode';
import { createLogFollower } from './logFollower';
import { readHead } from './readHead';

const [ann, bob, cid] = [testAccount(1), testAccount(2), testAccount(3)];

function setUp({ logRange = 100, reorgWindow = 8, startBlock = 1n } = {}) {
  const node = createFakeNode();
  const index = createAccountIndex({ vault: VAULT });
  const follower = createLogFollower({
    client: node.client,
    addresses: [VAULT],
    reducers: [index],
    startBlock,
    logRange,
    reorgWindow,
  });
  async function follow() {
    const head = await readHead(node.client);
    const rollback = await follower.rollBack(head);
    if (rollback.exhausted) follower.reset();
    const logs = await follower.catchUp(head);
    return { ...rollback, logs };
  }
  const logRequests = () => node.requests.filter(({ method }) => method === 'eth_getLogs').length;
  return { node, index, follower, follow, logRequests };
}

describe('createLogFollower', () => {
  it('halves the range when the node will not serve so many logs, down to single blocks', async () => {
    const { node, index, follow } = setUp({ logRange: 64 });
    for (let i = 1; i <= 40; i++) node.mine([cashChanged(testAccount(i), -1n)]);
    node.fail('eth_getLogs', () => rpcFailure(-32_005, 'too many results'), 5);
    expect(await follow()).toMatchObject({ logs: 40 });
    expect(index.size()).toBe(40);
  });

  it('gives up at once when the node does not answer, and goes on where it was', async () => {
    const { node, index, follow, logRequests } = setUp({ logRange: 10 });
    for (let i = 1; i <= 30; i++) node.mine([cashChanged(testAccount(i), -1n)]);
    await follow();
    for (let i = 31; i <= 60; i++) node.mine([cashChanged(testAccount(i), -1n)]);
    const before = logRequests();
    node.fail('eth_getLogs', noAnswer);
    await expect(follow()).rejects.toThrow();
    expect(logRequests() - before).toBe(1);
    expect(await follow()).toMatchObject({ logs: 30 });
    expect(index.size()).toBe(60);
  });

  it('undoes a reorganised head and reads the new one [KPR-01]', async () => {
    const { node, index, follow } = setUp();
    node.mine([cashChanged(ann, -5n)]);
    await follow();
    node.mine([cashChanged(ann, 0n), cashChanged(bob, -7n), marginCalled(bob)]);
    await follow();
    expect(index.watched()).toEqual([bob]);
    node.reorganise(1, [[cashChanged(cid, -1n)], []]);
    expect(await follow()).toMatchObject({ undone: 1, exhausted: false, logs: 1 });
    expect(index.watched()).toEqual([ann, cid]);
    expect(index.get(bob)).toBeUndefined();
    expect(index.get(ann)).toMatchObject({ principal: -5n, called: false });
  });

  it('undoes a reorganisation to a shorter chain', async () => {
    const { node, index, follow } = setUp();
    for (let i = 1; i <= 5; i++) {
      node.mine([cashChanged(ann, -BigInt(i))]);
      await follow();
    }
    node.reorganise(3, [[cashChanged(ann, -9n)]]);
    expect(await follow()).toMatchObject({ undone: 3, logs: 1 });
    expect(index.get(ann)?.principal).toBe(-9n);
  });

  it('finds the common ancestor below several heads that were read at once', async () => {
    const { node, index, follow } = setUp();
    node.mine([cashChanged(ann, -1n)]);
    await follow();
    for (let i = 2; i <= 6; i++) node.mine([cashChanged(ann, -BigInt(i))]);
    await follow(); // one checkpoint for five blocks
    node.reorganise(2, [[], [], [cashChanged(bob, -3n)]]);
    expect(await follow()).toMatchObject({ undone: 1 });
    expect(index.get(ann)?.principal).toBe(-4n);
    expect(index.get(bob)?.principal).toBe(-3n);
  });

  it('says that nothing is left of a chain that is another one [KPR-01]', async () => {
    const { node, index, follow, follower } = setUp();
    for (let i = 1; i <= 5; i++) {
      node.mine([cashChanged(ann, -BigInt(i))]);
      await follow();
    }
    node.restart(9);
    expect(await follow()).toMatchObject({ undone: 5, exhausted: true, logs: 0 });
    expect(index.size()).toBe(0);
    expect(follower.tip()?.number).toBe(8n);
  });

  it('reads everything again when a reorganisation is deeper than its window', async () => {
    const { node, index, follow } = setUp({ reorgWindow: 3 });
    for (let i = 1; i <= 9; i++) {
      node.mine([cashChanged(testAccount(i), -1n)]);
      await follow();
    }
    node.reorganise(5, [[], [], [], [], [], [cashChanged(testAccount(77), -1n)]]);
    expect(await follow()).toMatchObject({ undone: 3, exhausted: true, logs: 5 });
    expect(index.watched()).toEqual([1, 2, 3, 4, 77].map(testAccount));
  });

  it('refuses a range that was reorganised while it was read', async () => {
    const { node, follow } = setUp();
    node.mine();
    await follow();
    for (let i = 0; i < 4; i++) node.mine([cashChanged(ann, -1n)]);
    let moved = false;
    node.on('eth_getLogs', () => {
      if (!moved) node.reorganise(3, [[], [], [], []]);
      moved = true;
      return [];
    });
    await expect(follow()).rejects.toMatchObject({ code: 'chain_moved', retryable: true });
    expect(await follow()).toMatchObject({ undone: 0 });
  });

  it('reads a new head in one request', async () => {
    const { node, follow, logRequests, follower } = setUp();
    node.mine();
    await follow();
    const before = node.requests.length;
    const { number, hash } = node.mine([cashChanged(ann, -1n)]);
    await follow();
    expect(node.requests.length - before).toBe(2); // the head, its logs
    expect(logRequests()).toBe(2);
    expect(follower.tip()).toMatchObject({ number: BigInt(number), hash });
  });

  it('equals a fresh replay after any sequence of blocks and reorganisations [KPR-01]', async () => {
    const seed = 20_201_013;
    let state = seed;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * below);
    };
    const randomBlock = () =>
      Array.from({ length: random(4) }, () => {
        const account = testAccount(1 + random(6));
        return random(3) === 0 ? marginCalled(account) : cashChanged(account, BigInt(random(5) - 2));
      });
    const { node, index, follow } = setUp({ logRange: 5, reorgWindow: 6 });
    for (let round = 0; round < 300; round++) {
      if (random(3) === 0) {
        const depth = Math.min(random(12), node.head().number);
        node.reorganise(depth, Array.from({ length: random(14) }, randomBlock));
      } else {
        for (let i = random(4); i >= 0; i--) node.mine(randomBlock());
      }
      await follow();
      if (round % 10 !== 0) continue;
      const fresh = createAccountIndex({ vault: VAULT });
      const replay = createLogFollower({
        client: node.client,
        addresses: [VAULT],
        reducers: [fresh],
        startBlock: 1n,
        logRange: 1_000,
        reorgWindow: 1,
      });
      await replay.catchUp(await readHead(node.client));
      expect(index.watched(), `seed ${seed}, round ${round}`).toEqual(fresh.watched());
      for (const account of fresh.watched()) expect(index.get(account)).toEqual(fresh.get(account));
    }
  });
});
