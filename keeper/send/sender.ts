import type { Client, Hash, TransactionReceipt } from 'viem';
import { getTransactionReceipt } from 'viem/actions';
import { TransactionReceiptNotFoundError } from 'viem';

import { AppError } from '../../sdk/errors';
import { toRpcError } from '../chain/toRpcError';
import type { Clock } from '../clock';
import { broadcast, type Wallet } from './broadcast';
import { bumpedFees, currentFees, type FeePolicy } from './fees';
import { createNonceTracker } from './nonceTracker';
import type { PendingTransaction, SettledTransaction, TransactionRequest } from './transaction';

export interface SenderConfig extends FeePolicy {
  readonly maxInFlight: number;
  /** Seconds without a receipt before the fee is raised. */
  readonly transactionTimeout: number;
  readonly maxBumps: number;
}

/** What the sender does by itself between sending and settling. */
export interface SenderEvents<T extends TransactionRequest> {
  readonly bumped: (transaction: PendingTransaction<T>) => void;
  /** The fee may not be raised further; told once. */
  readonly stuck: (transaction: PendingTransaction<T>) => void;
}

export interface CreateSenderParameters<T extends TransactionRequest> {
  readonly client: Client;
  readonly wallet: Wallet;
  readonly chainId: number;
  readonly config: SenderConfig;
  readonly clock: Clock;
  readonly events: SenderEvents<T>;
}

/** Sends transactions of one signer and follows each until its nonce is used. One call at a time. */
export interface Sender<T extends TransactionRequest> {
  readonly inFlight: () => readonly PendingTransaction<T>[];
  /** Whether another transaction may be sent now. */
  readonly hasRoom: () => boolean;
  /**
   * Takes a nonce, signs and sends.
   * @param baseFee wei, of the head
   * @throws AppError `in_flight_full`, `gas_price_above_limit`, `transaction_rejected`
   */
  submit(request: T, baseFee: bigint): Promise<PendingTransaction<T>>;
  /** Looks for receipts, raises fees of what waits too long, fills gaps before it, and returns what has ended. */
  settle(baseFee: bigint): Promise<SettledTransaction<T>[]>;
  /** Forgets all that is in flight: the chain is another one. */
  reset(): void;
}

// A node behind a balancer may count a nonce as used before it has the receipt.
const LOOKS_BEFORE_REPLACED = 3;

const TRANSFER_GAS = 21_000n;

interface Entry<T extends TransactionRequest> {
  transaction: PendingTransaction<T>;
  /** Looks at a used nonce without a receipt of ours. */
  missed: number;
}

