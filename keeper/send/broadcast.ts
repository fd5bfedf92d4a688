import { keccak256, type Account, type Chain, type Client, type Hash, type Transport } from 'viem';
import { sendRawTransaction, sendTransaction } from 'viem/actions';

import { isAnswerMissing } from '../chain/toRpcError';
import type { FeeValues, TransactionRequest } from './transaction';

export type Wallet = Client<Transport, Chain | undefined, Account>;

export interface BroadcastParameters {
  readonly request: TransactionRequest;
  readonly nonce: number;
  readonly fees: FeeValues;
  readonly chainId: number;
}

/** `unsure`: no answer came, so it may be on its way. */
export type BroadcastResult =
  | { readonly result: 'accepted' | 'unsure'; readonly hash: Hash | undefined }
  | { readonly result: 'rejected'; readonly error: unknown };

/**
 * Signs a transaction, with the wallet's own key or by the node where the wallet has none, and hands it to the node.
 * What was signed here has a known hash even if the node's answer is lost.
 */
export async function broadcast(wallet: Wallet, parameters: BroadcastParameters): Promise<BroadcastResult> {
  const { account } = wallet;
  const { request, nonce, fees, chainId } = parameters;
  const { to, data, gas } = request;
  let hash: Hash | undefined;
  try {
    if (account.type === 'local') {
      const signed = await account.signTransaction({ type: 'eip1559', chainId, to, data, gas, nonce, ...fees });
      hash = keccak256(signed);
      await sendRawTransaction(wallet, { serializedTransaction: signed });
    } else {
      hash = await sendTransaction(wallet, { account, chain: null, to, data, gas, nonce, ...fees });
    }
    return { result: 'accepted', hash };
  } catch (error) {
    return isAnswerMissing(error) ? { result: 'unsure', hash } : { result: 'rejected', error };
  }
}
