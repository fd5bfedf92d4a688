import { Counter, Gauge, Histogram, Registry } from 'prom-client';

const PREFIX = 'plimsoll_keeper_';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Everything the keeper counts, in a registry of its own. Amounts are floats here, and only here. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name: PREFIX + name, help, labelNames: [...labelNames], registers });
  const counter = <L extends string = never>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name: PREFIX + name, help, labelNames: [...labelNames], registers });
  const seconds = (name: string, help: string) =>
    new Histogram({ name: PREFIX + name, help, buckets: SECONDS, registers });

  return {
    registry,
    headBlock: gauge('head_block', 'Number of the last head processed'),
    headTimestamp: gauge('head_timestamp_seconds', 'Block time of the last head processed'),
    headLag: gauge('head_lag_blocks', 'Blocks the node is ahead of the last head processed'),
    headAge: gauge('head_age_seconds', 'Wall-clock time less block time when the last head was seen'),
    reorgs: counter('reorgs_total', 'Reorganisations undone'),
    logs: counter('logs_total', 'Logs read'),

    tracked: gauge('accounts_tracked', 'Accounts known from events'),
    watched: gauge('accounts_watched', 'Accounts with debt, positions or an open call, screened on each head'),
    byState: gauge('accounts', 'Accounts screened, by margin state', ['state']),
    unhealthy: gauge('accounts_unhealthy', 'Accounts with health below one'),
    unknown: gauge('accounts_unknown', 'Accounts that could not be assessed'),

    calls: counter('calls_total', 'Margin calls', ['result', 'reason']),
    clears: counter('clears_total', 'Cured calls cleared', ['result', 'reason']),
    pokes: counter('pokes_total', 'Prices recorded in the oracle', ['result', 'reason']),
    jobs: counter('jobs_total', 'Funding, samples and settlements of instruments', ['kind', 'result', 'reason']),
    perpetuals: gauge('perpetuals_open', 'Long perpetuals of all accounts, units', ['underlying']),
    options: gauge('options_open', 'Short options of all accounts, units', ['underlying']),
    unsettled: gauge('unsettled_quote', 'Paid to winners before losers have paid it, quote', ['underlying']),
    reports: counter('reports_total', 'Losses reported, or that they are over', ['result', 'reason']),
    liquidations: counter('liquidations_total', 'Liquidations', ['mode', 'result', 'reason']),
    bonus: counter('bonus_quote_total', 'Bonus of mined liquidations at mark, quote', ['mode']),
    inventory: gauge('inventory_quote', 'Collateral in the bidder account at mark, quote; NaN without a price', [
      'asset',
    ]),

    gasSpent: counter('gas_spent_native_total', 'Paid for gas, native token'),
    balance: gauge('signer_balance_native', 'Balance of the signer, native token'),
    bidderCash: gauge('bidder_cash_quote', 'Cash of the bidder account, quote'),
    inFlight: gauge('transactions_in_flight', 'Transactions sent and not yet mined'),
    stuck: gauge('transactions_stuck', 'Transactions whose fee may not be raised further'),
    bumps: counter('fee_bumps_total', 'Replacements of a transaction at a higher fee'),

    rpcErrors: counter('rpc_errors_total', 'Requests that failed', ['code']),
    passes: counter('passes_total', 'Passes over a head', ['result']),
    passSeconds: seconds('pass_duration_seconds', 'Time of one pass'),
    indexSeconds: seconds('index_duration_seconds', 'Time to read the logs of one head'),
    screenSeconds: seconds('screen_duration_seconds', 'Time to screen all watched accounts'),
    headToSend: seconds('head_to_send_seconds', 'From seeing a head to the first transaction accepted for it'),
  };
}

export type KeeperMetrics = ReturnType<typeof createMetrics>;
