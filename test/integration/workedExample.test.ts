import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { time } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';

import { liquidate } from '../fixtures/actions';
import { loadFixture } from '../fixtures/loadFixture';
import { openMarket, setPrice } from '../fixtures/marketFixture';
import { readAssessment, readPortfolio, sides } from '../fixtures/readAccount';
import { openSystem } from '../fixtures/systemFixture';
import { testPolicy } from '../fixtures/testPolicy';
import { MarginState, usdc, wad, WAD, weth } from '../fixtures/units';

const DOC = join(__dirname, '..', '..', 'docs', 'risk.md');
/** Figures in the document have two digits after the point, rates four. */
const CENT = wad('0.01');

/** The account of the worked example in docs/risk.md under its policy, and a pool that can carry its loss. */
async function documentedFixture() {
  const base = testPolicy();
  const weth17 = {
    ...base.collaterals['WETH']!,
    maintenanceHaircutPercent: 17,
    initialHaircutPercent: 22,
    depthTokens: 10_000,
  };
  const market = await openMarket(
    await openSystem({
      policy: {
        ...base,
        collaterals: { ...base.collaterals, WETH: weth17 },
        liquidation: { ...base.liquidation, feePercent: 2, callFeeQuote: 0 },
      },
    }),
  );
  const { vault, borrower, account, weth: asset } = market;
  await vault.connect(borrower).deposit(account, asset.address, weth(10));
  await vault.connect(borrower).borrow(account, usdc(15_000), borrower);
  return market;
}

/** Rows of the table whose first heading cells are these; cells as they stand. */
function rowsUnder(heading: string): string[][] {
  const lines = readFileSync(DOC, 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith(heading));
  expect(start, `docs/risk.md has no table ${heading}`).to.be.above(-1);
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** WAD of `1,234.50`, `12.34 %` or `-59.66`. */
function figure(cell: string): bigint {
  const digits = cell.replaceAll(',', '').replace(' %', '');
  return cell.endsWith('%') ? wad(digits) / 100n : wad(digits);
}

function expectFigure(actual: bigint, cell: string, what: string): void {
  const digit = cell.endsWith('%') ? CENT / 100n : CENT;
  expect(actual, `${what} ${cell}`).to.be.closeTo(figure(cell), digit / 2n + 1n);
}

describe('worked example of docs/risk.md', () => {
  const standing = rowsUnder('| WETH | E | Ri |');
  const closing = rowsUnder('| WETH | f | b |');

  it('has a row for each state and one for each way to close', () => {
    expect([standing.length, closing.length]).to.deep.equal([5, 4]);
  });

  for (const [price, equity, initial, maintenance, health, state] of standing) {
    const at = price!.split(' ')[0]!.replace(',', '');
    it(`the contracts say the same of the account at ${at} [RSK-02] [CALL-01]`, async () => {
      const market = await loadFixture(documentedFixture);
      const { account, engine, vault, weth: asset } = market;
      await setPrice(asset, at);
      const [e, ri, rm] = sides(await readAssessment(market, account)).mark;
      expectFigure(e!, equity!, 'E');
      expectFigure(ri!, initial!, 'Ri');
      expectFigure(rm!, maintenance!, 'Rm');
      expect(await engine.health(await readPortfolio(market, account))).to.be.closeTo(wad(health!), CENT / 100n);
      const name = /^\w+/.exec(state!)![0] as keyof typeof MarginState;
      expect(await vault.stateOf(account)).to.equal(MarginState[name]);
      const grace = /gives (\d+) s/.exec(state!)?.[1];
      if (grace === undefined) return;
      await vault.call(account);
      const { calledAt, deadline } = await vault.callOf(account);
      expect(deadline - calledAt).to.equal(BigInt(grace));
    });
  }

  for (const [price, fraction, bonusRate, bonus, fee, pays, shortfall, afterwards] of closing) {
    const at = price!.replace(',', '');
    it(`the contracts liquidate it so at ${at} [LIQ-04] [LIQ-05] [LIQ-11]`, async () => {
      const market = await loadFixture(documentedFixture);
      const { vault, account, engine, weth: asset } = market;
      await setPrice(asset, at);
      await vault.call(account);
      const { deadline } = await vault.callOf(account);
      if (deadline > BigInt(await time.latest())) await time.setNextBlockTimestamp(deadline);
      await setPrice(asset, at); // a block at the deadline: the time ramp is at its start
      const plan = await vault.preview(account, WAD);
      expectFigure(plan.fraction, fraction!, 'f');
      expectFigure(plan.bonusRate, bonusRate!, 'b');
      expectFigure(plan.bonus, bonus!, 'bonus');
      expectFigure(plan.fee, fee!, 'fee');
      expectFigure(plan.pay, pays!, 'pay');
      expectFigure(plan.shortfall, shortfall!, 'shortfall');
      await liquidate(market); // a second later, and so a little dearer
      const { collateral } = await vault.portfolio(account);
      if (afterwards === 'closed') return expect(collateral).to.deep.equal([]);
      const [, left, debt, health] = /^([\d.]+) WETH, debt ([\d.,]+), h ([\d.]+)$/.exec(afterwards!)!;
      expect(collateral[0]!.amount).to.be.closeTo(weth(left!), weth('0.001'));
      expect(-(await vault.cashOf(account))).to.be.closeTo(figure(debt!), wad(1));
      expect(await engine.health(await readPortfolio(market, account))).to.be.closeTo(wad(health!), wad('0.0002'));
      return;
    });
  }
});
