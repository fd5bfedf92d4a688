import { takeSnapshot } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import fc from 'fast-check';

import { callFee, CENT, MarginState } from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture, setPrice } from '../fixtures/marketFixture';
import { copyAssessment, readAssessment } from '../fixtures/readAccount';
import { TEST_LIQUIDATION_TERMS } from '../fixtures/testPolicy';
import { accountOf, usdc, weth } from '../fixtures/units';

// The fee of a call is private to the vault, so real calls are compared: near the prices at which its bounds begin.

const RUNS = 120;
/** Whole quote tokens; each against a WETH for 1,400. */
const DEBTS = [280, 700, 7_000] as const;
const DEBT_A_WETH = 1_400;

/** Accounts 0, 1 and 2 of the borrower. */
async function debtorsFixture() {
  const market = await marketFixture();
  const { vault, borrower, weth: asset } = market;
  for (const [i, debt] of DEBTS.entries()) {
    const account = accountOf(borrower, i);
    await vault.connect(borrower).deposit(account, asset.address, weth(String(debt / DEBT_A_WETH)));
    await vault.connect(borrower).borrow(account, usdc(debt), borrower);
  }
  return market;
}

/** Price at which the account of `debt` has the health `h`, see docs/risk.md. */
function priceOf(debt: number, h: number): number {
  const held = debt / DEBT_A_WETH;
  const counted = (0.9 * 80) / (80 + held);
  return DEBT_A_WETH / (1 - h * (1 - counted));
}

const call = fc
  .record({
    which: fc.constantFrom(0, 1, 2),
    near: fc.constantFrom(0, 0.6, 0.8, 1),
    // hundredths of a quote token of the account's worth: the fee is one
    off: fc.integer({ min: -400, max: 400 }),
  })
  .map(({ which, near, off }) => {
    const debt = DEBTS[which];
    const price = priceOf(debt, near) + off / 100 / (debt / DEBT_A_WETH);
    return { which, price: price.toFixed(8) };
  });

describe(`the fee of a margin call against the sdk (seed ${SEED}, ${RUNS} calls)`, () => {
  it('is the same to the wei, whole and by either of its bounds [SDK-01] [CALL-05]', async () => {
    const market = await loadFixture(debtorsFixture);
    const { vault, borrower, stranger, weth: asset } = market;
    const most = BigInt(TEST_LIQUIDATION_TERMS.callFeeCents) * CENT;
    const seen = { whole: 0, part: 0, none: 0 };
    const before = await takeSnapshot();
    for (const { which, price } of fc.sample(call, { numRuns: RUNS, seed: SEED })) {
      const account = accountOf(borrower, which);
      await setPrice(asset, price);
      const state = Number(await vault.stateOf(account));
      if (state >= MarginState.Callable) {
        const expected = callFee(copyAssessment(await readAssessment(market, account)), TEST_LIQUIDATION_TERMS);
        const receipt = await (await vault.connect(stranger).call(account)).wait();
        const [called] = receipt?.logs.flatMap((log) => vault.interface.parseLog(log) ?? []) ?? [];
        expect(called?.name).to.equal('MarginCalled');
        expect(called?.args['fee'], `account ${which} at ${price}`).to.equal(expected);
        seen[expected === most ? 'whole' : expected === 0n ? 'none' : 'part'] += 1;
      }
      await before.restore();
    }
    for (const [kind, times] of Object.entries(seen)) expect(times, kind).to.be.at.least(10);
  });
});
