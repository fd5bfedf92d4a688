import { formatBps, formatSpan, formatWad } from '../format';
import { InstrumentKind, isOption, mulDivUp, PPM, WAD } from '../math';
import type { PositionExplained, SetExplained } from './explainPositions';
import type { WorstExplained } from './explanation';
import { line, quote, type Worked } from './worked';

const VOLATILITIES = ['as it is', 'lower', 'higher'] as const;

// The formulas of docs/risk.md, "Positions", with their numbers.

/** What one position adds by itself, at spot; by scenarios only what it is worth, the rest is of its book. */
export function workOutPosition(position: PositionExplained, isByScenarios: boolean): Worked[] {
  const { name, alone, isDown, settlementPrice, described } = position;
  if (isDown) return [line(`${name} value`, 'none: nothing prices it', 'left out at spot', quote(alone.equity))];
  if (settlementPrice !== null) return [workOutExpired(position, settlementPrice)];
  const [valued, required] = isOption(described)
    ? [workOutOptionValue, workOutOptionMargin]
    : [workOutPerpetualValue, workOutPerpetualMargin];
  return [...valued(position), ...(isByScenarios ? [] : required(position))];
}

/** What a set requires: the sum of its members, or what it can lose where that is less. */
export function workOutSet(
  { name, members, together }: SetExplained,
  positions: readonly PositionExplained[],
): Worked[] {
  const own = positions.filter(({ instrument }) => members.includes(instrument));
  return (['maintenance', 'initial'] as const).map((key) => {
    const sum = own.reduce((total, { alone }) => total + alone[key], 0n);
    const numbers = together[key] === sum ? `${quote(sum)}, the sum` : `${quote(sum)}, and what it can lose from here`;
    const formula = 'min(sum, most it can lose)';
    return line(`${name}, ${key === 'initial' ? 'Ri' : 'Rm'}`, formula, numbers, quote(together[key]));
  });
}

/** The scenario that decides an underlying of a portfolio account. */
export function workOutWorst({ symbol, factor, price, volatility, loss, hasCollateral }: WorstExplained): Worked {
  const market = `${symbol} x ${formatWad(factor, 4)} = ${formatWad(price, 4)}, volatility ${VOLATILITIES[volatility]}`;
  const what = hasCollateral ? 'positions and collateral' : 'positions';
  return line(`${symbol} worst scenario`, 'most lost in any', `${what} at ${market}`, quote(loss));
}

function workOutPerpetualValue({ name, size, costBasis, price, alone }: PositionExplained): Worked[] {
  const numbers = `${amount(size)} x ${formatWad(price.spot, 4)} - ${quote(costBasis)}`;
  return [line(`${name} value`, 'q p - C', numbers, quote(alone.equity))];
}

function workOutPerpetualMargin({ name, size, alone, notional, rates }: PositionExplained): Worked[] {
  const { terms, initialScale, maintenanceScale } = rates;
  const units = size < 0n ? -size : size;
  const slope = mulDivUp(units, terms.perpetualSlope, WAD);
  const profit = alone.equity > 0n ? alone.equity : 0n;
  const required = (ppm: number, scale: bigint, haircutBps: number): string => {
    const rate = `(${percent((BigInt(ppm) * WAD) / PPM)} x ${formatWad(scale, 4)} + ${percent(slope)})`;
    return `${quote(notional)} x ${rate} + ${formatBps(haircutBps)} of ${quote(profit)}`;
  };
  const rm = required(terms.perpetualMaintenancePpm, maintenanceScale, terms.profitMaintenanceBps);
  const ri = required(terms.perpetualInitialPpm, initialScale, terms.profitInitialBps);
  return [
    line(`${name} Rm`, '|q| p (s rm + slope |q|) + part of profit', rm, quote(alone.maintenance)),
    line(`${name} Ri`, '|q| p (s ri + slope |q|) + part of profit', ri, quote(alone.initial)),
  ];
}

function workOutOptionValue({ name, size, price, alone, option, described }: PositionExplained): Worked[] {
  const { value = 0n, volatility = 0n, effective = 0n } = option ?? {};
  const numbers = `U ${formatWad(price.spot, 4)}, K ${formatWad(described.strike, 4)}, volatility ${percent(volatility)}, time ${formatSpan(effective)}`;
  return [
    line(`${name} price V`, 'Black-76', numbers, quote(value)),
    line(`${name} value`, 'q V', `${amount(size)} x ${quote(value)}`, quote(alone.equity)),
  ];
}

function workOutOptionMargin({ name, size, price, alone, option, described, rates }: PositionExplained): Worked[] {
  const { terms, initialScale, maintenanceScale } = rates;
  if (size > 0n) {
    const part = (haircutBps: number): string => `${formatBps(haircutBps)} of ${quote(alone.equity)}`;
    return [
      line(`${name} Rm`, 'part of q V', part(terms.longMaintenanceBps), quote(alone.maintenance)),
      line(`${name} Ri`, 'part of q V', part(terms.longInitialBps), quote(alone.initial)),
    ];
  }
  const isCall = described.kind === InstrumentKind.Call;
  const rate = (ppm: number, scale: bigint): string => percent((BigInt(ppm) * scale) / PPM);
  const base = isCall ? quote(price.spot) : `max(${quote(price.spot)}, ${quote(option?.value ?? 0n)})`;
  const away = isCall ? described.strike - price.spot : price.spot - described.strike;
  const full = `${rate(terms.optionInitialPpm, initialScale)} U - ${quote(away > 0n ? away : 0n)}`;
  const rm = `${amount(-size)} x ${rate(terms.optionMaintenancePpm, maintenanceScale)} x ${base}`;
  const ri = `${amount(-size)} x max(${full}, ${rate(terms.optionFloorPpm, initialScale)} U), or Rm if that is more`;
  return [
    line(`${name} Rm`, isCall ? '|q| s rm U' : '|q| s rm max(U, V)', rm, quote(alone.maintenance)),
    line(`${name} Ri`, '|q| max(s ri U - OTM, s floor U), at least Rm', ri, quote(alone.initial)),
  ];
}

function workOutExpired({ name, size, described, alone }: PositionExplained, settled: bigint): Worked {
  const pays = described.kind === InstrumentKind.Call ? 'max(S - K, 0)' : 'max(K - S, 0)';
  const numbers = `${amount(size)} units, S ${formatWad(settled, 4)}, K ${formatWad(described.strike, 4)}`;
  return line(`${name} pays`, `q ${pays}`, numbers, quote(alone.equity));
}

function amount(size: bigint): string {
  return formatWad(size, 9).replace(/\.?0+$/, '');
}

/** A WAD as percent. */
function percent(value: bigint): string {
  return `${formatWad(value * 100n, 3)} %`;
}
