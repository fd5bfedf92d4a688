import { turnsAgainst, type LiquidationTerms } from '../../sdk/math';
import type { FieldChange, PlannedCall } from './planChanges';

/**
 * How a change comes: `instant` may be done by the guardian without waiting, `delayed` holds when the role's delay has
 * passed, `ramped` begins then and takes its time, and so does a cap that `grows`.
 */
export type Speed = 'instant' | 'delayed' | 'ramped' | 'grows';

/** As docs/risk.md has it, "Changes of policy". */
export function classify({ functionName }: PlannedCall, { field, from, to }: FieldChange): Speed {
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
    default:
      return 'delayed';
  }
}
