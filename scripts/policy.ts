import { Command } from 'commander';

import { findPolicy } from '../deploy';
import { AppError } from '../sdk/errors';
import { borrowGrowthEndsAt, growthEndsAt, tradeGrowthEndsAt } from '../sdk/math';
import { withNetworkOptions, type NetworkOptions } from './cli/network';
import { run } from './cli/run';
import { readFindings, renderFindings } from './policy/check';
import { readDiff, renderDiff, turnsSomebody } from './policy/diff';
import { formatSpan, formatTime } from '../sdk/format';
import { openChain, type Chain } from './policy/openChain';
import {
  createSender,
  execute,
  planProposals,
  readScheduled,
  RISK_KEY,
  sendProposals,
  settle,
  settleInstruments,
} from './policy/propose';
import { readRole } from './policy/readRole';
import { describeOperation, renderStatus } from './policy/status';
import { toJson } from './cli/toJson';

interface JsonOption extends NetworkOptions {
  readonly json: boolean;
}

const program = new Command('policy').description(
  'What the policy of a deployment is, of loans and instruments, what a change of it would do and to whom, and the way a change takes.',
);

withNetworkOptions(program.command('diff'))
  .description(
    'what a policy file would change, how each change comes, and which accounts it would turn; sends nothing',
  )
  .argument('<policy>', 'a name in deployments/policies/ or a file')
  .option('--json', 'as JSON', false)
  .action(diff);

withNetworkOptions(program.command('check'))
  .description('accounts and limits that are not as the policy has them; exit code 1 where there is a breach')
  .option('--json', 'as JSON', false)
  .action(check);

withNetworkOptions(program.command('propose'))
  .description('shows what a policy file changes and whom it would turn, and schedules it with the access manager')
  .argument('<policy>', 'a name in deployments/policies/ or a file')
  .option('--dry-run', 'print what would be sent, for whoever signs elsewhere', false)
  .option('--yes', 'schedule it although accounts would be turned, or nobody knows whether', false)
  .action(propose);

withNetworkOptions(program.command('status'))
  .description('what is scheduled and from when it may be executed, and what ramps and grows')
  .option('--json', 'as JSON', false)
  .action(status);

withNetworkOptions(program.command('execute'))
  .description('executes what is scheduled and ready, in the order in which it was scheduled')
  .argument('[id...]', 'operations (default: all that are ready)')
  .action(executeReady);

withNetworkOptions(program.command('settle'))
  .description('forgets ramps that have ended, so that checks cost less again')
  .action(settleEnded);

program.addHelpText(
  'after',
  `\nOn a development chain the node signs for the risk role; elsewhere its key is taken from ${RISK_KEY}.`,
);

void run(program);

async function diff(name: string, options: JsonOption): Promise<void> {
  const { policy } = findPolicy(name);
  const chain = await openChain(options);
  const found = await readDiff(chain, policy);
  print(options.json ? toJson(found) : renderDiff(chain, found));
}

async function check(options: JsonOption): Promise<void> {
  const chain = await openChain(options);
  const findings = await readFindings(chain);
  const { network, block } = chain;
  print(options.json ? toJson({ network, block: block.number, findings }) : renderFindings(chain, findings));
  if (findings.some(({ severity }) => severity === 'breach')) process.exitCode = 1;
}

interface ProposeOptions extends NetworkOptions {
  readonly dryRun: boolean;
  readonly yes: boolean;
}

async function propose(name: string, options: ProposeOptions): Promise<void> {
  const { policy } = findPolicy(name);
  const chain = await openChain(options);
  const found = await readDiff(chain, policy);
  const { calls } = found;
  if (calls.length === 0) {
    print('the chain has what the file says: there is nothing to propose');
    return;
  }
  const role = await readRole(chain);
  const proposals = await planProposals(chain, calls, role);
  print(`${renderDiff(chain, found)}\n`);
  if (options.dryRun) {
    print(`to be sent by ${role.holder} to ${chain.manifest.contracts.AccessManager.address}:`);
    for (const { call, id, data, isScheduled } of proposals) {
      const title = `\n${call.subject}: ${call.functionName}, operation ${id}`;
      print(isScheduled ? `${title}\nis scheduled already` : `${title}\n${data}`);
    }
    return;
  }
  if (proposals.every(({ isScheduled }) => isScheduled)) {
    print('all of it is scheduled already: npm run policy -- status tells from when it may be executed');
    return;
  }
  if (turnsSomebody(found) && !options.yes) {
    throw new AppError(
      'nothing was scheduled: accounts would be turned, as above, or may be; add --yes if that is meant',
      {
        code: 'turns_accounts',
      },
    );
  }
  await sendProposals(chain, proposals, await createSender(chain, role, process.env));
  const after = await openChain(options);
  const operations = await readScheduled(after);
  for (const { call, id, isScheduled } of proposals) {
    const readyAt = operations.find((operation) => operation.id === id)?.readyAt ?? 0;
    const known = isScheduled ? ' (it was scheduled already)' : '';
    print(`${id}  ${call.subject}: ${call.functionName}, executable from ${formatTime(readyAt)}${known}`);
  }
  print(`the risk role waits ${formatSpan(role.delay)}; then: npm run policy -- execute --network ${chain.network}`);
}

