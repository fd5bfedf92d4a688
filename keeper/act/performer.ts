import type { Client } from 'viem';

import { AppError } from '../../sdk/errors';
import type { AccountId } from '../../sdk/math';
import { readHead, type Head } from '../chain/readHead';
import { toRpcError } from '../chain/toRpcError';
import type { KeeperConfig } from '../config';
import { decimal } from '../format';
import { eventOf } from '../log/actionEvents';
import type { KeeperLogger } from '../log/createLogger';
import type { KeeperMetrics } from '../metrics/createMetrics';
import type { Screen } from '../screen/screenAccounts';
import type { Sender } from '../send/sender';
import type { SettledTransaction, TransactionRequest } from '../send/transaction';
import { isSkip, type ActionKind, type ActionReport, type ActionResult, type PricedAction, type Skip } from './action';
import { createBackoff } from './backoff';
import { countAction } from './countAction';
import { betterHealthText } from './planMarginCall';
import { worthOfGas, type Situation } from './situation';

/** A transaction of the keeper, and the decision behind it. */
export interface KeeperTransaction extends TransactionRequest {
  readonly action: PricedAction;
  /** Margin state of the account when it was decided. */
  readonly state: number;
}

export interface CreatePerformerParameters {
  readonly client: Client;
  /** None in a dry run. */
  readonly sender: Sender<KeeperTransaction> | undefined;
  readonly screen: Screen;
  readonly config: KeeperConfig;
  readonly logger: KeeperLogger;
  readonly metrics: KeeperMetrics;
}

/** What an attempt is about. */
export interface Subject {
  readonly kind: ActionKind;
  /** None for a poke. */
  readonly account?: AccountId;
  /** As of its action. */
  readonly topic?: string;
  /** Margin state; a change of it makes an earlier failure void. */
  readonly state: number;
}

/** Carries decisions out, one at a time, and tells what became of them. */
export interface Performer {
  /** Whether nothing about `subject` is in flight, and it has not failed too recently to be tried at `head`. */
  isDue(subject: Subject, head: Head): boolean;
  /** Whether another transaction may be sent now. */
  readonly hasRoom: () => boolean;
  /** Cash of the bidder account that transactions in flight may take, quote WAD. */
  readonly reserved: () => bigint;
  /** Plans and sends, or says why not. Only what is due. */
  attempt(subject: Subject, situation: Situation, plan: () => Promise<PricedAction | Skip>): Promise<ActionReport>;
  /** Reports what was mined meanwhile, with the accounts as they stand now. */
  settle(head: Head): Promise<ActionReport[]>;
  /** Forgets what is in flight and what failed: the chain is another one. */
  reset(): void;
}

// What a simulation refuses costs a few requests, what fails on chain costs gas: the former is tried again sooner.
// Seconds.
const MAX_SKIP_BACKOFF = 48;

