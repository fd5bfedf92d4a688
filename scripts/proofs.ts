import { Command } from 'commander';

import { run } from './cli/run';
import { proveAll } from './proofs/proveAll';

const program = new Command('proofs')
  .description(
    "Has the compiler's model checker (its bounded engine, BMC, with the Z3 inside the compiler) look for inputs that break the assertions of " +
      'test/proofs: each is proved for all inputs, refuted, or undecided. Fails where one is refuted, or undecided though ' +
      'scripts/proofs/undecided.json does not say why.',
  )
  .option('--only <text>', 'harnesses whose path contains this')
  .action(proveAll);

void run(program);
