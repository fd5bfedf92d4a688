import { formatTime, formatWad } from '../format';
import {
  describeInstrument,
  InstrumentKind,
  isOption,
  MarginMode,
  measurePositions,
  naturalLogRatio,
  NO_DELTA_TERMS,
  optionTiming,
  optionValue,
  PriceStatus,
  SettlementStatus,
  varianceAt,
  volatilityOf,
  type ExpiryInputs,
  type Instrument,
  type Margin,
  type Position,
  type PositionAssessment,
  type Price,
  type StandardRates,
} from '../math';
import type { ExplainInputs } from './explanation';

/** What an option is priced with at spot. */
export interface OptionExplained {
  /** quote WAD for one unit */
  readonly value: bigint;
  /** of a year, WAD */
  readonly volatility: bigint;
  /** seconds after which the index would vary as much as the average of the settlement does */
  readonly effective: bigint;
}

export interface PositionExplained extends Position {
  readonly name: string;
  readonly described: Instrument;
  /** of the perpetual, or of the option's index */
  readonly price: Price;
  /** the worst in it, see `PriceStatus`; of what has expired that of its settlement */
  readonly status: string;
  /** what it adds by itself at mark, without any floor of its underlying */
  readonly alone: Margin;
  /** the same with one */
  readonly floored: Margin;
  /** quote WAD */
  readonly notional: bigint;
  readonly isDown: boolean;
  /** of its underlying */
  readonly rates: StandardRates;
  /** none for a perpetual, and for what has expired or has no price */
  readonly option: OptionExplained | null;
  /** quote WAD, what a settled option is paid by; null before */
  readonly settlementPrice: bigint | null;
}

/**
 * Positions that are measured together: options of one underlying and expiry, which require no more than they can lose;
 * in a portfolio account all positions in one underlying.
 */
export interface SetExplained {
  readonly name: string;
  readonly members: readonly bigint[];
  /** what they add together at mark, without any floor of their underlying */
  readonly together: Margin;
  /** the same with one */
  readonly floored: Margin;
}

export type Report = ExplainInputs['report'];

/** Each position by itself, as it is measured at spot. */
export function explainPositions({
  report,
  symbolOf,
}: Pick<ExplainInputs, 'report' | 'symbolOf'>): PositionExplained[] {
  const bare = withoutFloors(report);
  return report.portfolio.positions.map((position) => {
    const described = describeInstrument(position.instrument);
    const underlying = report.underlyings.get(described.underlying);
    if (underlying === undefined) throw new RangeError(`nothing was read for underlying ${described.underlying}`);
    const { mark, notionals, down } = measure(bare, [position]);
    const expiry = underlying.expiries.get(described.expiry);
    const price = isOption(described) ? underlying.index : underlying.perpetual;
    const hasExpired = isOption(described) && report.timestamp >= described.expiry;
    return {
      ...position,
      name: nameOf(described, symbolOf(underlying.indexKey)),
      described,
      price,
      status: hasExpired ? settlementOf(expiry) : statusOf(Math.min(price.status, expiry?.volatilityStatus ?? 2)),
      alone: mark,
      floored: measure(report, [position]).mark,
      notional: notionals[0] ?? 0n,
      isDown: down !== 0n,
      rates: underlying.rates,
      option: hasExpired || down !== 0n ? null : priceOption(report, described, price, expiry),
      settlementPrice: hasExpired ? (expiry?.settlementPrice ?? null) : null,
    };
  });
}

/** What is measured together. */
export function explainSets({ report, symbolOf }: Pick<ExplainInputs, 'report' | 'symbolOf'>): SetExplained[] {
  const bare = withoutFloors(report);
  return setsOf(report).map((members) => {
    const { underlying, expiry } = describeInstrument(members[0]?.instrument ?? 0n);
    const symbol = symbolOf(report.underlyings.get(underlying)?.indexKey ?? '0x');
    return {
      name: isByScenarios(report) ? `${symbol} book` : `${symbol} options of ${dayOf(expiry)}`,
      members: members.map(({ instrument }) => instrument),
      together: measure(bare, members).mark,
      floored: measure(report, members).mark,
    };
  });
}

/**
 * Positions that are netted, two or more: options of one underlying and expiry that are still open, or in a portfolio
 * account all of one underlying.
 */
export function setsOf(report: Pick<Report, 'portfolio' | 'timestamp'>): Position[][] {
  const { portfolio, timestamp } = report;
  const sets = new Map<string, Position[]>();
  const add = (key: string, position: Position): void => {
    sets.set(key, [...(sets.get(key) ?? []), position]);
  };
  for (const position of portfolio.positions) {
    const described = describeInstrument(position.instrument);
    if (isByScenarios(report)) add(`${described.underlying}`, position);
    else if (isOption(described) && timestamp < described.expiry)
      add(`${described.underlying} ${described.expiry}`, position);
  }
  return [...sets.values()].filter(({ length }) => length > 1);
}

/** Whether positions are tried in scenarios, book by book. */
export function isByScenarios({ portfolio }: Pick<Report, 'portfolio'>): boolean {
  return portfolio.mode === MarginMode.Portfolio;
}

/** The same markets where no net exposure is a floor. */
export function withoutFloors(report: Report): Report {
  const bare = [...report.underlyings].map(([number, known]) => [number, { ...known, delta: NO_DELTA_TERMS }] as const);
  return { ...report, underlyings: new Map(bare) };
}

/** What `members` add by themselves, by the account's margin model. */
export function measure(
  { portfolio, underlyings, timestamp }: Report,
  members: readonly Position[],
): PositionAssessment {
  return measurePositions({ mode: portfolio.mode, positions: members }, underlyings, timestamp).positions;
}

function priceOption(
  { timestamp }: Report,
  { kind, expiry, strike, ...described }: Instrument,
  { spot: index }: Price,
  inputs: ExpiryInputs | undefined,
): OptionExplained | null {
  if (!isOption({ ...described, kind, expiry, strike }) || inputs === undefined || index === 0n) return null;
  const variance = varianceAt(inputs.slice, naturalLogRatio(strike, index));
  const timing = optionTiming(expiry, timestamp, inputs.window);
  const value = optionValue({ isCall: kind === InstrumentKind.Call, index, strike, variance }, timing);
  return { value, volatility: volatilityOf(variance), effective: timing.effective };
}

function nameOf(described: Instrument, symbol: string): string {
  if (!isOption(described)) return `${symbol} perpetual`;
  const { kind, strike, expiry } = described;
  return `${symbol} ${kind === InstrumentKind.Call ? 'call' : 'put'} ${formatWad(strike, 0)} ${dayOf(expiry)}`;
}

/** To the minute. */
function dayOf(expiry: bigint): string {
  return formatTime(expiry).slice(0, 16).replace('T', ' ');
}

function statusOf(status: number): string {
  return Object.entries(PriceStatus).find(([, number]) => number === status)?.[0] ?? '?';
}

function settlementOf(expiry: ExpiryInputs | undefined): string {
  const found = Object.entries(SettlementStatus).find(([, number]) => number === expiry?.settlementStatus);
  return `settles: ${found?.[0] ?? '?'}`;
}
