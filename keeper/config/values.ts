import { parseUnits } from 'viem';
import { z } from 'zod';

import { createSecret } from './secret';

// Values come as text (flags, environment) or typed (a file): both are read the same way.

const DECIMAL = /^\d+(\.\d+)?$/;

const asText = z.union([z.string(), z.number().transform(String)]);

/** A decimal amount such as `12.5`, as an integer of `decimals` digits after the point. */
export function amount(decimals: number) {
  return asText
    .refine((text) => DECIMAL.test(text) && (text.split('.')[1] ?? '').length <= decimals, {
      error: `is not an amount like 12.5 (at most ${decimals} digits after the point)`,
    })
    .transform((text) => parseUnits(text, decimals));
}

/** Quote, WAD. */
export const quoteAmount = () => amount(18);

/** Wei, given in gwei. */
export const gweiAmount = () => amount(9);

/** A count within `[least, most]`. */
export function count(least: number, most: number) {
  return asText
    .refine((text) => /^\d+$/.test(text), { error: 'is not a whole number' })
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `is not between ${least} and ${most}` });
}

/** Seconds, given in seconds; fractions allowed. */
export function seconds(most: number) {
  return asText
    .refine((text) => DECIMAL.test(text), { error: 'is not a number of seconds' })
    .transform(Number)
    .refine((value) => value <= most, { error: `is more than ${most} seconds` });
}

/** On or off. */
export const flag = () =>
  z
    .union([z.boolean(), z.enum(['true', 'false'], { error: 'is neither true nor false' })])
    .transform((value) => value === true || value === 'true');

/** Text that never prints. */
export const secretText = () => z.string().min(1).transform(createSecret);
