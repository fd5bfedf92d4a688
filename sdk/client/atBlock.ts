import type { Hash } from 'viem';

/**
 * Which state to read; the newest where nothing is said. Reads that belong together name the same block, by its hash
 * where a reorganisation must not go unnoticed.
 */
export interface AtBlock {
  readonly blockNumber?: bigint | undefined;
  /** Before `blockNumber`. */
  readonly blockHash?: Hash | undefined;
}

/** The part of a viem call that names the block. */
export function atBlock({
  blockNumber,
  blockHash,
}: AtBlock): { blockHash: Hash } | { blockNumber: bigint } | { blockTag: 'latest' } {
  if (blockHash !== undefined) return { blockHash };
  return blockNumber === undefined ? { blockTag: 'latest' } : { blockNumber };
}
