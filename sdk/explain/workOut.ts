import { formatAmount, formatBps, formatHealth, formatWad } from '../format';
import { CENT, PriceStatus, WAD } from '../math';
import type { Explanation, LegExplained } from './explanation';
import { workOutExposure } from './workOutExposures';
import { workOutPosition, workOutSet, workOutWorst } from './workOutPositions';
import { line, quote, type Worked } from './worked';

/** Which formula of docs/risk.md gives which number, at spot prices. */
export function workOut(explanation: Explanation): Worked[] {
  const { cash, legs, positions, sets, worst, exposures, positionSides, sides, terms, liquidation } = explanation;
  const isByScenarios = explanation.mode === 'Portfolio';
  const added = positionSides.mark;
  const { equity, initial, maintenance, health, excess } = sides.mark;
  const priced = legs.filter(({ price }) => price.status !== PriceStatus.Down);
  const values = priced.map(({ sides: { mark } }) => ` + ${quote(mark.value)}`).join('');
  const uncounted = (key: 'maintenance' | 'initial'): string =>
    priced.map(({ sides: { mark } }) => `${quote(mark.value)} - ${quote(mark.value - mark[key])}`).join(' + ') || '0';
  /** With the least, where that is more: so many times the least bonus. */
  const required = (what: string, formula: string, key: 'maintenance' | 'initial', times: bigint): Worked => {
    const sum = priced.reduce((all, { sides: { mark } }) => all + mark[key], added[key]);
    const numbers = `${uncounted(key)} + ${quote(added[key])}`;
    const total = sides.mark[key];
    if (isByScenarios && sum > total)
      return line(what, 'the same, with collateral in its book', `less than ${quote(sum)} apart`, quote(total));
    if (sum >= total) return line(what, formula, numbers, quote(total));
    const bonus = quote(BigInt(terms.floorBonusCents) * CENT);
    return line(what, `max(${formula}, ${times} least bonus)`, `max(${numbers}, ${times} x ${bonus})`, quote(total));
  };
  return [
    ...priced.flatMap(workOutLeg),
    ...positions.flatMap((position) => workOutPosition(position, isByScenarios)),
    ...(isByScenarios ? worst.map(workOutWorst) : sets.flatMap((set) => workOutSet(set, positions))),
    ...exposures.flatMap(workOutExposure),
    ...(positions.length === 0
      ? [
          line('E', 'cash + values', `${quote(cash)}${values}`, quote(equity)),
          line('Rm', 'values - counted', uncounted('maintenance'), quote(maintenance)),
          line('Ri', 'the same with Hi', uncounted('initial'), quote(initial)),
        ]
      : [
          line('E', 'cash + values + positions', `${quote(cash)}${values} + ${quote(added.equity)}`, quote(equity)),
          required('Rm', 'values - counted + positions', 'maintenance', 2n),
          required('Ri', 'the same with Hi', 'initial', 4n),
        ]),
    line('health', 'E / Rm', `${quote(equity)} / ${quote(maintenance)}`, formatHealth(health)),
    line('excess', 'E - Ri', `${quote(equity)} - ${quote(initial)}`, quote(excess)),
    ...(liquidation.plan === null ? [] : workOutPlan(explanation, liquidation.plan)),
  ];
}

function workOutLeg({ symbol, amount, risk, haircuts, price, sides: { mark } }: LegExplained): Worked[] {
  const { decimals, depth } = risk;
  const held = formatAmount(amount, decimals);
  const value = quote(mark.value);
  const counted = (name: string, haircutBps: number, required: bigint): Worked => {
    const whole = haircutBps === 10_000;
    const formula = `(1 - ${name}) v D / (D + x)`;
    const deep = formatAmount(depth, decimals);
    const factors = `(1 - ${formatBps(haircutBps)}) x ${value} x ${deep} / (${deep} + ${held})`;
    const which = name === 'Hm' ? 'maintenance' : 'initial';
    return line(`${symbol} counts, ${which}`, formula, whole ? 'nothing' : factors, quote(mark.value - required));
  };
  return [
    line(`${symbol} value v`, 'x * p', `${held} x ${formatWad(price.spot, 4)}`, value),
    counted('Hm', haircuts.maintenanceHaircutBps, mark.maintenance),
    counted('Hi', haircuts.initialHaircutBps, mark.initial),
  ];
}

function workOutPlan(
  { sides: { mark, better }, terms, liquidation }: Explanation,
  { fraction, bonusRate, bonus, fee, pay, shortfall }: NonNullable<Explanation['liquidation']['plan']>,
): Worked[] {
  const part = formatWad(fraction, 4);
  const target = formatWad(BigInt(terms.targetHealthBps), 4, 10_000n);
  const rate = formatWad(bonusRate, 4);
  const phi = formatWad(liquidation.feeRate ?? 0n, 4);
  const closes = fraction === WAD;
  return [
    fractionLine(),
    line(
      'bonus',
      closes ? 'max(b Rm, least bonus)' : 'f b Rm',
      closes
        ? `max(${rate} x ${quote(mark.maintenance)}, ${quote(BigInt(terms.floorBonusCents) * CENT)}, ${formatBps(terms.bonusMinBps)} of Rm)`
        : `${part} x ${rate} x ${quote(mark.maintenance)}`,
      quote(bonus),
    ),
    line('fee', 'f phi Rm', `${part} x ${phi} x ${quote(mark.maintenance)}`, quote(fee)),
    line('pays', 'f E - bonus', `${part} x ${quote(mark.equity)} - ${quote(bonus)}`, quote(pay)),
    ...(shortfall === 0n ? [] : [line('shortfall', 'bonus - f E', 'the waterfall pays it', quote(shortfall))]),
  ];

  function fractionLine(): Worked {
    if (closes) return line('fraction f', 'all, where a part would not do', 'all', part);
    if (liquidation.paced) return line('fraction f', 'what the pace leaves room for', 'room / value', part);
    if (liquidation.floored) {
      const numbers = `${quote(BigInt(terms.floorBonusCents) * CENT)} / (${rate} x ${quote(mark.maintenance)})`;
      return line('fraction f', 'floor bonus / (b Rm)', numbers, part);
    }
    const numbers = `(${target} - ${formatHealth(better.health)}) / (${target} - ${rate} - ${phi})`;
    return line('fraction f', '(T - h) / (T - b - phi)', numbers, part);
  }
}
