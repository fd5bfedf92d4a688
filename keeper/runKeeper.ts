import { collectDefaultMetrics } from 'prom-client';
import { createClient, http, type Client } from 'viem';

import { checkDeployment, readDeployment, type Manifest } from '../sdk/deployment';
import { AppError } from '../sdk/errors';
import { toAccountId } from '../sdk/math';
import { toRpcError } from './chain/toRpcError';
import type { Clock } from './clock';
import { DEVELOPMENT_CHAIN, loadSigner, type KeeperConfig } from './config';
import { createKeeper, type Keeper } from './createKeeper';
import { createHealthServer } from './health/createHealthServer';
import { describeHealth } from './health/describeHealth';
import type { KeeperLogger } from './log/createLogger';
import { createMetrics, type KeeperMetrics } from './metrics/createMetrics';
import type { Wallet } from './send/broadcast';

export interface RunKeeperParameters {
  readonly config: KeeperConfig;
  /** http(s) endpoint of the node; may carry a key, so it is never shown. */
  readonly rpcUrl: string;
  /** Folder of all deployments. */
  readonly deployments: string;
  readonly logger: KeeperLogger;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const REQUEST_TIMEOUT_MS = 10_000;
const WAIT_MS = 1_000;
const STOP_GRACE_MS = 5_000;
const MAX_BLOCK_AGE = 120;

// A development chain that was started anew: whoever runs it deploys again, and then the manifest fits again.
const CHAIN_REPLACED: ReadonlySet<string> = new Set(['deployment_stale', 'wrong_chain']);
const WORTH_WAITING: ReadonlySet<string> = new Set([...CHAIN_REPLACED, 'deployment_missing', 'deployment_invalid']);

/**
 * The keeper as a process: serves `/metrics` and `/health`, opens the deployment, and keeps it until `signal` is aborted.
 * @throws AppError where the node or the deployment is not there and it was not told to wait, or the deployment is gone
 */
export async function runKeeper(parameters: RunKeeperParameters): Promise<void> {
  const { config, rpcUrl, logger, clock, signal } = parameters;
  const metrics = createMetrics();
  collectDefaultMetrics({ register: metrics.registry });
  const client = createClient({ transport: http(rpcUrl, { retryCount: 0, timeout: REQUEST_TIMEOUT_MS }) });
  let keeper: Keeper | undefined;
  let maxBlockAge = config.maxBlockAge ?? MAX_BLOCK_AGE;
  const server = await createHealthServer({
    ...config,
    endpoints: {
      '/health': () => describeHealth(keeper?.status(), { ...config, maxBlockAge }, clock.now()),
      '/metrics': async () => ({
        status: 200,
        type: metrics.registry.contentType,
        body: await metrics.registry.metrics(),
      }),
    },
  });
  logger.info({ health: `${server.url}/health`, metrics: `${server.url}/metrics` }, 'serving');
  try {
    for (;;) {
      const deployment = await openDeployment(parameters, client);
      if (deployment === undefined) return; // told to stop while waiting
      if (deployment.chainId === DEVELOPMENT_CHAIN) maxBlockAge = config.maxBlockAge ?? 0;
      keeper = await startKeeper(parameters, client, deployment, metrics);
      const ending = await runUntilReplaced(keeper, signal, clock);
      if (ending === undefined) return;
      logger.warn({ reason: ending.code, error: ending.message }, 'chain_replaced');
      keeper = undefined;
    }
  } finally {
    await server.close();
    logger.info({ reason: signal.aborted ? 'signal' : 'failure' }, 'keeper_stopped');
  }
}

/** The deployment, seen to be on the node's chain; nothing where the keeper was stopped while it waited for that. */
async function openDeployment(
  { config, rpcUrl, deployments, logger, clock, signal }: RunKeeperParameters,
  client: Client,
): Promise<Manifest | undefined> {
  let told: string | undefined;
  while (!signal.aborted) {
    try {
      const deployment = await readDeployment({ network: config.network, root: deployments });
      await checkDeployment(client, deployment);
      return deployment;
    } catch (caught) {
      const error = withOrigin(toRpcError(caught), rpcUrl);
      if (!(error instanceof AppError)) throw error;
      if (!config.wait || !(error.retryable || WORTH_WAITING.has(error.code))) throw error;
      if (told !== error.message) logger.warn({ reason: error.code, error: error.message }, 'waiting');
      told = error.message;
    }
    await clock.sleep(WAIT_MS, signal);
  }
  return undefined;
}

async function startKeeper(
  { config, rpcUrl, logger, clock }: RunKeeperParameters,
  client: Client,
  deployment: Manifest,
  metrics: KeeperMetrics,
): Promise<Keeper> {
  const signer = config.dryRun ? undefined : await loadSigner(config, deployment.chainId);
  const wallet: Wallet | undefined =
    signer &&
    createClient({ account: signer.account, transport: http(rpcUrl, { retryCount: 0, timeout: REQUEST_TIMEOUT_MS }) });
  logger.info(
    {
      network: deployment.network,
      chain_id: deployment.chainId,
      node: new URL(rpcUrl).origin,
      policy: deployment.policyName,
      dry_run: config.dryRun,
      liquidate: config.liquidate,
      ...(signer && {
        signer: signer.account.address,
        key_from: signer.source,
        bidder: toAccountId(signer.account.address, BigInt(config.bidderIndex)),
      }),
    },
    'keeper_started',
  );
  return createKeeper({ client, ...(wallet && { wallet }), deployment, config, logger, clock, metrics });
}

/** Runs `keeper` to its end: nothing where it was told to stop, the reason where the chain is no longer the one it knew. */
async function runUntilReplaced(keeper: Keeper, signal: AbortSignal, clock: Clock): Promise<AppError | undefined> {
  const done = new AbortController();
  const abandoned = (async () => {
    if (!signal.aborted) {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true, signal: done.signal });
        done.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    // a pass under way is given time to end, and is left alone if it does not
    if (!done.signal.aborted) await clock.sleep(STOP_GRACE_MS, done.signal);
  })();
  try {
    await Promise.race([keeper.run(signal), abandoned]);
    return undefined;
  } catch (error) {
    if (error instanceof AppError && CHAIN_REPLACED.has(error.code)) return error;
    throw error;
  } finally {
    done.abort();
  }
}

/** Names the node, by what of its URL is no secret. */
function withOrigin(error: unknown, rpcUrl: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'node_unreachable') return error;
  const { code, retryable, cause } = error;
  return new AppError(`no node answers at ${new URL(rpcUrl).origin}`, { code, retryable, cause });
}
