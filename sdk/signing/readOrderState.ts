import type { Address, Client } from 'viem';
import { readContract } from 'viem/actions';

import { marginVaultAbi } from '../abi';
import { pinBlock } from '../client/pinBlock';
import type { AtBlock } from '../client/atBlock';
import { max } from '../math';
import type { Order } from './typedData';

export interface ReadOrderStateParameters extends AtBlock {
  readonly vault: Address;
  readonly order: Pick<Order, 'account' | 'nonce' | 'size' | 'epoch'>;
}

export interface OrderState {
  /** WAD, of all orders of the account with its nonce; more than any size where it was cancelled. */
  readonly filled: bigint;
  /** What may still be filled, WAD, without its sign; zero where it is of another epoch. */
  readonly left: bigint;
  /** What orders of the account must carry. */
  readonly epoch: bigint;
}

/** How much of an order is left. Whether it is signed and its account can pay is another question. */
export async function readOrderState(
  client: Client,
  { vault, order, ...block }: ReadOrderStateParameters,
): Promise<OrderState> {
  const { account, nonce, size } = order;
  const at = { address: vault, abi: marginVaultAbi, ...(await pinBlock(client, block)) } as const;
  const [filled, epoch] = await Promise.all([
    readContract(client, { ...at, functionName: 'filledOf', args: [account, nonce] }),
    readContract(client, { ...at, functionName: 'orderEpochOf', args: [account] }),
  ]);
  const whole = size < 0n ? -size : size;
  return { filled, left: epoch === order.epoch ? max(whole - filled, 0n) : 0n, epoch };
}
