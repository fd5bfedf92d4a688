import type { FeeValues } from './transaction';

export interface FeePolicy {
  /** Wei for a unit of gas, tip included. */
  readonly maxGasPrice: bigint;
  /** Wei for a unit of gas. */
  readonly priorityFee: bigint;
  readonly bumpPercent: number;
}

/**
 * What to offer for a unit of gas over `baseFee` (wei), room for the base fee to double included; nothing where even the
 * next block costs more than the policy allows.
 */
export function currentFees(baseFee: bigint, { maxGasPrice, priorityFee }: FeePolicy): FeeValues | undefined {
  if (baseFee + priorityFee > maxGasPrice) return undefined;
  const wanted = 2n * baseFee + priorityFee;
  return { maxFeePerGas: wanted < maxGasPrice ? wanted : maxGasPrice, maxPriorityFeePerGas: priorityFee };
}

/**
 * The fees of a replacement: both raised by the policy's percentage, as nodes demand, and at least what a new transaction
 * would offer. Nothing where that is beyond `most` (wei for a unit of gas).
 */
export function bumpedFees(old: FeeValues, baseFee: bigint, policy: FeePolicy, most: bigint): FeeValues | undefined {
  const raise = (fee: bigint): bigint => (fee * BigInt(100 + policy.bumpPercent) + 99n) / 100n;
  const maxPriorityFeePerGas = raise(old.maxPriorityFeePerGas);
  const needed = raise(old.maxFeePerGas);
  const wanted = 2n * baseFee + maxPriorityFeePerGas;
  const cap = most < policy.maxGasPrice ? most : policy.maxGasPrice;
  if (needed > cap || maxPriorityFeePerGas > cap) return undefined;
  return { maxFeePerGas: wanted < needed ? needed : wanted < cap ? wanted : cap, maxPriorityFeePerGas };
}
