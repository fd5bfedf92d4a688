import { join } from 'node:path';

import { Option, type Command } from 'commander';
import { createPublicClient, http, type PublicClient } from 'viem';

import { AppError } from '../../sdk/errors';

/** Where deployments are kept. */
export const DEPLOYMENTS = join(__dirname, '..', '..', 'deployments');

const LOCALHOST_RPC = 'http://127.0.0.1:8545';

export interface NetworkOptions {
  readonly network: string;
  readonly rpc?: string;
}

/** Adds `--network` and `--rpc`. */
export function withNetworkOptions(command: Command): Command {
  return command
    .addOption(new Option('--network <name>', 'folder under deployments/').default('localhost'))
    .addOption(new Option('--rpc <url>', `JSON-RPC endpoint; ${LOCALHOST_RPC} for localhost`));
}

/**
 * The JSON-RPC endpoint of a network.
 * @throws AppError `rpc_missing`, `rpc_invalid`
 */
export function rpcUrl({ network, rpc }: NetworkOptions): string {
  const url = rpc ?? (network === 'localhost' ? LOCALHOST_RPC : undefined);
  if (url === undefined) {
    throw new AppError(`no JSON-RPC endpoint is known for ${network}: name one with --rpc <url>`, {
      code: 'rpc_missing',
    });
  }
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new AppError(`${url} is not an http(s) URL`, { code: 'rpc_invalid' });
  }
  return url;
}

/**
 * A client of the network's node, which has been seen to answer.
 * @throws AppError `rpc_missing`, `rpc_invalid`, `node_unreachable`
 */
export async function connect(options: NetworkOptions): Promise<PublicClient> {
  const url = rpcUrl(options);
  const client = createPublicClient({ transport: http(url, { retryCount: 0, timeout: 10_000 }) });
  try {
    await client.getChainId();
  } catch (cause) {
    const hint = options.network === 'localhost' ? ': is npm run node running?' : '';
    // without credentials or keys that the URL may carry
    throw new AppError(`no node answers at ${new URL(url).origin}${hint}`, {
      code: 'node_unreachable',
      retryable: true,
      cause,
    });
  }
  return client;
}
