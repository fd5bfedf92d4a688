import { decodeFunctionData, parseEther } from 'viem';
import { describe, expect, it } from 'vitest';

import { openLossesAbi } from '../sdk/abi';
import { MarginState } from '../sdk/math';
import { testAccount } from './testing/fakeLogs';
import { createFakeKeeper, HEALTHY, LIQUIDATABLE } from './testing/fakeKeeper';
import { revertWith } from './testing/fakeSystem';

const ann = testAccount(1);
/** Owes 1,500 more than it has. */
const SUNK = {
  ...LIQUIDATABLE,
  state: MarginState.Insolvent,
  markEquity: parseEther('-1500'),
  betterEquity: parseEther('-1500'),
};

describe('createKeeper', () => {
  describe('losses', () => {
    it('reports a loss that it cannot settle itself, and that it is over [KPR-14]', async () => {
      const { keeper, node, rows, indebt, inPool, manifest, reportLoss, mempool, events } = createFakeKeeper({
        flags: { liquidate: 'none' },
      });
      indebt(ann);
      rows.set(ann, SUNK);
      expect((await keeper.pass()).actions).toMatchObject([
        { kind: 'report', account: ann, result: 'sent', reason: 'loss_open', facts: { loss: '1500', known: '0' } },
      ]);
      const [sent] = inPool();
      expect(sent?.to.toLowerCase()).toBe(manifest.contracts.OpenLosses.address.toLowerCase());
      expect(decodeFunctionData({ abi: openLossesAbi, data: sent?.data ?? '0x' })).toEqual({
        functionName: 'report',
        args: [ann],
      });
      mempool.mineNext();
      reportLoss(ann, parseEther('1500'));
      expect((await keeper.pass()).actions).toMatchObject([{ kind: 'report', result: 'mined' }]);
      rows.set(ann, HEALTHY);
      node.mine();
      expect((await keeper.pass()).actions).toMatchObject([{ kind: 'report', reason: 'loss_over', result: 'sent' }]);
      expect(events()).toEqual(expect.arrayContaining(['loss_report_sent', 'loss_reported']));
    });

    it('leaves what it is about to liquidate to the liquidation', async () => {
      const { keeper, rows, indebt } = createFakeKeeper();
      indebt(ann);
      rows.set(ann, SUNK);
      expect((await keeper.pass()).actions).toMatchObject([{ kind: 'liquidate', result: 'sent' }]);
      const dry = createFakeKeeper({ dryRun: true });
      dry.indebt(ann);
      dry.rows.set(ann, SUNK);
      expect((await dry.keeper.pass()).actions).toMatchObject([{ kind: 'liquidate', result: 'planned' }]);
    });

    it('reports where liquidations are closed, and in a dry run only says so', async () => {
      const { keeper, rows, indebt, system, sent } = createFakeKeeper({ dryRun: true });
      indebt(ann);
      rows.set(ann, SUNK);
      system.preview = () => {
        throw revertWith('LiquidationsClosed', []);
      };
      system.flash = system.preview as never;
      expect((await keeper.pass()).actions).toMatchObject([
        { kind: 'liquidate', result: 'skipped' },
        { kind: 'report', result: 'planned', reason: 'loss_open' },
      ]);
      expect(sent()).toBe(0);
    });

    it('is switched off, and spares the gas for what is small', async () => {
      for (const flags of [{ reportLosses: false }, { reportThreshold: '1500.1' }]) {
        const { keeper, rows, indebt } = createFakeKeeper({ flags: { liquidate: 'none', ...flags } });
        indebt(ann);
        rows.set(ann, SUNK);
        expect((await keeper.pass()).actions).toEqual([]);
      }
    });
  });
});
