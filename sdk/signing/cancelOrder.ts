import { encodeFunctionData, type Hex } from 'viem';

import { marginVaultAbi } from '../abi';
import type { Order } from './typedData';

/** Voids what is left of an order, and of all others of its account with the same nonce: calldata for the vault. */
export function cancelOrder({ account, nonce }: Pick<Order, 'account' | 'nonce'>): Hex {
  return encodeFunctionData({ abi: marginVaultAbi, functionName: 'cancelOrder', args: [account, nonce] });
}

/** Voids every order that was signed for the account's epoch: calldata for the vault. */
export function cancelOrders({ account }: Pick<Order, 'account'>): Hex {
  return encodeFunctionData({ abi: marginVaultAbi, functionName: 'cancelOrders', args: [account] });
}
