import { Command, InvalidArgumentError } from 'commander';

import { checkDeployment, readDeployment } from '../sdk/deployment';
import { AppError } from '../sdk/errors';
import { readExplanation, workOut, type ReadExplanation } from '../sdk/explain';
import { connect, DEPLOYMENTS, withNetworkOptions, type NetworkOptions } from './cli/network';
import { parseAccount } from './cli/parseAccount';
import { run } from './cli/run';
import { toJson } from './cli/toJson';
import { renderExplanation } from './explain/renderExplanation';

interface Options extends NetworkOptions {
  readonly block?: bigint;
  readonly json: boolean;
}

const program = withNetworkOptions(new Command('explain'))
  .description(
    'Explains an account at any block that the node still has: what it holds, which formula gives which number, where a ' +
      'margin call comes, what would cure it, and what a liquidator could take. Every number is computed here and held ' +
      'against the chain; exit code 1 where one differs.',
  )
  .argument('<account>', "its owner's address, <address>/<index>, or the 32-byte account id")
  .option('--block <number>', 'as of this block (default: the newest)', parseBlock)
  .option('--json', 'as JSON, amounts as decimal strings in the unit of the contracts', false)
  .action(explain);

void run(program);

async function explain(text: string, options: Options): Promise<void> {
  const account = parseAccount(text);
  const manifest = await readDeployment({ network: options.network, root: DEPLOYMENTS });
  const client = await connect(options);
  await checkDeployment(client, manifest);
  const explanation = await readExplanation(client, { manifest, account, blockNumber: options.block });
  const { network } = options;
  print(
    options.json
      ? toJson({ network, ...explanation, worked: workOut(explanation) })
      : renderExplanation(explanation, { network, quote: manifest.quote }),
  );
  requireAgreement(explanation);
}

/** Figures of which one is wrong are shown, but never as if all was well. */
function requireAgreement({ differences }: ReadExplanation): void {
  if (differences.length === 0) return;
  const named = differences.map(({ name, here, chain }) => `${name} is ${here} here and ${chain} on chain`);
  throw new AppError(`what is computed here and what the chain computes differ: ${named.join('; ')}`, {
    code: 'mismatch',
  });
}

function parseBlock(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a block number.');
  return BigInt(text);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
