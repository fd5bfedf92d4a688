import type { Greeks } from './greeks';
import { mulDivUp } from './rounding';
import type { StandardRates } from './standardRates';
import { PriceStatus, type Price } from './types';
import { BPS, PPM, WAD } from './units';

// What a net exposure requires, as in contracts/risk/DeltaMargin.sol; formula and signs stand in docs/risk.md, "Delta
// margin".

/** What the net exposure of positions in one underlying requires. */
export interface DeltaTerms {
  /** how far the index is taken to move, of it */
  readonly moveInitialPpm: number;
  readonly moveMaintenancePpm: number;
  /** how far volatility is taken to move, of 1.00 */
  readonly volatilityInitialBps: number;
  readonly volatilityMaintenanceBps: number;
  /** whether standard margin requires no less; else it is reported and nothing more */
  readonly isFloor: boolean;
}

/** Quote WAD, rounded up. */
export interface DeltaMargin {
  readonly initial: bigint;
  readonly maintenance: bigint;
}

/** Terms of an underlying for which nobody has set any. */
export const NO_DELTA_TERMS: DeltaTerms = {
  moveInitialPpm: 0,
  moveMaintenancePpm: 0,
  volatilityInitialBps: 0,
  volatilityMaintenanceBps: 0,
  isFloor: false,
};

/**
 * What `exposure` loses when index and volatility move against it, by both terms. Nothing where the index is Down: no
 * exposure is known then.
 */
export function deltaMargin(
  exposure: Pick<Greeks, 'delta' | 'vega' | 'gamma'>,
  index: Pick<Price, 'spot' | 'status'>,
  terms: DeltaTerms,
  { initialScale, maintenanceScale }: Pick<StandardRates, 'initialScale' | 'maintenanceScale'>,
): DeltaMargin {
  if (index.status === PriceStatus.Down) return { initial: 0n, maintenance: 0n };
  const at = (movePpm: number, volatilityBps: number, scale: bigint): bigint => {
    const move = mulDivUp(index.spot, (BigInt(movePpm) * scale) / PPM, WAD);
    const volatility = (BigInt(volatilityBps) * scale) / BPS;
    const straight = mulDivUp(magnitude(exposure.delta), move, WAD);
    const bent = exposure.gamma < 0n ? mulDivUp(mulDivUp(mulDivUp(-exposure.gamma, move, WAD), move, WAD), 1n, 2n) : 0n;
    return straight + bent + mulDivUp(magnitude(exposure.vega), volatility, WAD);
  };
  return {
    initial: at(terms.moveInitialPpm, terms.volatilityInitialBps, initialScale),
    maintenance: at(terms.moveMaintenancePpm, terms.volatilityMaintenanceBps, maintenanceScale),
  };
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}
