import { keccak256, parseUnits, toHex, type Address } from 'viem';

import { toCollateralRisk, toPairRisk } from '../../deploy/plan/policyParams';
import type { PolicyFile } from '../../deploy';
import { AppError } from '../../sdk/errors';
import { BPS, countedDown, MarginMode, valueDown, WAD } from '../../sdk/math';
import { createRandom, type Random } from '../random';
import type { Scenario } from '../scenario/scenarioSchema';

/** A token amount of a collateral, by symbol. */
export interface Amount {
  readonly symbol: string;
  /** token units */
  readonly amount: bigint;
}

export interface Borrower {
  readonly owner: Address;
  readonly mode: number;
  readonly collateral: readonly Amount[];
  /** quote token units */
  readonly debt: bigint;
  /** Of all collateral at the start, quote. */
  readonly value: number;
  /** Whether the owner answers calls; how is drawn when it comes to that. */
  readonly answers: boolean;
  /** What there is to answer with, quote. */
  readonly purse: number;
}

export interface Lender {
  readonly owner: Address;
  /** quote token units */
  readonly amount: bigint;
}

/** Who has accounts when the scenario begins. */
export interface Population {
  readonly borrowers: readonly Borrower[];
  readonly lenders: readonly Lender[];
  readonly fundDepositors: readonly Lender[];
}

export interface CreatePopulationParameters {
  readonly scenario: Scenario;
  /** Its initial haircuts bound what accounts may owe. */
  readonly policy: PolicyFile;
  /** By symbol, quote for one whole unit. */
  readonly prices: ReadonlyMap<string, number>;
  readonly decimals: ReadonlyMap<string, number>;
  readonly quoteDecimals: number;
  readonly seed: number;
}

const FUND_DEPOSITORS = 3;
/** Debts stay this far below the limit: prices on chain have fewer digits, and interest runs at once. */
const SLACK_BPS = 10n;

/** Draws accounts: the same scenario, policy and seed give the same ones. */
export function createPopulation(parameters: CreatePopulationParameters): Population {
  const { scenario, quoteDecimals, seed } = parameters;
  const { accounts } = scenario;
  const random = createRandom(seed);
  const borrowers = Array.from({ length: accounts.borrowers }, (_, i) =>
    createBorrower(parameters, toAddress(`borrower ${i}`), random.fork(`borrower ${i}`)),
  );
  const debt = borrowers.reduce((sum, borrower) => sum + borrower.debt, 0n);
  const fund = (debt * share(accounts.fundShare)) / WAD;
  const lent = (debt * WAD) / share(accounts.utilisation);
  const unit = 10n ** BigInt(quoteDecimals);
  return {
    borrowers,
    lenders: divide(lent > fund ? lent - fund : unit, accounts.lenders, 'lender', random),
    fundDepositors: fund < unit ? [] : divide(fund, FUND_DEPOSITORS, 'fund depositor', random),
  };
}

/** The address of a person in the simulation: nobody has its key. */
export function toAddress(name: string): Address {
  return `0x${keccak256(toHex(`plimsoll simulation: ${name}`)).slice(-40)}`;
}

function createBorrower(parameters: CreatePopulationParameters, owner: Address, random: Random): Borrower {
  const { scenario, policy, prices, decimals, quoteDecimals } = parameters;
  const { accounts, owners } = scenario;
  const isolated = random.chance(accounts.isolatedShare);
  const { parts } = random.pick(accounts.mixes);
  const { least, most, median, sigma } = accounts.size;
  const size = Math.min(most, Math.max(least, random.logNormal(median, sigma)));
  const loan = accounts.loan.least + (accounts.loan.most - accounts.loan.least) * random.next() ** accounts.loan.skew;
  const answers = random.chance(owners.answerShare);

  const largest = Object.entries(parts).reduce((a, b) => (b[1] > a[1] ? b : a));
  const mix: [string, number][] = isolated ? [[largest[0], 1]] : Object.entries(parts).filter(([, part]) => part > 0);
  let counted = 0n;
  const collateral = mix.map(([symbol, part]): Amount => {
    const risks = policy.collaterals[symbol];
    const price = prices.get(symbol);
    const places = decimals.get(symbol);
    if (risks === undefined || price === undefined || places === undefined) {
      throw new AppError(`policy ${policy.name} does not list ${symbol}, which accounts of ${scenario.name} hold`, {
        code: 'scenario_mismatch',
      });
    }
    const amount = toUnits((size * part) / price, places);
    const value = valueDown(amount, toUnits(price, 18), places);
    const { depth, initialHaircutBps } = toCollateralRisk(symbol, risks, places);
    const pair = toPairRisk(risks);
    if (isolated && !pair.listed) {
      throw new AppError(`policy ${policy.name} does not let isolated accounts hold ${symbol}`, {
        code: 'scenario_mismatch',
      });
    }
    counted += countedDown(value, isolated ? pair.initialHaircutBps : initialHaircutBps, amount, depth);
    return { symbol, amount };
  });
  const scale = 10n ** BigInt(18 - quoteDecimals);
  const limit = (counted * (BPS - SLACK_BPS)) / BPS / scale;
  const least_ = BigInt(policy.cash.minDebtQuote) * 10n ** BigInt(quoteDecimals);
  const wanted = (limit * share(loan)) / WAD;
  if (limit < least_) {
    throw new AppError(
      `an account with ${Math.round(size)} of collateral cannot owe the least debt of policy ${policy.name}: raise accounts.size.least of ${scenario.name}`,
      { code: 'scenario_mismatch' },
    );
  }
  return {
    owner,
    mode: isolated ? MarginMode.Isolated : MarginMode.Cross,
    collateral,
    debt: wanted < least_ ? least_ : wanted,
    value: size,
    answers,
    purse: size * owners.purse,
  };
}

function divide(total: bigint, count: number, name: string, random: Random): Lender[] {
  const weights = Array.from({ length: count }, (_, i) => share(random.fork(`${name} ${i}`).logNormal(1, 0.8)));
  const sum = weights.reduce((a, b) => a + b, 0n);
  return weights.map((weight, i) => ({ owner: toAddress(`${name} ${i}`), amount: (total * weight) / sum }));
}

/** A fraction as WAD, nine digits of it. */
function share(part: number): bigint {
  return toUnits(part, 18);
}

/** @param value not so large that its ninth digit after the point is lost */
function toUnits(value: number, decimals: number): bigint {
  return parseUnits(value.toFixed(9), decimals);
}
