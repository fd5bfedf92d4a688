import { mulDivUp, WAD, type Margin } from '../../sdk/math';

// How much money brings an account to a health: what an owner reckons before answering a call. Slightly more than
// needed where rounding or a rising concentration would leave it short.

const SLACK_BPS = 10n;

/** Quote WAD to repay: equity rises by it and the requirement stays. */
export function neededRepayment({ equity, maintenance }: Margin, health: bigint): bigint {
  return withSlack(mulDivUp(maintenance, health, WAD) - equity);
}

/**
 * Value of collateral to add, quote WAD: equity rises by it, and the requirement by its haircut, as large as the average
 * of what is there.
 * @param collateral value of what is there
 * @returns more than anybody has where the haircut eats what is added
 */
export function neededCollateral({ equity, maintenance }: Margin, health: bigint, collateral: bigint): bigint {
  const missing = mulDivUp(maintenance, health, WAD) - equity;
  if (missing <= 0n) return 0n;
  const haircut = collateral === 0n ? WAD : mulDivUp(maintenance, WAD, collateral);
  const kept = WAD - mulDivUp(haircut, health, WAD);
  return kept <= 0n ? 2n ** 127n : withSlack(mulDivUp(missing, WAD, kept));
}

/**
 * What of `wanted` can be repaid: no debt may be left that is smaller than `least`. All of it where the purse allows.
 * Quote WAD.
 */
export function repayable(wanted: bigint, debt: bigint, purse: bigint, least: bigint): bigint {
  if (wanted >= debt) return debt;
  if (debt - wanted >= least) return wanted;
  // a thousandth more, for the interest until then
  if (debt + debt / 1_000n <= purse) return debt + debt / 1_000n;
  const most = debt - least - debt / 1_000n;
  return most > 0n ? most : 0n;
}

function withSlack(value: bigint): bigint {
  return value <= 0n ? 0n : value + mulDivUp(value, SLACK_BPS, 10_000n);
}
