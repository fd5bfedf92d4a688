import { numberToHex, type Address, type Client, type Hash, type Hex } from 'viem';

/** A log as the node tells it. Decoding by hand costs a hundredth of decoding by ABI. */
export interface RawLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: Hex;
}

export type ReadLogsParameters = { readonly addresses: readonly Address[] } & (
  { readonly blockHash: Hash } | { readonly from: bigint; readonly to: bigint }
);

/** The logs of `addresses` in one block or in a range with both ends, in their order on the chain. */
export async function readLogs(client: Client, parameters: ReadLogsParameters): Promise<RawLog[]> {
  const where =
    'blockHash' in parameters
      ? { blockHash: parameters.blockHash }
      : { fromBlock: numberToHex(parameters.from), toBlock: numberToHex(parameters.to) };
  return client.request<{ Method: 'eth_getLogs'; Parameters: [object]; ReturnType: RawLog[] }>({
    method: 'eth_getLogs',
    params: [{ address: parameters.addresses, ...where }],
  });
}

/** The 32-byte word at `index` of a log's data, unsigned. */
export function wordAt(data: Hex, index: number): bigint {
  return BigInt(`0x${data.slice(2 + 64 * index, 66 + 64 * index)}`);
}

/** The 32-byte word at `index` of a log's data, signed. */
export function signedWordAt(data: Hex, index: number): bigint {
  return BigInt.asIntN(256, wordAt(data, index));
}
