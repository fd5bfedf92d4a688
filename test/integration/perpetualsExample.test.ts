import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { loadFixture } from '../fixtures/loadFixture';
import {
  BITCOIN,
  moveTo,
  PERPETUAL,
  restAt,
  setTerms,
  trade,
  tradingFixture,
  type TradingWorld,
} from '../fixtures/tradingFixture';
import { HOUR, WAD } from '../fixtures/units';

// The worked example of docs/risk.md, "Perpetuals", as trades on a chain: each figure of its table must come out.

/** What happens in each row of the table. */
const STEPS: readonly ((world: TradingWorld) => Promise<unknown>)[] = [
  (w) => trade(w, { buyer: w.alice, seller: w.bob, size: 2, price: 40_000 }),
  async (w) => {
    await restAt(w, 43_600, 44_000);
    await w.vault.updateFunding(BITCOIN);
    await time.increase(10 * HOUR);
    await moveTo(w, 43_600, 44_000);
    await w.vault.settle(w.aliceAccount, PERPETUAL);
  },
  (w) => w.vault.settle(w.bobAccount, PERPETUAL),
  (w) => w.vault.settle(w.aliceAccount, PERPETUAL),
  (w) => trade(w, { buyer: w.bob, seller: w.alice, size: 3, price: 44_100 }),
  async (w) => {
    await restAt(w, 43_000);
    await trade(w, { buyer: w.alice, seller: w.bob, size: '0.4', price: 43_000 });
  },
];

/** `value` (WAD) rounded to so many digits, thousands separated. */
function digits(value: bigint, places: number): string {
  const scale = 10n ** BigInt(18 - places);
  const units = ((value < 0n ? -value : value) + scale / 2n) / scale;
  const text = units.toString().padStart(places + 1, '0');
  const whole = text.slice(0, -places).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${value < 0n && units > 0n ? '-' : ''}${whole}.${text.slice(-places)}`;
}

async function rowOf({ vault, aliceAccount, bobAccount }: TradingWorld): Promise<string> {
  const cells: string[] = [];
  for (const account of [aliceAccount, bobAccount]) {
    const [size, basis] = await vault.positionOf(account, PERPETUAL);
    cells.push(digits(size, 1), digits(basis, 2), digits(await vault.cashOf(account), 2));
  }
  return [...cells, digits((await vault.marketOf(BITCOIN)).unsettled, 2)].join(' | ');
}

describe('the worked example of docs/risk.md about perpetuals', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'risk.md'), 'utf8');
  const [, section = ''] = page.split('\n## Perpetuals\n');
  const [, table = ''] = section.split("| step | Alice's size |");
  const rows = table.split('\n').slice(2, 2 + STEPS.length);

  it('is what trades, funding and settling come to [TRD-08] [PNL-01] [PNL-03]', async () => {
    const world = await loadFixture(tradingFixture);
    await setTerms(world, { unsettledCap: 3_000, fundingPpmPerDay: 30_000 });
    for (const [i, step] of STEPS.entries()) {
      await step(world);
      const [name = '', ...cells] = (rows[i] ?? '').replace(/ \|$/, '').split(' | ');
      expect(await rowOf(world), name).to.equal(cells.join(' | '));
    }
    // of funding, what eight hours are of a day's 400, twice
    expect(digits(await world.vault.fundingIndexOf(BITCOIN), 2)).to.equal('266.67');
    expect(section).to.contain('the index is 266.67');
    // and of the first step, before the cap: what 2 are worth
    expect(digits(2n * 44_000n * WAD - 80_000n * WAD - (2n * 400n * WAD) / 3n, 2)).to.equal('7,733.33');
    expect(section).to.contain('= 7,733.33');
  });
});
