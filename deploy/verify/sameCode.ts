import { hexToBytes, type Hex } from 'viem';

const PUSH1 = 0x60;
const PUSH32 = 0x7f;
const WORD = 32;

/**
 * Whether `code` is what `compiled` becomes when deployed: equal byte for byte but for the immutables. The compiler
 * leaves a `PUSH32` of zeros where each immutable goes, and never pushes a zero of its own that way.
 */
export function sameCode(code: Hex, compiled: Hex): boolean {
  const actual = hexToBytes(code);
  const expected = hexToBytes(compiled);
  if (actual.length !== expected.length) return false;
  for (let at = 0; at < expected.length;) {
    const opcode = expected[at] ?? 0;
    if (actual[at] !== opcode) return false;
    const width = opcode >= PUSH1 && opcode <= PUSH32 ? opcode - PUSH1 + 1 : 0;
    const operand = expected.subarray(at + 1, at + 1 + width);
    const immutable = width === WORD && operand.every((byte) => byte === 0);
    if (!immutable && !operand.every((byte, index) => actual[at + 1 + index] === byte)) return false;
    at += 1 + width;
  }
  return true;
}
