import { concatHex, getAddress, isHex, numberToHex, size, slice, type Address } from 'viem';

import { AppError } from '../errors/appError';
import type { AccountId } from './types';

/** One past the largest index an owner may choose. */
const INDEX_END = 2n ** 96n;

/**
 * The account `index` of `owner`, in lower case so that ids compare by `===`.
 * @throws AppError `bad_account`
 */
export function toAccountId(owner: Address, index: bigint): AccountId {
  if (index < 0n || index >= INDEX_END) {
    throw new AppError(`account index ${index} is outside 0 ... 2^96 - 1`, { code: 'bad_account' });
  }
  return concatHex([owner, numberToHex(index, { size: 12 })]).toLowerCase() as AccountId;
}

/** Whoever may do anything with `account`. */
export function ownerOf(account: AccountId): Address {
  return getAddress(slice(account, 0, 20));
}

/** The number that tells the owner's accounts apart. */
export function indexOf(account: AccountId): bigint {
  return BigInt(slice(account, 20, 32));
}

export function isAccountId(text: string): text is AccountId {
  return isHex(text) && size(text) === 32 && text.length === 66;
}

/** How an account is named to people: its owner and index. */
export function formatAccountId(account: AccountId): string {
  return `${ownerOf(account)}#${indexOf(account)}`;
}
