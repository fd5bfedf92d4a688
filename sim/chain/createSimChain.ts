import hre from 'hardhat';
import { createProvider } from 'hardhat/internal/core/providers/construction';
import { createPublicClient, custom, type Hex, type PublicClient } from 'viem';

import type { RpcProvider } from '../../deploy';

/** Gas a transaction of ours may use: more than any needs, so that none is spent on estimating. */
const GAS_LIMIT = toHex(12_000_000n);
/** Above any base fee; people of the simulation never run out of gas money. */
const GAS_PRICE = toHex(10n ** 14n);
/** So many estimates of a kind are given for one whose margin is tried out. */
const CHECK_GAS_EVERY = 16;
const NETWORK = 'hardhat';

export interface SimTransaction {
  readonly from: Hex;
  readonly to: Hex;
  readonly data: Hex;
}

interface Receipt {
  readonly status: Hex;
  readonly gasUsed: Hex;
}

/** A local chain whose time and base fee do what the scenario says and nothing else, so that a run can be repeated. */
export interface SimChain {
  /** What keepers and the deployment see: JSON-RPC, one transaction a block. */
  readonly provider: RpcProvider;
  readonly client: PublicClient;
  readonly now: () => number;
  /** Raised by one with each block: where it is the same, nothing has happened. */
  readonly height: () => number;
  /** Moves the clock and mines, so that views see the new time and base fee. @param timestamp not before `now` */
  readonly advanceTo: (timestamp: number) => Promise<void>;
  /** Wei; held until changed. */
  readonly setBaseFee: (wei: bigint) => void;
  /** Makes the node sign for `address` and gives it gas money. */
  readonly impersonate: (address: Hex) => Promise<void>;
  /**
   * Sends as anyone, without a key, and fails where the transaction reverts.
   * @throws what the node throws, with the revert data among its causes
   */
  readonly send: (transaction: SimTransaction) => Promise<void>;
  /** Hashes of all transactions that came through `provider` since the last call, in order. */
  readonly takeTransactions: () => Hex[];
}

