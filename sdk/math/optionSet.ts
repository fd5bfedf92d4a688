import { divFloor, max, min, mulDivFloor, mulDivUp } from './rounding';
import type { Margin } from './types';
import { WAD } from './units';

// Options of one underlying and expiry, which together require no more than they can lose: contracts/risk/OptionSet.sol.

/** One option of a set, with what it adds on its own. */
export interface OptionLeg {
  /** WAD, long > 0 */
  readonly size: bigint;
  /** quote WAD */
  readonly strike: bigint;
  readonly isCall: boolean;
  readonly margin: Margin;
}

/** What the bound of a set is made of, whatever the prices. */
export interface SetBound {
  /** least that the covered legs pay at expiry, quote WAD */
  readonly leastPayoff: bigint;
  /** of each leg the part that nothing covers, WAD units */
  readonly naked: readonly bigint[];
}

const NOTHING: Margin = { equity: 0n, initial: 0n, maintenance: 0n };

/**
 * The bound of a set. More calls short than long have none: those on top, at the highest strikes, are taken out.
 * @param legs in the order of their strikes
 */
export function boundOf(legs: readonly Omit<OptionLeg, 'margin'>[]): SetBound {
  let uncovered = -sum(legs.filter(({ isCall }) => isCall).map(({ size }) => size));
  const naked = legs.map(() => 0n);
  for (const [i, { isCall, size }] of [...legs.entries()].reverse()) {
    if (!isCall || size >= 0n || uncovered <= 0n) continue;
    naked[i] = min(uncovered, -size);
    uncovered -= min(uncovered, -size);
  }
  return { leastPayoff: leastPayoff(legs, naked), naked };
}

/** What a set adds: equity in full, and of the requirements no more than it can lose from there. */
export function setMargin(legs: readonly OptionLeg[], { leastPayoff: least, naked }: SetBound): Margin {
  const all = legs.reduce((total, { margin }) => add(total, margin), NOTHING);
  const alone = legs.reduce((total, { size, margin }, i) => {
    const part = naked[i] ?? 0n;
    if (part === 0n) return total;
    const units = size < 0n ? -size : size;
    return add(total, {
      equity: mulDivFloor(margin.equity, part, units),
      initial: mulDivUp(margin.initial, part, units),
      maintenance: mulDivUp(margin.maintenance, part, units),
    });
  }, NOTHING);
  const most = max(all.equity - alone.equity - least, 0n);
  return {
    equity: all.equity,
    initial: min(all.initial, alone.initial + most),
    maintenance: min(all.maintenance, alone.maintenance + most),
  };
}

/** What the covered part of a set can lose from there. */
export function lossOf(legs: readonly OptionLeg[], { leastPayoff: least, naked }: SetBound): bigint {
  const covered = legs.map(({ size, margin: { equity } }, i) => {
    const part = naked[i] ?? 0n;
    return part === 0n ? equity : equity - mulDivFloor(equity, part, size < 0n ? -size : size);
  });
  return max(sum(covered) - least, 0n);
}

/** At zero puts pay their strikes; from there on the slope changes at each strike. */
function leastPayoff(legs: readonly Omit<OptionLeg, 'margin'>[], naked: readonly bigint[]): bigint {
  const puts = legs.filter(({ isCall }) => !isCall);
  let payoff = sum(puts.map(({ size, strike }) => size * strike));
  let slope = -sum(puts.map(({ size }) => size));
  let least = payoff;
  let at = 0n;
  for (const [i, { size, strike }] of legs.entries()) {
    payoff += slope * (strike - at);
    least = min(least, payoff);
    at = strike;
    slope += size + (naked[i] ?? 0n);
  }
  return divFloor(least, WAD);
}

function add(a: Margin, b: Margin): Margin {
  return {
    equity: a.equity + b.equity,
    initial: a.initial + b.initial,
    maintenance: a.maintenance + b.maintenance,
  };
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
