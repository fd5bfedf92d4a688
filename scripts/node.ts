import { once } from 'node:events';
import { createServer } from 'node:net';

import { Command, InvalidArgumentError } from 'commander';
import type { EthereumProvider, HardhatRuntimeEnvironment, JsonRpcServer } from 'hardhat/types';

import { AppError } from '../sdk/errors';
import { run } from './cli/run';

interface Options {
  readonly host: string;
  readonly port: number;
  readonly verbose: boolean;
}

const LARGEST_PORT = 65_535;

const program = new Command('node')
  .description(
    "Serves a local development chain until it is stopped (Ctrl-C). Its accounts are Hardhat's well-known ones and the " +
      'node signs for them: nothing on it is worth anything, and nothing of it is kept.',
  )
  .option(
    '--host <address>',
    'where it listens; other machines reach it only through an address of this one',
    '127.0.0.1',
  )
  .option('--port <number>', 'port that it listens on; 0 takes one that is free', parsePort, 8_545)
  .option('--verbose', 'print each request, with what contracts say to it', false)
  .action(serve);

void run(program);

async function serve({ host, port, verbose }: Options): Promise<void> {
  await checkFree(host, port);
  // not before it is needed: it reads the whole configuration
  const { default: hre } = await import('hardhat');
  const provider = await openChain(hre, verbose);
  const server = (await hre.run('node:create-server', { hostname: host, port, provider })) as JsonRpcServer;
  const { address, port: taken } = await server.listen();

  const shown = address.includes(':') ? `[${address}]` : address;
  const accounts = (await provider.request({ method: 'eth_accounts' })) as string[];
  print(`chain ${hre.config.networks.hardhat.chainId} at http://${shown}:${taken}; Ctrl-C stops it`);
  print(`the node signs for ${accounts.length} accounts, whose keys everybody knows: ${accounts[0] ?? ''} and on`);
  if (address === '127.0.0.1' && taken === 8_545) print('next: npm run deploy -- --network localhost');
  await stopped();
  print('stopped');
  // connections that are kept open, and the chain itself, hold a process for long
  process.exit(0);
}

async function openChain(hre: HardhatRuntimeEnvironment, verbose: boolean): Promise<EthereumProvider> {
  const provider = (await hre.run('node:get-provider')) as EthereumProvider;
  await provider.request({ method: 'hardhat_setLoggingEnabled', params: [verbose] });
  return provider;
}

/** Hardhat's server does not tell a failure to listen: this one tries first. */
async function checkFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason =
      code === 'EADDRINUSE'
        ? `port ${port} is taken, perhaps by another node: stop it or name another --port`
        : `cannot listen on ${host}, port ${port} (${code ?? (cause as Error).message})`;
    throw new AppError(reason, { code: 'listen_failed', cause });
  }
  probe.close();
  await once(probe, 'close');
}

async function stopped(): Promise<void> {
  await Promise.race((['SIGINT', 'SIGTERM'] as const).map((name) => once(process, name)));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > LARGEST_PORT) {
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${LARGEST_PORT}.`);
  }
  return port;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
