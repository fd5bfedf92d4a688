import {
  keccak256,
  numberToHex,
  parseTransaction,
  type Hash,
  type Hex,
  type TransactionSerializableEIP1559,
} from 'viem';

import { rpcFailure, type FakeNode } from './fakeNode';

export interface FakeTransaction {
  readonly hash: Hash;
  readonly nonce: number;
  readonly tx: TransactionSerializableEIP1559;
}

/** Lets `node` take signed transactions of one sender, and mine them when told to. */
export function addMempool(node: FakeNode, { mined = 0 } = {}) {
  let count = mined;
  const pool = new Map<number, FakeTransaction>();
  const receipts = new Map<Hash, object>();

  function pendingCount(): number {
    let next = count;
    while (pool.has(next)) next += 1;
    return next;
  }

  node.on('eth_getTransactionCount', (_address: Hex, tag: string) =>
    numberToHex(tag === 'latest' ? count : pendingCount()),
  );
  node.on('eth_sendRawTransaction', (raw: Hex) => {
    const tx = parseTransaction(raw) as TransactionSerializableEIP1559;
    const nonce = tx.nonce ?? 0;
    const known = pool.get(nonce);
    if (nonce < count) throw rpcFailure(-32_000, 'nonce too low');
    if (known !== undefined && (tx.maxFeePerGas ?? 0n) * 10n < (known.tx.maxFeePerGas ?? 0n) * 11n) {
      throw rpcFailure(-32_000, 'replacement transaction underpriced');
    }
    const hash = keccak256(raw);
    pool.set(nonce, { hash, nonce, tx });
    return hash;
  });
  node.on('eth_getTransactionReceipt', (hash: Hash) => receipts.get(hash) ?? null);

  return {
    pool,
    /** Mines what stands at the next nonce. */
    mineNext({
      status = 'success',
      withReceipt = true,
    }: { status?: 'success' | 'reverted'; withReceipt?: boolean } = {}): void {
      const entry = pool.get(count);
      if (entry === undefined) throw new Error(`nothing waits at nonce ${count}`);
      pool.delete(count);
      count += 1;
      const block = node.mine();
      if (!withReceipt) return;
      receipts.set(entry.hash, {
        transactionHash: entry.hash,
        transactionIndex: '0x0',
        blockHash: block.hash,
        blockNumber: numberToHex(block.number),
        status: status === 'success' ? '0x1' : '0x0',
        gasUsed: numberToHex(50_000),
        cumulativeGasUsed: numberToHex(50_000),
        effectiveGasPrice: numberToHex(2_000_000_000),
        logs: [],
        type: '0x2',
      });
    },
    /** Somebody else uses the next nonce. */
    useNonce: (): void => void (count += 1),
    /** The node forgets all that waits. */
    drop: (): void => pool.clear(),
  };
}
