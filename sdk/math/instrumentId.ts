import { AppError } from '../errors/appError';

/** What a position is of, as in contracts/types/InstrumentId.sol: eight bytes, here a bigint. */
export type InstrumentId = bigint;

export const InstrumentKind = { None: 0, Perpetual: 1, Call: 2, Put: 3 } as const;

/** An id taken apart. */
export interface Instrument {
  /** see `InstrumentKind` */
  readonly kind: number;
  /** number in the instrument policy, from 1 */
  readonly underlying: number;
  /** seconds since 1970; zero for a perpetual */
  readonly expiry: bigint;
  /** quote WAD; zero for a perpetual */
  readonly strike: bigint;
}

const KIND_BITS = 4n;
const STRIKE_BITS = 24n;
const EXPIRY_BITS = 28n;
const MANTISSA_BITS = 20n;
/** A millionth of a quote unit, WAD. */
const STRIKE_UNIT = 10n ** 12n;
const MOST_MANTISSA = 999_999n;
const MOST_EXPONENT = 10n;

export function toPerpetual(underlying: number): InstrumentId {
  return pack({ kind: InstrumentKind.Perpetual, underlying }, 0n, 0n);
}

/**
 * The id of an option.
 * @param option expiry a whole minute until the year 2480; strike of at most six digits, from a millionth to
 * 9,999,990,000 quote units
 * @throws AppError `bad_instrument`
 */
export function toOption({ expiry, strike, ...option }: Instrument): InstrumentId {
  if (option.kind !== InstrumentKind.Call && option.kind !== InstrumentKind.Put) {
    throw refused(`an option is a call or a put, not of kind ${option.kind}`);
  }
  if (expiry % 60n !== 0n || expiry <= 0n || expiry / 60n >= 1n << EXPIRY_BITS) {
    throw refused(`the expiry ${expiry} is not a whole minute before the year 2480`);
  }
  let mantissa = strike / STRIKE_UNIT;
  let exponent = 0n;
  for (; mantissa > MOST_MANTISSA && mantissa % 10n === 0n; ++exponent) mantissa /= 10n;
  const isExact = strike % STRIKE_UNIT === 0n && mantissa > 0n && mantissa <= MOST_MANTISSA;
  if (!isExact || exponent > MOST_EXPONENT) {
    throw refused(`the strike ${strike} (18 decimals) has more than six digits, or is out of range`);
  }
  return pack(option, expiry / 60n, (exponent << MANTISSA_BITS) | mantissa);
}

/** What an id says. A kind that there is not comes out as `None`. */
export function describeInstrument(id: InstrumentId): Instrument {
  const kind = Number(bits(id, 0n, KIND_BITS));
  const strike = bits(id, KIND_BITS, STRIKE_BITS);
  return {
    kind: kind > InstrumentKind.Put ? InstrumentKind.None : kind,
    underlying: Number(id >> (KIND_BITS + STRIKE_BITS + EXPIRY_BITS)),
    expiry: bits(id, KIND_BITS + STRIKE_BITS, EXPIRY_BITS) * 60n,
    strike: bits(strike, 0n, MANTISSA_BITS) * 10n ** (strike >> MANTISSA_BITS) * STRIKE_UNIT,
  };
}

export function isOption({ kind }: Instrument): boolean {
  return kind === InstrumentKind.Call || kind === InstrumentKind.Put;
}

function pack({ kind, underlying }: Pick<Instrument, 'kind' | 'underlying'>, minutes: bigint, strike: bigint): bigint {
  if (!Number.isInteger(underlying) || underlying < 1 || underlying > 255) {
    throw refused(`${underlying} is no underlying: they are numbered from 1 to 255`);
  }
  const word = (BigInt(underlying) << EXPIRY_BITS) | minutes;
  return (((word << STRIKE_BITS) | strike) << KIND_BITS) | BigInt(kind);
}

function bits(word: bigint, from: bigint, count: bigint): bigint {
  return (word >> from) & ((1n << count) - 1n);
}

function refused(message: string): AppError {
  return new AppError(message, { code: 'bad_instrument' });
}
