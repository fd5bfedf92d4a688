import { encodeFunctionData, toFunctionSelector, type Abi, type Hex } from 'viem';
import { describe, expect, it } from 'vitest';

import type { CoreContract } from '../deployment';
import { testAddress } from '../testing/arbitraries';
import { testManifest } from '../testing/testManifest';
import { SCHEDULABLE } from './decodeOperation';
import { describeOperation } from './describeOperation';

type Contract = keyof typeof SCHEDULABLE;

const WETH = testAddress(0xa2);
const STRANGER = testAddress(0xee);

const at = (contract: CoreContract): `0x${string}` => testManifest.contracts[contract].address;

function described(contract: Contract, functionName: string, args: readonly unknown[]): string {
  const abi: Abi = SCHEDULABLE[contract];
  return describeOperation(testManifest, {
    target: at(contract),
    data: encodeFunctionData({ abi, functionName, args }),
  });
}

describe('describeOperation', () => {
  it('names contract, function and arguments, in the units of their names [SDK-13]', () => {
    const risk = {
      listed: true,
      decimals: 18,
      maintenanceHaircutBps: 1_050,
      initialHaircutBps: 2_000,
      depth: 80n * 10n ** 18n,
      supplyCap: 10n ** 18n / 4n,
    };
    expect(described('MarginPolicy', 'setCollateral', [WETH, risk])).toBe(
      'MarginPolicy.setCollateral(asset WETH, risk {listed yes, decimals 18, maintenanceHaircutBps 10.5 %, ' +
        'initialHaircutBps 20 %, depth 80 tokens, supplyCap 0.25 tokens})',
    );
    expect(described('SettlementFeed', 'resolve', [WETH, 1_700_000_000n, 10n ** 21n + 1n])).toBe(
      'SettlementFeed.resolve(underlying WETH, expiry 2023-11-14T22:13:20Z, price 1000.000000000000000001)',
    );
    expect(
      described('CloseOut', 'setTerms', [{ patience: 90, discountRamp: 60, tipCents: 250, maxDiscountBps: 1 }]),
    ).toBe('CloseOut.setTerms(newTerms {patience 90 s, discountRamp 60 s, tipCents 2.5, maxDiscountBps 0.01 %})');
    expect(described('MarginVault', 'setWaterfall', [STRANGER])).toBe(
      `MarginVault.setWaterfall(newWaterfall ${STRANGER})`,
    );
  });

  it('names the roles, contracts and functions that a call of the admin is about [SDK-13]', () => {
    expect(described('AccessManager', 'grantRole', [1n, STRANGER, 0])).toBe(
      `AccessManager.grantRole(roleId GUARDIAN, account ${STRANGER}, executionDelay 0 s)`,
    );
    const selectors = ['function unpause()', 'function nobodyKnows()'].map((each) => toFunctionSelector(each));
    expect(described('AccessManager', 'setTargetFunctionRole', [at('MarginVault'), selectors, 9n])).toBe(
      `AccessManager.setTargetFunctionRole(target MarginVault, selectors [unpause, ${selectors[1]}], roleId 9)`,
    );
  });

  it('shows what is no call of a contract of the deployment as it is, and no control characters [SDK-13]', () => {
    const of = (target: Hex, data: Hex): string => describeOperation(testManifest, { target, data });
    expect(of(at('CloseOut'), '0x12345678')).toBe('CloseOut.0x12345678…');
    expect(of(at('CloseOut'), '0x')).toBe('CloseOut.0x…');
    expect(of(at('MarginLens'), '0x12345678')).toBe('MarginLens.0x12345678…');
    expect(of(STRANGER, '0x12345678')).toBe(`${STRANGER}.0x12345678…`);
    expect(described('AccessManager', 'labelRole', [2n, '\u001B[2J'])).toBe(
      'AccessManager.labelRole(roleId 2, label "\\u001b[2J")',
    );
    expect(described('SettlementFeed', 'resolve', [WETH, 2n ** 255n, 0n])).toContain(`expiry ${2n ** 255n}, price 0)`);
  });
});
