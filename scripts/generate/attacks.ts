import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { GUARDS } from '../mutants/guards';
import { ROOT } from '../toolchain/root';
import { ATTACKS_PAGE, readAttackTests, renderAttacks } from './renderAttacks';

// Writes the table of attacks, tests and guards anew.

const tests = readAttackTests();
writeFileSync(join(ROOT, ATTACKS_PAGE), renderAttacks(tests, GUARDS));
process.stdout.write(`attacks: ${tests.length} tests in ${ATTACKS_PAGE}\n`);
