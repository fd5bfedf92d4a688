import { leastMaintenance } from './leastRequirement';
import { health } from './margin';
import type { MarginCall } from './marginState';
import { max, min, mulDivCeil, mulDivDown, mulDivFloor, mulDivUp } from './rounding';
import type { Assessment, CashTerms, LiquidationPlan, LiquidationTerms, Margin } from './types';
import { BPS, CENT, WAD } from './units';

// contracts/math/LiquidationMath.sol, function by function.

const BPS_TO_WAD = WAD / BPS;

/** What a liquidation costs the account, WAD of the maintenance requirement. */
export interface LiquidationRates {
  /** `b`, to the bidder */
  readonly bonus: bigint;
  /** `phi`, to the reserve */
  readonly fee: bigint;
}

export interface LargestFraction {
  /** WAD */
  readonly fraction: bigint;
  /** Whether it is all because what would be left, or earned, is too little. */
  readonly closes: boolean;
}

/** Seconds of grace for a call at `accountHealth` (WAD), rounded down. */
export function grace(accountHealth: bigint, terms: LiquidationTerms): bigint {
  const critical = criticalHealth(terms);
  const longest = BigInt(terms.maxGrace);
  if (accountHealth <= critical) return 0n;
  if (accountHealth >= WAD) return longest;
  return (longest * (accountHealth - critical)) / (WAD - critical);
}

/** Health (WAD) below which no call is needed. */
export function criticalHealth(terms: LiquidationTerms): bigint {
  return BigInt(terms.criticalHealthBps) * BPS_TO_WAD;
}

/** Health (WAD) at which a call is cured. */
export function curedHealth(terms: LiquidationTerms): bigint {
  return WAD + BigInt(terms.cureBufferBps) * BPS_TO_WAD;
}

/**
 * Health (WAD) at which a call may be cleared: cured, or one once its deadline is over.
 *
 * @param now live time
 */
export function clearableHealth(marginCall: MarginCall, now: bigint, terms: LiquidationTerms): bigint {
  return now < BigInt(marginCall.deadline) ? curedHealth(terms) : WAD;
}

/** Least bonus that pays for taking over the whole account, quote WAD; the waterfall pays what the account cannot. */
export function leastBonus(mark: Margin, terms: LiquidationTerms): bigint {
  return max(BigInt(terms.floorBonusCents) * CENT, mulDivDown(mark.maintenance, BigInt(terms.bonusMinBps), BPS));
}

/** Whether a bonus rate (WAD) is below the lowest, so that only the whole account is taken. */
export function mustClose(bonusRate: bigint, terms: LiquidationTerms): boolean {
  return bonusRate < BigInt(terms.bonusMinBps) * BPS_TO_WAD;
}

/** Health (WAD) of what has to pay for the liquidation: of the legs at mark, unless a leg is Down and stays. */
export function payingHealth(account: Assessment): bigint {
  return health(account.downLegs === 0n ? account.mark : account.better);
}

/**
 * Rates of bonus and fee.
 * @param accountHealth WAD, decides the ramp
 * @param paying WAD, health of what the bidder takes over
 * @param elapsed live seconds since the account became liquidatable
 */
export function rates(
  accountHealth: bigint,
  paying: bigint,
  elapsed: bigint,
  terms: LiquidationTerms,
): LiquidationRates {
  const cap = paying <= 0n ? 0n : mulDivDown(min(paying, WAD), BigInt(terms.kappaBps), BPS);
  const least = BigInt(terms.bonusMinBps) * BPS_TO_WAD;
  const fee = min(BigInt(terms.feeBps) * BPS_TO_WAD, cap - min(cap, least));

  const rise = BigInt(terms.bonusMaxBps) * BPS_TO_WAD - least;
  const ramp = BigInt(terms.bonusRamp);
  let bonus = elapsed >= ramp ? least + rise : least + (rise * elapsed) / ramp;
  const critical = criticalHealth(terms);
  if (accountHealth < critical) {
    const depth = critical - max(accountHealth, 0n);
    bonus = max(bonus, least + (rise * depth) / critical);
  }
  return { bonus: min(bonus, cap - fee), fee };
}

/**
 * The largest fraction that may be taken.
 * @param cash of the account, quote WAD
 * @param elapsed live seconds since the account became liquidatable
 */
export function largestFraction(
  account: Assessment,
  cash: bigint,
  elapsed: bigint,
  terms: LiquidationTerms,
  cashTerms: CashTerms,
): LargestFraction {
  const r = ratesOf(account, elapsed, terms);
  const floorBonus = BigInt(terms.floorBonusCents) * CENT;
  const restoring = partialPlan(account.mark, restoringFraction(health(account.better), r, terms), r);
  const plan =
    restoring.bonus < floorBonus
      ? partialPlan(account.mark, payingFraction(account.mark, r, floorBonus), r)
      : restoring;
  const closes =
    plan.fraction === WAD || mustClose(r.bonus, terms) || leavesDust(account, cash, plan, terms, cashTerms);
  return { fraction: closes ? WAD : plan.fraction, closes };
}

