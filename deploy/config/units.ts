import { getAddress, isAddress, parseUnits, type Address, type Hex } from 'viem';
import { z } from 'zod';

const PLAIN = /^\d+(\.\d+)?$/;

/** A number >= 0 whose shortest decimal form has no exponent, so that it is digit for digit what the file says. */
export const decimal = z
  .number()
  .nonnegative('is negative')
  .refine((value) => PLAIN.test(String(value)), 'is too large or too small to be written in plain digits');

export const positiveDecimal = decimal.refine((value) => value > 0, 'must be above zero');

/** Percent of at most two decimals: whole basis points. */
export const percent = decimal
  .refine((value) => fractionDigits(value) <= 2, 'has more than two decimals of a percent')
  .refine((value) => value < 2 ** 32 / 100, 'is above 42949672.95 %');

/** Percent of at most four decimals: whole millionths, which fit in 24 bits. */
export const finePercent = decimal
  .refine((value) => fractionDigits(value) <= 4, 'has more than four decimals of a percent')
  .refine((value) => value < 2 ** 24 / 10_000, 'is above 1677.7215 %');

/** Percent that fits in 16 bits as basis points. */
export const percent16 = percent.refine((value) => value < 2 ** 16 / 100, 'is above 655.35 %');

/** Percent of a whole. */
export const percentOfWhole = percent.refine((value) => value <= 100, 'is above 100 %');

/** Percent of a move, which may be down; at most two decimals. */
export const signedPercent = z
  .number()
  .refine((value) => /^-?\d+(\.\d{1,2})?$/.test(String(value)), 'has more than two decimals of a percent')
  .refine((value) => Math.abs(value) < 2 ** 23 / 100, 'is beyond 83886.07 %');

/** A ratio where 1 is 100 %, in whole basis points that fit in 16 bits. */
export const ratio = decimal
  .refine((value) => fractionDigits(value) <= 4, 'has more than four decimals')
  .refine((value) => value < 2 ** 16 / 10_000, 'is above 6.5535');

/** Quote in whole cents that fit in 32 bits. */
export const cents = decimal
  .refine((value) => fractionDigits(value) <= 2, 'has more than two decimals')
  .refine((value) => value < 2 ** 32 / 100, 'is above 42949672.95');

/** Whole quote tokens that fit in 48 bits. */
export const wholeQuote = z
  .int('must be whole quote tokens')
  .nonnegative('is negative')
  .max(2 ** 48 - 1, 'is above 281474976710655');

export const seconds24 = z
  .int('must be whole seconds')
  .nonnegative('is negative')
  .max(2 ** 24 - 1, 'is above 16777215');

export const seconds32 = z
  .int('must be whole seconds')
  .nonnegative('is negative')
  .max(2 ** 32 - 1, 'is above 4294967295');

/** Checksummed on the way in; not zero. */
export const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), 'is not an address')
  .refine((text) => !/^0x0{40}$/.test(text), 'is the zero address')
  .transform((text): Address => getAddress(text));

/** Lower case on the way in; not zero. */
export const bytes32 = z
  .string()
  .refine((text) => /^0x[0-9a-fA-F]{64}$/.test(text), 'is not a word of 32 bytes')
  .refine((text) => !/^0x0{64}$/.test(text), 'is zero')
  .transform((text) => text.toLowerCase() as Hex);

export const symbol = z.string().regex(/^[A-Za-z0-9.]{1,11}$/, 'is not a token symbol');

/** A `decimal` times `10 ** decimals`, exactly; digits beyond `decimals` are rounded. */
export function scale(value: number, decimals: number): bigint {
  return parseUnits(String(value), decimals);
}

/** A `percent` in basis points. */
export function percentToBps(value: number): number {
  return Number(scale(value, 2));
}

/** A `finePercent` in millionths. */
export function percentToPpm(value: number): number {
  return Number(scale(value, 4));
}

/** A `ratio` in basis points. */
export function ratioToBps(value: number): number {
  return Number(scale(value, 4));
}

function fractionDigits(value: number): number {
  return String(value).split('.')[1]?.length ?? 0;
}