/** @param start Unix time of the first block */
export async function createSimChain(start: number): Promise<SimChain> {
  const { networks } = hre.config;
  const config = {
    ...hre.config,
    networks: {
      ...networks,
      [NETWORK]: {
        ...networks[NETWORK],
        initialDate: new Date(start * 1_000).toISOString(),
        // time stands still while a block's worth of transactions, each mined by itself, goes through
        allowBlocksWithSameTimestamp: true,
        // as a real node: what reverts is mined and costs gas
        throwOnTransactionFailures: false,
      },
    },
  };
  const inner = await createProvider(config, NETWORK);
  let queue: Promise<unknown> = Promise.resolve();
  /** One at a time, in the order asked: requests side by side would only take memory. */
  const ask = (method: string, params: unknown[] = []): Promise<unknown> => {
    const answer = queue.then(() => inner.request({ method, params }));
    queue = answer.catch(() => undefined);
    return answer;
  };

  let timestamp = start;
  let height = 0;
  let baseFee = 1_000_000_000n;
  let sent: Hex[] = [];
  const impersonated = new Set<string>();
  /** By contract and function: what is added to the gas used, and how often. */
  const margins = new Map<string, { percent: bigint; uses: number }>();

  /** Whether the next block's time is set; a block uses the setting up. */
  let pinned = false;
  /** Sets the next block's time, which views of the pending block see, too. */
  const pinTime = async (): Promise<void> => {
    if (!pinned) await ask('evm_setNextBlockTimestamp', [timestamp]);
    pinned = true;
  };
  const mined = (): void => {
    height += 1;
    pinned = false;
  };
  const pinFee = (): Promise<unknown> => ask('hardhat_setNextBlockBaseFeePerGas', [toHex(baseFee)]);

  /** A keeper asks for the receipt of what it sent, and then whoever counts its gas. Nothing here is ever reorganised. */
  const receipts = new Map<unknown, unknown>();
  const receiptOf = async (hash: unknown): Promise<unknown> => {
    const receipt = receipts.get(hash) ?? (await ask('eth_getTransactionReceipt', [hash]));
    if (receipt !== null) receipts.set(hash, receipt);
    return receipt;
  };

  /**
   * Gas by trying it and undoing it, with a margin that was enough for calls of its kind. The node's own way is to
   * search for the least that suffices, in a dozen executions.
   */
  const estimateGas = async (params: unknown[]): Promise<unknown> => {
    const transaction = params[0] as Record<string, unknown>;
    const snapshot = await ask('evm_snapshot');
    await pinTime();
    const hash = await ask('eth_sendTransaction', [{ ...transaction, gas: GAS_LIMIT, gasPrice: GAS_PRICE }]);
    const receipt = (await ask('eth_getTransactionReceipt', [hash])) as Receipt | null;
    await ask('evm_revert', [snapshot]);
    pinned = false;
    if (receipt?.status !== '0x1') {
      await pinTime();
      return ask('eth_estimateGas', params); // which says why
    }
    // a refund comes too late to be spent, and some calls want more gas at hand than they use
    const kind = `${String(transaction['to'])} ${String(transaction['data']).slice(0, 10)}`;
    const margin = margins.get(kind) ?? { percent: 25n, uses: 0 };
    margins.set(kind, margin);
    const gas = (): bigint => (BigInt(receipt.gasUsed) * (100n + margin.percent)) / 100n;
    if (margin.uses++ % CHECK_GAS_EVERY === 0) {
      while (!(await suffices(transaction, gas()))) margin.percent += 25n;
    }
    return toHex(gas());
  };
  const suffices = async (transaction: Record<string, unknown>, gas: bigint): Promise<boolean> => {
    if (gas >= BigInt(GAS_LIMIT)) return true;
    const { maxFeePerGas: _1, maxPriorityFeePerGas: _2, gasPrice: _3, ...call } = transaction;
    return ask('eth_call', [{ ...call, gas: toHex(gas) }, 'latest']).then(
      () => true,
      () => false,
    );
  };

  const request: RpcProvider['request'] = async ({ method, params = [] }) => {
    if (method === 'eth_estimateGas') return estimateGas(params);
    if (method === 'eth_getTransactionReceipt') return receiptOf(params[0]);
    if (params.includes('pending')) await pinTime();
    if (method !== 'eth_sendTransaction' && method !== 'eth_sendRawTransaction') return ask(method, params);
    await pinTime();
    await pinFee();
    const hash = (await ask(method, params)) as Hex;
    mined();
    sent.push(hash);
    return hash;
  };
  const provider: RpcProvider = { request };

  const impersonate = async (address: Hex): Promise<void> => {
    if (impersonated.has(address)) return;
    await ask('hardhat_impersonateAccount', [address]);
    await ask('hardhat_setBalance', [address, toHex(10n ** 30n)]);
    impersonated.add(address);
  };

  return {
    impersonate,
    provider,
    client: createPublicClient({ transport: custom(provider, { retryCount: 0 }), cacheTime: 0, pollingInterval: 1 }),
    now: () => timestamp,
    height: () => height,
    advanceTo: async (to) => {
      if (to < timestamp) throw new RangeError(`time runs forwards only: ${to} is before ${timestamp}`);
      timestamp = to;
      pinned = false;
      await pinTime();
      await pinFee();
      await ask('evm_mine');
      mined();
    },
    setBaseFee: (wei) => {
      baseFee = wei;
    },
    send: async ({ from, to, data }) => {
      await impersonate(from);
      const transaction = { from, to, data, gas: GAS_LIMIT, gasPrice: GAS_PRICE };
      await pinTime();
      const hash = await ask('eth_sendTransaction', [transaction]);
      mined();
      const receipt = (await ask('eth_getTransactionReceipt', [hash])) as Receipt | null;
      // asked again as a call, it says why
      if (receipt?.status !== '0x1') {
        await ask('eth_call', [transaction, 'latest']);
        throw new Error(`a transaction to ${to} failed, and the same call does not`);
      }
    },
    takeTransactions: () => {
      const taken = sent;
      sent = [];
      return taken;
    },
  };
}

function toHex(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}
