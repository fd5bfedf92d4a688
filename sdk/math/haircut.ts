import { mulDivDown } from './rounding';
import { BPS } from './units';

/**
 * What is left of `value` after a haircut that rises with the amount held: `(1 - h) * value * depth / (depth + amount)`,
 * quote WAD, rounded down.
 * @param value quote WAD
 * @param amount token units held
 * @param depth token units
 */
export function countedDown(value: bigint, haircutBps: number, amount: bigint, depth: bigint): bigint {
  return mulDivDown(value, (BPS - BigInt(haircutBps)) * depth, BPS * (depth + amount));
}

/**
 * Value of `amount` at `price`, quote WAD, rounded down.
 * @param amount token units
 * @param price quote WAD for one whole unit
 */
export function valueDown(amount: bigint, price: bigint, decimals: number): bigint {
  return mulDivDown(amount, price, 10n ** BigInt(decimals));
}
