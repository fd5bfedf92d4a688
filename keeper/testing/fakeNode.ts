import {
  createClient,
  custom,
  HttpRequestError,
  keccak256,
  numberToHex,
  toHex,
  type Address,
  type Client,
  type Hash,
  type Hex,
} from 'viem';

export interface FakeLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

interface FakeBlock {
  readonly number: number;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly timestamp: number;
  readonly logs: readonly FakeLog[];
}

export type FakeMethod = (...params: never[]) => unknown;

/** An error answer of a node. */
export function rpcFailure(code: number, message = 'refused', data?: Hex): Error {
  return Object.assign(new Error(message), { code, data });
}

/** No answer at all. */
export function noAnswer(): Error {
  return new HttpRequestError({ url: 'http://secret-key@node', body: {} });
}

/** A node that does what the test says: blocks, logs, reorganisations, restarts, failures. */
export function createFakeNode({ timestamp = 1_700_000_000, interval = 12 } = {}) {
  let chain: FakeBlock[] = [];
  let forks = 0;
  const methods = new Map<string, FakeMethod>();
  const failures: { method: string; error: () => Error; times: number }[] = [];
  const requests: { method: string; params: unknown[] }[] = [];

  function append(logs: readonly FakeLog[]): FakeBlock {
    const number = chain.length;
    const parentHash = chain.at(-1)?.hash ?? numberToHex(0, { size: 32 });
    const hash = keccak256(toHex(`${forks}:${number}:${parentHash}`));
    const block = { number, hash, parentHash, timestamp: timestamp + number * interval, logs };
    chain.push(block);
    return block;
  }
  append([]);

  function toRpcBlock(block: FakeBlock | undefined): object | null {
    if (block === undefined) return null;
    const { number, hash, parentHash, timestamp: time } = block;
    return {
      number: numberToHex(number),
      hash,
      parentHash,
      timestamp: numberToHex(time),
      baseFeePerGas: numberToHex(1_000_000_000),
      transactions: [],
    };
  }

  function toRpcLogs(block: FakeBlock, addresses: readonly Address[]): object[] {
    const asked = new Set(addresses.map((address) => address.toLowerCase()));
    return block.logs
      .filter(({ address }) => asked.has(address.toLowerCase()))
      .map((log) => ({ ...log, blockNumber: numberToHex(block.number), blockHash: block.hash }));
  }

  methods.set('eth_getBlockByNumber', (tag: string) =>
    toRpcBlock(tag === 'latest' ? chain.at(-1) : chain[Number(BigInt(tag))]),
  );
  methods.set('eth_getBlockByHash', (hash: Hash) => toRpcBlock(chain.find((block) => block.hash === hash)));
  methods.set('eth_getLogs', (filter: { address: Address[]; blockHash?: Hash; fromBlock: Hex; toBlock: Hex }) => {
    if (filter.blockHash !== undefined) {
      const block = chain.find(({ hash }) => hash === filter.blockHash);
      if (block === undefined) throw rpcFailure(-32_000, 'unknown block');
      return toRpcLogs(block, filter.address);
    }
    return chain
      .slice(Number(BigInt(filter.fromBlock)), Number(BigInt(filter.toBlock)) + 1)
      .flatMap((block) => toRpcLogs(block, filter.address));
  });

  function request({ method, params = [] }: { method: string; params?: unknown }): Promise<unknown> {
    const list = params as unknown[];
    requests.push({ method, params: list });
    const failure = failures.find((entry) => entry.times > 0 && (entry.method === method || entry.method === '*'));
    if (failure !== undefined) {
      failure.times -= 1;
      return Promise.reject(failure.error());
    }
    const answer = methods.get(method);
    if (answer === undefined) return Promise.reject(rpcFailure(-32_601, `no ${method} in this fake`));
    return Promise.resolve().then(() => answer(...(list as never[])));
  }

  return {
    client: createClient({ transport: custom({ request }, { retryCount: 0 }), pollingInterval: 1 }) as Client,
    requests,
    head: (): FakeBlock => chain.at(-1) ?? append([]),
    /** Adds a block with these logs. */
    mine: (logs: readonly FakeLog[] = []) => append(logs),
    /** Replaces the last `depth` blocks by one block for each of `blocks`. */
    reorganise(depth: number, blocks: readonly (readonly FakeLog[])[]): void {
      forks += 1;
      chain = chain.slice(0, chain.length - depth);
      blocks.forEach(append);
    },
    /** Starts a new chain of `length` blocks. */
    restart(length = 1): void {
      forks += 1;
      chain = [];
      for (let i = 0; i < length; i++) append([]);
    },
    /** Answers `method` so from now on. */
    on: (method: string, answer: FakeMethod): void => void methods.set(method, answer),
    /** Lets the next `times` requests of `method` ('*' for any) fail. */
    fail: (method: string, error: () => Error, times = 1): void => void failures.push({ method, error, times }),
    /** Stops failing. */
    heal: (): void => void (failures.length = 0),
  };
}

export type FakeNode = ReturnType<typeof createFakeNode>;
