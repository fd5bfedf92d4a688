import { readFile } from 'node:fs/promises';

import { isHex, size } from 'viem';
import { mnemonicToAccount, privateKeyToAccount, type LocalAccount } from 'viem/accounts';

import { AppError } from '../../sdk/errors';
import { decryptKeystore } from './decryptKeystore';
import type { KeeperConfig } from './keeperConfig';

/** The chain that Hardhat and anvil start by default. */
export const DEVELOPMENT_CHAIN = 31_337;

// The accounts that every Hardhat and anvil node funds; worth nothing anywhere else. The sixth, since a deployment gives
// its roles to those before.
const DEVELOPMENT_MNEMONIC = 'test test test test test test test test test test test junk';
const DEVELOPMENT_ACCOUNT = 5;

export interface LoadedSigner {
  readonly account: LocalAccount;
  readonly source: 'environment' | 'file' | 'development';
}

export type SignerSettings = Pick<KeeperConfig, 'key' | 'keyFile' | 'keyPassword' | 'keyPasswordFile'>;

/**
 * Who signs: the key of the environment, else of the key file, else on a development chain its publicly known account.
 * @throws AppError `key_missing`, `key_invalid`, `key_unreadable`, `keystore_invalid`, `keystore_password_wrong`
 */
export async function loadSigner(settings: SignerSettings, chainId: number): Promise<LoadedSigner> {
  if (settings.key !== undefined) {
    return { account: toAccount(settings.key.reveal(), 'PLIMSOLL_KEEPER_KEY'), source: 'environment' };
  }
  if (settings.keyFile !== undefined) return { account: await fromFile(settings.keyFile, settings), source: 'file' };
  if (chainId === DEVELOPMENT_CHAIN) {
    const account = mnemonicToAccount(DEVELOPMENT_MNEMONIC, { addressIndex: DEVELOPMENT_ACCOUNT });
    return { account, source: 'development' };
  }
  throw new AppError('no key to sign with: set PLIMSOLL_KEEPER_KEY, or use --key-file <file> or --dry-run', {
    code: 'key_missing',
  });
}

async function fromFile(path: string, settings: SignerSettings): Promise<LocalAccount> {
  const content = (await readText(path)).trim();
  if (!content.startsWith('{')) return toAccount(content, path);
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    // no cause: the parser quotes what it stumbled over
    throw new AppError(`${path} is neither a key nor a keystore`, { code: 'key_invalid' });
  }
  return toAccount(decryptKeystore(json, await readPassword(settings)), path);
}

async function readPassword({ keyPassword, keyPasswordFile }: SignerSettings): Promise<string> {
  if (keyPassword !== undefined) return keyPassword.reveal();
  // editors end a file with a line break, which is no part of the password
  if (keyPasswordFile !== undefined) return (await readText(keyPasswordFile)).replace(/\r?\n$/, '');
  throw new AppError('the key file is a keystore: set PLIMSOLL_KEEPER_KEY_PASSWORD or --key-password-file <file>', {
    code: 'key_missing',
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new AppError(`cannot read ${path}`, { code: 'key_unreadable', cause });
  }
}

function toAccount(text: string, source: string): LocalAccount {
  const key = text.startsWith('0x') ? text : `0x${text}`;
  try {
    if (isHex(key) && size(key) === 32) return privateKeyToAccount(key);
  } catch {
    // out of the curve's range; no cause: it quotes the key
  }
  throw new AppError(`${source} does not hold a private key of 32 bytes in hexadecimal`, { code: 'key_invalid' });
}
