import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { encryptKeystoreJsonSync } from 'ethers';
import { privateKeyToAddress } from 'viem/accounts';
import { afterAll, describe, expect, it } from 'vitest';

import { loadSigner } from './loadSigner';
import { createSecret } from './secret';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

// The vector of the Web3 Secret Storage Definition (version 3), and the same key as ethers writes it. The definition's other
// vector has r = 1 with N = 2^18, which OpenSSL refuses and nobody writes.
const PASSWORD = 'testpassword';
const KEY = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d';
const PBKDF2 = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
};
const SCRYPT = JSON.parse(
  encryptKeystoreJsonSync({ address: privateKeyToAddress(KEY), privateKey: KEY }, PASSWORD, {
    scrypt: { N: 1_024, r: 8, p: 1 },
  }),
) as Record<'Crypto', { kdfparams: object }>;

describe('loadSigner', () => {
  it('wants a key on a chain that matters', async () => {
    await expect(loadSigner({}, 1)).rejects.toMatchObject({ code: 'key_missing' });
  });

  it('does not repeat what it could not read as a key', async () => {
    const bad = 'zz-this-is-nearly-a-secret';
    const attempts = [
      { key: createSecret(bad) },
      { keyFile: write('bad', bad) },
      { keyFile: write('bad.json', `{"${bad}`) },
      { key: createSecret(`0x${'ff'.repeat(32)}`) },
    ];
    for (const settings of attempts) {
      const error = await loadSigner(settings, 1).catch((caught: unknown) => caught as Error);
      expect(error).toMatchObject({ code: 'key_invalid' });
      expect((error as Error).cause).toBeUndefined();
      expect((error as Error).message).not.toContain(bad);
    }
    await expect(loadSigner({ keyFile: join(folder, 'none') }, 1)).rejects.toMatchObject({ code: 'key_unreadable' });
  });

  it('wants the password of a keystore, and the right one', async () => {
    const keyFile = write('pbkdf2.json', JSON.stringify(PBKDF2));
    await expect(loadSigner({ keyFile }, 1)).rejects.toMatchObject({ code: 'key_missing' });
    await expect(loadSigner({ keyFile, keyPassword: createSecret('guess') }, 1)).rejects.toMatchObject({
      code: 'keystore_password_wrong',
    });
    const hungry = { version: 3, crypto: { ...SCRYPT.Crypto, kdfparams: { ...SCRYPT.Crypto.kdfparams, n: 2 ** 40 } } };
    const hungryFile = write('hungry.json', JSON.stringify(hungry));
    await expect(loadSigner({ keyFile: hungryFile, keyPassword: createSecret(PASSWORD) }, 1)).rejects.toMatchObject({
      code: 'keystore_invalid',
    });
  });

  it.each([
    ['pbkdf2', PBKDF2],
    ['scrypt', SCRYPT],
  ])('opens a %s keystore', async (name, keystore) => {
    const keyFile = write(`${name}.json`, JSON.stringify(keystore));
    const keyPasswordFile = write('password', `${PASSWORD}\n`);
    const { account, source } = await loadSigner({ keyFile, keyPasswordFile }, 1);
    expect(account.address).toBe(privateKeyToAddress(KEY));
    expect(source).toBe('file');
  });

  it('reads a bare key with and without 0x, and prefers the environment', async () => {
    const keyFile = write('bare', `${KEY.slice(2)}\n`);
    expect((await loadSigner({ keyFile }, 1)).account.address).toBe(privateKeyToAddress(KEY));
    const key = createSecret(`0x${'11'.repeat(32)}`);
    expect(await loadSigner({ key, keyFile }, 1)).toMatchObject({
      source: 'environment',
      account: { address: privateKeyToAddress(`0x${'11'.repeat(32)}`) },
    });
  });

  it('signs for a funded account on a development chain', async () => {
    expect(await loadSigner({}, 31_337)).toMatchObject({
      source: 'development',
      account: { address: '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc' },
    });
  });
});
