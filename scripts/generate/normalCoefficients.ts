import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../toolchain/root';
import { fitConstants, renderSdk, renderSolidity, SDK_COEFFICIENTS, SOLIDITY_COEFFICIENTS } from './renderNormal';

// Fits the normal distribution anew and writes the coefficients for both languages.

const constants = fitConstants();
writeFileSync(join(ROOT, SOLIDITY_COEFFICIENTS), renderSolidity(constants));
writeFileSync(join(ROOT, SDK_COEFFICIENTS), renderSdk(constants));
process.stdout.write(`normal: ${constants.length} constants in ${SOLIDITY_COEFFICIENTS} and ${SDK_COEFFICIENTS}\n`);
