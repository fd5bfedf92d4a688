import { describeInstrument, isOption } from './instrumentId';
import { max } from './rounding';
import type { Assessment, Margin, Portfolio } from './types';
import { CENT } from './units';

// The least that an account with positions requires, as in contracts/risk/LeastRequirement.sol.

const MAINTENANCE_BONUSES = 2n;
const INITIAL_BONUSES = 4n;

export interface LeastTerms {
  /** Least bonus of a liquidation, hundredths of a quote unit. */
  readonly floorBonusCents: number;
  /** Seconds: what has expired by then only waits to be settled. */
  readonly timestamp: bigint;
}

/** Least maintenance margin of an account with positions, quote WAD. */
export function leastMaintenance(floorBonusCents: number): bigint {
  return BigInt(floorBonusCents) * CENT * MAINTENANCE_BONUSES;
}

/** What the account requires, raised to the least if it can come to owe anything for its positions. */
export function raiseToLeast(assessment: Assessment, portfolio: Portfolio, terms: LeastTerms): Assessment {
  if (!mayOwe(portfolio, terms.timestamp)) return assessment;
  const { floorBonusCents } = terms;
  const worse = raise(assessment.worse, floorBonusCents);
  // nobody is called, and nobody's liquidation paid for, while a price is missing
  if (assessment.downLegs !== 0n) return { ...assessment, worse };
  return {
    ...assessment,
    worse,
    mark: raise(assessment.mark, floorBonusCents),
    better: raise(assessment.better, floorBonusCents),
  };
}

function raise({ equity, initial, maintenance }: Margin, floorBonusCents: number): Margin {
  return {
    equity,
    initial: max(initial, BigInt(floorBonusCents) * CENT * INITIAL_BONUSES),
    maintenance: max(maintenance, leastMaintenance(floorBonusCents)),
  };
}

function mayOwe({ cash, positions }: Portfolio, timestamp: bigint): boolean {
  if (positions.length === 0) return false;
  if (cash < 0n) return true;
  return positions.some(({ instrument, size }) => {
    if (size === 0n) return false;
    const described = describeInstrument(instrument);
    return !isOption(described) || (size < 0n && described.expiry > timestamp);
  });
}
