import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { assess } from './assess';
import { grace, largestFraction, planLiquidation } from './liquidation';
import { excess, health } from './margin';
import { mulDivDown, mulDivFloor } from './rounding';
import { MarginMode, PriceStatus, type Assessment, type CashTerms, type LiquidationTerms } from './types';
import { WAD } from './units';

// The tables of docs/risk.md, "Worked example", recomputed: every figure there must be what the maths gives.

const TERMS: LiquidationTerms = {
  bonusMinBps: 1_000,
  bonusMaxBps: 4_000,
  feeBps: 200,
  kappaBps: 9_000,
  targetHealthBps: 12_500,
  criticalHealthBps: 6_000,
  cureBufferBps: 200,
  bonusRamp: 1_200,
  maxGrace: 600,
  callFeeCents: 100,
  floorBonusCents: 500,
  socialisationCapBps: 500,
};
const CASH_TERMS: CashTerms = {
  baseRateBps: 200,
  slopeLowBps: 400,
  slopeHighBps: 6_000,
  kinkBps: 8_000,
  reserveFactorBps: 1_000,
  minDebt: 200,
  borrowCap: 1_000_000_000,
};
const WETH = '0x00000000000000000000000000000000000000ee';

interface Loan {
  readonly amount: bigint;
  readonly debt: bigint;
}

function measure({ amount, debt }: Loan, spot: bigint, low = spot): Assessment {
  return assess({
    portfolio: {
      account: `0x${'00'.repeat(32)}`,
      mode: MarginMode.Cross,
      cash: -debt,
      collateral: [{ asset: WETH, amount }],
      positions: [],
    },
    prices: [{ spot: spot * WAD, low: low * WAD, high: spot * WAD, updatedAt: 1, status: PriceStatus.Live }],
    risks: [
      {
        listed: true,
        decimals: 18,
        maintenanceHaircutBps: 1_700,
        initialHaircutBps: 2_200,
        depth: 10_000n * WAD,
        supplyCap: 100_000n * WAD,
      },
    ],
    pairs: [{ listed: false, maintenanceHaircutBps: 0, initialHaircutBps: 0 }],
  });
}

/** `value` to so many digits, thousands separated, as the table writes it: money rounded, health floored. */
function digits(value: bigint, places: number, cut = false): string {
  const scale = 10n ** BigInt(18 - places);
  const units = mulDivFloor(value + (cut ? 0n : scale / 2n), 1n, scale);
  const sign = units < 0n ? '-' : '';
  const text = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = text.slice(0, -places).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${whole}.${text.slice(-places)}`;
}

describe('the worked example of docs/risk.md', () => {
  const page = readFileSync(join(__dirname, '..', '..', 'docs', 'risk.md'), 'utf8');
  const start: Loan = { amount: 10n * WAD, debt: 15_000n * WAD };

  it.each([2_000n, 1_780n, 1_650n, 1_520n, 1_400n])('states equity, requirements and health at %i', (spot) => {
    const { mark } = measure(start, spot);
    const row = [mark.equity, mark.initial, mark.maintenance].map((money) => digits(money, 2)).join(' | ');
    expect(page).toContain(`${row} | ${healthDigits(mark)} |`);
  });

  it('states what may still be borrowed at the worse prices, and the grace of a call [SDK-08]', () => {
    expect(page).toContain(`${digits(excess(measure(start, 2_000n, 1_980n).worse), 2)} may still be borrowed`);
    expect(page).toContain(`gives ${grace(health(measure(start, 1_780n).mark), TERMS).toString()} s`);
  });

  it.each([1_780n, 1_650n, 1_520n, 1_400n])('states the liquidation at %i and what it leaves', (spot) => {
    const account = measure(start, spot);
    const { fraction } = largestFraction(account, -start.debt, 0n, TERMS, CASH_TERMS);
    const plan = planLiquidation(account, -start.debt, fraction, 0n, TERMS);
    const percent = fraction === WAD ? '100' : digits(fraction * 100n, 2);
    const money = [plan.bonus, plan.fee, plan.pay, plan.shortfall].map((figure) => digits(figure, 2)).join(' | ');
    const row = `| ${percent} % | ${digits(plan.bonusRate * 100n, 2)} % | ${money} |`;
    if (fraction === WAD) {
      expect(page).toContain(`${row} closed |`);
      return;
    }
    const amount = start.amount - mulDivDown(start.amount, fraction, WAD);
    const debt = -(-start.debt - mulDivFloor(-start.debt, fraction, WAD) + plan.pay - plan.fee);
    const left = measure({ amount, debt }, spot);
    const rest = `${digits(amount, 4)} WETH, debt ${digits(debt, 2)}, h ${healthDigits(left.mark)}`;
    expect(page).toContain(`${row} ${rest} |`);
  });

  function healthDigits(mark: Assessment['mark']): string {
    return digits(health(mark), 4, true);
  }
});
