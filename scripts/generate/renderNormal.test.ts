import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ONE, precise } from '../../sdk/testing/highPrecision';
import { ROOT } from '../toolchain/root';
import { fitPiece } from './fitNormal';
import { fitConstants, renderSdk, renderSolidity, SDK_COEFFICIENTS, SOLIDITY_COEFFICIENTS } from './renderNormal';

describe('fitPiece', () => {
  it('fits the tail to better than 3e-12 where it is hardest', () => {
    const { coefficients, worst } = fitPiece(0n, precise(13n, 8n), ONE);
    expect(worst < precise(3n, 10n ** 12n)).toBe(true);
    expect(coefficients[0]).toBe(ONE);
  });
});

describe('the coefficients (npx tsx scripts/generate/normalCoefficients.ts writes them anew)', () => {
  const constants = fitConstants();

  it.each([
    [SOLIDITY_COEFFICIENTS, renderSolidity(constants)],
    [SDK_COEFFICIENTS, renderSdk(constants)],
  ])('%s has those of the fit', (path, text) => {
    expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
  });
});
