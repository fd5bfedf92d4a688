import { Command } from 'commander';

import { loadScenario } from '../sim';
import { run } from './cli/run';
import { replay } from './crash/replay';

const SCENARIO = 'black-thursday';

const program = new Command('start')
  .description(
    'Starts a local chain, deploys everything, opens a few hundred accounts and replays Black Thursday with keepers running, ' +
      'under the default policy and, side by side, without its protections. Ends with a table and a report.',
  )
  .action(async () => {
    await replay({
      scenario: loadScenario(SCENARIO),
      policies: ['default', 'instant'],
      seed: 1,
      command: `npm run crash -- --scenario ${SCENARIO} --policy default --against instant --seed 1`,
    });
  });

void run(program);