async function status(options: JsonOption): Promise<void> {
  const chain = await openChain(options);
  const operations = await readScheduled(chain);
  print(
    options.json
      ? toJson({
          network: chain.network,
          block: chain.block,
          operations,
          policy: chain.policy,
          instruments: chain.instruments,
        })
      : renderStatus(chain, operations),
  );
}

async function executeReady(ids: readonly string[], options: NetworkOptions): Promise<void> {
  const chain = await openChain(options);
  const role = await readRole(chain);
  const scheduled = (await readScheduled(chain)).filter(({ caller }) => caller === role.holder);
  const chosen = ids.length === 0 ? scheduled.filter(({ state }) => state === 'ready') : ids.map((id) => find(id));
  if (chosen.length === 0) {
    print('nothing is ready to be executed: npm run policy -- status tells what waits');
    return;
  }
  const sender = await createSender(chain, role, process.env);
  for (const operation of chosen) {
    await execute(chain, operation, sender);
    print(`${operation.id}  executed: ${describeOperation(chain, operation.data)}`);
  }

  function find(id: string) {
    const found = scheduled.find((operation) => operation.id === id.toLowerCase());
    if (found === undefined) throw refuse(`${id} is not scheduled by ${role.holder}`);
    if (found.state === 'ready') return found;
    throw refuse(
      found.state === 'waiting'
        ? `${id} waits until ${formatTime(found.readyAt)}`
        : `${id} expired ${formatTime(found.expiresAt)}: propose it again`,
    );
  }
}

async function settleEnded(options: NetworkOptions): Promise<void> {
  const chain = await openChain(options);
  const ended = endedOf(chain);
  const numbers = endedUnderlyings(chain);
  if (ended === undefined && numbers.length === 0) {
    print('no ramp has ended that is still looked up');
    return;
  }
  const sender = await createSender(chain, await readRole(chain), process.env);
  if (ended !== undefined) {
    await settle(chain, ended, sender);
    print(`settled: ${ended.map(chain.symbolOf).join(', ') || 'what is of no single collateral'}`);
  }
  if (numbers.length === 0) return;
  await settleInstruments(chain, numbers, sender);
  print(`settled as underlyings: ${numbers.map(chain.underlyingName).join(', ')}`);
}

/** Assets with something to settle; undefined where there is nothing at all. */
function endedOf({ policy, block }: Chain): `0x${string}`[] | undefined {
  const past = (end: number): boolean => end !== 0 && BigInt(end) <= block.timestamp;
  const assets = policy.collaterals.filter(({ terms }) => past(terms.ramp.endsAt) || past(growthEndsAt(terms)));
  const others = [policy.liquidation.span.endsAt, borrowGrowthEndsAt(policy.cash)];
  return assets.length > 0 || others.some(past) ? assets.map(({ asset }) => asset) : undefined;
}

/** Numbers of underlyings with something to settle. */
function endedUnderlyings({ instruments, block }: Chain): number[] {
  return instruments.underlyings
    .filter(({ risk, scenarios, delta, trade }) => {
      const past = (end: number): boolean => end !== 0 && BigInt(end) <= block.timestamp;
      // caps are settled together, once all have grown
      return [risk, scenarios, delta].some(({ span }) => past(span.endsAt)) || past(tradeGrowthEndsAt(trade));
    })
    .map(({ number }) => number);
}

function refuse(message: string): AppError {
  return new AppError(message, { code: 'not_executable' });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
