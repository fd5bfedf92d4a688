import { decodeFunctionData, parseEther, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';

import { closeOutAbi, marginVaultAbi, uniswapV2FlashLiquidatorAbi } from '../sdk/abi';
import { toAccountId, WAD } from '../sdk/math';
import { swapOutput } from './pools/constantProduct';
import { testAccount } from './testing/fakeLogs';
import { createFakeKeeper, HEALTHY, LIQUIDATABLE, signer } from './testing/fakeKeeper';
import { FULL_PLAN, revertWith, scalePlan } from './testing/fakeSystem';

/** Worth 390 against 380. */
const SMALL = { ...LIQUIDATABLE, cash: parseEther('-380'), markEquity: parseEther('10') };
const [ann, bob] = [testAccount(1), testAccount(2)];

describe('createKeeper', () => {
  describe('liquidation', () => {
    it('takes whichever way nets more [KPR-04]', async () => {
      const { keeper, node, rows, indebt, system, inPool, manifest } = createFakeKeeper();
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
      const { args } = decodeFunctionData({ abi: marginVaultAbi, data });
      // the limit is what was previewed, and half a percent of what the slice costs
      expect(args).toEqual([bob, toAccountId(signer.address, 0n), WAD, parseEther('2301.1'), '0x']);
      expect(inPool().at(-1)?.to.toLowerCase()).toBe(manifest.contracts.MarginVault.address.toLowerCase());
    });

    it('asks the chain to hold it to the profit that pays for the gas [KPR-05]', async () => {
      const { keeper, rows, indebt, inPool } = createFakeKeeper({ flags: { liquidate: 'flash', minProfit: '100' } });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      await keeper.pass();
      const { args } = decodeFunctionData({ abi: uniswapV2FlashLiquidatorAbi, data: inPool()[0]?.data ?? '0x' });
      // 390,000 gas at 1.1 gwei and 1,650 is 0.70785
      expect(args).toEqual([ann, WAD, 100_707_850n, signer.address]);
    });

    it('tries one slice only, the one that brings most where the pool is too shallow for all of it', async () => {
      const { keeper, rows, indebt, system, inPool } = createFakeKeeper({ flags: { liquidate: 'flash' } });
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
      const { keeper, node, rows, indebt, system } = createFakeKeeper({ flags: { liquidate: 'flash' } });
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

    it('has the fund take what it cannot take itself and is too small for anybody, where the tip pays for the gas [KPR-13]', async () => {
      const { keeper, rows, indebt, system, inPool, events } = createFakeKeeper({ flags: { liquidate: 'flash' } });
      indebt(ann, bob);
      rows.set(ann, SMALL);
      rows.set(bob, LIQUIDATABLE);
      system.reserves = undefined;
      const closeOut = system.manifest.contracts.CloseOut.address;
      expect((await keeper.pass()).actions).toMatchObject([
        { kind: 'liquidate', account: ann, result: 'skipped', reason: 'NoPair' },
        { kind: 'closeOut', mode: 'fund', account: ann, result: 'sent', facts: { tip: '2', gain: '2' } },
        { kind: 'liquidate', account: bob, result: 'skipped', reason: 'NoPair' },
      ]);
      const [sent] = inPool();
      expect(sent?.to.toLowerCase()).toBe(closeOut.toLowerCase());
      const { args } = decodeFunctionData({ abi: closeOutAbi, data: sent?.data ?? '0x' });
      expect(args).toEqual([ann, WAD, toAccountId(signer.address, 0n)]);
      expect(events()).toContain('close_out_sent');
    });

    it.each([
      ['the tip does not pay for the gas', parseEther('0.1'), 'close_out_at_a_loss'],
      ['the fund has no money for it', revertWith('CarryAboveCap', [parseEther('300'), 0n]), 'CarryAboveCap'],
      [
        'its sources disagree about its worth',
        revertWith('PriceDisputed', [ann, parseEther('-400'), parseEther('690')]),
        'PriceDisputed',
      ],
    ])('leaves an account to others where %s [KPR-13]', async (_, tip, reason) => {
      const { keeper, rows, indebt, system, inPool } = createFakeKeeper({ flags: { liquidate: 'flash' } });
      indebt(ann);
      rows.set(ann, SMALL);
      system.reserves = undefined;
      system.tip = tip;
      expect((await keeper.pass()).actions).toMatchObject([
        { kind: 'liquidate', result: 'skipped' },
        { kind: 'closeOut', result: 'skipped', reason },
      ]);
      expect(inPool()).toEqual([]);
    });

    it('takes no more than its cash and the limit of a transaction allow', async () => {
      const { keeper, rows, indebt, system } = createFakeKeeper({ flags: { liquidate: 'capital', maxPerTx: '1000' } });
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
      const { keeper, rows, indebt, system, lines, sent } = createFakeKeeper({ flags });
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
      const { keeper, rows, indebt, system, sent } = createFakeKeeper({ flags: { minProfit: '200' } });
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
      const { keeper, rows, indebt, sent } = createFakeKeeper({ flags: { maxGasPrice: '1' } });
      indebt(ann);
      rows.set(ann, LIQUIDATABLE);
      expect((await keeper.pass()).actions).toMatchObject([{ reason: 'gas_price_above_limit' }]);
      expect(sent()).toBe(0);
    });

    it('keeps a slow transaction from costing more than it brings', async () => {
      const { keeper, rows, indebt, clock, node, lines } = createFakeKeeper({
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
});
