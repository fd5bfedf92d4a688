import { getAddress, isAddress } from 'viem';

import { AppError } from '../../sdk/errors';
import { isAccountId, toAccountId, type AccountId } from '../../sdk/math';

/**
 * The account that a command line names: a 32-byte account id, an owner's address (its account 0), or an address and an
 * index, `0x.../1`; also as accounts are printed, `0x...#1`.
 * @throws AppError `bad_account`
 */
export function parseAccount(text: string): AccountId {
  if (isAccountId(text)) return text.toLowerCase() as AccountId;
  const [, address = '', , index = '0'] = /^([^/#]*)([/#](.*))?$/s.exec(text) ?? [];
  if (!isAddress(address, { strict: false })) {
    throw bad(`${text} is no account: an address (0x and 40 hex digits), <address>/<index>, or an id (0x and 64)`);
  }
  if (getAddress(address) !== address && address !== address.toLowerCase()) {
    throw bad(`${address} is mistyped: its capitals do not fit its digits`);
  }
  if (!/^\d+$/.test(index)) throw bad(`${text}: the index "${index}" is not a number`);
  return toAccountId(address, BigInt(index));
}

function bad(message: string): AppError {
  return new AppError(message, { code: 'bad_account' });
}
