import { formatUnits } from 'viem';

// The edge of the exact world: what leaves it is for people and charts.

/** @param amount token units */
export function toNumber(amount: bigint, decimals: number): number {
  return Number(formatUnits(amount, decimals));
}

export function wadToNumber(value: bigint): number {
  return toNumber(value, 18);
}
