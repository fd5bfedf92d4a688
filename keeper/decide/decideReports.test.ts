import { parseEther } from 'viem';
import { describe, expect, it } from 'vitest';

import { createLossIndex } from '../accounts/lossIndex';
import { ORACLE, LOSSES, lossReported, testAccount } from '../testing/fakeLogs';
import { SHORT_ROW } from '../testing/fakeSystem';
import { decideReports } from './decideReports';

const [ann, bob, cid] = [testAccount(1), testAccount(2), testAccount(3)];
const reportThreshold = parseEther('100');

function decide(equities: Record<string, string>, known: Record<string, string> = {}, unknown: `0x${string}`[] = []) {
  const losses = createLossIndex(LOSSES);
  for (const [account, loss] of Object.entries(known)) {
    losses.apply({ ...lossReported(account as `0x${string}`, parseEther(loss)), blockNumber: '0x1' });
  }
  const rows = Object.entries(equities).map(([account, betterEquity]) => {
    return { ...SHORT_ROW, account: account as `0x${string}`, betterEquity: parseEther(betterEquity), state: 5 };
  });
  return decideReports({ reportThreshold, losses, screening: { rows, unknown } });
}

describe('decideReports', () => {
  it('leaves alone what owes no more than it has, and losses too small to matter', () => {
    expect(decide({ [ann]: '0', [bob]: '12', [cid]: '-99.9' })).toEqual([]);
  });

  it('reports the largest first', () => {
    expect(decide({ [ann]: '-100', [bob]: '-2000' })).toEqual([
      { account: bob, loss: parseEther('2000'), known: 0n, state: 5 },
      { account: ann, loss: parseEther('100'), known: 0n, state: 5 },
    ]);
  });

  it('does not report again what has hardly changed', () => {
    expect(decide({ [ann]: '-10499' }, { [ann]: '10000' })).toEqual([]);
    expect(decide({ [ann]: '-10500' }, { [ann]: '10000' })).toHaveLength(1);
    expect(decide({ [ann]: '-9500' }, { [ann]: '10000' })).toHaveLength(1);
  });

  it('says that a loss is over, also of an account that owes nothing any more, and not of one that nobody could read', () => {
    expect(decide({ [ann]: '1' }, { [ann]: '500', [bob]: '300', [cid]: '700' }, [cid])).toEqual([
      { account: ann, loss: 0n, known: parseEther('500'), state: 5 },
      { account: bob, loss: 0n, known: parseEther('300'), state: 0 },
    ]);
  });
});

describe('createLossIndex', () => {
  it('takes back what a reorganisation drops, and hears its own contract only', () => {
    const losses = createLossIndex(LOSSES);
    const log = { ...lossReported(ann, 7n), blockNumber: '0x1' } as const;
    expect(losses.apply({ ...log, address: ORACLE })).toBeUndefined();
    losses.apply(log);
    const undo = losses.apply({ ...lossReported(ann, 0n), blockNumber: '0x2' });
    expect(losses.accounts()).toEqual([]);
    undo?.();
    expect([losses.lossOf(ann), losses.accounts()]).toEqual([7n, [ann]]);
    losses.reset();
    expect(losses.accounts()).toEqual([]);
  });
});