/** Sends with nonces of its own, replaces what waits too long at the same nonce, within the bounds of `config`. */
export function createSender<T extends TransactionRequest>(parameters: CreateSenderParameters<T>): Sender<T> {
  const { client, wallet, chainId, config, clock, events } = parameters;
  const address = wallet.account.address;
  const nonces = createNonceTracker({ client, address });
  /** By nonce, ascending. */
  let entries: Entry<T | TransactionRequest>[] = [];

  const isOwn = (entry: Entry<T | TransactionRequest>): entry is Entry<T> => entry.transaction.request.kind !== 'gap';
  const inFlight = (): PendingTransaction<T>[] => entries.filter(isOwn).map(({ transaction }) => transaction);
  const hasRoom = (): boolean => entries.length < config.maxInFlight;

  async function submit(request: T, baseFee: bigint): Promise<PendingTransaction<T>> {
    if (!hasRoom()) {
      throw new AppError(`${config.maxInFlight} transactions wait already`, {
        code: 'in_flight_full',
        retryable: true,
      });
    }
    const fees = currentFees(baseFee, config);
    if (fees === undefined || baseFee + fees.maxPriorityFeePerGas > request.maxFee) {
      throw new AppError(`gas at ${baseFee} wei is dearer than allowed`, {
        code: 'gas_price_above_limit',
        retryable: true,
      });
    }
    const maxFeePerGas = fees.maxFeePerGas < request.maxFee ? fees.maxFeePerGas : request.maxFee;
    const nonce = await nonces.take();
    const offered = { ...fees, maxFeePerGas };
    const sent = await broadcast(wallet, { request, nonce, fees: offered, chainId });
    if (sent.result === 'rejected') {
      nonces.giveBack(nonce);
      // It may be about the nonce, which others may use too; and a Hardhat node says no after mining what reverted.
      if (entries.length === 0) nonces.reset();
      else await nonces.refresh();
      throw new AppError('the node refused the transaction', {
        code: 'transaction_rejected',
        retryable: true,
        cause: toRpcError(sent.error),
      });
    }
    const now = clock.now();
    const transaction: PendingTransaction<T> = {
      request,
      nonce,
      hashes: sent.hash === undefined ? [] : [sent.hash],
      fees: offered,
      firstSentAt: now,
      sentAt: now,
      bumps: 0,
      stuck: false,
    };
    entries.push({ transaction, missed: 0 });
    return transaction;
  }

  async function settle(baseFee: bigint): Promise<SettledTransaction<T>[]> {
    if (entries.length === 0) return [];
    const mined = await nonces.refresh();
    const settled: SettledTransaction<T>[] = [];
    const left: Entry<T | TransactionRequest>[] = [];
    for (const entry of entries) {
      const outcome = entry.transaction.nonce < mined ? await outcomeOf(entry) : undefined;
      if (outcome === undefined) left.push(entry);
      else if (isOwn(entry)) settled.push({ transaction: entry.transaction, ...outcome });
    }
    entries = left;
    for (const entry of entries) if (entry.transaction.nonce >= mined) await raiseIfLate(entry, baseFee);
    await fillGap(mined, baseFee);
    // Nothing of ours waits: others may have used the key, and a reorganisation may have taken a nonce back.
    if (entries.length === 0) nonces.reset();
    return settled;
  }

  async function outcomeOf(
    entry: Entry<T | TransactionRequest>,
  ): Promise<Omit<SettledTransaction<T>, 'transaction'> | undefined> {
    for (const hash of entry.transaction.hashes.toReversed()) {
      const receipt = await findReceipt(client, hash);
      if (receipt === undefined) continue;
      return {
        outcome: receipt.status === 'success' ? 'mined' : 'reverted',
        hash,
        block: receipt.blockNumber,
        gasUsed: receipt.gasUsed,
        gasCost: receipt.gasUsed * receipt.effectiveGasPrice,
        logs: receipt.logs,
      };
    }
    entry.missed += 1;
    if (entry.missed < LOOKS_BEFORE_REPLACED) return undefined;
    return { outcome: 'replaced', hash: undefined, block: undefined, gasUsed: 0n, gasCost: 0n, logs: [] };
  }

  const isLate = (since: number): boolean => clock.now() - since >= config.transactionTimeout * 1_000;

  /** Sends again what waits too long: at a higher fee while that is allowed, else as it was, lest the node forgot it. */
  async function raiseIfLate(entry: Entry<T | TransactionRequest>, baseFee: bigint): Promise<void> {
    const { transaction } = entry;
    if (!isLate(transaction.sentAt)) return;
    const { request, nonce, hashes, bumps } = transaction;
    const raised = bumps < config.maxBumps ? bumpedFees(transaction.fees, baseFee, config, request.maxFee) : undefined;
    const fees = raised ?? transaction.fees;
    const sent = await broadcast(wallet, { request, nonce, fees, chainId });
    const hash = sent.result === 'rejected' ? undefined : sent.hash;
    entry.transaction = {
      ...transaction,
      hashes: hash === undefined || hashes.includes(hash) ? hashes : [...hashes, hash],
      // a refusal counts too: the node wants more for it, or has mined it by now
      fees,
      sentAt: clock.now(),
      bumps: raised === undefined ? bumps : bumps + 1,
      stuck: raised === undefined,
    };
    if (!isOwn(entry)) return;
    if (raised !== undefined) events.bumped(entry.transaction);
    else if (!transaction.stuck) events.stuck(entry.transaction);
  }

  /**
   * Transactions below ours that nobody will mine (a reorganisation or a restarted node lost them) hold up ours: after
   * the timeout an empty transfer takes each of their nonces.
   */
  async function fillGap(mined: number, baseFee: bigint): Promise<void> {
    const [first] = entries;
    if (first === undefined || first.transaction.nonce <= mined || !isLate(first.transaction.firstSentAt)) return;
    const fees = currentFees(baseFee, config);
    if (fees === undefined) return;
    for (let nonce = first.transaction.nonce - 1; nonce >= mined; nonce--) {
      const request: TransactionRequest = {
        kind: 'gap',
        to: address,
        data: '0x',
        gas: TRANSFER_GAS,
        maxFee: config.maxGasPrice,
      };
      const sent = await broadcast(wallet, { request, nonce, fees, chainId });
      if (sent.result === 'rejected') continue; // someone's transaction holds that nonce after all
      const now = clock.now();
      const hashes = sent.hash === undefined ? [] : [sent.hash];
      entries.unshift({
        transaction: { request, nonce, hashes, fees, firstSentAt: now, sentAt: now, bumps: 0, stuck: false },
        missed: 0,
      });
    }
  }

  function reset(): void {
    entries = [];
    nonces.reset();
  }

  return { inFlight, hasRoom, submit, settle, reset };
}

async function findReceipt(client: Client, hash: Hash): Promise<TransactionReceipt | undefined> {
  try {
    return await getTransactionReceipt(client, { hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}
