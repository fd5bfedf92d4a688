import { Command } from 'commander';

import { checkDeployment, readDeployment } from '../sdk/deployment';
import { AppError } from '../sdk/errors';
import { readExplanation, type ExplainedLine } from '../sdk/explain';
import { formatAccountId } from '../sdk/math';
import { connect, DEPLOYMENTS, withNetworkOptions, type NetworkOptions } from './cli/network';
import { parseAccount } from './cli/parseAccount';
import { plainTable } from './cli/plainTable';
import { run } from './cli/run';

interface Options extends NetworkOptions {
  readonly index?: string;
}

const program = withNetworkOptions(new Command('account'))
  .description("Prints an account's margin calculation line by line, as computed here and as computed on chain.")
  .argument('<id>', '32-byte account id, or the address of its owner')
  .option('--index <n>', "which of the owner's accounts, with an address (default: 0)")
  .action(account);

void run(program);

async function account(id: string, options: Options): Promise<void> {
  const accountId = parseAccount(id, options.index);
  const manifest = await readDeployment({ network: options.network, root: DEPLOYMENTS });
  const client = await connect(options);
  await checkDeployment(client, manifest);
  const { number, timestamp } = await client.getBlock();
  const { lines, agrees, isEmpty } = await readExplanation(client, {
    manifest,
    account: accountId,
    blockNumber: number,
  });

  const time = new Date(Number(timestamp) * 1_000).toISOString();
  print(`account ${formatAccountId(accountId)} on ${options.network}, block ${number} (${time})`);
  print(`amounts in ${manifest.quote.symbol} unless said otherwise`);
  if (isEmpty) print('nothing is in this account: nobody has used it yet, or all of it was taken out');
  print(toTable(lines));
  if (!agrees) {
    throw new AppError('what the chain computes and what is computed here differ, see the lines marked !!', {
      code: 'mismatch',
    });
  }
}

function toTable(lines: readonly ExplainedLine[]): string {
  const rows: (string[] | string)[] = [];
  let section: string | undefined;
  for (const line of lines) {
    if (line.section !== section) rows.push(line.section);
    section = line.section;
    const sign = line.agrees === undefined ? '' : line.agrees ? '=' : '!!';
    rows.push([`  ${line.label}`, line.offChain, line.onChain ?? '', sign]);
  }
  return plainTable({ head: ['', 'off chain', 'on chain', ''], aligns: ['left', 'right', 'right', 'left'], rows });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
