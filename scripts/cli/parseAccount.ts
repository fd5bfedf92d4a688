import { getAddress, isAddress } from 'viem';

import { AppError } from '../../sdk/errors';
import { isAccountId, toAccountId, type AccountId } from '../../sdk/math';

/**
 * The account that a command line names: a 32-byte account id, or an owner's address and an index, 0 unless given.
 * @throws AppError `bad_account`
 */
export function parseAccount(id: string, index?: string): AccountId {
  if (isAccountId(id)) {
    if (index !== undefined) throw bad(`--index goes with an owner's address: ${id} is a whole account id`);
    return id.toLowerCase() as AccountId;
  }
  if (!isAddress(id, { strict: false })) {
    throw bad(`${id} is neither an account id (0x and 64 hex digits) nor an address (0x and 40)`);
  }
  if (getAddress(id) !== id && id !== id.toLowerCase()) {
    throw bad(`${id} is mistyped: its capitals do not fit its digits`);
  }
  if (index !== undefined && !/^\d+$/.test(index)) throw bad(`--index ${index} is not a number`);
  return toAccountId(id, BigInt(index ?? 0));
}

function bad(message: string): AppError {
  return new AppError(message, { code: 'bad_account' });
}
