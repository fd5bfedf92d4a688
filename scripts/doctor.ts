import { join } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import { inspectDeployment } from '../deploy';
import { checkChain, readDeployment } from '../sdk/deployment';
import { diagnose, tally, type Check } from '../sdk/doctor';
import { pickBlock } from '../sdk/explain';
import { connect, DEPLOYMENTS, withNetworkOptions, type NetworkOptions } from './cli/network';
import { createProgress } from './cli/progress';
import { run } from './cli/run';
import { toJson } from './cli/toJson';
import { renderChecks } from './doctor/renderChecks';

interface Options extends NetworkOptions {
  readonly fromBlock?: bigint;
  readonly json: boolean;
  readonly strict: boolean;
  readonly artifacts: string;
}

const program = withNetworkOptions(new Command('doctor'))
  .description(
    'Examines a live deployment: code, wiring, roles and delays, feeds and their ages, caps, rates, fund, and invariants read ' +
      'from the chain. A line a check, with what to do; exit code 1 where one fails.',
  )
  .option('--from-block <number>', 'look for accounts from here on only (default: from the deployment on)', parseBlock)
  .option('--strict', 'warnings and what could not be looked at fail too', false)
  .option('--json', 'as JSON', false)
  .option('--artifacts <folder>', "Hardhat's artifacts, for the code", join(__dirname, '..', 'artifacts'))
  .action(examine);

void run(program);

async function examine(options: Options): Promise<void> {
  const { network, fromBlock, json, strict, artifacts } = options;
  const manifest = await readDeployment({ network, root: DEPLOYMENTS });
  const client = await connect(options);
  await checkChain(client, manifest);
  const block = await pickBlock(client, { manifest });
  const progress = createProgress(['accounts']);
  const checks: Check[] = await inspectDeployment(client, { manifest, artifacts });
  checks.push(...(await diagnose(client, { manifest, block, fromBlock, onProgress: progress.of(0) })));
  progress.stop();
  const counts = tally(checks);
  print(json ? toJson({ network, block, ...counts, checks }) : renderChecks({ network, block, checks, counts }));
  if (counts.failures > 0 || (strict && counts.warnings + counts.skipped > 0)) process.exitCode = 1;
}

function parseBlock(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a block number.');
  return BigInt(text);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
