import type { Hex, LocalAccount } from 'viem';

import {
  operatorPermitTypedData,
  signedBatchTypedData,
  type OperatorPermit,
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
