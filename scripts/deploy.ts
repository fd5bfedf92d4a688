import { join, relative } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';
import { getAddress, isAddress, isHex, size, type Address } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import {
  adaptConfig,
  createFileJournal,
  deploySystem,
  DEVELOPMENT_CHAIN,
  findNetworkConfig,
  findPolicy,
  readNetworkConfig,
  writeDeployment,
  type DeployResult,
  type Phase,
  type Progress,
  type RoleHolders,
} from '../deploy';
import { AppError } from '../sdk/errors';
import { connect, DEPLOYMENTS, withNetworkOptions, type NetworkOptions } from './cli/network';
import { parsePrice, type Prices } from './cli/parsePrice';
import { run } from './cli/run';

const KEY_VARIABLE = 'PLIMSOLL_DEPLOYER_KEY';

interface Options extends NetworkOptions, Partial<RoleHolders> {
  readonly policy: string;
  readonly config?: string;
  readonly price?: Prices;
  readonly fresh: boolean;
}

const program = withNetworkOptions(new Command('deploy'))
  .description(
    'Deploys the system, hands its roles over and verifies it on chain. Run again, it goes on where it stopped.',
  )
  .option('--policy <name|file>', 'margin policy: a name in deployments/policies/ or a file', 'default')
  .option('--config <file>', 'tokens, feeds and delays (default: deployments/config/<network>.json)')
  .option('--price <symbol=quote>', 'start price on a development chain, may be repeated', parsePrice)
  .option('--admin <address>', 'final holder of the admin role', parseAddress)
  .option('--guardian <address>', 'final holder of the guardian role: pauses', parseAddress)
  .option('--risk <address>', 'final holder of the risk role: parameters and feeds', parseAddress)
  .option('--governor <address>', 'final holder of the governor role: unpauses and links modules', parseAddress)
  .option('--publisher <address>', 'final holder of the publisher role: signs volatilities', parseAddress)
  .option('--fresh', 'forget an earlier deployment; on a development chain only', false)
  .addHelpText(
    'after',
    `\nOn a development chain (${DEVELOPMENT_CHAIN}) the node's accounts deploy and hold the roles unless named; elsewhere the
key of the deployer is taken from ${KEY_VARIABLE}.`,
  )
  .action(deploy);

void run(program);

async function deploy(options: Options): Promise<void> {
  const { network, price = {}, fresh } = options;
  const { policy, title } = findPolicy(options.policy);
  const client = await connect(options);
  const chainId = await client.getChainId();
  const config = options.config === undefined ? findNetworkConfig(network, chainId) : readNetworkConfig(options.config);
  const folder = join(DEPLOYMENTS, network);
  const store = createFileJournal(join(folder, 'journal.json'));
  if (fresh && chainId !== DEVELOPMENT_CHAIN) {
    throw new AppError(`--fresh is for development chains: ${network} is chain ${chainId}`, { code: 'fresh_refused' });
  }
  if (fresh) store.clear();
  const deployer = readDeployer();

  print(`deploying to ${network} (chain ${chainId}) under the policy ${title}`);
  const phases = createPhasePrinter();
  const result = await deploySystem({
    network,
    provider: { request: (request) => client.request(request as never) },
    config: adaptConfig(config, { startPrices: price }),
    policy,
    policyTitle: title,
    holders: chosenHolders(options),
    ...(deployer !== undefined && { deployer }),
    store,
    onProgress: phases.step,
    onNotice: print,
  });
  phases.end();
  const path = writeDeployment(folder, result, policy);
  report(result, relative(process.cwd(), path));
}

function report({ manifest, steps, deployer, holders }: DeployResult, path: string): void {
  for (const [role, holder] of Object.entries(holders)) print(`  ${role.padEnd(18)}${String(holder)}`);
  print(`the deployer ${deployer} has renounced its rights and holds no role`);
  const contracts = Object.keys(manifest.contracts).length;
  print(`verified on chain: code of ${contracts} contracts, every parameter, feed, link and role`);
  print(
    steps.now === 0
      ? `nothing to do: all ${steps.before} steps were done before; ${path} stands`
      : `done: ${steps.now} steps now, ${steps.before} before; wrote ${path}`,
  );
}

/** One line a phase, when it is over. */
function createPhasePrinter() {
  let phase: Phase | undefined;
  let counts = { now: 0, before: 0 };
  const end = (): void => {
    if (phase === undefined) return;
    const before = counts.before > 0 ? `, ${counts.before} done before` : '';
    print(`  ${phase.padEnd(18)}${counts.now} steps${before}`);
  };
  const step = (progress: Progress): void => {
    if (progress.phase !== phase) {
      end();
      phase = progress.phase;
      counts = { now: 0, before: 0 };
    }
    counts[progress.done] += 1;
  };
  return { step, end };
}

function chosenHolders({ admin, guardian, risk, governor, publisher }: Options): Partial<RoleHolders> {
  const chosen = Object.entries({ admin, guardian, risk, governor, publisher }).filter(
    ([, holder]) => holder !== undefined,
  );
  return Object.fromEntries(chosen);
}

function readDeployer() {
  const key = process.env[KEY_VARIABLE];
  if (key === undefined || key === '') return undefined;
  // never shows what was given
  if (!isHex(key) || size(key) !== 32) {
    throw new AppError(`${KEY_VARIABLE} is not a private key: 0x and 64 hex digits`, { code: 'key_invalid' });
  }
  return privateKeyToAccount(key);
}

function parseAddress(text: string): Address {
  if (!isAddress(text, { strict: false })) throw new InvalidArgumentError('Not an address.');
  return getAddress(text);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
