import type { PrivateKeyAccount } from 'viem/accounts';
import { readContract } from 'viem/actions';

import { marginVaultAbi, standardMarginAbi } from '../../sdk/abi';
import type { AccountId, InstrumentId } from '../../sdk/math';
import { signOrder, vaultDomain, type Order } from '../../sdk/signing';
import { toAddress } from '../population/createPopulation';
import { act } from '../world/act';
import type { World } from '../world/world';
import type { Traders } from './market';

/** Brings pairs of orders together; anybody may. */
const MATCHER = toAddress('matcher');
const FOR_EVER = 2n ** 64n - 1n;
/** Whatever the policy asks for. */
const ANY_FEE = 1_000_000n;

export interface Trade {
  readonly account: AccountId;
  /** None where whoever sends it in is the owner, who signs nothing. */
  readonly key?: PrivateKeyAccount;
  readonly sender?: `0x${string}`;
  readonly instrument: InstrumentId;
  /** WAD, positive buys */
  readonly size: bigint;
  /** quote WAD for one unit */
  readonly price: bigint;
}

export interface Exchange {
  /**
   * Trades with the desk, which is on the other side of everything: two orders, signed, and filled at the desk's price.
   * @throws what the node throws where the vault refuses
   */
  readonly trade: (trade: Trade) => Promise<void>;
  /** What the chain says one unit is worth, quote WAD. */
  readonly markOf: (instrument: InstrumentId) => Promise<bigint>;
}

export function createExchange({ chain, manifest }: World, { desk }: Traders): Exchange {
  const domain = vaultDomain(manifest);
  const to = manifest.contracts.MarginVault.address;
  let nonce = 0n;
  return {
    trade: async ({ account, key, sender, instrument, size, price }) => {
      nonce += 1n;
      const order = (signer: `0x${string}`, of: AccountId, signed: bigint): Order => ({
        signer,
        account: of,
        instrument,
        size: signed,
        limitPrice: price,
        maxFeePpm: ANY_FEE,
        nonce,
        epoch: 0n,
        deadline: FOR_EVER,
      });
      const from = sender ?? MATCHER;
      const maker = order(desk.key.address, desk.account, -size);
      const taker = order(key?.address ?? from, account, size);
      const signature = key === undefined ? '0x' : await signOrder(key, domain, taker);
      const args = [
        maker,
        await signOrder(desk.key, domain, maker),
        taker,
        signature,
        size < 0n ? -size : size,
      ] as const;
      await act(chain, { from, to, abi: marginVaultAbi, functionName: 'fill', args });
    },
    markOf: async (instrument) => {
      const [mark] = await readContract(chain.client, {
        address: manifest.contracts.StandardMargin.address,
        abi: standardMarginAbi,
        functionName: 'markOf',
        args: [instrument],
      });
      return mark;
    },
  };
}
