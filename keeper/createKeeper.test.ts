import { createClient, custom, decodeFunctionData, parseEther, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';

import { liquidatorAbi, marginCallsAbi, uniswapV2FlashLiquidatorAbi } from '../sdk/abi';
import { MarginState, PriceStatus, toAccountId, WAD, type AccountId } from '../sdk/math';
import { parseKeeperConfig } from './config';
import { createKeeper } from './createKeeper';
import { createLogger } from './log/createLogger';
import { createMetrics } from './metrics/createMetrics';
import { swapOutput } from './pools/constantProduct';
import { createFakeClock } from './testing/fakeClock';
import { cashChanged, collateralChanged, priceRecorded, testAccount } from './testing/fakeLogs';
import { noAnswer, rpcFailure, type FakeLog } from './testing/fakeNode';
import { createFakeSystem, FULL_PLAN, revertWith, scalePlan, SHORT_ROW } from './testing/fakeSystem';

const account = privateKeyToAccount(`0x${'22'.repeat(32)}`);
const [ann, bob] = [testAccount(1), testAccount(2)];
const LIQUIDATABLE = { ...SHORT_ROW, state: MarginState.Liquidatable, deadline: 10 };
const HEALTHY = { ...SHORT_ROW, state: MarginState.Healthy, markEquity: parseEther('6000') };

function setUp({ flags = {}, dryRun = false }: { flags?: Record<string, string | boolean>; dryRun?: boolean } = {}) {
  const system = createFakeSystem();
  const { node, manifest } = system;
  const clock = createFakeClock();
  const metrics = createMetrics();
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    level: 'debug',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const wallet = createClient({
    account,
    transport: custom({ request: node.client.request as never }, { retryCount: 0 }),
  });
  const keeper = createKeeper({
    client: node.client,
    ...(!dryRun && { wallet }),
    deployment: manifest,
    config: parseKeeperConfig({ flags }),
    logger,
    clock,
    metrics,
  });
  const weth = manifest.assets[0]?.address ?? '0x';
  const at = (log: FakeLog, address: Address): FakeLog => ({ ...log, address });
  return {
    ...system,
    system,
    clock,
    metrics,
    lines,
    keeper,
    /** Mines a block in which each of `owners` brings 10 WETH and goes into debt. */
    indebt: (...owners: AccountId[]) =>
      node.mine(
        owners
          .flatMap((id) => [collateralChanged(id, weth, parseEther('10')), cashChanged(id, -1n)])
          .map((log) => at(log, manifest.contracts.MarginVault.address)),
      ),
    recordPrice: (spot: bigint) => {
      node.mine([at(priceRecorded(weth, spot, spot), manifest.contracts.PriceOracle.address)]);
    },
    events: () => lines.map(({ event }) => event).filter((event) => event !== 'head_processed'),
    sent: () => node.requests.filter(({ method }) => method === 'eth_sendRawTransaction').length,
    inPool: () => [...system.mempool.pool.values()].map(({ tx }) => ({ to: tx.to as Address, data: tx.data as Hex })),
  };
}

describe('createKeeper', () => {
  describe('pass', () => {
    it('never acts on an account that could not be assessed, and asks for it alone [KPR-02]', async () => {
      const { keeper, node, rows, indebt, sent, metrics } = setUp();
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
      const { keeper, rows, indebt } = setUp();
      const accounts = Array.from({ length: 7 }, (_, i) => testAccount(i + 1));
      indebt(...accounts);
      for (const id of accounts) rows.set(id, HEALTHY);
      rows.set(accounts[4] ?? ann, rpcFailure(-32_000, 'out of gas'));
      expect(await keeper.pass()).toMatchObject({ unknown: [accounts[4]], states: [6, 0, 0, 0, 0, 0] });
    });

    it('does not take accounts for unknown whose block is gone', async () => {
      const { keeper, node, rows, indebt } = setUp();
      indebt(ann, bob);
      rows.set(ann, rpcFailure(-32_000, 'unknown block'));
      node.on('eth_getBlockByHash', () => null);
      await expect(keeper.pass()).rejects.toMatchObject({ code: 'block_gone', retryable: true });
      expect(keeper.status().accounts).toMatchObject({ unknown: 0 });
    });

    it('calls margin once, however many heads pass before the call is mined [KPR-03]', async () => {
      const { keeper, node, rows, indebt, inPool, mempool, events, manifest } = setUp();
      indebt(ann);
      rows.set(ann, SHORT_ROW);
      await keeper.pass();
      node.mine();
      await keeper.pass();
      const [transaction] = inPool();
      expect(inPool()).toHaveLength(1);
      expect(transaction?.to.toLowerCase()).toBe(manifest.contracts.MarginCalls.address.toLowerCase());
      expect(decodeFunctionData({ abi: marginCallsAbi, data: transaction?.data ?? '0x' })).toMatchObject({
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
      const { keeper, node, rows, indebt, mempool, sent } = setUp();
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
      const { keeper, rows, indebt, sent, system } = setUp({ flags: { callAtALoss: false } });
      indebt(ann);
      rows.set(ann, SHORT_ROW);
      system.gas = 3_000_000n; // at 1.1 gwei and 1,650 that is 5.4, the fee is 1
      expect((await keeper.pass()).actions).toMatchObject([{ result: 'skipped', reason: 'call_at_a_loss' }]);
      expect(sent()).toBe(0);
    });

    it('waits for the next block after a failure, then ever longer in block time, and not in a new state [KPR-07]', async () => {
      const { keeper, node, rows, indebt, system, events } = setUp({ flags: { liquidate: 'flash' } });
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
      const { keeper, rows, indebt, lines } = setUp({ flags: { liquidate: 'flash', maxInFlight: '2' } });
      const accounts = [1, 2, 3].map((number) => testAccount(number));
      indebt(...accounts);
      accounts.forEach((id, i) => rows.set(id, { ...LIQUIDATABLE, betterEquity: parseEther(String(100 - 10 * i)) }));
      const report = await keeper.pass();
      expect(report.actions.map(({ account: id }) => id)).toEqual([accounts[2], accounts[1]]);
      expect(report.deferred).toBe(1);
      expect(lines).toContainEqual(expect.objectContaining({ event: 'actions_deferred', deferred: 1 }));
    });

    it('leaves its own bidder account alone', async () => {
      const { keeper, rows, indebt, sent } = setUp();
      const own = toAccountId(account.address, 0n);
      indebt(own);
      rows.set(own, LIQUIDATABLE);
      await keeper.pass();
      expect(sent()).toBe(0);
    });

    it('shows what the bidder account holds at mark, without a price as unknown, and sold as nothing', async () => {
      const { keeper, node, manifest, metrics, system } = setUp();
      const bidder = toAccountId(account.address, 0n);
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
      const { keeper, node, rows, indebt } = setUp();
      indebt(ann);
      rows.set(ann, HEALTHY);
      await keeper.pass();
      const before = node.requests.length;
      expect(await keeper.pass()).toMatchObject({ fresh: false });
      expect(node.requests.length - before).toBe(1);
    });

    it('is one at a time [KPR-06]', async () => {
      const { keeper, node } = setUp();
      node.mine();
      const [first, second] = await Promise.all([keeper.pass(), keeper.pass()]);
      expect(second).toBe(first);
      expect(node.requests.filter(({ method }) => method === 'eth_getLogs')).toHaveLength(1);
    });

    it('goes on after an error of the node without doing anything twice [KPR-07]', async () => {
      const { keeper, node, rows, indebt, inPool, mempool } = setUp();
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
      const { keeper, node } = setUp();
      await keeper.pass();
      node.mine();
      node.mine();
      node.fail('eth_getLogs', noAnswer);
      await keeper.pass().catch(() => undefined);
      expect(keeper.status().lag).toBe(2n);
    });

    it('ends where the chain is another one [KPR-01]', async () => {
      const { keeper, node, indebt } = setUp();
      indebt(ann);
      await keeper.pass().catch(() => undefined);
      node.restart(5);
      await expect(keeper.pass()).rejects.toMatchObject({ code: 'deployment_stale', retryable: false });
    });

    it('records a price that has moved, and not one that has not', async () => {
      const { keeper, recordPrice, node, mempool, system } = setUp();
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
      const { keeper, node, rows, indebt } = setUp();
      indebt(ann);
      const restricted = { ...SHORT_ROW, state: MarginState.Restricted, deadline: 10 };
      rows.set(ann, { ...restricted, markEquity: parseEther('2861') }); // 1.0199
      expect((await keeper.pass()).actions).toEqual([]);
      rows.set(ann, { ...restricted, markEquity: parseEther('2862') });
      node.mine();
      expect((await keeper.pass()).actions).toMatchObject([{ kind: 'clear', reason: 'cured', result: 'sent' }]);
    });
  });

  describe('liquidation', () => {
    it('takes whichever way nets more [KPR-04]', async () => {
      const { keeper, node, rows, indebt, system, inPool, manifest } = setUp();
      indebt(ann, bob);
      rows.set(ann, LIQUIDATABLE);
      system.bidderCash = parseEther('20000');
      // a bonus of 280 less 0.3 % of 16,500 is 230.5; the pool leaves 250
      expect((await keeper.pass()).actions).toMatchObject([{ mode: 'flash', account: ann, facts: { gain: '250' } }]);
      rows.set(ann, HEALTHY);
      rows.set(bob, LIQUIDATABLE);
      system.flash = (_account, fraction) => ({ profit: 200_000_000n, plan: scalePlan(FULL_PLAN, fraction) });
      node.mine();
      expect((await keeper.pass()).actions).toMatchObject([
        { mode: 'capital', account: bob, facts: { gain: '230.5' } },
      ]);
      const data = inPool().at(-1)?.data ?? '0x';
      const { args } = decodeFunctionData({ abi: liquidatorAbi, data });
      // the limit is what was previewed, and half a percent of what the slice costs
      expect(args).toEqual([bob, toAccountId(account.address, 0n), WAD, parseEther('2301.1'), '0x']);
      expect(inPool().at(-1)?.to.toLowerCase()).toBe(manifest.contracts.Liquidator.address.toLowerCase());
    });

    it('asks the chain to hold it to the profit that pays for the gas [KPR-05]', async () => {
      const { keeper, rows, indebt, inPool } = setUp({ flags: { liquidate: 'flash', minProfit: '100' } });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      await keeper.pass();
      const { args } = decodeFunctionData({ abi: uniswapV2FlashLiquidatorAbi, data: inPool()[0]?.data ?? '0x' });
      // 390,000 gas at 1.1 gwei and 1,650 is 0.70785
      expect(args).toEqual([ann, WAD, 100_707_850n, account.address]);
    });

    it('tries one slice only, the one that brings most where the pool is too shallow for all of it', async () => {
      const { keeper, rows, indebt, system, inPool } = setUp({ flags: { liquidate: 'flash' } });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      const reserves = { asset: parseEther('1000'), quote: 1_650_000n * 10n ** 6n };
      system.reserves = reserves;
      const tried: bigint[] = [];
      const profitOf = (fraction: bigint): bigint =>
        swapOutput(10n * fraction, reserves) - ((16_500n - 280n) * fraction) / 10n ** 12n;
      system.flash = (_account, fraction) => {
        tried.push(fraction);
        return { profit: profitOf(fraction), plan: scalePlan(FULL_PLAN, fraction) };
      };
      const [action] = (await keeper.pass()).actions;
      expect(action).toMatchObject({ mode: 'flash', result: 'sent' });
      const [best = 0n] = tried;
      expect(tried).toEqual([best]);
      expect(best).toBeLessThan(WAD);
      for (const step of [-1n, 1n]) {
        expect(profitOf(best)).toBeGreaterThan(profitOf(best + step * parseEther('0.01')));
      }
      const { args } = decodeFunctionData({ abi: uniswapV2FlashLiquidatorAbi, data: inPool()[0]?.data ?? '0x' });
      expect(args[1]).toBe(best);
    });

    it('does not try what the reserves of the pool say cannot pay', async () => {
      const { keeper, node, rows, indebt, system } = setUp({ flags: { liquidate: 'flash' } });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      system.reserves = { asset: parseEther('1000'), quote: 1_600_000n * 10n ** 6n };
      expect((await keeper.pass()).actions).toMatchObject([{ result: 'skipped', reason: 'unprofitable' }]);
      const flash = system.manifest.contracts['UniswapV2FlashLiquidator']?.address;
      const calls = node.requests.filter(({ method }) => method === 'eth_call').map(({ params }) => params[0]);
      expect(
        calls.filter((call) => (call as { data: Hex }).data.length > 10 && (call as { to: Hex }).to === flash),
      ).toEqual([]);
    });

    it('takes no more than its cash and the limit of a transaction allow', async () => {
      const { keeper, rows, indebt, system } = setUp({ flags: { liquidate: 'capital', maxPerTx: '1000' } });
      indebt(ann, bob);
      rows.set(ann, LIQUIDATABLE);
      rows.set(bob, LIQUIDATABLE);
      system.bidderCash = parseEther('1100');
      const { actions } = await keeper.pass();
      // 995 of the 16,220 that all of it costs; what the first may take is not there for the second
      expect(actions).toMatchObject([
        { account: ann, result: 'sent', facts: { cost: '994.999999' } },
        { account: bob, result: 'skipped', reason: 'insufficient_capital' },
      ]);
    });

    it.each([
      ['FullCloseRequired', { liquidate: 'capital' }, 'insufficient_capital'],
      ['SaleShort', { liquidate: 'flash' }, 'SaleShort'],
      ['NoPair', { liquidate: 'flash' }, 'NoPair'],
    ])('says why not where the contracts say %s', async (name, flags, reason) => {
      const { keeper, rows, indebt, system, lines, sent } = setUp({ flags });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      system.bidderCash = parseEther('5000');
      system.preview = (_account, fraction) => {
        if (fraction !== WAD) throw revertWith('FullCloseRequired', [ann, fraction]);
        return FULL_PLAN;
      };
      system.flash = () => {
        throw revertWith('SaleShort', [0n, parseEther('5')]);
      };
      if (name === 'NoPair') system.reserves = undefined;
      expect((await keeper.pass()).actions).toMatchObject([{ result: 'skipped', reason }]);
      expect(lines).toContainEqual(expect.objectContaining({ event: 'liquidation_skipped', reason, account: ann }));
      expect(sent()).toBe(0);
    });

    it('sends nothing that does not net what it should after gas [KPR-04]', async () => {
      const { keeper, rows, indebt, system, sent } = setUp({ flags: { minProfit: '200' } });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      system.gas = 40_000_000n; // 72.6
      const [action] = (await keeper.pass()).actions;
      expect(action).toMatchObject({
        result: 'skipped',
        reason: 'unprofitable',
        facts: { flash_reason: 'unprofitable', capital_reason: 'insufficient_capital', gas_cost: '72.6' },
      });
      expect(sent()).toBe(0);
    });

    it('sends nothing while gas is dearer than allowed', async () => {
      const { keeper, rows, indebt, sent } = setUp({ flags: { maxGasPrice: '1' } });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      expect((await keeper.pass()).actions).toMatchObject([{ reason: 'gas_price_above_limit' }]);
      expect(sent()).toBe(0);
    });

    it('keeps a slow transaction from costing more than it brings', async () => {
      const { keeper, rows, indebt, clock, node, lines } = setUp({
        flags: { liquidate: 'flash', maxGasPrice: '100000' },
      });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      await keeper.pass();
      for (let i = 0; i < 60; i++) {
        clock.advance(30_000);
        node.mine();
        await keeper.pass();
      }
      expect(lines.filter(({ event }) => event === 'fee_bumped')).toHaveLength(5);
      expect(lines.filter(({ event }) => event === 'transaction_stuck')).toHaveLength(1);
      expect(keeper.status().inFlight).toMatchObject([{ kind: 'liquidate', stuck: true, bumps: 5 }]);
    });
  });

  describe('dry run', () => {
    it('says what it would do and sends nothing [KPR-10]', async () => {
      const { keeper, rows, indebt, recordPrice, sent, events, node } = setUp({ dryRun: true });
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
      const { keeper, node, clock, lines } = setUp();
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
      const { keeper, node } = setUp();
      node.fail('eth_getBlockByNumber', () => rpcFailure(-32_601, 'no such method'));
      await expect(keeper.run(new AbortController().signal)).rejects.toMatchObject({ code: 'rpc_rejected' });
    });
  });
});
