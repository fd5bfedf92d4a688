import {
  isMoving,
  tradeCapsOf,
  turnsAgainst,
  type DeltaTerms,
  type LiquidationTerms,
  type TradeCaps,
  type TradeTerms,
} from '../../sdk/math';
import type { FieldChange, PlannedCall } from './planCall';

/**
 * How a change comes: `instant` may be done by the guardian without waiting, `delayed` holds when the role's delay has
 * passed, `ramped` begins then and takes its time, and so does a cap that `grows`.
 */
export type Speed = 'instant' | 'delayed' | 'ramped' | 'grows';

/** As docs/risk.md has it, "Changes of policy". */
export function classify(call: PlannedCall, { field, from, to }: FieldChange): Speed {
  const { functionName, value } = call;
  const rises = Number(to) > Number(from);
  switch (functionName) {
    case 'setCollateral':
      if (field === 'maintenanceHaircutBps') return rises ? 'ramped' : 'delayed';
      if (field === 'depth') return rises ? 'delayed' : 'ramped';
      if (field === 'supplyCap') return rises ? 'grows' : 'instant';
      return rises ? 'instant' : 'delayed';
    case 'setPair':
      if (field === 'maintenanceHaircutBps') return rises && Number(from) !== 0 ? 'ramped' : 'delayed';
      return field === 'initialHaircutBps' && rises && Number(from) !== 0 ? 'instant' : 'delayed';
    case 'setLiquidationTerms':
      return turnsAgainst(field as keyof LiquidationTerms, Number(from), Number(to)) ? 'ramped' : 'delayed';
    case 'setCashTerms':
      if (field === 'borrowCap') return rises ? 'grows' : 'instant';
      return 'delayed';
    case 'setRisk':
      return isMoving('risk', field, from, to) ? 'ramped' : 'delayed';
    case 'setScenarios':
      return isMoving('scenarios', field, from, to) ? 'ramped' : 'delayed';
    case 'setDeltaTerms':
      // what is no floor is reported and asks nobody for anything
      if (!(value as DeltaTerms).isFloor) return 'delayed';
      return field === 'isFloor' || isMoving('delta', field, from, to) ? 'ramped' : 'delayed';
    case 'setTradeTerms':
      return raisesCap(call, field) ? 'grows' : 'delayed';
    default:
      return 'delayed';
  }
}

const CAPS_BY_FIELD: Readonly<Record<string, readonly (keyof TradeCaps)[]>> = {
  depth: ['perpetuals', 'options'],
  perpetualCapBps: ['perpetuals'],
  optionCapBps: ['options'],
  unsettledCap: ['unsettled'],
};

/** Whether a cap that `field` is a part of will be above the one that was set. */
function raisesCap({ value, changes }: PlannedCall, field: string): boolean {
  const known = { ...value, ...Object.fromEntries(changes.map((change) => [change.field, change.from])) };
  const [before, after] = [known, value].map((terms) => tradeCapsOf(terms as TradeTerms)) as [TradeCaps, TradeCaps];
  return (CAPS_BY_FIELD[field] ?? []).some((cap) => after[cap] > before[cap]);
}
