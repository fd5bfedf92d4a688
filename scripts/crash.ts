import { Command, InvalidArgumentError } from 'commander';

import { listScenarios, loadScenario, withCandles } from '../sim';
import { run } from './cli/run';
import { replay } from './crash/replay';

interface Options {
  readonly scenario: string;
  readonly accounts?: number;
  readonly policy?: string;
  readonly against?: string | false;
  readonly seed: number;
  readonly candles?: string;
  readonly out?: string;
}

const MOST_ACCOUNTS = 5_000;

const program = new Command('crash')
  .description(
    'Replays a crash with the real contracts, keepers and pools on a local chain, under one policy or two side by side, and ' +
      'writes a report that opens in any browser. The same options give the same report.',
  )
  .option('--scenario <name|file>', `${listScenarios().join(', ')}, or a file of your own`, 'black-thursday')
  .option('--accounts <number>', 'borrowing accounts (default: what the scenario says)', parseCount(MOST_ACCOUNTS))
  .option(
    '--policy <name|file>',
    'margin policy: a name in deployments/policies/ or a file (default: default, and derivatives where the scenario has perpetuals and options)',
  )
  .option(
    '--against <name|file>',
    'policy to compare it with (default: instant, and none where the scenario has perpetuals and options)',
  )
  .option('--no-against', 'replay one policy only')
  .option('--seed <number>', 'draws the accounts and their owners', parseCount(Number.MAX_SAFE_INTEGER), 1)
  .option(
    '--candles <file>',
    'prices from a CSV with the columns ts_open,open,high,low,close in place of the scenario’s',
  )
  .option('--out <file>', 'where the report goes (default: a name of its own in reports/)')
  .action(crash);

void run(program);

async function crash(options: Options): Promise<void> {
  const { seed, candles, out, accounts } = options;
  const known = loadScenario(options.scenario);
  const hasBooks = known.books !== undefined;
  const policy = options.policy ?? (hasBooks ? 'derivatives' : 'default');
  const against = options.against ?? (hasBooks ? false : 'instant');
  const priced = candles === undefined ? known : withCandles(known, candles);
  const scenario =
    accounts === undefined ? priced : { ...priced, accounts: { ...priced.accounts, borrowers: accounts } };
  await replay({
    scenario,
    policies: against === false || against === policy ? [policy] : [policy, against],
    seed,
    ...(out !== undefined && { out }),
    command: commandOf({ ...options, policy, against }),
  });
}

/** What gives the same report again, with nothing left to defaults that may change. */
function commandOf({
  scenario,
  accounts,
  policy,
  against,
  seed,
  candles,
}: Required<Pick<Options, 'policy' | 'against'>> & Options): string {
  const flags = [
    `--scenario ${scenario}`,
    accounts === undefined ? '' : `--accounts ${accounts}`,
    `--policy ${policy}`,
    against === false || against === policy ? '--no-against' : `--against ${against}`,
    `--seed ${seed}`,
    candles === undefined ? '' : `--candles ${candles}`,
  ];
  return `npm run crash -- ${flags.filter((flag) => flag !== '').join(' ')}`;
}

function parseCount(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < 1 || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
    }
    return value;
  };
}