/** Keeps one account from being acted on twice at a time, and from being tried again too soon. */
export function createPerformer(parameters: CreatePerformerParameters): Performer {
  const { client, sender, screen, config, logger, metrics } = parameters;
  const backoff = createBackoff();

  function isBusy({ kind, account, topic }: Subject): boolean {
    return (sender?.inFlight() ?? []).some(({ request: { action } }) =>
      account === undefined ? action.kind === kind && action.topic === topic : action.account === account,
    );
  }

  async function attempt(
    subject: Subject,
    situation: Situation,
    plan: () => Promise<PricedAction | Skip>,
  ): Promise<ActionReport> {
    const { head } = situation;
    const planned = await plan();
    const report = isSkip(planned)
      ? toReport(subject, 'skipped', planned.skipped, planned.facts)
      : await carryOut(subject, situation, planned);
    if (report.result !== 'sent') {
      backoff.fail(keyOf(subject), head, subject.state, Math.min(MAX_SKIP_BACKOFF, config.maxBackoff));
    }
    tell(report);
    return report;
  }

  async function carryOut(subject: Subject, situation: Situation, action: PricedAction): Promise<ActionReport> {
    const facts = { ...action.facts, gain: decimal(action.gain), gas: action.gas, gas_cost: decimal(action.gasCost) };
    const about = { ...subject, ...(action.mode && { mode: action.mode }) };
    if (sender === undefined) return toReport(about, 'planned', action.reason, facts);
    const earns = action.kind === 'liquidate' || action.kind === 'closeOut';
    const maxFee = earns ? worthOfGas(situation, action, config.minProfit) : config.maxGasPrice;
    const { kind, to, data, gas } = action;
    try {
      const sent = await sender.submit(
        { kind, to, data, gas, maxFee, action, state: subject.state },
        situation.head.baseFee ?? 0n,
      );
      return {
        ...toReport(about, 'sent', action.reason, { ...facts, nonce: sent.nonce }),
        ...hashOf(sent.hashes.at(-1)),
      };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { cause } = error;
      const told = cause instanceof Error ? (toRpcError(cause) as Error).message : error.message;
      return toReport(about, 'skipped', error.code, { ...facts, error: told });
    }
  }

  async function settle(head: Head): Promise<ActionReport[]> {
    if (sender === undefined) return [];
    const settled = await sender.settle(head.baseFee ?? 0n);
    if (settled.length === 0) return [];
    const { healthOf, failure } = await reread(settled);
    const reports = settled.map((transaction) => toSettledReport(transaction, healthOf));
    settled.forEach(({ transaction, outcome }, i) => {
      const { action, state } = transaction.request;
      const key = keyOf(action);
      if (outcome === 'mined') backoff.clear(key);
      else backoff.fail(key, head, state, config.maxBackoff);
      const report = reports[i];
      if (report !== undefined) tell(report, settled[i]);
    });
    if (failure !== undefined) throw failure;
    return reports;
  }

  /** Reconciles: where the accounts acted on stand on the newest block, whatever the transactions were to do. */
  async function reread(settled: readonly SettledTransaction<KeeperTransaction>[]) {
    const accounts = settled.flatMap(({ transaction }) => transaction.request.action.account ?? []);
    const healthOf = new Map<AccountId, string>();
    let failure: Error | undefined;
    if (accounts.length > 0) {
      try {
        const { hash } = await readHead(client);
        const { rows, unknown } = await screen.screen([...new Set(accounts)].sort(), hash);
        for (const row of rows) healthOf.set(row.account, betterHealthText(row));
        for (const account of unknown) healthOf.set(account, 'unknown');
      } catch (error) {
        // told below, and then it is the pass that fails
        failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    return { healthOf, failure };
  }

  function tell(report: ActionReport, settled?: SettledTransaction<KeeperTransaction>): void {
    const { kind, account, mode, result, reason, hash, facts } = report;
    const failed = result === 'reverted' || result === 'replaced';
    const line = { ...(account && { account }), ...(mode && { mode }), reason, ...(hash && { hash }), ...facts };
    logger[failed ? 'warn' : 'info'](failed ? { ...line, result } : line, eventOf(kind, result));
    countAction(metrics, report, settled);
  }

  return {
    isDue: (subject, head) => !isBusy(subject) && backoff.isDue(keyOf(subject), head, subject.state),
    hasRoom: () => sender?.hasRoom() ?? true,
    reserved: () => (sender?.inFlight() ?? []).reduce((sum, { request }) => sum + request.action.reserved, 0n),
    attempt,
    settle,
    reset() {
      sender?.reset();
      backoff.reset();
    },
  };
}

function keyOf({ kind, account, topic }: { kind: ActionKind; account?: AccountId; topic?: string }): string {
  return [kind, account, topic].filter((part) => part !== undefined).join(':');
}

function toReport(
  { kind, account, mode }: Pick<ActionReport, 'kind' | 'account' | 'mode'>,
  result: ActionResult,
  reason: string,
  facts: ActionReport['facts'],
): ActionReport {
  return { kind, ...(account && { account }), ...(mode && { mode }), result, reason, facts };
}

function toSettledReport(
  { transaction, outcome, hash, block, gasUsed, gasCost }: SettledTransaction<KeeperTransaction>,
  healthOf: ReadonlyMap<AccountId, string>,
): ActionReport {
  const { action } = transaction.request;
  const healthAfter = action.account === undefined ? undefined : healthOf.get(action.account);
  const facts = {
    ...action.facts,
    ...(healthAfter !== undefined && { health_after: healthAfter }),
    nonce: transaction.nonce,
    ...(block !== undefined && { block }),
    gas_used: gasUsed,
    gas_paid_native: decimal(gasCost, 9),
    bumps: transaction.bumps,
  };
  return { ...toReport(action, outcome, action.reason, facts), ...hashOf(hash) };
}

function hashOf(hash: ActionReport['hash']): Pick<ActionReport, 'hash'> | object {
  return hash === undefined ? {} : { hash };
}
