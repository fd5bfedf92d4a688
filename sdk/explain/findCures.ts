import {
  assess,
  BPS,
  clearableHealth,
  divUp,
  excess,
  health,
  legHaircuts,
  max,
  WAD,
  type CashTerms,
  type LiquidationTerms,
  type MarginCall,
  type MarginInputs,
} from '../math';
import type { Cure, LegMarket } from './explanation';
import { smallest } from './smallest';

export interface CureInputs {
  readonly margin: MarginInputs;
  readonly markets: readonly LegMarket[];
  readonly marginCall: MarginCall;
  readonly liveTime: bigint;
  readonly liquidationTerms: LiquidationTerms;
  readonly cashTerms: CashTerms;
  /** quote WAD of one quote token unit */
  readonly quoteScale: bigint;
  /** by leg */
  readonly symbols: readonly string[];
}

/** Wei of cash that a repayment may lose to the rounding of principals. */
const ROUNDING = 2n;
/** A holding so many times the declared depth counts all but a millionth of what it ever will. */
const MOST_DEPTHS = 1_000_000n;

/**
 * What brings the account out of where it is, each way by itself enough at this block: how much to repay or bring as
 * cash, and how much more of each collateral. Nothing where nothing is amiss.
 */
export function findCures(inputs: CureInputs): Cure[] {
  const goal = goalOf(inputs);
  if (goal === undefined) return [];
  const holds = (margin: MarginInputs): boolean => isReached(inputs, goal, margin);
  return [
    byCash(inputs, goal, holds),
    ...inputs.margin.portfolio.collateral.map((_, i) => byLeg(inputs, goal, holds, i)),
  ];
}

type Goal = Cure['goal'];

function goalOf({ margin, marginCall }: CureInputs): Goal | undefined {
  if (margin.portfolio.cash >= 0n && margin.portfolio.positions.length === 0) return undefined;
  if (marginCall.calledAt !== 0) return 'cured';
  const { better, worse } = assess(margin);
  if (health(better) < WAD) return 'health one';
  return excess(worse) < 0n ? 'initial margin' : undefined;
}

/** A call is cured at mark, but with a buffer; an account is called at its better prices. */
function isReached({ marginCall, liveTime, liquidationTerms }: CureInputs, goal: Goal, margin: MarginInputs): boolean {
  const { worse, mark, better } = assess(margin);
  if (goal === 'initial margin') return excess(worse) >= 0n;
  return goal === 'cured'
    ? health(mark) >= clearableHealth(marginCall, liveTime, liquidationTerms)
    : health(better) >= WAD;
}

function byCash(inputs: CureInputs, goal: Goal, holds: (margin: MarginInputs) => boolean): Cure {
  const { margin, quoteScale, cashTerms } = inputs;
  const { portfolio } = margin;
  const debt = max(-portfolio.cash, 0n);
  const whole = divUp(debt, quoteScale);
  // without debt and positions there is no call, and nothing to be short of
  const isLoan = portfolio.positions.length === 0;
  const after = (units: bigint): MarginInputs => {
    const cash = portfolio.cash + units * quoteScale - ROUNDING;
    return { ...margin, portfolio: { ...portfolio, cash: isLoan && units >= whole ? 0n : cash } };
  };
  const most = isLoan ? whole : whole + divUp(mostMissing(margin), quoteScale);
  const found = smallest(-1n, most, (units) => (isLoan && units >= whole) || holds(after(units)));
  const least = found ?? (isLoan ? whole : null);
  const left = debt - (least ?? 0n) * quoteScale;
  const clearsDebt = debt > 0n && least !== null && left < BigInt(cashTerms.minDebt) * WAD && (isLoan || left > 0n);
  const amount = clearsDebt ? whole : least;
  return { goal, by: 'cash', symbol: null, decimals: null, amount, clearsDebt, aboveCap: false };
}

/** More than any goal asks for on top of what the account has, quote WAD: no target is above twice a requirement. */
function mostMissing(margin: MarginInputs): bigint {
  const { worse, mark, better } = assess(margin);
  const needs = [worse, mark, better].map((side) => 2n * max(side.initial, side.maintenance) - side.equity);
  return needs.reduce(max, 0n) + ROUNDING;
}

function byLeg(inputs: CureInputs, goal: Goal, holds: (margin: MarginInputs) => boolean, leg: number): Cure {
  const { margin, markets, symbols } = inputs;
  const { portfolio, risks } = margin;
  const after = (more: bigint): MarginInputs => ({
    ...margin,
    portfolio: {
      ...portfolio,
      collateral: portfolio.collateral.map((each, i) => (i === leg ? { ...each, amount: each.amount + more } : each)),
    },
  });
  const risk = risks[leg];
  const most = risk?.listed === true ? mostUseful(inputs, goal, leg) : 0n;
  const amount = smallest(-1n, most, (more) => holds(after(more)));
  return {
    goal,
    by: 'collateral',
    symbol: symbols[leg] ?? '',
    decimals: risk?.decimals ?? 0,
    amount,
    clearsDebt: false,
    aboveCap: amount !== null && amount > (markets[leg]?.capRoom ?? 0n),
  };
}

/**
 * Beyond so much more of a leg, `E - T * Rm` falls: it is `(1 - T) v + T (1 - h) v D / (D + x)` for a value `v = p x`,
 * which rises until `(D + x)^2 = D^2 T (1 - h) / (T - 1)`.
 */
function mostUseful({ margin, marginCall, liveTime, liquidationTerms }: CureInputs, goal: Goal, leg: number): bigint {
  const { portfolio, risks } = margin;
  const depth = risks[leg]?.depth ?? 0n;
  const most = depth * MOST_DEPTHS;
  if (goal !== 'cured') return most;
  const target = clearableHealth(marginCall, liveTime, liquidationTerms);
  if (target <= WAD) return most;
  const haircutBps = BigInt(legHaircuts(margin, leg).maintenanceHaircutBps);
  const square = (depth * depth * target * (BPS - haircutBps)) / (BPS * (target - WAD));
  return squareRootDown(square) - depth - (portfolio.collateral[leg]?.amount ?? 0n);
}

function squareRootDown(value: bigint): bigint {
  if (value < 2n) return value;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}
