import { describe, expect, it } from 'vitest';

import { fundingChanged, INSTRUMENTS, marketChanged, ORACLE, underlyingListed, VAULT } from '../testing/fakeLogs';
import type { FakeLog } from '../testing/fakeNode';
import { createMarketIndex } from './marketIndex';

const INDEX = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2';
const PERPETUAL = '0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599';

const at = (log: FakeLog) => ({ ...log, blockNumber: '0x1' as const });
const create = () => createMarketIndex({ vault: VAULT, instrumentPolicy: INSTRUMENTS });

describe('createMarketIndex', () => {
  it('ignores events of other contracts', () => {
    const index = create();
    expect(index.apply(at({ ...marketChanged(1, 1n, 1n, 1n), address: ORACLE }))).toBeUndefined();
    expect(index.apply(at({ ...underlyingListed(1, INDEX, PERPETUAL), address: VAULT }))).toBeUndefined();
    expect(index.all()).toEqual([]);
  });

  it('knows feeds, open interest, what is unsettled, and funding, and undoes each [KPR-15]', () => {
    const index = create();
    index.apply(at(underlyingListed(2, INDEX, PERPETUAL)));
    index.apply(at(underlyingListed(1, PERPETUAL, INDEX)));
    index.apply(at(marketChanged(2, 5n, 6n, -7n)));
    const undo = index.apply(at(fundingChanged(2, -8n, -9n)));
    const market = {
      underlying: 2,
      feeds: { index: INDEX, perpetual: PERPETUAL },
      perpetuals: 5n,
      options: 6n,
      unsettled: -7n,
      fundingIndex: -8n,
      fundingRate: -9n,
    };
    expect(index.all().map(({ underlying }) => underlying)).toEqual([1, 2]);
    expect(index.all()[1]).toEqual(market);
    undo?.();
    expect(index.all()[1]).toEqual({ ...market, fundingIndex: 0n, fundingRate: 0n });
    index.reset();
    expect(index.all()).toEqual([]);
  });
});
