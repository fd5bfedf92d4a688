import { Command, InvalidArgumentError } from 'commander';

import { run } from './cli/run';
import { searchDeep } from './deep/searchDeep';

const program = new Command('test:deep')
  .description(
    'The long search before a release: as many random calls as you like against the invariants (P1 and on), then says ' +
      'what came of each kind of action and which errors refused it. Fails where an invariant fails, or an action never ' +
      'succeeds: what is never done is never tested. (The handler of dynamic margin, DYN-08, keeps no tally: none of its ' +
      'actions may be refused.) A million calls take hours.',
  )
  .option('--calls <number>', 'least number of calls, all invariants together', parseCalls, 1_000_000)
  .option('--seed <hex>', 'another search than that of foundry.toml')
  .action(searchDeep);

void run(program);

function parseCalls(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 1e9) {
    throw new InvalidArgumentError('It must be a whole number from 1 to a billion.');
  }
  return value;
}
