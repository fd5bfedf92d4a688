import { assess, type MarginInputs } from './assess';
import { excess } from './margin';
import { max } from './rounding';

/** Largest debt increase that leaves `E >= Ri` at the worse prices, quote WAD; pool liquidity and caps aside. */
export function largestBorrow(inputs: MarginInputs): bigint {
  return max(excess(assess(inputs).worse), 0n);
}

/**
 * Largest amount of collateral leg `leg`, token units, whose withdrawal leaves `E >= Ri` at the worse prices. Found by
 * the contract's bisection, step by step: rounding makes excess waver by a wei, so another path might end elsewhere.
 */
export function largestWithdrawal(inputs: MarginInputs, leg: number): bigint {
  const { cash, collateral, positions } = inputs.portfolio;
  const held = collateral[leg]?.amount ?? 0n;
  if (cash >= 0n && positions.length === 0) return held;
  let low = 0n;
  let high = held;
  if (!allows(inputs, leg, low)) return 0n;
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    if (allows(inputs, leg, middle)) low = middle;
    else high = middle - 1n;
  }
  return low;
}

function allows(inputs: MarginInputs, leg: number, amount: bigint): boolean {
  const { portfolio } = inputs;
  const collateral = portfolio.collateral.map((holding, i) =>
    i === leg ? { ...holding, amount: holding.amount - amount } : holding,
  );
  return excess(assess({ ...inputs, portfolio: { ...portfolio, collateral } }).worse) >= 0n;
}
