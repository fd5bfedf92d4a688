import { parseEther } from 'viem';
import { describe, expect, it } from 'vitest';

import { InstrumentKind, SettlementStatus, toOption, WAD } from '../sdk/math';
import { marketChanged, positionChanged, testAccount, underlyingListed } from './testing/fakeLogs';
import { createFakeKeeper, HEALTHY, LIQUIDATABLE, type FakeKeeperParameters } from './testing/fakeKeeper';

const INDEX = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2';
const [ann, bob] = [testAccount(1), testAccount(2)];
const MEANS = { cash: parseEther('2000'), positions: 2 };

/** The keeper, and a market in which ann is short what bob is long. */
function createTrading(parameters: FakeKeeperParameters = {}) {
  const fake = createFakeKeeper(parameters);
  const { node, manifest, rows } = fake;
  const { MarginVault, InstrumentPolicy } = manifest.contracts;
  const expiry = BigInt(Math.ceil((node.head().timestamp + 600) / 60) * 60);
  const instrument = toOption({ kind: InstrumentKind.Call, underlying: 1, expiry, strike: 1_000n * WAD });
  rows.set(ann, { ...HEALTHY, ...MEANS });
  rows.set(bob, { ...HEALTHY, ...MEANS });
  node.mine([
    { ...underlyingListed(1, INDEX, INDEX), address: InstrumentPolicy.address },
    ...[
      positionChanged(ann, instrument, -WAD, 0n),
      positionChanged(bob, instrument, WAD, 0n),
      marketChanged(1, 2n * WAD, WAD, 0n),
    ].map((log) => ({ ...log, address: MarginVault.address })),
  ]);
  return { ...fake, expiry, instrument };
}

describe('createKeeper', () => {
  describe('positions', () => {
    it('screens who has positions and no debt, and takes such an account over with cash only [KPR-15]', async () => {
      const { keeper, rows, lines } = createTrading({ flags: { liquidate: 'flash', funding: false } });
      rows.set(ann, { ...LIQUIDATABLE, ...MEANS });
      const { watched, actions } = await keeper.pass();
      expect(watched).toBe(2);
      const [first] = actions;
      expect(first).toMatchObject({
        kind: 'liquidate',
        account: ann,
        result: 'skipped',
        reason: 'positions_need_capital',
      });
      // on the same head nothing is tried again
      expect((await keeper.pass()).actions).toEqual([]);
      expect(lines.filter(({ event }) => event === 'liquidation_skipped')).toHaveLength(1);
    });

    it('takes it with the cash of the bidder account where it has some [KPR-15]', async () => {
      const { keeper, rows, system } = createTrading({ flags: { funding: false, settlementSamples: false } });
      rows.set(ann, { ...LIQUIDATABLE, ...MEANS });
      system.bidderCash = parseEther('20000');
      const { actions } = await keeper.pass();
      expect(actions).toMatchObject([{ kind: 'liquidate', mode: 'capital', account: ann, result: 'sent' }]);
    });

    it('does nothing about an account with positions that could not be assessed [KPR-02] [KPR-15]', async () => {
      const { keeper, rows } = createTrading({ flags: { funding: false, settlementSamples: false } });
      rows.set(ann, 'unknown');
      const { actions, unknown } = await keeper.pass();
      expect([actions, unknown]).toEqual([[], [ann]]);
    });
  });

  describe('jobs', () => {
    it('samples an open window and brings funding up to now, once an interval [KPR-16]', async () => {
      const { keeper, system, inPool, manifest, metrics } = createTrading();
      const { actions } = await keeper.pass();
      expect(actions.map(({ kind, reason, result }) => [kind, reason, result])).toEqual([
        ['settlementSample', 'window_open', 'sent'],
        ['funding', 'interval_passed', 'sent'],
      ]);
      expect(inPool().map(({ to }) => to.toLowerCase())).toEqual(
        [manifest.contracts.SettlementFeed, manifest.contracts.MarginVault].map(({ address }) => address.toLowerCase()),
      );
      system.sampledAt = BigInt(system.node.head().timestamp);
      system.fundingAt = BigInt(system.node.head().timestamp);
      system.node.mine();
      expect((await keeper.pass()).actions.filter(({ result }) => result === 'sent')).toEqual([]);
      const text = await metrics.registry.metrics();
      expect(text).toContain('plimsoll_keeper_perpetuals_open{underlying="1"} 2');
      expect(text).toContain(
        'plimsoll_keeper_jobs_total{result="sent",reason="window_open",kind="settlementSample"} 1',
      );
    });

    it('settles an expired option of who has lost first, when its price is final [KPR-16]', async () => {
      const { keeper, node, expiry, system } = createTrading({ flags: { funding: false } });
      while (BigInt(node.head().timestamp) < expiry) node.mine();
      system.settlement = [2_000n * WAD, SettlementStatus.Pending];
      expect((await keeper.pass()).actions).toEqual([]);
      system.settlement = [2_000n * WAD, SettlementStatus.Final];
      node.mine();
      expect((await keeper.pass()).actions).toMatchObject([
        { kind: 'settle', account: ann, reason: 'lost', result: 'sent' },
        { kind: 'settle', account: bob, reason: 'won', result: 'sent' },
      ]);
    });

    it('samples volatility as the terms of the asset allow [KPR-16]', async () => {
      const { keeper, system } = createTrading({ flags: { funding: false, settlementSamples: false } });
      system.minInterval = 300n;
      const { actions } = await keeper.pass();
      expect(actions).toMatchObject([{ kind: 'volatilitySample', result: 'sent' }]);
    });

    it('does none that is turned off, and plans in a dry run [KPR-10] [KPR-16]', async () => {
      const flags = { funding: false, settlementSamples: false, settleExpired: false, volatilitySamples: false };
      const off = createTrading({ flags });
      off.system.minInterval = 300n;
      expect((await off.keeper.pass()).actions).toEqual([]);
      const dry = createTrading({ dryRun: true });
      expect((await dry.keeper.pass()).actions.map(({ result }) => result)).toEqual(['planned', 'planned']);
      expect(dry.sent()).toBe(0);
    });
  });
});
