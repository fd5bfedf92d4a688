import { setTimeout as delay } from 'node:timers/promises';

import {
  isAddressEqual,
  TransactionReceiptNotFoundError,
  type Address,
  type Client,
  type Hex,
  type LocalAccount,
  type TransactionReceipt,
} from 'viem';
import {
  estimateGas,
  getBlock,
  getBlockNumber,
  getTransactionCount,
  getTransactionReceipt,
  sendTransaction,
} from 'viem/actions';

import { AppError } from '../sdk/errors';

const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 2_000;
const GIVE_UP_MS = 300_000;
/** What was read when the gas was estimated may cost more when the transaction is mined. */
const GAS_MARGIN_PERCENT = 25n;
/** EIP-7825: no transaction may have more. */
const GAS_CAP = 16_777_216n;

export interface MinedTransaction {
  readonly txHash: Hex;
  readonly block: number;
}

export interface SendParameters {
  readonly client: Client;
  /** An address is one whose key the node holds. */
  readonly account: Address | LocalAccount;
  readonly to: Address | undefined;
  readonly data: Hex;
  readonly nonce: number;
}

/**
 * Sends a transaction that was seen to succeed on the latest block, and waits until it is mined.
 * @throws AppError `transaction_reverted`, `transaction_pending`; what the node throws
 */
export async function sendAndWait({ client, account, to, data, nonce }: SendParameters): Promise<MinedTransaction> {
  const request = { account, data, ...(to !== undefined && { to }) };
  const estimate = await estimateGas(client, request);
  const padded = (estimate * (100n + GAS_MARGIN_PERCENT)) / 100n;
  const gas = padded > GAS_CAP && estimate <= GAS_CAP ? GAS_CAP : padded;
  const txHash = await sendTransaction(client, { ...request, chain: null, gas, nonce });
  const receipt = await poll(`transaction ${txHash}`, () => readReceipt(client, txHash));
  if (receipt.status === 'reverted') {
    throw new AppError(`transaction ${txHash} reverted`, { code: 'transaction_reverted' });
  }
  return { txHash, block: Number(receipt.blockNumber) };
}

export interface FindParameters {
  readonly client: Client;
  readonly from: Address;
  readonly nonce: number;
  /** A block before the transaction. */
  readonly sentAfter: number;
}

export interface FoundTransaction extends MinedTransaction {
  readonly to: Address | undefined;
  readonly input: Hex;
  readonly succeeded: boolean;
}

/**
 * The transaction that used up `nonce`, waiting for it if it is on its way; undefined where there is none.
 * @throws AppError `transaction_pending`; what the node throws
 */
export async function findTransaction(parameters: FindParameters): Promise<FoundTransaction | undefined> {
  const { client, from, nonce } = parameters;
  if ((await getTransactionCount(client, { address: from, blockTag: 'pending' })) <= nonce) return undefined;
  await poll(`transaction ${nonce} of ${from}`, async () => {
    const used = await getTransactionCount(client, { address: from, blockTag: 'latest' });
    return used > nonce ? used : undefined;
  });
  const blockNumber = await findBlockOf(parameters);
  const { transactions } = await getBlock(client, { blockNumber, includeTransactions: true });
  const found = transactions.find((tx) => isAddressEqual(tx.from, from) && tx.nonce === nonce);
  if (found === undefined) return undefined;
  const receipt = await getTransactionReceipt(client, { hash: found.hash });
  return {
    txHash: found.hash,
    block: Number(blockNumber),
    to: found.to ?? undefined,
    input: found.input,
    succeeded: receipt.status === 'success',
  };
}

/** The first block after which `nonce` is used, by bisection. */
async function findBlockOf({ client, from, nonce, sentAfter }: FindParameters): Promise<bigint> {
  let before = BigInt(sentAfter);
  let after = await getBlockNumber(client, { cacheTime: 0 });
  while (after - before > 1n) {
    const middle = (before + after) / 2n;
    const used = await getTransactionCount(client, { address: from, blockNumber: middle });
    if (used > nonce) after = middle;
    else before = middle;
  }
  return after;
}

async function readReceipt(client: Client, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await getTransactionReceipt(client, { hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}

async function poll<T>(what: string, read: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 2, LONGEST_POLL_MS)) {
    const found = await read();
    if (found !== undefined) return found;
    if (Date.now() > giveUpAt) {
      throw new AppError(`${what} is not mined after ${GIVE_UP_MS / 60_000} minutes: run again to go on waiting`, {
        code: 'transaction_pending',
        retryable: true,
      });
    }
    await delay(wait);
  }
}
