import { describe, expect, it } from 'vitest';

import {
  callCleared,
  cashChanged,
  collateralChanged,
  marginCalled,
  ORACLE,
  positionChanged,
  priceRecorded,
  testAccount,
  VAULT,
} from '../testing/fakeLogs';
import type { FakeLog } from '../testing/fakeNode';
import { createAccountIndex } from './accountIndex';
import { createPriceIndex } from './priceIndex';

const ann = testAccount(1);
const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2';

const at = (log: FakeLog, block = 1n) => ({ ...log, blockNumber: `0x${block.toString(16)}` as const });

describe('createAccountIndex', () => {
  it('ignores events of other contracts and other events', () => {
    const index = createAccountIndex({ vault: VAULT });
    expect(index.apply(at({ ...cashChanged(ann, -1n), address: ORACLE }))).toBeUndefined();
    expect(index.apply(at({ ...marginCalled(ann), address: ORACLE }))).toBeUndefined();
    expect(index.apply(at(priceRecorded(WETH, 1n, 1n)))).toBeUndefined();
    expect(index.size()).toBe(0);
  });

  it('knows debt by the principal that the event carries', () => {
    const index = createAccountIndex({ vault: VAULT });
    index.apply(at(collateralChanged(ann, WETH, 3n)));
    expect(index.size()).toBe(1);
    expect(index.watched()).toEqual([]);
    index.apply(at(cashChanged(ann, -(10n ** 30n), 5n)));
    const collateral = [{ asset: WETH, amount: 3n }];
    expect(index.get(ann)).toEqual({ principal: -(10n ** 30n), called: false, collateral, positions: [] });
    expect(index.watched()).toEqual([ann]);
    index.apply(at(cashChanged(ann, 1n)));
    expect(index.watched()).toEqual([]);
  });

  it('knows collateral by the amount that the event carries', () => {
    const index = createAccountIndex({ vault: VAULT });
    index.apply(at(collateralChanged(ann, WETH, 3n)));
    const undo = index.apply(
      at({ ...collateralChanged(ann, WETH, 0n), address: VAULT.toUpperCase().replace('X', 'x') as never }),
    );
    expect(index.get(ann)?.collateral).toEqual([]);
    undo?.();
    expect(index.get(ann)?.collateral).toEqual([{ asset: WETH, amount: 3n }]);
  });

  it('knows positions by what the event carries, and watches who has one [KPR-15]', () => {
    const index = createAccountIndex({ vault: VAULT });
    index.apply(at(positionChanged(ann, 17n, -5n, 0n)));
    index.apply(at(positionChanged(ann, 18n, 5n, -3n)));
    expect(index.watched()).toEqual([ann]);
    expect(index.trading()).toEqual([ann]);
    expect(index.get(ann)?.positions).toEqual([
      { instrument: 17n, size: -5n, basis: 0n },
      { instrument: 18n, size: 5n, basis: -3n },
    ]);
    index.apply(at(positionChanged(ann, 17n, 0n, 0n)));
    const undo = index.apply(at(positionChanged(ann, 18n, 0n, 0n)));
    expect(index.watched()).toEqual([]);
    undo?.();
    expect(index.trading()).toEqual([ann]);
    // what is owed to it stands in the basis
    index.apply(at(positionChanged(ann, 18n, 0n, -2n)));
    expect(index.get(ann)?.positions).toEqual([{ instrument: 18n, size: 0n, basis: -2n }]);
    index.reset();
    expect([...index.watched(), ...index.trading()]).toEqual([]);
  });

  it('watches an account without debt for as long as its call is open', () => {
    const index = createAccountIndex({ vault: VAULT });
    index.apply(at(marginCalled(ann)));
    expect(index.watched()).toEqual([ann]);
    const undo = index.apply(at(callCleared(ann)));
    expect(index.watched()).toEqual([]);
    undo?.();
    expect(index.watched()).toEqual([ann]);
  });
});

describe('createPriceIndex', () => {
  it('keeps the last record of an asset, whatever the case of addresses', () => {
    const index = createPriceIndex(ORACLE);
    index.apply(at(priceRecorded(WETH, 100n, 90n), 7n));
    const undo = index.apply(at({ ...priceRecorded(WETH, 80n, 95n), address: ORACLE.toLowerCase() as never }, 8n));
    expect(index.get(WETH)).toEqual({ spot: 80n, smoothed: 95n, block: 8n });
    undo?.();
    expect(index.get(WETH)).toEqual({ spot: 100n, smoothed: 90n, block: 7n });
  });
});
