import { ONE, precise } from '../../sdk/testing/highPrecision';
import { fitPiece, valueAt } from './fitNormal';

export const SOLIDITY_COEFFICIENTS = 'contracts/math/NormalCoefficients.sol';
export const SDK_COEFFICIENTS = 'sdk/math/generated/normalCoefficients.ts';
const COMMAND = 'npx tsx scripts/generate/normalCoefficients.ts';

const WAD = 10n ** 18n;
/** Where the pieces meet, WAD: there they are equally hard. */
const JOINT = 1_625_000_000_000_000_000n;
/** Up to where the outer piece is fitted: beyond, all of the tail is below what the fit is off. */
const FITTED = precise(71n, 10n);
/** From where the tail counts as nothing, WAD. */
const END = 8n * WAD;

/** Binary places of P, and by how many places what three steps of Horner's rule come to is shifted. */
const PLACES = 60n;
const SHIFTS = [192n, 184n, 180n] as const;
const STEPS = 3;

/** A constant of both languages. */
interface Constant {
  readonly name: string;
  readonly value: bigint;
}

/** The coefficients of both pieces as the integers that both languages compute with. */
export function fitConstants(): Constant[] {
  const inner = fitPiece(0n, precise(JOINT, WAD), ONE);
  const innerConstants = scaled('INNER', inner.coefficients);
  const outer = fitPiece(precise(JOINT, WAD), FITTED, valueAt(inner.coefficients, precise(JOINT, WAD)));
  const [first, ...others] = scaled('OUTER', outer.coefficients);
  // the outer piece begins with the very number that the inner one ends with
  const joined = { ...(first as Constant), value: horner(innerConstants, JOINT) << SHIFTS[0] };
  return [{ name: 'JOINT', value: JOINT }, { name: 'END', value: END }, ...innerConstants, joined, ...others];
}

/** `contracts/math/NormalCoefficients.sol` */
export function renderSolidity(constants: readonly Constant[]): string {
  const lines = constants.map(({ name, value }) => {
    const suffix = value < 0n ? '_MINUS' : '';
    return `uint256 constant ${name}${suffix} = 0x${magnitude(value).toString(16)};\n`;
  });
  return `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

// Written by \`${COMMAND}\`, and never by hand: what math/Normal.sol computes with.

${lines.join('')}`;
}

/** `sdk/math/generated/normalCoefficients.ts` */
export function renderSdk(constants: readonly Constant[]): string {
  const list = (piece: string): string =>
    constants
      .filter(({ name }) => name.startsWith(piece))
      .map(({ value }) => `  ${hex(value)},\n`)
      .join('');
  return `// Written by \`${COMMAND}\`, and never by hand: what sdk/math/normal.ts computes with.

/** Where the outer piece begins, WAD. */
export const JOINT = ${JOINT}n;
/** From where the tail counts as nothing, WAD. */
export const END = ${END}n;
/** Coefficients of the inner piece, lowest first. */
export const INNER: readonly bigint[] = [
${list('INNER')}];
/** Coefficients of the outer piece, lowest first. */
export const OUTER: readonly bigint[] = [
${list('OUTER')}];
`;
}

/**
 * The scale of each coefficient: its neighbour's times a WAD, which is what a step of Horner's rule multiplies by, and
 * 2 ** shift more where that is taken off again.
 */
function scaled(piece: string, coefficients: readonly bigint[]): Constant[] {
  let scale = 1n << PLACES;
  let wads = 1n;
  return coefficients.map((coefficient, k) => {
    if (k % STEPS === 0 && k / STEPS < SHIFTS.length) scale <<= SHIFTS[k / STEPS] as bigint;
    const value = rounded(coefficient * scale, ONE * wads);
    wads *= WAD;
    return { name: `${piece}_${k}`, value };
  });
}

/** As Normal.tail does it. */
function horner(constants: readonly Constant[], x: bigint): bigint {
  return constants.reduceRight((sum, { value }, k) => {
    const shift = k % STEPS === 0 ? SHIFTS[k / STEPS] : undefined;
    return (sum * x + value) >> (shift ?? 0n);
  }, 0n);
}

function rounded(numerator: bigint, denominator: bigint): bigint {
  const half = numerator < 0n ? -denominator / 2n : denominator / 2n;
  return (numerator + half) / denominator;
}

function hex(value: bigint): string {
  return `${value < 0n ? '-' : ''}0x${magnitude(value).toString(16)}n`;
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x;
}
