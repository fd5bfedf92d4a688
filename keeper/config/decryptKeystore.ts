import { createDecipheriv, pbkdf2Sync, scryptSync } from 'node:crypto';

import { concat, keccak256, toHex, type Hex } from 'viem';
import { z } from 'zod';

import { AppError } from '../../sdk/errors';

const bytes = z
  .string()
  .regex(/^(0x)?([0-9a-fA-F]{2})*$/, 'is not hexadecimal')
  .transform((text) => Buffer.from(text.replace(/^0x/, ''), 'hex'));

// Bounds keep a hostile file from taking all memory or hours.
const scrypt = z.object({
  kdf: z.literal('scrypt'),
  kdfparams: z.object({
    n: z
      .int()
      .min(2)
      .max(2 ** 20),
    r: z.int().min(1).max(16),
    p: z.int().min(1).max(16),
    dklen: z.literal(32),
    salt: bytes,
  }),
});

const pbkdf2 = z.object({
  kdf: z.literal('pbkdf2'),
  kdfparams: z.object({
    c: z.int().min(1).max(10_000_000),
    prf: z.literal('hmac-sha256'),
    dklen: z.literal(32),
    salt: bytes,
  }),
});

const keystoreCrypto = z.intersection(
  z.object({ cipher: z.literal('aes-128-ctr'), cipherparams: z.object({ iv: bytes }), ciphertext: bytes, mac: bytes }),
  z.discriminatedUnion('kdf', [scrypt, pbkdf2]),
);

// ethers writes `Crypto`
const keystore = z.union([
  z.object({ version: z.literal(3), crypto: keystoreCrypto }),
  z.object({ version: z.literal(3), Crypto: keystoreCrypto }).transform(({ Crypto }) => ({ crypto: Crypto })),
]);

type KeystoreCrypto = z.output<typeof keystoreCrypto>;

/**
 * The private key in a version 3 keystore ("Web3 Secret Storage"), as geth, Foundry and ethers write it.
 * @throws AppError `keystore_invalid`, `keystore_password_wrong`
 */
export function decryptKeystore(json: unknown, password: string): Hex {
  const parsed = keystore.safeParse(json);
  if (!parsed.success) {
    throw new AppError('the key file is not a version 3 keystore of a kind that is known here', {
      code: 'keystore_invalid',
      cause: parsed.error,
    });
  }
  const { crypto } = parsed.data;
  const derived = deriveKey(crypto, password);
  const mac = keccak256(concat([toHex(derived.subarray(16, 32)), toHex(crypto.ciphertext)]));
  if (mac !== toHex(crypto.mac)) {
    throw new AppError('the password does not open the keystore', { code: 'keystore_password_wrong' });
  }
  const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), crypto.cipherparams.iv);
  return toHex(Buffer.concat([decipher.update(crypto.ciphertext), decipher.final()]));
}

function deriveKey(crypto: KeystoreCrypto, password: string): Buffer {
  if (crypto.kdf === 'pbkdf2') {
    const { c, dklen, salt } = crypto.kdfparams;
    return pbkdf2Sync(password, salt, c, dklen, 'sha256');
  }
  const { n, r, p, dklen, salt } = crypto.kdfparams;
  return scryptSync(password, salt, dklen, { N: n, r, p, maxmem: 256 * n * r });
}
