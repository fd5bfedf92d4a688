import { formatBps, formatWad } from '../format';
import { PPM, WAD } from '../math';
import type { ExposureExplained } from './explainExposures';
import { line, quote, type Worked } from './worked';

// The formula of docs/risk.md, "Delta margin", with its numbers.

/** What one underlying's net exposure requires, and what that does to what its positions require. */
export function workOutExposure(exposure: ExposureExplained): Worked[] {
  const { symbol, greeks, inputs, isFloor, standard, together } = exposure;
  const { delta: terms, rates, index } = inputs;
  const worked = (key: 'maintenance' | 'initial'): Worked[] => {
    const [movePpm, volatilityBps, scale] =
      key === 'initial'
        ? [terms.moveInitialPpm, terms.volatilityInitialBps, rates.initialScale]
        : [terms.moveMaintenancePpm, terms.volatilityMaintenanceBps, rates.maintenanceScale];
    const name = key === 'initial' ? 'Ri' : 'Rm';
    const move = formatWad((((index.spot * BigInt(movePpm)) / PPM) * scale) / WAD, 4);
    const bent = greeks.gamma < 0n ? ` + ${formatWad(-greeks.gamma, 9)} / 2 x ${move}^2` : '';
    const points = `${formatBps(volatilityBps)} x ${formatWad(scale, 4)}`;
    const numbers = `${formatWad(magnitude(greeks.delta), 6)} x ${move}${bent} + ${quote(magnitude(greeks.vega))} x ${points}`;
    const formula = '|delta| U m + short gamma / 2 (U m)^2 + |vega| v';
    const reported = line(`${symbol} delta margin ${name}`, formula, numbers, quote(exposure[key]));
    if (!isFloor || together[key] === standard[key]) return [reported];
    const floored = `max(${quote(standard[key])}, ${quote(exposure[key])} or what they can lose)`;
    const rule = 'max(standard margin, delta margin up to what they can lose)';
    return [reported, line(`${symbol} positions ${name}`, rule, floored, quote(together[key]))];
  };
  // an underlying for which nobody has set any terms
  if (terms.moveInitialPpm === 0 && terms.volatilityInitialBps === 0) return [];
  return [...worked('maintenance'), ...worked('initial')];
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}
