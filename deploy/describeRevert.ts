import { decodeErrorResult, type Abi, type Hex } from 'viem';

/**
 * One line that says why a call failed: the contract's error with its numbers where `abi` knows it.
 * @param error what viem or a provider threw; the revert data is anywhere among its causes
 */
export function describeRevert(error: unknown, abi: Abi): string {
  const data = findRevertData(error);
  if (data !== undefined) {
    try {
      const { errorName, args } = decodeErrorResult({ abi, data });
      return `${errorName}(${(args ?? []).map(show).join(', ')})`;
    } catch {
      return `unknown error ${data.slice(0, 10)}`;
    }
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0] ?? message;
}

function findRevertData(error: unknown): Hex | undefined {
  for (let at = error, depth = 0; at !== null && typeof at === 'object' && depth < 10; depth += 1) {
    const { data, cause } = at as { data?: unknown; cause?: unknown };
    const candidate = typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : data;
    if (typeof candidate === 'string' && /^0x[0-9a-f]{8,}$/i.test(candidate)) return candidate as Hex;
    at = cause;
  }
  return undefined;
}

/** Short strings in 32 bytes, as parameter names are, in letters. */
function show(value: unknown): string {
  if (typeof value !== 'string' || !/^0x[0-9a-f]{64}$/i.test(value)) return String(value);
  const text = Buffer.from(value.slice(2), 'hex').toString('latin1').replace(/\0+$/, '');
  return /^[\x20-\x7e]+$/.test(text) ? text : value;
}
