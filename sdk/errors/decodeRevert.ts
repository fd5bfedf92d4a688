import { decodeErrorResult, formatUnits, hexToString, isHex, size, slice, trim, type Hex } from 'viem';

import { errorsAbi } from '../abi';
import { formatHealth } from '../format/formatHealth';
import { formatAccountId } from '../math/accountId';

/** Why a call reverted. */
export interface DecodedRevert {
  /** Of the contract error; `Error` and `Panic` are Solidity's own, and a selector where no contract here has it. */
  readonly name: string;
  readonly args: readonly unknown[];
  /** Name and arguments in one line, for people. */
  readonly text: string;
}

/** Arguments that are quote, a fraction or health, WAD. A test holds the names against the ABI. */
export const WAD_ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  BorrowCapExceeded: ['totalBorrow', 'cap'],
  DebtBelowMinimum: ['debt', 'least'],
  FeedJump: ['spotBefore', 'spotAfter'],
  FeedsDisagree: ['primaryPrice', 'secondPrice'],
  FractionOutOfBounds: ['fraction'],
  FullCloseRequired: ['fraction'],
  InsufficientCash: ['cash'],
  NotCallable: ['health'],
  NotCured: ['health', 'curedHealth'],
  NotLiquidatable: ['health'],
  PaceExceeded: ['available'],
  PayAboveLimit: ['pay', 'limit'],
  SaleShort: ['missing'],
  Undercollateralised: ['equity', 'initialRequirement'],
};

/**
 * Finds the revert data that a node sent, however deep an error carries it, and decodes it with the errors of all
 * contracts.
 * @returns undefined where there is no revert data: the call may not even have reached a contract
 */
export function decodeRevert(error: unknown): DecodedRevert | undefined {
  const data = findRevertData(error);
  return data === undefined ? undefined : decodeRevertData(data);
}

/** Decodes what a contract reverted with. */
export function decodeRevertData(data: Hex): DecodedRevert {
  if (size(data) < 4) return { name: 'EmptyRevert', args: [], text: 'reverted without saying why' };
  try {
    const { abiItem, errorName: name, ...decoded } = decodeErrorResult({ abi: errorsAbi, data });
    // viem leaves them out where an error has none, and its types do not say so
    const args = (decoded.args as readonly unknown[] | undefined) ?? [];
    return { name, args, text: describe(name, abiItem.inputs, args) };
  } catch {
    const name = slice(data, 0, 4);
    return { name, args: [], text: `reverted with the unknown error ${name} (${data})` };
  }
}

/** Where errors of viem, ethers, Hardhat and plain JSON-RPC keep what caused them. */
const INNER_KEYS = ['data', 'raw', 'cause', 'error', 'info'] as const;
const MAX_DEPTH = 16;

function findRevertData(error: unknown, depth = 0): Hex | undefined {
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return undefined;
  const fields = error as Readonly<Record<string, unknown>>;
  let empty: Hex | undefined;
  for (const key of INNER_KEYS) {
    const value = fields[key];
    const data = key === 'data' || key === 'raw' ? asBytes(value) : undefined;
    const found = data ?? findRevertData(value, depth + 1);
    // an empty one may stand in front of the real one
    if (found === '0x') empty = found;
    else if (found !== undefined) return found;
  }
  return empty;
}

function asBytes(value: unknown): Hex | undefined {
  return isHex(value) && value.length % 2 === 0 ? value : undefined;
}

interface Parameter {
  readonly name?: string;
  readonly type: string;
}

function describe(name: string, inputs: readonly Parameter[], args: readonly unknown[]): string {
  const words = inputs.map((input, i) => {
    const value = describeArgument(name, input, args[i]);
    return input.name === undefined || input.name === '' ? value : `${toWords(input.name)} ${value}`;
  });
  return `${name}(${words.join(', ')})`;
}

function describeArgument(error: string, { name = '', type }: Parameter, value: unknown): string {
  if (typeof value === 'bigint' && WAD_ARGUMENTS[error]?.includes(name) === true) {
    return /health/i.test(name) ? formatHealth(value, 18) : formatUnits(value, 18);
  }
  if (type === 'bytes32' && isHex(value)) {
    if (name === 'parameter') return hexToString(trim(value, { dir: 'right' }));
    return /^(account|bidder|from|to)$/.test(name) ? formatAccountId(value) : value;
  }
  return String(value);
}

/** `initialRequirement` as `initial requirement`. */
function toWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
