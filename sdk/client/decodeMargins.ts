import type { Hex } from 'viem';

import { AppError } from '../errors';

/** One account as `IMarginLens.margins` packs it; amounts quote WAD. */
export interface MarginRow {
  readonly cash: bigint;
  readonly markEquity: bigint;
  /** at mark */
  readonly initial: bigint;
  /** at mark */
  readonly maintenance: bigint;
  readonly betterEquity: bigint;
  readonly betterMaintenance: bigint;
  /** live time, zero where not called */
  readonly deadline: number;
  /** see `MarginState` */
  readonly state: number;
  /** bit i: collateral leg i has no price */
  readonly downLegs: number;
  /** How many it holds, and how many of them cannot be priced. */
  readonly positions: number;
  readonly downPositions: number;
}

/** Not healthy and not unhealthy: the chain could not assess the account. */
export type MaybeMarginRow = MarginRow | 'unknown';

const ROW_BYTES = 105;
const STATE_OFFSET = 101;
/** No state has this number; a row that could not be assessed has every bit set. */
const UNKNOWN_STATE = 0xff;

/**
 * Unpacks the rows of `IMarginLens.margins`, by hand: generic ABI decoding takes fifty times as long.
 * @param count accounts asked for
 * @throws AppError `bad_margins`: the answer is not that many rows
 */
export function decodeMargins(packed: Hex, count: number): MaybeMarginRow[] {
  const bytes = Buffer.from(packed.slice(2), 'hex');
  if (bytes.length !== count * ROW_BYTES) {
    throw new AppError(`margins of ${count} accounts should be ${count * ROW_BYTES} bytes, not ${bytes.length}`, {
      code: 'bad_margins',
    });
  }
  return Array.from({ length: count }, (_, i) => decodeRow(bytes, i * ROW_BYTES));
}

function decodeRow(bytes: Buffer, at: number): MaybeMarginRow {
  const state = bytes.readUInt8(at + STATE_OFFSET);
  if (state === UNKNOWN_STATE) return 'unknown';
  return {
    cash: readInt128(bytes, at),
    markEquity: readInt128(bytes, at + 16),
    initial: readUint128(bytes, at + 32),
    maintenance: readUint128(bytes, at + 48),
    betterEquity: readInt128(bytes, at + 64),
    betterMaintenance: readUint128(bytes, at + 80),
    deadline: bytes.readUIntBE(at + 96, 5),
    state,
    downLegs: bytes.readUInt8(at + 102),
    positions: bytes.readUInt8(at + 103),
    downPositions: bytes.readUInt8(at + 104),
  };
}

function readUint128(bytes: Buffer, at: number): bigint {
  return (bytes.readBigUInt64BE(at) << 64n) | bytes.readBigUInt64BE(at + 8);
}

function readInt128(bytes: Buffer, at: number): bigint {
  return (bytes.readBigInt64BE(at) << 64n) | bytes.readBigUInt64BE(at + 8);
}
