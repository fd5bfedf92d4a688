import { readFileSync } from 'node:fs';

import { Command, Option } from 'commander';

import { createLogger, createSystemClock, parseKeeperConfig, runKeeper, type KeeperConfigSources } from '../keeper';
import { flagOf, KEEPER_SETTINGS, settingNotes, variableOf, type KeeperSetting } from '../keeper/config';
import { AppError } from '../sdk/errors';
import { DEPLOYMENTS, rpcUrl } from './cli/network';
import { run } from './cli/run';

const program = new Command('keeper')
  .description(
    'Keeps a deployment: follows a node, records prices, calls margin, clears cured calls and liquidates. Logs one line of ' +
      'JSON a decision on stdout, and serves /metrics and /health.',
  )
  .option('--config <file>', 'settings as JSON, by name: {"minProfit": 5}')
  .addHelpText('after', () => environmentHelp())
  .action(keep);
for (const key of KEEPER_SETTINGS) addSetting(key);

void run(program);

function addSetting(key: KeeperSetting): void {
  const { help, off, arg, shown, environmentOnly } = settingNotes(key);
  if (environmentOnly) return;
  const flag = off === undefined ? flagOf(key) : flagOf(key).replace('--', '--no-');
  const notes = [`env: ${variableOf(key)}`];
  if (arg !== undefined && shown !== undefined) notes.push(`default: ${shown}`);
  program.addOption(new Option(arg === undefined ? flag : `${flag} ${arg}`, `${off ?? help} (${notes.join(', ')})`));
}

function environmentHelp(): string {
  const secrets = KEEPER_SETTINGS.filter((key) => settingNotes(key).environmentOnly);
  const lines = secrets.map((key) => `  ${variableOf(key).padEnd(30)}${settingNotes(key).help}`);
  return `\nSecrets, from the environment only:\n${lines.join('\n')}

On a development chain without a key the node's sixth account signs. Flags win over the environment, the environment over
the file; a setting that is not known fails.`;
}

async function keep(): Promise<void> {
  const config = parseKeeperConfig({ flags: givenFlags(), environment: process.env, ...readFile() });
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  await runKeeper({
    config,
    rpcUrl: rpcUrl({ network: config.network, ...(config.rpc !== undefined && { rpc: config.rpc }) }),
    deployments: config.deployments ?? DEPLOYMENTS,
    logger: createLogger({ level: config.logLevel }),
    clock: createSystemClock(),
    signal: controller.signal,
  });
  // a request that hangs must not keep a keeper alive that was told to stop
  if (controller.signal.aborted) process.exit(0);
}

/** What was typed, without commander's defaults: the environment and the file stand behind it. */
function givenFlags(): Record<string, unknown> {
  const given = Object.entries(program.opts<Record<string, unknown>>()).filter(
    ([key]) => key in settingKeys() && program.getOptionValueSource(key) === 'cli',
  );
  return Object.fromEntries(given);
}

function settingKeys(): Record<string, true> {
  return Object.fromEntries(KEEPER_SETTINGS.map((key) => [key, true]));
}

function readFile(): Pick<KeeperConfigSources, 'file'> {
  const { config: path } = program.opts<{ config?: string }>();
  if (path === undefined) return {};
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AppError(`cannot read ${path}`, { code: 'config_invalid', cause });
  }
  try {
    return { file: { path, values: JSON.parse(text) as unknown } };
  } catch (cause) {
    throw new AppError(`${path} is not JSON`, { code: 'config_invalid', cause });
  }
}
