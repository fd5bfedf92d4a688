import { Command, InvalidArgumentError } from 'commander';

import { run } from './cli/run';
import { runMutants } from './mutants/runMutants';

interface Options {
  readonly sample: number;
  readonly all?: boolean;
  readonly seed: number;
  readonly only?: readonly string[];
  readonly guards?: boolean;
  readonly general?: boolean;
  readonly list?: boolean;
  readonly jobs: number;
}

const program = new Command('mutants')
  .description(
    'Changes the contracts in a temporary copy, one small change at a time, and checks that the tests notice. First ' +
      'the guards of scripts/mutants/guards.json, each with the test that must fail without it; then a sample of ' +
      'general mutants of vault, risk, liquidation and maths. Fails when one survives that accepted.json does not ' +
      'explain. Your working tree is not touched.',
  )
  .option('--sample <number>', 'general mutants to draw', parseCount(1, 100_000), 100)
  .option('--all', 'every general mutant')
  .option('--seed <number>', 'draws the sample', parseCount(0, 2 ** 32 - 1), 1)
  .option('--only <text...>', 'files whose path contains one of these, or guards of this id')
  .option('--guards', 'guards alone')
  .option('--general', 'general mutants alone')
  .option('--list', 'print what would be tried, and try nothing')
  .option('--jobs <number>', 'copies that work side by side, each with a compiler and a chain', parseCount(1, 64), 2)
  .action((options: Options) =>
    runMutants({
      guards: options.general !== true,
      general: options.guards !== true,
      sample: options.all === true ? Number.POSITIVE_INFINITY : options.sample,
      seed: options.seed,
      only: options.only ?? [],
      list: options.list === true,
      jobs: options.jobs,
    }),
  );

void run(program);

function parseCount(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
