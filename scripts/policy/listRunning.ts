import {
  borrowCapAt,
  borrowGrowthEndsAt,
  capEndsAt,
  collateralRiskAt,
  deltaTermsAt,
  growthEndsAt,
  instrumentRiskAt,
  isMoving,
  liquidationTermsAt,
  pairRiskAt,
  scenarioTermsAt,
  supplyCapAt,
  tradeCapsAt,
  tradeCapsOf,
  type Ramped,
  type TradeCaps,
} from '../../sdk/math';
import { formatField } from './formatField';
import { listedCollaterals, type Chain } from './openChain';

/** A parameter on its way. */
export interface Running {
  readonly what: string;
  readonly from: string;
  readonly now: string;
  readonly to: string;
  /** timestamp */
  readonly endsAt: number;
}

/** Ramps and growths that have not been settled, ended ones included. */
export function listRunning(chain: Chain): Running[] {
  return [...listLoans(chain), ...listInstruments(chain)];
}

/** What ramps and grows of collaterals, cash and liquidation. */
function listLoans(chain: Chain): Running[] {
  const { timestamp } = chain.block;
  const { cash, liquidation } = chain.policy;
  const running = listedCollaterals(chain).flatMap(({ symbol, decimals, terms, pair }): Running[] => {
    const { target, ramp, growth } = terms;
    const now = collateralRiskAt(terms, timestamp);
    const show = (field: string, value: unknown): string => formatField(field, value, decimals);
    const line = (what: string, field: string, values: readonly unknown[], endsAt: number): Running[] => {
      const [from, at, to] = values.map((value) => show(field, value)) as [string, string, string];
      return endsAt === 0 || from === to ? [] : [{ what: `${symbol} ${what}`, from, now: at, to, endsAt }];
    };
    const haircut = 'maintenanceHaircutBps';
    return [
      ...line('maintenance haircut', haircut, [ramp.fromHaircutBps, now[haircut], target[haircut]], ramp.endsAt),
      ...line('depth', 'depth', [ramp.fromDepth, now.depth, target.depth], ramp.endsAt),
      ...line(
        'pair maintenance haircut',
        haircut,
        [pair.ramp.fromHaircutBps, pairRiskAt(pair, timestamp)[haircut], pair.target[haircut]],
        pair.ramp.endsAt,
      ),
      ...line(
        'supply cap',
        'supplyCap',
        [growth.from, supplyCapAt(terms, timestamp), target.supplyCap],
        growthEndsAt(terms),
      ),
    ];
  });
  const grownAt = borrowGrowthEndsAt(cash);
  if (grownAt !== 0) {
    const values = [cash.growth.from, borrowCapAt(cash, timestamp), cash.target.borrowCap];
    const [from, at, to] = values.map((value) => formatField('borrowCap', value, 0)) as [string, string, string];
    running.push({ what: 'borrow cap', from, now: at, to, endsAt: grownAt });
  }
  const now = liquidationTermsAt(liquidation, timestamp);
  for (const field of liquidation.span.endsAt === 0 ? [] : (Object.keys(now) as (keyof typeof now)[])) {
    const values = [liquidation.from[field], now[field], liquidation.target[field]];
    const [from, at, to] = values.map((value) => formatField(field, value, 0)) as [string, string, string];
    // a field that turned in the accounts' favour is where it goes
    if (from !== to && at !== to)
      running.push({ what: `liquidation ${field}`, from, now: at, to, endsAt: liquidation.span.endsAt });
  }
  return running;
}

const CAP_NAMES: Readonly<Record<keyof TradeCaps, string>> = {
  perpetuals: 'cap on perpetuals',
  options: 'cap on options',
  unsettled: 'unsettled cap',
};

function listInstruments({ instruments, block: { timestamp }, underlyingName }: Chain): Running[] {
  return instruments.underlyings.flatMap(({ number, risk, scenarios, delta, trade }): Running[] => {
    const name = underlyingName(number);
    // a floor begins from nothing
    const known = delta.from.isFloor
      ? delta.from
      : { ...delta.from, moveMaintenancePpm: 0, volatilityMaintenanceBps: 0 };
    return [
      ...listFields(name, 'risk', risk, instrumentRiskAt(risk, timestamp)),
      ...listFields(name, 'scenarios', scenarios, scenarioTermsAt(scenarios, timestamp)),
      ...listFields(name, 'delta', { ...delta, from: known }, deltaTermsAt(delta, timestamp)),
      ...listCaps(),
    ];

    function listCaps(): Running[] {
      const [now, to] = [tradeCapsAt(trade, timestamp), tradeCapsOf(trade.target)];
      return (Object.keys(to) as (keyof TradeCaps)[]).flatMap((cap): Running[] => {
        const growth = trade.growth[cap];
        if (growth.perDay === 0n) return [];
        const show = (value: bigint): string =>
          cap === 'unsettled' ? formatField('unsettledCap', value, 0) : formatField('depth', value, 18, 'units');
        const line = { from: show(growth.from), now: show(now[cap]), to: show(to[cap]) };
        return [{ what: `${name} ${CAP_NAMES[cap]}`, ...line, endsAt: capEndsAt(growth, to[cap]) }];
      });
    }
  });
}

/** The fields that ramp; one that holds at once is where it goes. */
function listFields<T extends object>(
  name: string,
  kind: Parameters<typeof isMoving>[0],
  { target, from, span }: Ramped<T>,
  now: T,
): Running[] {
  if (span.endsAt === 0) return [];
  return (Object.keys(now) as (keyof T & string)[]).flatMap((field): Running[] => {
    if (!isMoving(kind, field, from[field], target[field])) return [];
    const values = [from[field], now[field], target[field]];
    const [before, at, to] = values.map((value) => formatField(field, value, 0)) as [string, string, string];
    return [{ what: `${name} ${field}`, from: before, now: at, to, endsAt: span.endsAt }];
  });
}
