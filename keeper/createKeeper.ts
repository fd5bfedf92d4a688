import type { Address, Client } from 'viem';

import type { Manifest } from '../sdk/deployment';
import { AppError } from '../sdk/errors';
import { createAccountIndex } from './accounts/accountIndex';
import { createMarketIndex } from './accounts/marketIndex';
import { createLossIndex } from './accounts/lossIndex';
import { createPriceIndex } from './accounts/priceIndex';
import { createPerformer, type KeeperTransaction } from './act/performer';
import { createSituationReader } from './act/readSituation';
import { createLogFollower } from './chain/logFollower';
import { toRpcError } from './chain/toRpcError';
import type { Clock } from './clock';
import type { KeeperConfig } from './config';
import { createRecordReader } from './decide/readRecords';
import { createJobs } from './jobs/createJobs';
import type { KeeperLogger } from './log/createLogger';
import { countPass, unhealthyOf } from './metrics/countPass';
import type { KeeperMetrics } from './metrics/createMetrics';
import { createPass } from './pass/createPass';
import type { PassReport } from './pass/report';
import { createScreen } from './screen/screenAccounts';
import type { Wallet } from './send/broadcast';
import { createSender, type Sender } from './send/sender';
import type { KeeperStatus } from './status';

export interface CreateKeeperParameters {
  /** Any transport: HTTP to a node, or an EIP-1193 provider in the same process. */
  readonly client: Client;
  /** Who signs; none makes it a dry run. Its account is local, or one that the node signs for. */
  readonly wallet?: Wallet;
  readonly deployment: Manifest;
  readonly config: KeeperConfig;
  readonly logger: KeeperLogger;
  readonly clock: Clock;
  readonly metrics: KeeperMetrics;
}

export interface Keeper {
  /**
   * Follows the node to its head and does what is to be done there. One at a time: called while one is under way, it
   * returns that one.
   * @throws AppError with `retryable` where the node is at fault; the next pass goes on where this one stopped
   */
  pass(): Promise<PassReport>;
  /** Passes until `signal` is aborted; heads that come while one is under way are one. Ends with what may not be retried. */
  run(signal: AbortSignal): Promise<void>;
  status(): KeeperStatus;
}

const MAX_RETRY_MS = 10_000;
const MS = 1_000;

/** A keeper of one deployment. Nothing happens before `pass` or `run`. */
export function createKeeper(parameters: CreateKeeperParameters): Keeper {
  const { wallet, config, logger, clock, metrics } = parameters;
  const state: Mutable<Omit<KeeperStatus, 'inFlight'>> = {
    head: undefined,
    followedAt: 0,
    lag: 0n,
    accounts: { tracked: 0, watched: 0, unhealthy: 0, unknown: 0 },
    signer: wallet && { address: wallet.account.address, balance: 0n, canPay: true },
    lastError: undefined,
    failures: 0,
  };
  const sender = wallet && createLoggingSender(parameters, wallet);
  const passOnce = wire(parameters, sender, (number) => {
    state.lag = state.head === undefined || number < state.head.number ? 0n : number - state.head.number;
    metrics.headLag.set(Number(state.lag));
  });
  let underWay: Promise<PassReport> | undefined;

  function pass(): Promise<PassReport> {
    underWay ??= guarded().finally(() => (underWay = undefined));
    return underWay;
  }

  async function guarded(): Promise<PassReport> {
    try {
      const report = await passOnce();
      note(report);
      return report;
    } catch (caught) {
      const error = toRpcError(caught);
      const { code, message } = error instanceof AppError ? error : { code: 'unexpected', message: String(error) };
      state.lastError = { code, message, atMs: clock.now() };
      state.failures += 1;
      metrics.passes.inc({ result: 'failed' });
      metrics.rpcErrors.inc({ code });
      throw error;
    }
  }

  function note(report: PassReport): void {
    const { head, fresh, tracked, watched, states, unknown, means } = report;
    if (state.failures > 0) logger.info({ block: head.number, failures: state.failures }, 'pass_recovered');
    Object.assign(state, { head, followedAt: clock.now(), lag: 0n, failures: 0, lastError: undefined });
    countPass(metrics, report, clock.now());
    const inFlight = sender?.inFlight() ?? [];
    metrics.inFlight.set(inFlight.length);
    metrics.stuck.set(inFlight.filter(({ stuck }) => stuck).length);
    if (!fresh) return;
    state.accounts = { tracked, watched, unhealthy: unhealthyOf(states), unknown: unknown.length };
    if (state.signer !== undefined && means !== undefined) {
      const { balance } = means;
      state.signer = { ...state.signer, balance, canPay: balance >= config.minBalance };
    }
    const took = {
      index_ms: report.durations.index,
      screen_ms: report.durations.screen,
      pass_ms: report.durations.total,
    };
    logger.debug({ block: head.number, ...state.accounts, actions: report.actions.length, ...took }, 'head_processed');
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await pass();
      } catch (error) {
        if (!(error instanceof AppError) || !error.retryable) throw error;
        const { code, message } = error;
        logger.warn({ reason: code, error: message, failures: state.failures, retry_in_ms: pause() }, 'pass_failed');
      }
      await clock.sleep(pause(), signal);
    }
  }

  /** Milliseconds until the next pass: longer after each failure. */
  function pause(): number {
    const usual = config.pollInterval * MS;
    if (state.failures === 0) return usual;
    return Math.min(Math.max(usual, 100) * 2 ** Math.min(state.failures - 1, 10), Math.max(MAX_RETRY_MS, usual));
  }

  return {
    pass,
    run,
    status: () => ({
      ...state,
      inFlight: (sender?.inFlight() ?? []).map(({ request, nonce, hashes, firstSentAt, bumps, stuck }) => ({
        kind: request.kind,
        nonce,
        hash: hashes.at(-1),
        ageMs: clock.now() - firstSentAt,
        bumps,
        stuck,
      })),
    }),
  };
}

