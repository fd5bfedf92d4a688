import type { Hex, LocalAccount } from 'viem';

import {
  operatorPermitTypedData,
  orderTypedData,
  signedBatchTypedData,
  type OperatorPermit,
  type Order,
  type SignedBatch,
  type VaultDomain,
} from './typedData';

/** Whoever can sign typed data: viem's local accounts. For others, a contract wallet's say, take the typed data. */
export type Key = Pick<LocalAccount, 'signTypedData'>;

/** The signature that `vault.permitOperator` takes beside `permit`; of the account's owner. */
export function signOperatorPermit(key: Key, domain: VaultDomain, permit: OperatorPermit): Promise<Hex> {
  return key.signTypedData(operatorPermitTypedData(domain, permit));
}

/** The signature that `vault.runSigned` takes beside `batch`; of its signer. */
export function signBatch(key: Key, domain: VaultDomain, batch: SignedBatch): Promise<Hex> {
  return key.signTypedData(signedBatchTypedData(domain, batch));
}

/** The signature that `vault.fill` takes beside `order`; of its signer. */
export function signOrder(key: Key, domain: VaultDomain, order: Order): Promise<Hex> {
  return key.signTypedData(orderTypedData(domain, order));
}
