import type { Address, Hex } from 'viem';

import type { Manifest } from '../deployment';
import type { AccountId, InstrumentId } from '../math';

/** What `setOperator` takes, for the account's owner to sign. */
export interface OperatorPermit {
  readonly account: AccountId;
  readonly operator: Address;
  /** Bits of `OperatorRight`. */
  readonly rights: number;
  /** Timestamp in seconds from which on the operator is nobody. */
  readonly expiry: number;
  /** The owner's next one, see `readNonce`. */
  readonly nonce: bigint;
  /** Last second in which the signature may be used. */
  readonly deadline: bigint;
}

/** Steps on one account, for its owner or an operator to sign. */
export interface SignedBatch {
  readonly signer: Address;
  /** The one account that the steps have authority over. */
  readonly account: AccountId;
  /** Each the calldata of a function of the vault. */
  readonly steps: readonly Hex[];
  /** Who may send it in; the zero address for anybody. */
  readonly relayer: Address;
  /** The signer's next one, see `readNonce`. */
  readonly nonce: bigint;
  /** Last second in which the signature may be used. */
  readonly deadline: bigint;
}

/** What somebody is willing to trade, in whole or in parts, for the account's owner or an operator to sign. */
export interface Order {
  /** Owner, or operator with the right to trade. */
  readonly signer: Address;
  readonly account: AccountId;
  readonly instrument: InstrumentId;
  /** WAD in whole lots of 1e9, positive buys. */
  readonly size: bigint;
  /** Quote WAD for one unit: a buyer pays no more, a seller receives no less. */
  readonly limitPrice: bigint;
  /** Most that it may be charged, of the notional, millionths. */
  readonly maxFeePpm: bigint;
  /** Of the signer's choice; orders of one account with the same one share what is filled of them. */
  readonly nonce: bigint;
  /** The account's, see `readOrderState`. */
  readonly epoch: bigint;
  /** Last second in which it may be filled. */
  readonly deadline: bigint;
}

/** EIP-712's domain of a vault: a signature is for this chain and this vault and no other. */
export interface VaultDomain {
  readonly name: 'Plimsoll';
  readonly version: '1';
  readonly chainId: number;
  readonly verifyingContract: Address;
}

export function vaultDomain({ chainId, contracts }: Pick<Manifest, 'chainId' | 'contracts'>): VaultDomain {
  return { name: 'Plimsoll', version: '1', chainId, verifyingContract: contracts.MarginVault.address };
}

const TYPES = {
  OperatorPermit: [
    { name: 'account', type: 'bytes32' },
    { name: 'operator', type: 'address' },
    { name: 'rights', type: 'uint8' },
    { name: 'expiry', type: 'uint40' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
  SignedBatch: [
    { name: 'signer', type: 'address' },
    { name: 'account', type: 'bytes32' },
    { name: 'steps', type: 'bytes[]' },
    { name: 'relayer', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
  Order: [
    { name: 'signer', type: 'address' },
    { name: 'account', type: 'bytes32' },
    { name: 'instrument', type: 'uint64' },
    { name: 'size', type: 'int256' },
    { name: 'limitPrice', type: 'uint256' },
    { name: 'maxFeePpm', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'epoch', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const;

/** A permit as viem's `signTypedData`, `hashTypedData` and wallets take it. */
export function operatorPermitTypedData(domain: VaultDomain, message: OperatorPermit) {
  return {
    domain,
    types: { OperatorPermit: TYPES.OperatorPermit },
    primaryType: 'OperatorPermit',
    message,
  } as const;
}

/** A batch as viem's `signTypedData`, `hashTypedData` and wallets take it. */
export function signedBatchTypedData(domain: VaultDomain, message: SignedBatch) {
  return { domain, types: { SignedBatch: TYPES.SignedBatch }, primaryType: 'SignedBatch', message } as const;
}

/** An order as viem's `signTypedData`, `hashTypedData` and wallets take it. */
export function orderTypedData(domain: VaultDomain, message: Order) {
  return { domain, types: { Order: TYPES.Order }, primaryType: 'Order', message } as const;
}
