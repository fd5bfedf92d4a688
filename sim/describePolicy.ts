import type { PolicyFile } from '../deploy';
import { formatAmount, formatDuration, formatNumber } from './report/format';
import type { Parameter, PolicyFacts } from './result';

/** A policy as people read it. */
export function describePolicy({ name, description, collaterals, cash, liquidation: terms }: PolicyFile): PolicyFacts {
  const parameters: Parameter[] = [];
  const put = (group: string, list: Readonly<Record<string, string>>): void => {
    for (const [parameter, value] of Object.entries(list)) parameters.push({ group, name: parameter, value });
  };
  put('Calls and liquidations', {
    'longest grace': formatDuration(terms.maxGraceSeconds),
    'critical health': formatNumber(terms.criticalHealth, 2),
    'target health': formatNumber(terms.targetHealth, 2),
    'bonus, of the requirement': `${percent(terms.bonusMinPercent)} to ${percent(terms.bonusMaxPercent)} in ${formatDuration(terms.bonusRampSeconds)}`,
    'fee, of the requirement': percent(terms.feePercent),
    'fee of a call': formatNumber(terms.callFeeQuote, 2),
    'cured above': percent(100 + terms.cureBufferPercent),
    'most that one shortfall costs lenders': percent(terms.socialisationCapPercent),
  });
  for (const [symbol, { maintenanceHaircutPercent, initialHaircutPercent, isolated, pace, oracle }] of Object.entries(
    collaterals,
  )) {
    put(symbol, {
      'haircut, maintenance and initial': `${percent(maintenanceHaircutPercent)} / ${percent(initialHaircutPercent)}`,
      'haircut in isolated accounts':
        isolated === null
          ? 'not allowed'
          : `${percent(isolated.maintenanceHaircutPercent)} / ${percent(isolated.initialHaircutPercent)}`,
      'half-life of the smoothed price': formatDuration(oracle.halfLifeSeconds),
      // beyond any market: no limit
      'sold at most':
        pace.capacityQuote >= 1e12
          ? 'no limit'
          : `${formatAmount(pace.capacityQuote)} at once, ${formatAmount(pace.refillQuotePerHour)} an hour`,
    });
  }
  put('Cash', {
    'borrow rate when nothing is lent': percent(cash.baseRatePercent),
    'part lent from which it rises faster': percent(cash.kinkPercent),
    'borrow rate there': percent(cash.baseRatePercent + cash.slopeLowPercent),
    'borrow rate when all is lent': percent(cash.baseRatePercent + cash.slopeLowPercent + cash.slopeHighPercent),
    'least debt': formatAmount(cash.minDebtQuote),
  });
  return { name, summary: description, parameters };
}

function percent(value: number): string {
  return `${formatNumber(value, value % 1 === 0 ? 0 : 2)}\u202f%`;
}
