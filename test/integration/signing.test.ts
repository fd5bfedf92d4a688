import { expect } from 'chai';
import hre from 'hardhat';
import { createPublicClient, custom, encodeFunctionData, zeroAddress, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import { marginVaultAbi } from '../../sdk/abi';
import { decodeRevert } from '../../sdk/errors';
import { toAccountId, type AccountId } from '../../sdk/math';
import { SEED } from '../../sdk/testing/arbitraries';
import {
  cancelOrder,
  cancelOrders,
  readNonce,
  readOrderState,
  signBatch,
  signOperatorPermit,
  signOrder,
  vaultDomain,
  type Order,
} from '../../sdk/signing';
import { createRandom } from '../../sim/random';
import { loadFixture } from '../fixtures/loadFixture';
import { marketFixture } from '../fixtures/marketFixture';
import { orderOf, PERPETUAL, signOrder as signByWallet, tradingFixture } from '../fixtures/tradingFixture';
import { MAX_UINT256, usdc, wad } from '../fixtures/units';

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

  it('of orders are taken, filled in parts and cancelled, alone and all at once [SDK-10]', async () => {
    const { vault, manifest, quote, bob, alice, aliceAccount, lender } = await loadFixture(tradingFixture);
    const domain = vaultDomain(manifest);
    const at = manifest.contracts.MarginVault.address;
    const key = privateKeyToAccount(`0x${'51'.repeat(32)}`);
    const account = toAccountId(key.address, 3n);
    await vault.connect(lender).deposit(account, quote, usdc(20_000));
    const order: Order = {
      signer: key.address,
      account,
      instrument: PERPETUAL,
      size: wad(3),
      limitPrice: wad(40_000),
      maxFeePpm: 1_000n,
      nonce: 2n ** 200n,
      epoch: 0n,
      deadline: MAX_UINT256,
    };
    const stateOf = (each: Order) => readOrderState(client, { vault: at, order: each });
    const fill = async (bid: Order, size: bigint) => {
      const ask = orderOf(bob, { size: -size, limitPrice: bid.limitPrice });
      return vault.fill(ask, await signByWallet(vault, bob, ask), bid, await signOrder(key, domain, bid), size);
    };
    await fill(order, wad(1));
    expect(await stateOf(order)).to.deep.equal({ filled: wad(1), left: wad(2), epoch: 0n });
    const other = orderOf(alice, { size: wad(-1), limitPrice: wad(40_000), nonce: 5n });
    await alice.sendTransaction({ to: at, data: cancelOrder({ account: aliceAccount as AccountId, nonce: 5n }) });
    expect((await readOrderState(client, { vault: at, order: other as unknown as Order })).left).to.equal(0n);

    // the key sends nothing itself: what it signs is brought by others
    const nonce = await readNonce(client, { vault: at, signer: key.address });
    const batch = { signer: key.address, account, steps: [cancelOrders(order)], relayer: zeroAddress, nonce };
    const signed = { ...batch, deadline: MAX_UINT256 };
    await vault.runSigned(signed, await signBatch(key, domain, signed));
    expect(await stateOf(order)).to.deep.equal({ filled: wad(1), left: 0n, epoch: 1n });
    const refused = await fill(order, wad(1)).catch((error: unknown) => decodeRevert(error));
    expect(refused).to.deep.include({ name: 'OrderOfOtherEpoch' });
    await fill({ ...order, epoch: 1n }, wad(2));
    expect((await stateOf({ ...order, epoch: 1n })).left).to.equal(0n);
  });
});