function wire(
  { client, wallet, deployment, config, logger, clock, metrics }: CreateKeeperParameters,
  sender: Sender<KeeperTransaction> | undefined,
  onHead: (number: bigint) => void,
): () => Promise<PassReport> {
  const { MarginVault, PriceOracle, MarginPolicy, InstrumentPolicy, MarginLens, OpenLosses } = deployment.contracts;
  const accounts = createAccountIndex({ vault: MarginVault.address });
  const prices = createPriceIndex(PriceOracle.address);
  const markets = createMarketIndex({ vault: MarginVault.address, instrumentPolicy: InstrumentPolicy.address });
  const losses = createLossIndex(OpenLosses.address);
  /** Collaterals, and what perpetuals and options are priced by. */
  const priced = (): Address[] => {
    const traded = markets.all().flatMap(({ feeds }) => (feeds === undefined ? [] : [feeds.index, feeds.perpetual]));
    return [...new Set([...deployment.assets.map(({ address }) => address), ...traded])];
  };
  const situations = createSituationReader({
    client,
    deployment,
    config,
    accounts,
    signer: wallet?.account.address,
    priced,
  });
  const follower = createLogFollower({
    client,
    addresses: [MarginVault, PriceOracle, MarginPolicy, InstrumentPolicy, OpenLosses].map(({ address }) => address),
    reducers: [accounts, prices, markets, losses, situations.policyWatch],
    startBlock: BigInt(deployment.startBlock),
    logRange: config.logRange,
    reorgWindow: config.reorgWindow,
  });
  const screen = createScreen({
    client,
    lens: MarginLens.address,
    batch: config.screenBatch,
    concurrency: config.screenConcurrency,
  });
  const performer = createPerformer({ client, sender, screen, config, logger, metrics });
  const records = createRecordReader(client, prices, priced);
  return createPass({
    client,
    deployment,
    config,
    clock,
    logger,
    accounts,
    markets,
    losses,
    records,
    jobs: createJobs({ client, deployment, config, accounts, markets }),
    follower,
    screen,
    situations,
    performer,
    onHead: ({ number }) => onHead(number),
  });
}

function createLoggingSender(
  { client, deployment, config, logger, clock, metrics }: CreateKeeperParameters,
  wallet: Wallet,
): Sender<KeeperTransaction> {
  return createSender({
    client,
    wallet,
    chainId: deployment.chainId,
    config,
    clock,
    events: {
      bumped: ({ request, nonce, fees, bumps }) => {
        metrics.bumps.inc();
        logger.info({ kind: request.kind, nonce, bumps, max_fee_wei: fees.maxFeePerGas }, 'fee_bumped');
      },
      stuck: ({ request, nonce, fees }) =>
        logger.warn({ kind: request.kind, nonce, max_fee_wei: fees.maxFeePerGas }, 'transaction_stuck'),
    },
  });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
