import { loadFixture } from '@nomicfoundation/hardhat-network-helpers';
import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom, encodeFunctionData, zeroAddress, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import { marginVaultAbi } from '../../sdk/abi';
import { decodeRevert } from '../../sdk/errors';
import { toAccountId } from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import { readNonce, signBatch, signOperatorPermit, vaultDomain } from '../../sdk/signing';
import { createRandom } from '../../sim/random';
import { marketFixture } from '../fixtures/marketFixture';

const MESSAGES = 40;

const client = createPublicClient({
  cacheTime: 0,
  transport: custom(
    { request: (request: { method: string; params?: unknown[] }) => hre.network.provider.request(request) },
    { retryCount: 0 },
  ),
});

describe(`signatures of the sdk (seed ${SEED}, ${MESSAGES} messages of each kind)`, () => {
  it('are those that the vault takes, for any message, and a changed one is refused by name [SDK-10]', async () => {
    const { vault, manifest, stranger } = await loadFixture(marketFixture);
    const { next: random } = createRandom(SEED);
    const digits = (count: number): Hex =>
      `0x${Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('')}`;
    const domain = vaultDomain(manifest);
    const at = manifest.contracts.MarginVault.address;
    for (let i = 0; i < MESSAGES; ++i) {
      const key = privateKeyToAccount(digits(64));
      const account = toAccountId(key.address, BigInt(digits(24)));
      const namespace = BigInt(digits(48));
      const nonce = await readNonce(client, { vault: at, signer: key.address, namespace });
      expect(nonce).to.equal(namespace << 64n);
      const deadline = 2n ** 255n + BigInt(digits(40));

      const operator = digits(40);
      const permit = { account, operator, rights: i % 8, expiry: 2 ** 39 + i, nonce, deadline };
      await vault.connect(stranger).permitOperator(permit, await signOperatorPermit(key, domain, permit));
      expect(await vault.operatorOf(account, operator)).to.deep.equal([BigInt(permit.rights), BigInt(permit.expiry)]);

      const steps = Array.from({ length: i % 4 }, (_, k) =>
        encodeFunctionData({ abi: marginVaultAbi, functionName: 'setMode', args: [account, k % 2] }),
      );
      const relayer = i % 2 === 0 ? zeroAddress : (stranger.address as Address);
      const batch = { signer: key.address, account, steps, relayer, nonce: nonce + 1n, deadline };
      const signature = await signBatch(key, domain, batch);
      const refused = await vault
        .connect(stranger)
        .runSigned.staticCall({ ...batch, steps: [...steps, '0x'] }, signature)
        .catch((error: unknown) => decodeRevert(error));
      expect(refused).to.deep.include({ name: 'SignatureRefused', args: [key.address] });
      await vault.connect(stranger).runSigned(batch, signature);
      expect(await readNonce(client, { vault: at, signer: key.address, namespace })).to.equal(nonce + 2n);
    }
  });
});
