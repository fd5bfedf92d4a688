import { decodeFunctionData, parseEther } from 'viem';
import { describe, expect, it } from 'vitest';

import { marginVaultAbi } from '../sdk/abi';
import { MarginState, PriceStatus, toAccountId } from '../sdk/math';
import { collateralChanged, testAccount } from './testing/fakeLogs';
import { noAnswer, rpcFailure } from './testing/fakeNode';
import { createFakeKeeper, HEALTHY, LIQUIDATABLE, signer } from './testing/fakeKeeper';
import { revertWith, SHORT_ROW } from './testing/fakeSystem';

const [ann, bob] = [testAccount(1), testAccount(2)];

describe('createKeeper', () => {
  describe('pass', () => {
    it('never acts on an account that could not be assessed, and asks for it alone [KPR-02]', async () => {
      const { keeper, node, rows, indebt, sent, metrics } = createFakeKeeper();
      indebt(ann, bob);
      rows.set(ann, 'unknown');
      rows.set(bob, HEALTHY);
      const report = await keeper.pass();
      expect(report).toMatchObject({ unknown: [ann], actions: [], watched: 2 });
      expect(sent()).toBe(0);
      expect(keeper.status().accounts).toMatchObject({ unknown: 1, unhealthy: 0 });
      expect(await metrics.registry.metrics()).toContain('plimsoll_keeper_accounts_unknown 1');
      // it may be assessed at the next head
      rows.set(ann, SHORT_ROW);
      node.mine();
      expect(await keeper.pass()).toMatchObject({ unknown: [], actions: [{ kind: 'call', account: ann }] });
    });

    it('halves a batch that the node refuses, down to the account that it cannot take', async () => {
      const { keeper, rows, indebt } = createFakeKeeper();
      const accounts = Array.from({ length: 7 }, (_, i) => testAccount(i + 1));
      indebt(...accounts);
      for (const id of accounts) rows.set(id, HEALTHY);
      rows.set(accounts[4] ?? ann, rpcFailure(-32_000, 'out of gas'));
      expect(await keeper.pass()).toMatchObject({ unknown: [accounts[4]], states: [6, 0, 0, 0, 0, 0] });
    });

    it('does not take accounts for unknown whose block is gone', async () => {
      const { keeper, node, rows, indebt } = createFakeKeeper();
      indebt(ann, bob);
      rows.set(ann, rpcFailure(-32_000, 'unknown block'));
      node.on('eth_getBlockByHash', () => null);
      await expect(keeper.pass()).rejects.toMatchObject({ code: 'block_gone', retryable: true });
      expect(keeper.status().accounts).toMatchObject({ unknown: 0 });
    });

    it('calls margin once, however many heads pass before the call is mined [KPR-03]', async () => {
      const { keeper, node, rows, indebt, inPool, mempool, events, manifest } = createFakeKeeper();
      indebt(ann);
      rows.set(ann, SHORT_ROW);
      await keeper.pass();
      node.mine();
      await keeper.pass();
      const [transaction] = inPool();
      expect(inPool()).toHaveLength(1);
      expect(transaction?.to.toLowerCase()).toBe(manifest.contracts.MarginVault.address.toLowerCase());
      expect(decodeFunctionData({ abi: marginVaultAbi, data: transaction?.data ?? '0x' })).toMatchObject({
        functionName: 'call',
        args: [ann],
      });
      rows.set(ann, { ...SHORT_ROW, state: MarginState.Called, deadline: 600 });
      mempool.mineNext();
      const report = await keeper.pass();
      expect(report.actions).toMatchObject([{ kind: 'call', result: 'mined', account: ann }]);
      expect(events()).toEqual(['margin_call_sent', 'margin_called']);
    });

    it('calls again when a reorganisation has taken the call back', async () => {
      const { keeper, node, rows, indebt, mempool, sent } = createFakeKeeper();
      indebt(ann);
      rows.set(ann, SHORT_ROW);
      await keeper.pass();
      mempool.mineNext();
      rows.set(ann, { ...SHORT_ROW, state: MarginState.Called, deadline: 600 });
      await keeper.pass();
      node.reorganise(1, [[], []]);
      rows.set(ann, SHORT_ROW);
      const report = await keeper.pass();
      expect(report).toMatchObject({ undone: 1, actions: [{ kind: 'call', result: 'sent' }] });
      expect(sent()).toBe(2);
    });

    it('does not call at a loss when told not to', async () => {
      const { keeper, rows, indebt, sent, system } = createFakeKeeper({ flags: { callAtALoss: false } });
      indebt(ann);
      rows.set(ann, SHORT_ROW);
      system.gas = 3_000_000n; // at 1.1 gwei and 1,650 that is 5.4, the fee is 1
      expect((await keeper.pass()).actions).toMatchObject([{ result: 'skipped', reason: 'call_at_a_loss' }]);
      expect(sent()).toBe(0);
    });

    it('waits for the next block after a failure, then ever longer in block time, and not in a new state [KPR-07]', async () => {
      const { keeper, node, rows, indebt, system, events } = createFakeKeeper({ flags: { liquidate: 'flash' } });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      system.preview = () => {
        throw revertWith('PaceExceeded', [testAccount(9).slice(0, 42), 0n]);
      };
      const skips = async (blocks: number): Promise<boolean[]> => {
        const tried: boolean[] = [];
        for (let i = 0; i < blocks; i++) {
          tried.push((await keeper.pass()).actions.some(({ reason }) => reason === 'PaceExceeded'));
          expect((await keeper.pass()).actions).toEqual([]);
          node.mine();
        }
        return tried;
      };
      expect(await skips(9)).toEqual([true, true, true, false, true, false, false, false, true]);
      rows.set(ann, { ...LIQUIDATABLE, state: MarginState.Insolvent });
      expect((await keeper.pass()).actions).toMatchObject([{ reason: 'PaceExceeded' }]);
      expect(new Set(events())).toEqual(new Set(['liquidation_skipped']));
    });

    it('liquidates the most endangered first, as far as transactions may be in flight', async () => {
      const { keeper, rows, indebt, lines } = createFakeKeeper({ flags: { liquidate: 'flash', maxInFlight: '2' } });
      const accounts = [1, 2, 3].map((number) => testAccount(number));
      indebt(...accounts);
      accounts.forEach((id, i) => rows.set(id, { ...LIQUIDATABLE, betterEquity: parseEther(String(100 - 10 * i)) }));
      const report = await keeper.pass();
      expect(report.actions.map(({ account: id }) => id)).toEqual([accounts[2], accounts[1]]);
      expect(report.deferred).toBe(1);
      expect(lines).toContainEqual(expect.objectContaining({ event: 'actions_deferred', deferred: 1 }));
    });

    it('leaves its own bidder account alone', async () => {
      const { keeper, rows, indebt, sent } = createFakeKeeper();
      const own = toAccountId(signer.address, 0n);
      indebt(own);
      rows.set(own, LIQUIDATABLE);
      await keeper.pass();
      expect(sent()).toBe(0);
    });

    it('shows what the bidder account holds at mark, without a price as unknown, and sold as nothing', async () => {
      const { keeper, node, manifest, metrics, system } = createFakeKeeper();
      const bidder = toAccountId(signer.address, 0n);
      const [weth = { address: '0x' as const }] = manifest.assets;
      const hold = (amount: string) =>
        node.mine([
          {
            ...collateralChanged(bidder, weth.address, parseEther(amount)),
            address: manifest.contracts.MarginVault.address,
          },
        ]);
      const shown = async (): Promise<unknown> => {
        await keeper.pass();
        const { values } = await metrics.inventory.get();
        return values.map(({ labels, value }) => [labels.asset, value]);
      };
      hold('2');
      expect(await shown()).toEqual([['WETH', 3_300]]);
      system.price = { ...system.price, status: PriceStatus.Down };
      node.mine();
      expect(await shown()).toEqual([['WETH', NaN]]);
      hold('0');
      expect(await shown()).toEqual([['WETH', 0]]);
    });

    it('does nothing new on a head that it has seen [KPR-06]', async () => {
      const { keeper, node, rows, indebt } = createFakeKeeper();
      indebt(ann);
      rows.set(ann, HEALTHY);
      await keeper.pass();
      const before = node.requests.length;
      expect(await keeper.pass()).toMatchObject({ fresh: false });
      expect(node.requests.length - before).toBe(1);
    });

    it('is one at a time [KPR-06]', async () => {
      const { keeper, node } = createFakeKeeper();
      node.mine();
      const [first, second] = await Promise.all([keeper.pass(), keeper.pass()]);
      expect(second).toBe(first);
      expect(node.requests.filter(({ method }) => method === 'eth_getLogs')).toHaveLength(1);
    });

    it('goes on after an error of the node without doing anything twice [KPR-07]', async () => {
      const { keeper, node, rows, indebt, inPool, mempool } = createFakeKeeper();
      indebt(ann, bob);
      rows.set(ann, SHORT_ROW);
      rows.set(bob, SHORT_ROW);
      node.fail('eth_sendRawTransaction', noAnswer);
      await keeper.pass(); // ann's call may be on its way, bob's is
      expect(inPool()).toHaveLength(1);
      node.mine();
      node.fail('eth_getLogs', noAnswer);
      await expect(keeper.pass()).rejects.toMatchObject({ code: 'node_unreachable', retryable: true });
      expect(keeper.status()).toMatchObject({ failures: 1, lastError: { code: 'node_unreachable' } });
      expect(keeper.status().lastError?.message).not.toContain('secret-key');
      await keeper.pass();
      expect(keeper.status()).toMatchObject({ failures: 0, lastError: undefined, lag: 0n });
      expect(mempool.pool.size).toBe(1);
      expect(keeper.status().inFlight.map(({ nonce }) => nonce)).toEqual([0, 1]);
    });

    it('says how far it is behind while it fails', async () => {
      const { keeper, node } = createFakeKeeper();
      await keeper.pass();
      node.mine();
      node.mine();
      node.fail('eth_getLogs', noAnswer);
      await keeper.pass().catch(() => undefined);
      expect(keeper.status().lag).toBe(2n);
    });

    it('ends where the chain is another one [KPR-01]', async () => {
      const { keeper, node, indebt } = createFakeKeeper();
      indebt(ann);
      await keeper.pass().catch(() => undefined);
      node.restart(5);
      await expect(keeper.pass()).rejects.toMatchObject({ code: 'deployment_stale', retryable: false });
    });

    it('records a price that has moved, and not one that has not', async () => {
      const { keeper, recordPrice, node, mempool, system } = createFakeKeeper();
      recordPrice(parseEther('1655')); // 30 bps: not yet
      expect((await keeper.pass()).actions).toEqual([]);
      for (let i = 0; i < 5; i++) node.mine();
      expect((await keeper.pass()).actions).toMatchObject([{ kind: 'poke', reason: 'interval_passed' }]);
      mempool.mineNext();
      recordPrice(parseEther('1650'));
      expect((await keeper.pass()).actions).toMatchObject([{ kind: 'poke', result: 'mined' }]);
      system.price = { ...system.price, spot: parseEther('1600') };
      node.mine();
      expect((await keeper.pass()).actions).toMatchObject([{ kind: 'poke', reason: 'price_moved' }]);
    });

    it('clears a call that is cured, not one that is nearly so [KPR-03]', async () => {
      const { keeper, node, rows, indebt } = createFakeKeeper();
      indebt(ann);
      const restricted = { ...SHORT_ROW, state: MarginState.Restricted, deadline: 10 };
      rows.set(ann, { ...restricted, markEquity: parseEther('2861') }); // 1.0199
      expect((await keeper.pass()).actions).toEqual([]);
      rows.set(ann, { ...restricted, markEquity: parseEther('2862') });
      node.mine();
      expect((await keeper.pass()).actions).toMatchObject([{ kind: 'clear', reason: 'cured', result: 'sent' }]);
    });
  });

  describe('dry run', () => {
    it('says what it would do and sends nothing [KPR-10]', async () => {
      const { keeper, rows, indebt, recordPrice, sent, events, node } = createFakeKeeper({ dryRun: true });
      recordPrice(parseEther('2000'));
      indebt(ann, bob);
      rows.set(ann, SHORT_ROW);
      rows.set(bob, LIQUIDATABLE);
      expect((await keeper.pass()).actions.map(({ kind, result }) => [kind, result])).toEqual([
        ['liquidate', 'planned'],
        ['call', 'planned'],
        ['poke', 'planned'],
      ]);
      expect(events()).toEqual(['liquidation_planned', 'margin_call_planned', 'price_poke_planned']);
      expect(sent()).toBe(0);
      expect(node.requests.some(({ method }) => method === 'eth_getTransactionCount')).toBe(false);
      expect(keeper.status()).toMatchObject({ signer: undefined, inFlight: [] });
    });
  });

  describe('run', () => {
    it('retries what the node is to blame for, ever more slowly, and ends when told to', async () => {
      const { keeper, node, clock, lines } = createFakeKeeper();
      const controller = new AbortController();
      const waits: number[] = [];
      const { sleep } = clock;
      node.fail('eth_getBlockByNumber', noAnswer, 6);
      clock.sleep = async (milliseconds, signal) => {
        waits.push(milliseconds);
        await sleep(milliseconds, signal);
        if (waits.length === 8) controller.abort();
      };
      await keeper.run(controller.signal);
      expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 1_000, 1_000]);
      expect(lines.filter(({ event }) => event === 'pass_failed')).toHaveLength(6);
      expect(lines).toContainEqual(expect.objectContaining({ event: 'pass_recovered', failures: 6 }));
    });

    it('ends with what must not be retried', async () => {
      const { keeper, node } = createFakeKeeper();
      node.fail('eth_getBlockByNumber', () => rpcFailure(-32_601, 'no such method'));
      await expect(keeper.run(new AbortController().signal)).rejects.toMatchObject({ code: 'rpc_rejected' });
    });
  });
});