/**
 * The plan for taking `fraction` (WAD), at most `largestFraction`.
 * @param cash of the account, quote WAD
 */
export function planLiquidation(
  account: Assessment,
  cash: bigint,
  fraction: bigint,
  elapsed: bigint,
  terms: LiquidationTerms,
): LiquidationPlan {
  const r = ratesOf(account, elapsed, terms);
  return fraction === WAD
    ? closingPlan(account, cash, r, leastBonus(account.mark, terms))
    : partialPlan(account.mark, fraction, r);
}

/**
 * Whether `plan` leaves a debt, or positions, or all that stands beside a debt, smaller than the least debt; or positions
 * that require no more than the least requirement, which does not fall with what is sold of them.
 */
export function leavesDust(
  account: Assessment,
  cash: bigint,
  plan: LiquidationPlan,
  terms: LiquidationTerms,
  cashTerms: CashTerms,
): boolean {
  const least = BigInt(cashTerms.minDebt) * WAD;
  const known = account.downLegs === 0n;
  const notionalLeft = mulDivDown(account.markNotional, WAD - plan.fraction, WAD);
  const required = mulDivDown(account.mark.maintenance, WAD - plan.fraction, WAD);
  const isSmall = notionalLeft < least || required < leastMaintenance(terms.floorBonusCents);
  if (notionalLeft !== 0n && isSmall && known) return true;
  const cashLeft = cash - mulDivFloor(cash, plan.fraction, WAD) + plan.pay - plan.fee;
  if (cashLeft >= 0n) return false;
  const left = notionalLeft + mulDivDown(account.markCollateral, WAD - plan.fraction, WAD);
  return -cashLeft < least || (left < least && known);
}

function ratesOf(account: Assessment, elapsed: bigint, terms: LiquidationTerms): LiquidationRates {
  return rates(health(account.better), payingHealth(account), elapsed, terms);
}

/** `f = (T - h) / (T - b - phi)`: after it health is `T`. At most all. */
function restoringFraction(accountHealth: bigint, r: LiquidationRates, terms: LiquidationTerms): bigint {
  const target = BigInt(terms.targetHealthBps) * BPS_TO_WAD;
  const missing = target - max(accountHealth, 0n);
  return min(mulDivDown(missing, WAD, target - r.bonus - r.fee), WAD);
}

/** The part that pays for the work; all, where that is not enough. */
function payingFraction(mark: Margin, r: LiquidationRates, floorBonus: bigint): bigint {
  const bonusOfAll = mulDivDown(mark.maintenance, r.bonus, WAD);
  return bonusOfAll <= floorBonus ? WAD : mulDivUp(floorBonus, WAD, bonusOfAll);
}

function partialPlan(mark: Margin, fraction: bigint, r: LiquidationRates): LiquidationPlan {
  const requirement = mulDivDown(mark.maintenance, fraction, WAD);
  const bonus = mulDivDown(requirement, r.bonus, WAD);
  const fee = mulDivDown(requirement, r.fee, WAD);
  const pay = mulDivCeil(mark.equity, fraction, WAD) - bonus;
  return { fraction, bonusRate: r.bonus, bonus, fee, pay, shortfall: 0n };
}

/**
 * Everything goes; the bonus comes before the fee, and a leg that stays still backs what the account cannot pay. Where
 * one stays the bonus is no more than what is sold, and what positions have lost beyond what the account has at its
 * better prices is a shortfall all the same. What sources disagree about is nobody's: the bidder goes without.
 */
function closingPlan(account: Assessment, cash: bigint, r: LiquidationRates, least: bigint): LiquidationPlan {
  const { mark, markCollateral, markNotional, downLegs } = account;
  const full = max(mulDivDown(mark.maintenance, r.bonus, WAD), least);
  const bonus = downLegs === 0n ? full : min(full, markCollateral + markNotional);
  const fee = mulDivDown(mark.maintenance, r.fee, WAD);
  const pay = mark.equity - bonus;
  const plan = { fraction: WAD, bonusRate: r.bonus, bonus, fee, pay, shortfall: 0n };
  const lacking = max(bonus - account.better.equity, 0n);
  if (downLegs !== 0n) {
    const lost = cash + markCollateral - mark.equity;
    const shortfall = max(min(min(lost, lacking), -pay), 0n);
    return { ...plan, shortfall, fee: shortfall === 0n ? fee : 0n };
  }
  if (pay >= 0n) return { ...plan, fee: min(fee, pay) };
  const shortfall = min(-pay, lacking);
  return { ...plan, fee: 0n, bonus: max(mark.equity + shortfall, 0n), pay: -shortfall, shortfall };
}
