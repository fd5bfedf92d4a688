import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginVaultAbi } from '../abi';
import { atBlock, type AtBlock } from '../client/atBlock';

export interface ReadNonceParameters extends AtBlock {
  readonly vault: Address;
  readonly signer: Address;
  /** Namespace, below 2^192: what is signed in one waits for nothing in another. */
  readonly namespace?: bigint;
}

/** The next nonce of `signer` in a namespace, as signed messages carry it; each later one in it is one more. */
export function readNonce(
  client: Client,
  { vault, signer, namespace = 0n, ...block }: ReadNonceParameters,
): Promise<bigint> {
  return readContract(client, {
    address: vault,
    abi: marginVaultAbi,
    functionName: 'nonces',
    args: [signer, namespace],
    ...atBlock(block),
  });
}
